"""How people get about: to and fro along a path, slower in smoke."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import Point
from goldentime.envs.people.person import Person

__all__ = ["Track", "smoke_slows", "track_at", "track_of", "walking_m_s"]

Floats = NDArray[np.float64]

_WALKING_M_S = {"man": 1.35, "woman": 1.15, "child": 0.9, "elderly_man": 0.8, "elderly_woman": 0.8}
"""Unimpeded, as the evacuation module FDS+Evac has it (T. Korhonen and S. Hostikka, VTT Working Papers 119, 2009)."""
_CRAWLING_M_S = 0.4
"""Our choice."""
_LEAST = 0.1
"""Of the speed in clear air, however dense the smoke, as in FDS+Evac."""


class Track(NamedTuple):
    """A path on the ground that is walked to and fro."""

    points: Floats
    """(k, 3) [m]"""
    along_m: Floats
    """(k,) way from the first to each."""


def track_of(path: Sequence[Point]) -> Track | None:
    """The track of a path; None where there is no way to go."""
    if len(path) < 2:
        return None
    points = np.array(path, np.float64)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    return Track(points, along) if along[-1] > 0.0 else None


def track_at(track: Track, gone_m: float) -> tuple[Point, float]:
    """Where one is [m] who has gone so far, and the yaw [rad] that they look."""
    length = float(track.along_m[-1])
    phase = gone_m % (2.0 * length)
    back = phase > length
    at = 2.0 * length - phase if back else phase
    leg = min(max(int(track.along_m.searchsorted(at, side="right")) - 1, 0), len(track.points) - 2)
    begin, end = float(track.along_m[leg]), float(track.along_m[leg + 1])
    (ax, ay, az), (bx, by, bz) = track.points[leg].tolist(), track.points[leg + 1].tolist()
    share, ahead = (at - begin) / max(end - begin, 1e-9), math.atan2(by - ay, bx - ax)
    where = (ax + share * (bx - ax), ay + share * (by - ay), az + share * (bz - az))
    return where, math.remainder(ahead + math.pi, 2.0 * math.pi) if back else ahead


def walking_m_s(person: Person) -> float:
    """How fast somebody is in clear air, unhurt; 0 for one who is trapped."""
    if person.mobility == "trapped":
        return 0.0
    return _CRAWLING_M_S if person.mobility == "crawls" else _WALKING_M_S.get(person.kind, 1.25)


def smoke_slows(extinction_per_m: Floats) -> Floats:
    """Share of the speed in clear air that is left in smoke: 1 - (0.057 / 0.706) K at an extinction of K per metre.

    H. Frantzich and D. Nilsson, Utrymning genom tat rok, Lund University report 3126, 2003, in the form of FDS+Evac.
    """
    left: Floats = np.maximum(1.0 - 0.057 / 0.706 * extinction_per_m, _LEAST)
    return left
