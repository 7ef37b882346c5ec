"""From a scene to a flight through it: where the drone starts, the mission frame, the patrol and its times.

The mission frame has its origin on the ground below the start and the world's axes: x east, y north, z up.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from goldentime.envs.airframe import load_airframe
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.envs.scenes.scene import Scene
from goldentime.missions.search_flight import Limits
from goldentime.records import record
from goldentime.types import Vec3

__all__ = ["Patrol", "flight_limits", "local", "make_scenario", "par_s", "place_brief", "route_m"]

_TAKE_OFF_S = 10.0
"""Beyond the way itself, for taking off and for saying what was seen."""


@record
class Patrol:
    """What is agreed on the flight."""

    airframe: str = "scout"
    par_m_s: float = 0.8
    """A thing found by the time at which the patrol passes it at this speed is found promptly."""
    limit_m_s: float = 0.4
    """The time limit is that of a patrol at this speed."""
    limit_extra_s: float = 20.0
    crash_m_s: float = 3.0
    """A contact that changes the velocity along its normal by more within one step is a crash."""

    def __post_init__(self) -> None:
        if not (0.0 < self.limit_m_s < self.par_m_s and self.limit_extra_s > _TAKE_OFF_S):
            expected = f"expected 0 < limit_m_s < par_m_s and limit_extra_s above {_TAKE_OFF_S:g}"
            raise ValueError(f"{expected}, got {self.limit_m_s:g}, {self.par_m_s:g} and {self.limit_extra_s:g}")


def make_scenario(mission: str, scene: Scene, patrol: Patrol, task: Mapping[str, Any]) -> Scenario:
    """The scenario of a scene flown by one drone; `task` is added to what this module keeps there: `origin`, `start_yaw`
    and `route` in the world frame."""
    x, y, z = scene.start
    standing_z = round(z + 0.5 * load_airframe(patrol.airframe).hull_height_m + 1e-3, 4)
    length_m = sum(math.dist(a, b) for a, b in pairwise(scene.route))
    return Scenario(
        mission=mission,
        level=scene.level,
        drones=(DroneSpec(airframe=patrol.airframe, position=(x, y, standing_z), yaw=scene.start_yaw),),
        props=scene.props,
        signs=scene.signs,
        flames=scene.flames,
        smoke=scene.smoke,
        light=scene.light,
        time_limit_s=float(math.ceil(patrol.limit_extra_s + length_m / patrol.limit_m_s)),
        task={
            "origin": list(scene.start),
            "start_yaw": scene.start_yaw,
            "route": [list(point) for point in scene.route],
            "place": scene.config.place,
            **task,
        },
    )


def local(task: Mapping[str, Any], point: Sequence[float]) -> Vec3:
    """A world point in the mission frame."""
    (x, y, z), (a, b, c) = point, task["origin"]
    return x - a, y - b, z - c


def route_m(task: Mapping[str, Any]) -> list[Vec3]:
    """The patrol in the mission frame."""
    return [local(task, point) for point in task["route"]]


def par_s(task: Mapping[str, Any], point: Vec3, patrol: Patrol) -> float:
    """When the patrol at par speed is nearest to a point of the mission frame."""
    route, at = np.array(route_m(task)), np.array(point)
    along = np.diff(route, axis=0)
    length = np.linalg.norm(along, axis=1)
    share = np.clip(((at - route[:-1]) * along).sum(axis=1) / np.maximum(length**2, 1e-12), 0.0, 1.0)
    away = np.linalg.norm(route[:-1] + share[:, None] * along - at, axis=1)
    leg = int(np.argmin(away))
    reached_m = float(length[:leg].sum() + share[leg] * length[leg])
    return _TAKE_OFF_S + reached_m / patrol.par_m_s


def place_brief(scenario: Scenario) -> dict[str, Any]:
    """What is told of place and flight, in the mission frame."""
    task = scenario.task
    lower, upper = (local(task, corner) for corner in scenario.level.bounds)
    return {
        "place": task["place"],
        "frame": "origin on the ground below the start, x east, y north, z up",
        "start_yaw_rad": task["start_yaw"],
        "route_m": [list(point) for point in route_m(task)],
        "area_m": [list(lower), list(upper)],
        "time_limit_s": scenario.time_limit_s,
    }


def flight_limits(scenario: Scenario, patrol: Patrol) -> Limits:
    """For `judge_flight`."""
    lower, upper = scenario.level.bounds
    return Limits(lower, upper, scenario.drones[0].position[2], scenario.time_limit_s, patrol.crash_m_s)
