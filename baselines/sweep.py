"""`Sweep`: flies over the building's area lane by lane, and tells nothing of what is there.

It keeps clear of what its lidar sees and otherwise perceives nothing. What it earns is what a rescue mission gives away.
The drones of a team share the lanes and go in one after another; whoever has a rope to a load leaves that where it stands.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.patrol import SENSES, Patrol
from goldentime.baselines.reporting import no_message, no_report, report_sheet
from goldentime.baselines.rescuer_flight import start_of
from goldentime.errors import ConfigError
from goldentime.types import Brief

__all__ = ["Sweep", "lanes"]

_HEIGHT_M, _LANE_M = 1.35, 2.5
_IN_M, _SIDES_M, _BEHIND_M = 5.5, 9.0, 7.0
"""From the start to the first lane; and how far lanes keep from the sides and the back of the area."""
_TURN_S = 8.0
"""From one drone of a team to the next."""


class Sweep:
    """From take-off through the entrance along all lanes to landing.

    Args:
        speed_m_s: along the lanes.
        turn_rad_s: how fast it turns around itself.
    """

    def __init__(self, speed_m_s: float = 0.8, turn_rad_s: float = 0.0) -> None:
        self._speed_m_s, self._turn_rad_s = speed_m_s, turn_rad_s

    def reset(self, brief: Brief) -> None:
        """Start an episode.

        Raises:
            ConfigError: the mission has no area and no reports, or lacks a sensor.
        """
        sheet, missing = report_sheet(brief), sorted({*SENSES} - brief["sensors"].keys())
        if sheet is None or "area_m" not in brief or missing:
            raise ConfigError(f"agent sweep, mission {brief['mission']}: expected an area and reports, lacks {missing}")
        self._sheet, self._drops, self._silence = sheet, "release" in brief["action"], no_message(brief)
        area, start_m = np.array(brief["area_m"], np.float64), start_of(brief)
        number, team = brief.get("drone", 0), len(brief.get("team", [None]))
        route = lanes(area[0, :2], area[1, :2], float(brief["start_yaw_rad"]), (number, team))
        if team > 1:
            route = np.concatenate([[(start_m[0], start_m[1], _HEIGHT_M)], route])
        self._patrol = Patrol({**brief, "route_m": route.tolist()}, self._speed_m_s, self._turn_rad_s, start_m)
        self._waits_s = number * _TURN_S
        self._roped = number in brief.get("load", {}).get("drones", ())

    def act(self, observation: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
        """One step along the lanes."""
        patrol = self._patrol
        patrol.sense(observation)
        waits = patrol.airborne and patrol.time_s < self._waits_s
        motion = np.zeros(4, np.float32) if waits else patrol.motion(land=patrol.airborne and patrol.arrived)
        action = {"motion": motion, "report": no_report(self._sheet), **self._silence}
        # The rope goes first, before any kit.
        release, self._roped = int(self._roped), False
        return action | {"release": release} if self._drops else action


def lanes(
    lower_m: NDArray[np.float64], upper_m: NDArray[np.float64], yaw_rad: float, share: tuple[int, int] = (0, 1)
) -> NDArray[np.float64]:
    """The way (n, 3) over an area, lane by lane, from the origin straight ahead.

    Args:
        lower_m, upper_m: corners (2,) of the area.
        yaw_rad: from the origin to the entrance.
        share: the number of a drone and how many there are: each has one lane in so many, at least one.
    """
    ahead, left = (np.array([math.cos(yaw_rad + turn), math.sin(yaw_rad + turn)]) for turn in (0.0, 0.5 * math.pi))
    corners = np.array([(x, y) for x in (lower_m[0], upper_m[0]) for y in (lower_m[1], upper_m[1])])
    far_m = max(float((corners @ ahead).max()) - _BEHIND_M, _IN_M)
    sides = (float((corners @ left).min()) + _SIDES_M, float((corners @ left).max()) - _SIDES_M)
    points = [np.zeros(2)]
    levels_m = np.arange(_IN_M, far_m + 1e-9, _LANE_M)
    for number, along_m in enumerate(levels_m[share[0] % len(levels_m) :: share[1]].tolist()):
        points += [along_m * ahead + side * left for side in (sides if number % 2 == 0 else sides[::-1])]
    return np.column_stack([np.array(points), np.full(len(points), _HEIGHT_M)])
