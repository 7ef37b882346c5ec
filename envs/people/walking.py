"""How people get about: to and fro along a path, or after a drone, slower in smoke."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import Level, Point
from goldentime.envs.people.person import Person
from goldentime.types import DroneState

__all__ = ["Ground", "Track", "followed", "ground_of", "smoke_slows", "step_towards", "track_at", "track_of", "walking_m_s"]
__all__ += ["way_is_clear"]

Floats = NDArray[np.float64]

_WALKING_M_S = {"man": 1.35, "woman": 1.15, "child": 0.9, "elderly_man": 0.8, "elderly_woman": 0.8}
"""Unimpeded, as the evacuation module FDS+Evac has it (T. Korhonen and S. Hostikka, VTT Working Papers 119, 2009)."""
_CRAWLING_M_S = 0.4
"""Our choice."""
_SEEN_M, _SLOW_M_S = 6.0, 1.5
"""Our choices: from how far somebody sees a drone as one to follow, and up to which speed."""
_BEHIND_M = 1.5
"""How near they come to it."""
_STOREY_M = 3.0
_VISIBLE = 3.0
"""Visibility of what reflects light, times extinction (T. Jin, J. Fire & Flammability 9 (1978) 135)."""
_LEAST = 0.1
"""Of the speed in clear air, however dense the smoke, as in FDS+Evac."""
_RADIUS_M, _KNEE_M, _CHEST_M, _EYE_M = 0.22, 0.4, 1.2, 1.5
_REACH_M = 25.0
"""Solids farther from where a follower begins are left out."""


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


class Ground(NamedTuple):
    """What stops those who leave their path; n boxes, turned about the vertical."""

    centre: Floats
    """(n, 3) [m]"""
    half: Floats
    """(n, 3) [m] along the boxes' own axes."""
    cos: Floats
    sin: Floats


def ground_of(level: Level, starts: Sequence[Point]) -> Ground:
    """The solids about those who may leave their places, without those that they stand in, such as their own hulls."""
    # Late: only where somebody follows.
    from goldentime.envs.scenes.proof import boxes_of

    boxes = boxes_of((*level.solids, *level.glass))
    ground = Ground(boxes.centre, boxes.half, np.cos(boxes.yaw), np.sin(boxes.yaw))
    keep = np.zeros(len(boxes.yaw), np.bool_)
    own = np.zeros(len(boxes.yaw), np.bool_)
    for start in starts:
        away = np.linalg.norm(boxes.centre[:, :2] - start[:2], axis=1)
        keep |= away - np.linalg.norm(boxes.half[:, :2], axis=1) < _REACH_M
        own |= _hits(ground, _body(np.array(start)), _RADIUS_M)
    return Ground(*(part[keep & ~own] for part in ground))


def _body(feet_m: Floats) -> Floats:
    """Two points (2, 3) that stand for one who walks."""
    return feet_m + np.array([(0.0, 0.0, _KNEE_M), (0.0, 0.0, _CHEST_M)])


def _hits(ground: Ground, points_m: Floats, radius_m: float) -> NDArray[np.bool_]:
    """(n,) Whether each box is nearer than a radius to any of the points."""
    x, y, z = np.moveaxis(points_m[:, None] - ground.centre, -1, 0)
    local = np.stack([ground.cos * x + ground.sin * y, ground.cos * y - ground.sin * x, z], -1)
    away = np.maximum(np.abs(local) - ground.half, 0.0)
    hit: NDArray[np.bool_] = (np.einsum("pni,pni->pn", away, away) < radius_m**2).any(0)
    return hit


def way_is_clear(ground: Ground, begin_m: Point, end_m: Point) -> bool:
    """Whether one can walk straight from one point on the ground to another."""
    begin, end = np.array(begin_m), np.array(end_m)
    steps = max(int(np.linalg.norm(end - begin) / (0.5 * _RADIUS_M)), 2)
    return not any(_hits(ground, _body(feet), _RADIUS_M).any() for feet in np.linspace(begin, end, steps))


def followed(feet_m: Floats, extinction_per_m: float, drones: Sequence[DroneState], ground: Ground) -> DroneState | None:
    """The drone that somebody follows: the nearest that is slow, on their storey, and in sight through air and smoke."""
    seen_m = min(_SEEN_M, _VISIBLE / max(extinction_per_m, 1e-3))
    best: DroneState | None = None
    for drone in drones:
        dx, dy, dz = (a - float(b) for a, b in zip(drone.position_m, feet_m, strict=True))
        away = math.sqrt(dx * dx + dy * dy + (dz - _EYE_M) ** 2)
        slow = math.hypot(*drone.velocity_m_s) <= _SLOW_M_S
        if slow and away <= seen_m and 0.0 < dz < _STOREY_M and not _hidden(ground, feet_m, drone.position_m):
            best, seen_m = drone, away
    return best


def _hidden(ground: Ground, feet_m: Floats, target_m: Point) -> bool:
    if not len(ground.cos):
        return False
    eye = feet_m + np.array((0.0, 0.0, _EYE_M))
    steps = max(int(np.linalg.norm(target_m - eye) / 0.1), 2)
    # The last stretch is left out: what hangs on the drone does not hide it.
    way = eye + np.linspace(0.0, 0.95, steps)[:, None] * (target_m - eye)
    return bool(_hits(ground, way, 1e-3).any())


def step_towards(feet_m: Floats, target_m: Point, step_m: float, ground: Ground) -> tuple[Floats, float] | None:
    """One step on the level towards what is followed: where one is then and the yaw; None to stay.

    Who meets a solid slides along it.
    """
    dx, dy = target_m[0] - float(feet_m[0]), target_m[1] - float(feet_m[1])
    left = math.hypot(dx, dy)
    if left <= _BEHIND_M:
        return None
    share = min(step_m, left - _BEHIND_M) / left
    for turn_x, turn_y in ((dx, dy), (dx, 0.0), (0.0, dy)):
        moved = feet_m + np.array((share * turn_x, share * turn_y, 0.0))
        if (turn_x or turn_y) and not _hits(ground, _body(moved), _RADIUS_M).any():
            return moved, math.atan2(turn_y, turn_x)
    return None
