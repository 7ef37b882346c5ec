"""Following a polyline from its beginning to its end, also where it crosses itself or leads back the way it came."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Waypath", "chase", "make_waypath"]

_STEP_M = 0.1
_SEARCH_M = 1.2
"""How far ahead of the last place on the way the present one is looked for."""


class Waypath(NamedTuple):
    """A polyline, resampled."""

    points_m: NDArray[np.float64]
    """(n, 3), at most 0.1 m apart along the way."""
    reach_m: NDArray[np.float64]
    """(n,) distance along the way."""

    @property
    def length_m(self) -> float:
        """Of the whole way."""
        return float(self.reach_m[-1])


def make_waypath(corners_m: NDArray[np.float64]) -> Waypath:
    """Resample a polyline (n, 3), n >= 1."""
    corners = np.asarray(corners_m, np.float64).reshape(-1, 3)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    even = np.linspace(0.0, length[-1], max(int(np.ceil(length[-1] / _STEP_M)), 1) + 1)
    reach = np.unique(np.concatenate([even, length]))
    points = np.column_stack([np.interp(reach, length, corners[:, axis]) for axis in range(3)])
    return Waypath(points, reach)


def chase(
    way: Waypath, done_m: float, position_m: NDArray[np.float64], ahead_m: float
) -> tuple[float, NDArray[np.float64]]:
    """How far along the way the vehicle is, and what to fly to.

    Args:
        way: the way.
        done_m: how far it was; never less comes back.
        position_m: (3,) where the vehicle is.
        ahead_m: distance along the way to the point that is chased.

    Returns:
        the distance along the way, and the vector (3,) from the vehicle to the chased point [m].
    """
    first, last = np.searchsorted(way.reach_m, (done_m, done_m + _SEARCH_M))
    near = way.points_m[first : last + 1]
    place = first + int(np.argmin(((near - position_m) ** 2).sum(axis=1))) if len(near) else len(way.reach_m) - 1
    done_m = max(done_m, float(way.reach_m[min(place, len(way.reach_m) - 1)]))
    target = np.array([np.interp(done_m + ahead_m, way.reach_m, way.points_m[:, axis]) for axis in range(3)])
    return done_m, target - position_m
