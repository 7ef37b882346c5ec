"""Smoke as light meets it: extinction in horizontal layers, everywhere or within a room, and what of a ray's light it lets
through."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from goldentime.records import record

__all__ = ["MAX_LAYERS", "SmokeField", "SmokeLayer", "SmokeLayers", "optical_depths", "transmittance"]

MAX_LAYERS = 8
"""More layers without a span than this a renderer does not take; of those with one it draws the nearest."""

_LEVEL_M = 1e-3
"""Rays flatter than this are taken to rise so much; the mean over their heights then needs no special case."""

_ALONG_M = 1e-6
"""A ray that moves less than this along an axis is taken to move so much: it is then within a box or it is not."""


@record
class SmokeLayer:
    """A slab of evenly thick smoke."""

    bottom_m: float
    top_m: float
    extinction_per_m: float
    """Share of light lost per metre, for short stretches: 0.1 is haze, 1 hides all beyond some metres. Smoke of 3 /m
    reads about 1.3 /m of optical density (a tenth through per 0.77 m)."""
    colour: tuple[float, float, float] = (0.42, 0.41, 0.40)
    """Red, green and blue in [0, 1] of the light that the smoke itself scatters to the eye."""
    temperature_k: float = 293.15
    """Only a thermal camera sees it. The hot layer below a ceiling has 400 to 900 K."""
    span: tuple[tuple[float, float], tuple[float, float]] | None = None
    """[m] from where to where it reaches in x and in y, as in a room; None for as far as one can look."""

    def __post_init__(self) -> None:
        if not self.bottom_m < self.top_m or self.extinction_per_m < 0.0 or self.temperature_k <= 0.0:
            raise ValueError(
                f"expected bottom_m < top_m, extinction_per_m of at least 0 and temperature_k above 0, got {self}"
            )
        if self.span is not None and not all(low < high for low, high in self.span):
            raise ValueError(f"expected a span from lower to higher in x and in y, got {self.span}")


@record
class SmokeLayers:
    """Smoke that does not change: the simplest `SmokeField`."""

    layers: tuple[SmokeLayer, ...]

    def __post_init__(self) -> None:
        wide = sum(layer.span is None for layer in self.layers)
        if wide > MAX_LAYERS:
            raise ValueError(f"expected at most {MAX_LAYERS} layers without a span, got {wide}")

    def at(self, time_s: float) -> "SmokeLayers":
        """Itself."""
        return self


class SmokeField(Protocol):
    """Where the smoke is at a time; a renderer asks once per picture."""

    def at(self, time_s: float) -> SmokeLayers:
        """The layers of that instant."""


def transmittance(smoke: SmokeLayers, eye: NDArray[Any], points: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Beer-Lambert from an eye to points, through all layers.

    The shader in `render.shaders` computes the same; this is its twin for the other renderer, for labels and for tests.

    Args:
        smoke: the layers.
        eye: (3,) world position [m].
        points: (..., 3) world positions [m].

    Returns:
        (...) share of light in [0, 1] that arrives, and (..., 3) colour of the smoke in between: the mean of the
        layers' colours by what each takes away.
    """
    depths = optical_depths(smoke, eye, points)
    total = np.zeros(points.shape[:-1])
    colour = np.zeros(points.shape)
    for layer, part in zip(smoke.layers, depths, strict=True):
        total += part
        colour += part[..., None] * np.array(layer.colour)
    return np.exp(-total), colour / np.maximum(total, 1e-12)[..., None]


def optical_depths(smoke: SmokeLayers, eye: NDArray[Any], points: NDArray[Any]) -> NDArray[Any]:
    """(layers, ...) the integral of each layer's extinction along the rays from `eye` (3,) to `points` (..., 3)."""
    rise = points[..., 2] - eye[2]
    length = np.linalg.norm(points - eye, axis=-1)
    low = np.minimum(points[..., 2], eye[2])
    high = np.maximum(low + _LEVEL_M, low + np.abs(rise))
    depths = np.zeros((len(smoke.layers), *rise.shape))
    for i, layer in enumerate(smoke.layers):
        if layer.span is not None:
            depths[i] = layer.extinction_per_m * length * _share_within(layer, layer.span, eye, points)
            continue
        overlap = np.clip(np.minimum(high, layer.top_m) - np.maximum(low, layer.bottom_m), 0.0, None)
        depths[i] = layer.extinction_per_m * length * overlap / (high - low)
    return depths


def _share_within(
    layer: SmokeLayer, span: tuple[tuple[float, float], ...], eye: NDArray[Any], points: NDArray[Any]
) -> NDArray[Any]:
    """(...) what share of each ray lies within a bounded layer: the overlap of the stretches between opposite faces, the
    slab method of T. L. Kay and J. T. Kajiya, Ray tracing complex scenes, SIGGRAPH 1986."""
    enter, leave = np.zeros(points.shape[:-1]), np.ones(points.shape[:-1])
    for axis, (low, high) in enumerate((*span, (layer.bottom_m, layer.top_m))):
        way = points[..., axis] - eye[axis]
        way = np.where(np.abs(way) < _ALONG_M, _ALONG_M, way)
        one, other = (low - eye[axis]) / way, (high - eye[axis]) / way
        enter, leave = np.maximum(enter, np.minimum(one, other)), np.minimum(leave, np.maximum(one, other))
    return np.maximum(leave - enter, 0.0)
