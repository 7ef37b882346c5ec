"""Course: fly an obstacle course with on-board sensing only, drop a relief kit into the open box, land.

The course of the 2020 contest from its data file, or a generated one from the same vocabulary. `Scenario.task` holds

- `start_pad`, `landing_pad`, `drop_box`: `{"position": [x, y, z], "size": [x, y, z]}`, z being the height of the underside;
- `landing_z_m`: a drone whose centre is no higher stands on the landing pad;
- `sections`: `[{"name", "kind", "exit": [[x, y], [x, y]]}]` in order, exits as left and right post seen in flight;
- `route`: the planner's shortest way from start over the box to the pad, points [x, y, z];
- `hall`: `{"walls": [[[x, y], [x, y]]], "size": [x, y], "ceiling_m"}`, the faces of the outer walls;
- `start`: the nominal `{"position": [x, y], "yaw_rad", "tolerance_m", "tolerance_rad"}`.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Literal

import numpy as np

from goldentime.envs.airframe import load_airframe
from goldentime.envs.mission import Reports, Sheet, Verdict
from goldentime.envs.reports import ReportSchema
from goldentime.envs.scenario import DroneSpec, KitSpec, Scenario, WindSpec, WindZone
from goldentime.errors import ConfigError
from goldentime.missions.course_build import BuiltCourse, built_2020, drop_box, movers, standing_z
from goldentime.missions.course_facts import compile_task
from goldentime.missions.course_generator import draw_course, wind_range_m_s
from goldentime.missions.course_plan import CoursePlan
from goldentime.missions.course_rules import CourseEvent, Progress, judge_step
from goldentime.missions.registry import mission
from goldentime.records import record
from goldentime.types import WorldState

__all__ = ["Course", "CourseConfig", "CourseEvent"]

_PAR_SPEED_M_S, _PAR_EXTRA_S = 2.0, 10.0
"""Ours: the par time is the shortest way at this speed plus this for start, drop and landing."""


@record
class CourseConfig:
    """Which course, and what varies from seed to seed."""

    source: Literal["2020", "generated"] = "generated"
    difficulty: float = 0.5
    """In [0, 1], for generated courses; obstacles move above 0.8."""
    airframe: str = "scout"
    kit_mass_kg: float = 0.25
    wind_m_s: tuple[float, float] = (2.0, 4.0)
    """Range of the mean wind speed on the 2020 course; generated courses draw it by difficulty."""
    gust_scale: float = 0.1
    start_spread_m: float = 0.4
    """The start lies within this distance of the pad's centre along x and y."""
    start_spread_rad: float = math.radians(10.0)
    time_limit_s: float = 120.0
    """Ours: about three times the par time."""
    crash_m_s: float = 3.0
    """A contact that changes the velocity along its normal by more within one step is a crash."""


