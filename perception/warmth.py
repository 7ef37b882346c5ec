"""What a thermal picture tells of people and fire: skin and clothes are warmer than a room, flames are far hotter.

The thermal camera sits where the colour camera does and looks the same way; their fields of view differ.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from goldentime.perception.sighting import Eye

__all__ = ["Box", "carried", "excess_k", "flames", "skin_k"]

Kelvins = NDArray[np.float32]
Box = tuple[float, float, float, float]

_FLAME_K = 900.0
"""Flames are at least so hot; the gas under the ceiling of a burning room seldom is."""
_CALM_K = 312.0
"""In places warmer than this people no longer stand out: clothes are about 300 K, skin 305 K."""


def excess_k(thermal_k: Kelvins, eyes: tuple[Eye, Eye], box: Box) -> float | None:
    """How much warmer the middle of a box is than what surrounds it.

    Args:
        thermal_k: (height, width).
        eyes: of the picture that the box is in, and of the thermal camera.
        box: [px] left, upper, width, height.

    Returns:
        None where the thermal camera does not see it, or where all is hot.
    """
    left, upper, width, height = carried(box, eyes[0], eyes[1])
    rows, columns = thermal_k.shape
    if left < 0.0 or left + width > columns or upper > rows - 2 or upper + height < 2 or width < 1.0 or height < 1.0:
        return None
    inner = _cut(thermal_k, (left + 0.2 * width, upper + 0.1 * height, 0.6 * width, 0.8 * height))
    outer = _cut(thermal_k, (left - 0.6 * width - 1, upper - 0.3 * height - 1, 2.2 * width + 2, 1.6 * height + 2))
    around_k = float(np.quantile(outer, 0.3))
    if around_k > _CALM_K:
        return None
    return float(np.quantile(inner, 0.7)) - around_k


def skin_k(thermal_k: Kelvins, box: Box) -> float:
    """What three tenths of a box in a thermal picture are hotter than [K]."""
    return float(np.quantile(_cut(thermal_k, box), 0.7))


def flames(thermal_k: Kelvins, eyes: tuple[Eye, Eye]) -> Box | None:
    """The largest patch of flames, in the other picture; None without any."""
    found = _patches(thermal_k > _FLAME_K, 2)
    return carried(max(found, key=lambda box: box[2] * box[3]), eyes[1], eyes[0]) if found else None


def _patches(mask: NDArray[np.bool_], least: int) -> list[Box]:
    parts, _ = ndimage.label(mask, np.ones((3, 3)))
    found: list[Box] = []
    for number, where in enumerate(ndimage.find_objects(parts), 1):
        if where is not None and (parts[where] == number).sum() >= least:
            y, x = where
            found.append((float(x.start), float(y.start), float(x.stop - x.start), float(y.stop - y.start)))
    return found


def carried(box: Box, source: Eye, target: Eye) -> Box:
    """A box from one picture to another of the same view."""
    scale = target.focal_px / source.focal_px
    left = (box[0] - 0.5 * source.width) * scale + 0.5 * target.width
    upper = (box[1] - 0.5 * source.height) * scale + 0.5 * target.height
    return left, upper, box[2] * scale, box[3] * scale


def _cut(thermal_k: Kelvins, box: Box) -> Kelvins:
    rows, columns = thermal_k.shape
    x0, y0 = min(max(int(box[0]), 0), columns - 1), min(max(int(box[1]), 0), rows - 1)
    x1, y1 = max(int(box[0] + box[2] + 1), x0 + 1), max(int(box[1] + box[3] + 1), y0 + 1)
    return thermal_k[y0:y1, x0:x1]
