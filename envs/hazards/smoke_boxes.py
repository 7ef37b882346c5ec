"""Smoke that rooms hold: cuboids of evenly thick smoke as arrays, from bounded layers or from the state of a fire."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.hazards.smoke import SmokeLayer, SmokeLayers
from goldentime.envs.level import Room
from goldentime.types import FireState

__all__ = ["RoomShapes", "SmokeBoxes", "boxes_in_rooms", "boxes_of", "room_shapes", "smoke_of", "some_of"]

Numbers = NDArray[np.float64]

_FAINT_PER_M = 1e-3
"""Less extinction than this is no smoke: over 100 m of it a tenth of the light is lost."""
_INTO_WALLS_M = 0.02
"""Smoke reaches so far into the walls of its room: where it would end exactly at a wall that is drawn, a renderer would
have to draw that end too, or parts of it."""
_THIN_M = 0.01
"""A layer that is not as thick as this is none."""

_PALE, _DARK, _SOOTY_PER_M = 0.46, 0.10, 0.6
"""Grey of thin and of dense smoke, and the extinction at which it is most of the way from one to the other. Our choice by
eye: thin smoke between lit walls looks pale, dense soot nearly black."""
_TINT = np.array([1.0, 0.98, 0.95])


class SmokeBoxes(NamedTuple):
    """Cuboids of smoke along the world's axes, (n, ...) float64."""

    lower: Numbers
    """(n, 3) [m]."""
    upper: Numbers
    """(n, 3) [m]."""
    extinction_per_m: Numbers
    """(n,)."""
    colour: Numbers
    """(n, 3) of what the smoke scatters to the eye, in [0, 1]."""
    kelvin: Numbers
    """(n,)."""


class RoomShapes(NamedTuple):
    """Corners of the air of rooms, (rooms, 3) float64 [m]: made once, so that nothing is read off the records per step."""

    lower: Numbers
    upper: Numbers


def room_shapes(rooms: tuple[Room, ...]) -> RoomShapes:
    """Of the smoke in `Level.rooms`."""
    lower, upper = ([getattr(room, name) for room in rooms] for name in ("lower", "upper"))
    corners = (np.array(corner, float).reshape(-1, 3) for corner in (lower, upper))
    return RoomShapes(next(corners) - _INTO_WALLS_M, next(corners) + _INTO_WALLS_M)


def some_of(boxes: SmokeBoxes, chosen: NDArray[np.int64]) -> SmokeBoxes:
    """Those at the places `chosen`, in that order."""
    return SmokeBoxes(*(part[chosen] for part in boxes))


def boxes_of(layers: tuple[SmokeLayer, ...]) -> SmokeBoxes:
    """The layers that have a span."""
    bounded = [(layer, layer.span) for layer in layers if layer.span is not None]
    lower = [(x[0], y[0], layer.bottom_m) for layer, (x, y) in bounded]
    upper = [(x[1], y[1], layer.top_m) for layer, (x, y) in bounded]
    return SmokeBoxes(
        np.array(lower, float).reshape(-1, 3),
        np.array(upper, float).reshape(-1, 3),
        np.array([layer.extinction_per_m for layer, _ in bounded], float),
        np.array([layer.colour for layer, _ in bounded], float).reshape(-1, 3),
        np.array([layer.temperature_k for layer, _ in bounded], float),
    )


def boxes_in_rooms(shapes: RoomShapes, fire: FireState) -> SmokeBoxes:
    """The upper and the lower layer of each room that has smoke in it: all upper ones first, in the order of the rooms.

    The two meet at `FireState.layer_m`. Doorways hold none: they are a few centimetres of way.
    """
    border = np.clip(fire.layer_m, shapes.lower[:, 2], shapes.upper[:, 2])
    lower, upper = np.concatenate([shapes.lower] * 2), np.concatenate([shapes.upper] * 2)
    rooms = len(border)
    lower[:rooms, 2] = upper[rooms:, 2] = border
    extinction = np.concatenate([fire.upper_extinction_per_m, fire.lower_extinction_per_m])
    kelvin = np.concatenate([fire.upper_k, fire.lower_k])
    smoky = np.flatnonzero((extinction > _FAINT_PER_M) & (upper[:, 2] - lower[:, 2] > _THIN_M))
    return SmokeBoxes(lower[smoky], upper[smoky], extinction[smoky], _colour(extinction[smoky]), kelvin[smoky])


def _colour(extinction_per_m: Numbers) -> Numbers:
    """(n, 3): the more soot, the darker."""
    grey = _DARK + (_PALE - _DARK) * np.exp(-extinction_per_m / _SOOTY_PER_M)
    return np.asarray(grey[:, None] * _TINT)


def smoke_of(rooms: tuple[Room, ...], fire: FireState) -> SmokeLayers:
    """The smoke of a fire as layers bounded by rooms: what a renderer draws, for `smoke.transmittance` and for labels."""
    boxes = boxes_in_rooms(room_shapes(rooms), fire)
    return SmokeLayers(layers=tuple(
        SmokeLayer(
            bottom_m=low[2],
            top_m=high[2],
            extinction_per_m=extinction,
            colour=(colour[0], colour[1], colour[2]),
            temperature_k=kelvin,
            span=((low[0], high[0]), (low[1], high[1])),
        )
        for low, high, extinction, colour, kelvin in zip(*(part.tolist() for part in boxes), strict=True)
    ))  # fmt: skip