@mission("course", CourseConfig)
@dataclass(frozen=True)
class Course:
    """Pass all sections in order, deliver the kit, land."""

    config: CourseConfig
    report: ClassVar[ReportSchema | None] = None

    def __post_init__(self) -> None:
        """Refuse values that no course can be drawn from."""
        c = self.config
        if not 0.0 <= c.difficulty <= 1.0:
            raise ConfigError(f"course.scenario.difficulty: expected a number in [0, 1], got {c.difficulty:g}")
        if not 0.0 <= c.wind_m_s[0] <= c.wind_m_s[1]:
            raise ConfigError(f"course.scenario.wind_m_s: expected 0 <= low <= high, got {c.wind_m_s}")
        if not 0.0 <= c.start_spread_m <= 0.7:
            # The pad is 2 m wide and the drone must stand on it.
            raise ConfigError(f"course.scenario.start_spread_m: expected 0 to 0.7 m, got {c.start_spread_m:g} m")

    def generate(self, rng: np.random.Generator) -> Scenario:
        """Draw course, wind and start pose."""
        c = self.config
        if c.source == "2020":
            built, wind_m_s = built_2020(c.airframe), c.wind_m_s
        else:
            built = draw_course(c.difficulty, load_airframe(c.airframe), rng)
            wind_m_s = wind_range_m_s(c.difficulty)
        plan = built.plan
        speed, heading = rng.uniform(*wind_m_s), rng.uniform(-math.pi, math.pi)
        dx, dy = rng.uniform(-c.start_spread_m, c.start_spread_m, 2).tolist()
        yaw = plan.start_yaw + rng.uniform(-c.start_spread_rad, c.start_spread_rad)
        x, y, _ = plan.start_pad.base
        start = (x + dx, y + dy, standing_z(plan.start_pad.top_m, load_airframe(c.airframe)))
        velocity = (speed * math.cos(heading), speed * math.sin(heading), 0.0)
        return Scenario(
            mission="course",
            level=built.level,
            drones=(DroneSpec(airframe=c.airframe, position=start, yaw=yaw),),
            kits=(KitSpec(mass_kg=c.kit_mass_kg),),
            movers=movers(plan),
            wind=WindSpec(zones=_wind_zones(plan, velocity), gust_scale=c.gust_scale),
            time_limit_s=c.time_limit_s,
            task=self._task(built),
        )

    def _task(self, built: BuiltCourse) -> dict[str, Any]:
        c, plan, box = self.config, built.plan, drop_box(built.plan)
        landing_z_m = standing_z(plan.landing_pad.top_m, load_airframe(c.airframe)) + 0.03
        return {
            "start_pad": {"position": list(plan.start_pad.base), "size": list(plan.start_pad.size)},
            "landing_pad": {"position": list(plan.landing_pad.base), "size": list(plan.landing_pad.size)},
            "drop_box": {"position": list(box.base), "size": list(box.size)},
            "landing_z_m": landing_z_m,
            "sections": [{"name": s.name, "kind": s.what, "exit": [list(post) for post in s.exit]} for s in plan.sections],
            "route": [list(point) for point in built.route],
            "hall": {
                "walls": [[list(wall.start), list(wall.end)] for wall in plan.outer_walls],
                "size": list(plan.envelope.size),
                "ceiling_m": plan.envelope.wall_height,
            },
            "start": {
                "position": list(plan.start_pad.base[:2]),
                "yaw_rad": plan.start_yaw,
                "tolerance_m": c.start_spread_m,
                "tolerance_rad": c.start_spread_rad,
            },
        }

    def sheet(self, scenario: Scenario) -> Sheet:
        """The published plan is told: hall, start, order and exits of the sections, box and pad; not what stands inside."""
        task = scenario.task
        box, pad = task["drop_box"], task["landing_pad"]
        (x, y, z), height = box["position"], box["size"][2]
        brief = {
            "start": task["start"],
            "hall": task["hall"],
            "sections": task["sections"],
            "delivery": {"position": [x, y, z + height], "size": box["size"]},
            "landing": {"position": pad["position"][:2], "size": pad["size"][:2]},
            "time_limit_s": scenario.time_limit_s,
        }
        # The first leg starts where this episode starts.
        route = [list(scenario.drones[0].position), *task["route"][1:]]
        shortest_m = sum(math.dist(a, b) for a, b in pairwise(route))
        facts = {
            "sections": float(len(task["sections"])),
            "kits": float(len(scenario.kits)),
            "shortest_path_m": shortest_m,
            "time_limit_s": scenario.time_limit_s,
            "par_time_s": shortest_m / _PAR_SPEED_M_S + _PAR_EXTRA_S,
        }
        return Sheet(brief, facts)

    def start(self, scenario: Scenario, state: WorldState) -> Progress:
        """Nothing passed yet."""
        limits = scenario.time_limit_s, self.config.crash_m_s
        return Progress(compile_task(scenario.task, scenario.level.bounds, *limits))

    def judge(self, progress: Progress, before: WorldState, after: WorldState, reports: Reports = ()) -> Verdict:
        """See `course_rules`."""
        progress, events, end = judge_step(progress, before, after)
        return Verdict(progress, events, end, end == CourseEvent.TIME_UP)


def _wind_zones(plan: CoursePlan, velocity: tuple[float, float, float]) -> tuple[WindZone, ...]:
    zones = []
    for area in (section.wind_zone for section in plan.sections if section.wind_zone is not None):
        (x, y), (a, b) = area.centre, area.size
        # The zone reaches beyond floor and ceiling, where it would otherwise fade out over its edge.
        lower, upper = (x - 0.5 * a, y - 0.5 * b, -1.0), (x + 0.5 * a, y + 0.5 * b, plan.envelope.wall_height + 1.0)
        zones.append(WindZone(lower=lower, upper=upper, velocity=velocity))
    return tuple(zones)
