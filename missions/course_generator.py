"""Draw whole courses: sections along one straight lane, or along a U of two lanes that a tunnel joins, as in 2020."""

import numpy as np

from goldentime.envs.airframe import Airframe
from goldentime.errors import ScenarioError
from goldentime.missions.course_build import BuiltCourse, build_course
from goldentime.missions.course_plan import CoursePlan, Envelope, OuterWall, Pad, Section, Tunnel
from goldentime.missions.course_sections import (
    DRAWERS,
    TUNNEL_FLOOR_M,
    TUNNEL_HEIGHT_M,
    Lane,
    Task,
    blend,
    pipe_chamfer,
)

__all__ = ["draw_course", "draw_plan", "wind_range_m_s"]

_TRIES = 12
_WALL_M, _HEIGHT_M = 0.5, 3.0
_END_M = 4.5
"""Room for a pad at a lane's end."""
_PAD_M = (2.0, 2.0, 0.05)
_TURN_M = 3.5
"""From the end wall to the middle of the tunnel that leads from lane to lane."""
_TUNNEL_EXIT_M = 8.0
_MOVERS_ABOVE = 0.8


def draw_course(difficulty: float, airframe: Airframe, rng: np.random.Generator) -> BuiltCourse:
    """A course that the airframe can fly through.

    Raises:
        ScenarioError: none was found in a bounded number of tries.
    """
    for _ in range(_TRIES):
        built = build_course(draw_plan(difficulty, rng), airframe)
        if built is not None:
            return built
    raise ScenarioError(
        f"course: expected a course of difficulty {difficulty:g} that {airframe.name} can fly through, "
        f"got none in {_TRIES} draws"
    )


def wind_range_m_s(difficulty: float) -> tuple[float, float]:
    """Range of the mean wind speed."""
    return blend(0.5, 3.0, difficulty), blend(1.5, 5.0, difficulty)


def draw_plan(difficulty: float, rng: np.random.Generator) -> CoursePlan:
    """A plan that may or may not be flyable."""
    width = round(blend(10.0, 7.5, difficulty) + float(rng.uniform(-0.5, 0.5)), 2)
    kinds = _draw_kinds(difficulty, rng)
    draw = _Draw(difficulty, rng)
    if rng.random() < 0.7 - 0.9 * difficulty:
        return _straight(width, kinds, draw)
    # The tunnel of a U is its turn.
    return _u_shape(width, [kind for kind in kinds if kind != "tunnel"], draw)


def _draw_kinds(difficulty: float, rng: np.random.Generator) -> list[str]:
    count = 2 + round(3 * difficulty) + int(rng.integers(2))
    kinds = rng.permutation(["maze", "poles", "nets", "trees", "windows", "tunnel"]).tolist()[:count]
    if difficulty > _MOVERS_ABOVE:
        kinds.insert(int(rng.integers(len(kinds) + 1)), "movers")
    return [str(kind) for kind in kinds]


class _Draw:
    """Draws sections one after another along a lane."""

    def __init__(self, difficulty: float, rng: np.random.Generator) -> None:
        self.difficulty, self.rng = difficulty, rng
        self.gap_m = blend(2.0, 1.2, difficulty)

    def along(self, lane: Lane, begin: float, kinds: list[str]) -> tuple[list[Section], float]:
        """The sections of one lane and the u at which the last one ends."""
        sections, u = [], begin
        for kind in kinds:
            section, end = DRAWERS[kind](Task(lane, u, kind, self.difficulty, self.rng))
            sections.append(section)
            u = end + self.gap_m
        return sections, u - self.gap_m if kinds else begin


def _pad(x: float, y: float) -> Pad:
    return Pad(base=(round(x, 3), round(y, 3), 0.0), size=_PAD_M)


def _straight(width: float, kinds: list[str], draw: _Draw) -> CoursePlan:
    lane = Lane(0.0, 0.5 * width, 1, width, _HEIGHT_M, _WALL_M)
    sections, end = draw.along(lane, _END_M, [*kinds, "wind_and_delivery"])
    long = round(end + _END_M, 3)
    return CoursePlan(
        envelope=_envelope(long, width),
        start_pad=_pad(2.0, lane.y_m),
        landing_pad=_pad(long - 2.0, lane.y_m),
        outer_walls=_hall(long, width),
        sections=tuple(sections),
    )


