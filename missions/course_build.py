"""A course ready to fly: its plan, its level, and the shortest way through, which proves that there is one."""

from functools import cache
from itertools import chain
from typing import NamedTuple

from goldentime.envs.airframe import Airframe, load_airframe
from goldentime.envs.level import Box, Level
from goldentime.envs.scenario import Mover
from goldentime.errors import ScenarioError
from goldentime.missions.course_level import build_level
from goldentime.missions.course_plan import CoursePlan, OpenBox, course_2020
from goldentime.missions.course_route import flyable_space, shortest_route
from goldentime.types import Vec3

__all__ = ["BuiltCourse", "build_course", "built_2020", "drop_box", "movers", "standing_z"]

_MARGIN_M = 0.06
"""How much thicker than its hull a drone is taken for when the way is looked for."""
_OVER_BOX_M = 0.7
"""Height above the open box from which the route drops the kit."""


class BuiltCourse(NamedTuple):
    """A plan with what follows from it."""

    plan: CoursePlan
    level: Level
    route: tuple[Vec3, ...]


def build_course(plan: CoursePlan, airframe: Airframe) -> BuiltCourse | None:
    """Build a course; None where the airframe can't fly through it.

    A moving obstacle counts as standing at both ends of its swing at once. So the way that is found leads through the
    middle of the swing or round it, and is free whenever the obstacle is near an end.
    """
    level, box = build_level(plan), drop_box(plan)
    body = (airframe.hull_radius_m + _MARGIN_M, 0.5 * airframe.hull_height_m + _MARGIN_M)
    start = (*plan.start_pad.base[:2], standing_z(plan.start_pad.top_m, airframe))
    landing = (*plan.landing_pad.base[:2], standing_z(plan.landing_pad.top_m, airframe))
    over_box = (box.base[0], box.base[1], box.base[2] + box.size[2] + _OVER_BOX_M)
    parked = [_parked(mover, side) for mover in movers(plan) for side in (-1.0, 1.0)]
    route = shortest_route(flyable_space(level, *body, extra=parked), start, over_box, landing)
    if route is None:
        return None
    return BuiltCourse(plan, level, tuple((x, y, z) for x, y, z in route.round(4).tolist()))


def _parked(mover: Mover, side: float) -> Box:
    x, y, z = (c + side * a for c, a in zip(mover.centre, mover.amplitude, strict=True))
    return Box(centre=(x, y, z), size=mover.size)


@cache
def built_2020(airframe: str) -> BuiltCourse:
    """The 2020 course; one object per process, so that whatever is compiled from its level is found again."""
    built = build_course(course_2020(), load_airframe(airframe))
    if built is None:
        raise ScenarioError(f"course 2020: expected a way through for airframe {airframe!r}, the planner found none")
    return built


def standing_z(top_m: float, airframe: Airframe) -> float:
    """Height of the centre of a drone that stands on a pad, a millimetre above it."""
    return top_m + 0.5 * airframe.hull_height_m + 1e-3


def drop_box(plan: CoursePlan) -> OpenBox:
    """The course's open box."""
    boxes = [section.open_box for section in plan.sections if section.open_box is not None]
    if len(boxes) != 1:
        raise ScenarioError(f"course: expected one section with open_box, got {len(boxes)}")
    return boxes[0]


def movers(plan: CoursePlan) -> tuple[Mover, ...]:
    """All moving obstacles."""
    return tuple(chain.from_iterable(section.movers for section in plan.sections))
