"""Flying a patrol with on-board sensing: along the brief's route, turning to look around, clear of obstacles."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.control.repulsion import Berth, push_away
from goldentime.control.waypath import chase, make_waypath
from goldentime.perception.navigation import Fix
from goldentime.perception.odometry import Odometer
from goldentime.perception.sighting import Look, look_from
from goldentime.types import Brief

__all__ = ["SENSES", "Patrol"]

SENSES = ("attitude", "barometer", "flow", "lidar", "rangefinder")
"""Sensors that a patrol flies by."""

Floats = NDArray[np.float64]

_CLEARANCE_M = 0.095
"""Height of the scout's centre while it stands."""
_AHEAD_M = 0.6
_CLIMB_M_S, _SINK_M_S = 0.8, 0.4
_BERTH = Berth(keep_m=0.75, band_m=0.4, push_m_s=0.6)
_TURN_GAIN = 2.0
_PATIENCE_S, _SKIP_M = 5.0, 0.8
"""After so long without getting on, a stretch of the route is left out."""


class Patrol:
    """From take-off to landing.

    Args:
        brief: of a mission with a patrol route.
        speed_m_s: along the route.
        turn_rad_s: how fast it looks around.
        start_m: where it starts, if not at the origin.
    """

    def __init__(
        self,
        brief: Brief,
        speed_m_s: float,
        turn_rad_s: float,
        start_m: tuple[float, float, float] = (0.0, 0.0, _CLEARANCE_M),
    ) -> None:
        x, y, z = start_m
        self._odometer = Odometer(brief, z, start_m=(x, y))
        self._way = make_waypath(np.array(brief["route_m"]))
        motion = brief["action"]["motion"]
        self._low, self._high = np.array(motion["low"]), np.array(motion["high"])
        self._dt_s = 1.0 / brief["action_hz"]
        self._speed_m_s, self._turn_rad_s = speed_m_s, turn_rad_s
        self._near = np.zeros((0, 3))
        self._done_m, self._stuck_s, self._airborne = 0.0, 0.0, False
        self.time_s = -self._dt_s
        """Since the start."""

    @property
    def airborne(self) -> bool:
        """Whether it has climbed to the route."""
        return self._airborne

    @property
    def left_m(self) -> float:
        """What is left of the route."""
        return self._way.length_m - self._done_m

    @property
    def arrived(self) -> bool:
        """Whether the route is flown."""
        return self.left_m <= 0.3

    def sense(self, observation: Mapping[str, NDArray[Any]]) -> Look:
        """Take one observation in; where the body is now."""
        self.time_s += self._dt_s
        self._fix = fix = self._odometer.update(observation)
        if fix.scan is not None:
            self._near = fix.scan.ends_m[fix.scan.hit]
        roll, pitch, _ = observation["attitude"].astype(float).tolist()
        return look_from(fix.position_m, fix.yaw_rad, roll, pitch)

    def motion(self, *, land: bool = False) -> NDArray[np.float32]:
        """The velocity command: along the route turning around, or down to the ground if it is to land."""
        fix = self._fix
        if land:
            return self._command(fix, np.array([0.0, 0.0, -_SINK_M_S]), 0.0)
        if not self._airborne:
            self._airborne = bool(fix.position_m[2] > self._way.points_m[0, 2] - 0.3)
            return self._command(fix, np.array([0.0, 0.0, _CLIMB_M_S]), 0.0)
        return self._command(fix, self._push(fix) + self._onward(fix), self._turn_rad_s)

    def gaze(self, target_m: Floats, pace: float) -> NDArray[np.float32]:
        """The velocity command along the route at a share of the speed, looking at a place."""
        fix = self._fix
        x, y, _ = (target_m - fix.position_m).tolist()
        turn = _TURN_GAIN * math.remainder(math.atan2(y, x) - fix.yaw_rad, 2.0 * math.pi)
        return self._command(fix, self._push(fix) + pace * self._onward(fix), turn)

    def _onward(self, fix: Fix) -> Floats:
        before = self._done_m
        self._done_m, target = chase(self._way, self._done_m, fix.position_m, _AHEAD_M)
        self._stuck_s = 0.0 if self._done_m > before + 1e-3 else self._stuck_s + self._dt_s
        if self._stuck_s > _PATIENCE_S and not self.arrived:
            self._done_m, self._stuck_s = min(self._done_m + _SKIP_M, self._way.length_m), 0.0
        distance = float(np.linalg.norm(target))
        velocity: Floats = target * (self._speed_m_s / max(distance, _AHEAD_M))
        return velocity

    def _push(self, fix: Fix) -> Floats:
        return push_away(self._near, fix.position_m, _BERTH)

    def _command(self, fix: Fix, velocity_m_s: Floats, turn_rad_s: float) -> NDArray[np.float32]:
        # The command is held while the drone turns: it is meant for the heading in the middle of the step.
        yaw = fix.yaw_rad + 0.5 * turn_rad_s * self._dt_s
        c, s = math.cos(yaw), math.sin(yaw)
        vx, vy, vz = velocity_m_s.tolist()
        motion = np.array([c * vx + s * vy, c * vy - s * vx, vz, turn_rad_s])
        command: NDArray[np.float32] = np.clip(motion, self._low, self._high).astype(np.float32)
        return command