def _u_shape(width: float, kinds: list[str], draw: _Draw) -> CoursePlan:
    # The lower lane holds the wind zone as well.
    split = (2 * len(kinds) + 2) // 3
    upper = Lane(0.0, 1.5 * width + 2 * _WALL_M, 1, width, _HEIGHT_M, _WALL_M)
    first, upper_end = draw.along(upper, _END_M, kinds[:split])
    wide = round(blend(2.95, 2.1, draw.difficulty), 2)
    # Where the lower lane begins depends on the hall's length: draw it at the origin, then once more in its place.
    state = draw.rng.bit_generator.state
    lower = Lane(0.0, 0.5 * width, -1, width, _HEIGHT_M, _WALL_M)
    names = [*kinds[split:], "wind_and_delivery"]
    _, lower_end = draw.along(lower, draw.gap_m, names)
    long = round(max(upper_end + 1.0 + 0.5 * wide + _TURN_M, lower_end + _TUNNEL_EXIT_M + _END_M), 3)
    draw.rng.bit_generator.state = state
    second, _ = draw.along(lower._replace(x_m=long - _TUNNEL_EXIT_M), draw.gap_m, names)
    turn = _turn(long, width, wide, draw)
    return CoursePlan(
        envelope=_envelope(long, 2 * width + 2 * _WALL_M),
        start_pad=_pad(2.0, upper.y_m),
        landing_pad=_pad(2.0, lower.y_m),
        outer_walls=(*_hall(long, round(2 * width + 2 * _WALL_M, 3)), *_divider(long, width, wide)),
        sections=(*first, turn, *second),
    )


def _turn(long: float, width: float, wide: float, draw: _Draw) -> Section:
    """The L-shaped tunnel from the upper to the lower lane."""
    x, out = round(long - _TURN_M, 3), round(long - _TUNNEL_EXIT_M, 3)
    top, low = round(width + 2 * _WALL_M + 1.3, 3), round(0.5 * width, 3)
    tunnel = Tunnel(
        centreline=((x, top), (x, low), (round(out + 0.1, 3), low)), width=wide, height=TUNNEL_HEIGHT_M,
        floor_z=TUNNEL_FLOOR_M, chamfer=pipe_chamfer(wide, draw.rng),
    )  # fmt: skip
    posts = (out, round(low - 0.5 * wide, 3)), (out, round(low + 0.5 * wide, 3))
    return Section(name="tunnel", exit=posts, tunnel=tunnel)


def _envelope(long: float, deep: float) -> Envelope:
    size = (round(long + 2 * _WALL_M, 3), round(deep + 2 * _WALL_M, 3))
    return Envelope(size=size, wall_height=_HEIGHT_M, wall_thickness=_WALL_M)


def _hall(long: float, deep: float) -> tuple[OuterWall, ...]:
    return (
        OuterWall(start=(0.0, 0.0), end=(long, 0.0), body="south"),
        OuterWall(start=(0.0, deep), end=(long, deep), body="north"),
        OuterWall(start=(0.0, 0.0), end=(0.0, deep), body="west"),
        OuterWall(start=(long, 0.0), end=(long, deep), body="east"),
    )


def _divider(long: float, width: float, wide: float) -> tuple[OuterWall, ...]:
    """Two walls back to back between the lanes, with a hole for the tunnel."""
    lower, upper = width, round(width + 2 * _WALL_M, 3)
    hole = round(long - _TURN_M - 0.5 * wide - 0.05, 3), round(long - _TURN_M + 0.5 * wide + 0.05, 3)
    walls = []
    for begin, end in ((0.0, hole[0]), (hole[1], long)):
        walls.append(OuterWall(start=(begin, lower), end=(end, lower), body="north"))
        walls.append(OuterWall(start=(begin, upper), end=(end, upper), body="south"))
    return tuple(walls)
