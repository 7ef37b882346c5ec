"""How two carriers haul the load and drop the anchors: step by step, each step begun when both have done the one before."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Haul"]

Floats = NDArray[np.float64]

_HIGH_M, _PASSES_M, _LEVEL_M, _DROP_M = 3.4, (2.7, 3.6), 1.35, 0.8
"""Flight height over the ground with the load; of the two where their ways may cross; where it ends; and from how high an
anchor falls."""
_HAUL_M_S, _FLY_M_S, _SLOW_M_S = 0.5, 0.8, 0.35
_GAIN, _NEAR_M, _STILL_S = 1.2, 0.35, 0.8
_SLACK_M, _LOAD_M = 0.25, 0.2
"""How slack the ropes are when the load stands; and its height."""
_PATIENCE_S = 12.0
"""So long it waits for the other one, whom it may not hear."""


class _Step(NamedTuple):
    """One step of the work."""

    to_m: Floats
    speed_m_s: float
    gentle: bool = False
    """Whether the place wanders there at that speed, for both alike."""
    release: bool = False
    """Let go of something when both are there."""


class Haul:
    """The work of one of the two.

    Args:
        brief: of a team's mission, for one of the carriers that share the load.
    """

    def __init__(self, brief: Mapping[str, Any]) -> None:
        self.partner = next(i for i in brief["load"]["drones"] if i != brief["drone"])
        self._steps = _steps(brief)
        self._dt_s = 1.0 / brief["action_hz"]
        self._from_m: Floats | None = None
        self._since_s = self._still_s = self._waited_s = 0.0
        self.phase = 0
        """How many steps are done and waited for."""
        self.ready = 0
        """How many steps it has done itself; what the other one waits for."""

    @property
    def done(self) -> bool:
        """Whether all is done."""
        return self.phase >= len(self._steps)

    def fly(self, place_m: Floats, partner_ready: int) -> tuple[Floats, bool]:
        """The velocity [m/s] (3,) of this moment, and whether to let go.

        Args:
            place_m: (3,) where it is, mission frame.
            partner_ready: how many steps the other one has done.
        """
        step = self._steps[self.phase]
        if self._from_m is None:
            self._from_m, self._since_s = place_m.copy(), 0.0
        self._since_s += self._dt_s
        target = self._target(step)
        off_m = float(np.linalg.norm(step.to_m - place_m))
        self._still_s = self._still_s + self._dt_s if off_m < _NEAR_M else 0.0
        if self._still_s >= _STILL_S:
            self.ready = self.phase + 1
        self._waited_s = self._waited_s + self._dt_s if self.ready > self.phase else 0.0
        on = self.ready > self.phase and (partner_ready > self.phase or self._waited_s > _PATIENCE_S)
        if on:
            self.phase += 1
            self._from_m, self._still_s, self._waited_s = None, 0.0, 0.0
        velocity = _GAIN * (target - place_m)
        speed = float(np.linalg.norm(velocity))
        most = 1.5 * step.speed_m_s if step.gentle else step.speed_m_s
        return velocity * min(most / max(speed, 1e-6), 1.0), on and step.release

    def _target(self, step: _Step) -> Floats:
        assert self._from_m is not None
        if not step.gentle:
            return step.to_m
        way = step.to_m - self._from_m
        length = max(float(np.linalg.norm(way)), 1e-6)
        there: Floats = self._from_m + way * min(self._since_s * step.speed_m_s / length, 1.0)
        return there


def _steps(brief: Mapping[str, Any]) -> list[_Step]:
    load, me = brief["load"], brief["drone"]
    second = load["drones"].index(me)
    starts = [np.array(brief["team"][i]["start_m"]) for i in load["drones"]]
    begin, goal = np.array(load["at_m"]), np.array(load["goal_m"])
    sides = [np.array((*(start - begin)[:2], 0.0)) for start in starts]
    marks = [np.array(mark) for mark in brief["anchors_m"]]
    there = [goal + side for side in sides]
    if _far(there[0], marks[0]) + _far(there[1], marks[1]) > _far(there[0], marks[1]) + _far(there[1], marks[0]):
        marks.reverse()
    start, mark, goal_m = starts[second], marks[second], there[second]
    away_m = float(np.linalg.norm(sides[second]))
    low_m = max(math.sqrt(max(load["rope_m"] ** 2 - away_m**2, 0.04)) + 0.5 * _LOAD_M - _SLACK_M, 0.45)
    high_m = _PASSES_M[second]
    return [
        _Step(_at(start, _HIGH_M), _SLOW_M_S, gentle=True),
        _Step(_at(goal_m, _HIGH_M), _HAUL_M_S, gentle=True),
        _Step(_at(goal_m, low_m), _SLOW_M_S, gentle=True, release=True),
        _Step(_at(goal_m, high_m), _FLY_M_S),
        _Step(_at(mark, high_m), _FLY_M_S),
        _Step(_at(mark, _DROP_M), 0.5, release=True),
        _Step(_at(mark, _LEVEL_M), 0.5),
    ]


def _at(place: Floats, height_m: float) -> Floats:
    return np.array((place[0], place[1], height_m))


def _far(a: Floats, b: Floats) -> float:
    return float(np.hypot(*(a - b)[:2]))
