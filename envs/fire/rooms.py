"""Rooms as arrays, and where points lie among them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import OUTSIDE, Level

__all__ = ["Rooms", "room_of", "rooms_of"]

Array = NDArray[np.float64]


class Rooms(NamedTuple):
    """Sizes of rooms; (rooms,) arrays unless stated."""

    lower_m: Array
    """(rooms, 3) corners."""
    upper_m: Array
    area_m2: Array
    """Of the floor."""
    edge_m: Array
    """Length of the walls."""
    height_m: Array
    volume_m3: Array


def rooms_of(level: Level) -> Rooms:
    """Of a level with any number of rooms."""
    lower = np.array([r.lower for r in level.rooms], dtype=np.float64).reshape(-1, 3)
    upper = np.array([r.upper for r in level.rooms], dtype=np.float64).reshape(-1, 3)
    x, y, z = (upper - lower).T
    return Rooms(lower, upper, x * y, 2.0 * (x + y), z, x * y * z)


def room_of(rooms: Rooms, position: Array) -> NDArray[np.intp]:
    """(...) place of the room around each point (..., 3), `OUTSIDE` where there is none; the first where rooms overlap."""
    point = np.asarray(position, dtype=np.float64)[..., None, :]
    inside = ((point >= rooms.lower_m) & (point <= rooms.upper_m)).all(axis=-1)
    if not inside.shape[-1]:
        return np.full(inside.shape[:-1], OUTSIDE, dtype=np.intp)
    place: NDArray[np.intp] = np.where(inside.any(axis=-1), inside.argmax(axis=-1), OUTSIDE)
    return place
