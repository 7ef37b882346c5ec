"""Somebody who follows a drone that is near and slow."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.people.ground import EYE_M, Ground, blocked, hidden, near
from goldentime.types import DroneState

__all__ = ["Follower"]

Floats = NDArray[np.float64]

_SEEN_M, _SLOW_M_S = 6.0, 1.5
"""Our choices: from how far somebody sees a drone as one to follow, and up to which speed."""
_BEHIND_M = 1.5
"""How near they come to it."""
_STOREY_M = 3.0
_VISIBLE = 3.0
"""Visibility of what reflects light, times extinction (T. Jin, J. Fire & Flammability 9 (1978) 135)."""
_KNOWN_M = 2.0
"""How far one goes before the solids about are looked up again."""


class Follower:
    """Knows the solids about one person, which are looked up now and then: levels have thousands."""

    def __init__(self, ground: Ground) -> None:
        """Somebody among solids."""
        self._ground = ground
        self._anchor = np.full(3, np.inf)
        self._about = ground

    def step(
        self, feet_m: Floats, step_m: float, extinction_per_m: float, drones: Sequence[DroneState]
    ) -> tuple[Floats, float] | None:
        """One step on the level towards the drone: where one is then and the yaw; None to stay.

        Who meets a solid slides along it.
        """
        drone = self._followed(feet_m, extinction_per_m, drones)
        if drone is None:
            return None
        dx, dy = drone.position_m[0] - float(feet_m[0]), drone.position_m[1] - float(feet_m[1])
        left = math.hypot(dx, dy)
        if left <= _BEHIND_M:
            return None
        share = min(step_m, left - _BEHIND_M) / left
        for turn_x, turn_y in ((dx, dy), (dx, 0.0), (0.0, dy)):
            moved = feet_m + np.array((share * turn_x, share * turn_y, 0.0))
            if (turn_x or turn_y) and not blocked(self._about, moved):
                return moved, math.atan2(turn_y, turn_x)
        return None

    def _followed(self, feet_m: Floats, extinction_per_m: float, drones: Sequence[DroneState]) -> DroneState | None:
        """The nearest that is slow, on the storey, and in sight through air and smoke."""
        x, y, z = feet_m.tolist()
        seen_m = min(_SEEN_M, _VISIBLE / max(extinction_per_m, 1e-3))
        best: DroneState | None = None
        for drone in drones:
            dx, dy, dz = drone.position_m[0] - x, drone.position_m[1] - y, drone.position_m[2] - z
            away = math.hypot(dx, dy, dz - EYE_M)
            if away > seen_m or not 0.0 < dz < _STOREY_M or math.hypot(*drone.velocity_m_s) > _SLOW_M_S:
                continue
            self._look_about(feet_m)
            if not hidden(self._about, feet_m + np.array((0.0, 0.0, EYE_M)), drone.position_m):
                best, seen_m = drone, away
        return best

    def _look_about(self, feet_m: Floats) -> None:
        if not math.dist(feet_m.tolist(), self._anchor.tolist()) <= _KNOWN_M:
            self._anchor = feet_m.copy()
            self._about = near(self._ground, feet_m, _SEEN_M + _KNOWN_M)
