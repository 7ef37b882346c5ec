"""Which room of a level a point is in."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import OUTSIDE, Level

__all__ = ["RoomBounds", "room_bounds", "rooms_at"]

NEAR_M = 0.3
"""A point so near to a room counts as in it: on the threshold of a door one is in the wall."""


class RoomBounds(NamedTuple):
    """The corners of all rooms, (rooms, 3) float64 [m], world ENU."""

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


def room_bounds(level: Level) -> RoomBounds:
    """The corners of a level's rooms."""
    return RoomBounds(
        np.array([room.lower for room in level.rooms], np.float64).reshape(-1, 3),
        np.array([room.upper for room in level.rooms], np.float64).reshape(-1, 3),
    )


def rooms_at(bounds: RoomBounds, points_m: NDArray[np.float64]) -> NDArray[np.intp]:
    """(n,) The rooms that points (n, 3) are in or, in a wall, nearest to; `OUTSIDE` away from all."""
    if not len(bounds.lower):
        return np.full(len(points_m), OUTSIDE)
    points = points_m[:, None]
    away = np.maximum(np.maximum(bounds.lower - points, points - bounds.upper), 0.0)
    square = np.einsum("nri,nri->nr", away, away)
    nearest = square.argmin(1)
    far = square[np.arange(len(points_m)), nearest] > NEAR_M**2
    return np.where(far, OUTSIDE, nearest)
