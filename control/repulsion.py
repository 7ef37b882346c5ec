"""Keeping clear of what is near: a push away from it, the harder the nearer."""

import math

import numpy as np
from numpy.typing import NDArray

from goldentime.records import record

__all__ = ["Berth", "push_away"]

Floats = NDArray[np.float64]

_FLOOR_M = 0.15
"""Points lower than this are floor."""
_LEAST_M = 0.05


@record
class Berth:
    """How wide a berth is given."""

    keep_m: float
    """What is nearer than this pushes,"""
    band_m: float
    """if it is no more than this above or below."""
    push_m_s: float
    """At no distance at all."""


def push_away(near_m: Floats, position_m: Floats, berth: Berth) -> Floats:
    """The velocity (3,) [m/s] away from the nearest point in each of eight directions; it is level.

    Args:
        near_m: (n, 3) points on what stands around [m].
        position_m: (3,) of the vehicle, in the same frame.
        berth: how hard.
    """
    offset = near_m - position_m
    away = np.hypot(offset[:, 0], offset[:, 1])
    close = (away < berth.keep_m) & (np.abs(offset[:, 2]) < berth.band_m) & (near_m[:, 2] > _FLOOR_M)
    push = np.zeros(3)
    if not close.any():
        return push
    offset, away = offset[close], np.maximum(away[close], _LEAST_M)
    sector = ((np.arctan2(offset[:, 1], offset[:, 0]) + math.pi) / (0.25 * math.pi)).astype(int)
    for number in np.unique(sector):
        nearest = int(np.argmin(np.where(sector == number, away, np.inf)))
        share = (berth.keep_m - away[nearest]) / berth.keep_m
        push[:2] -= berth.push_m_s * share * offset[nearest, :2] / away[nearest]
    return push
