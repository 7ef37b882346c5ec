"""What only a team can do: reach the base from deep inside, cross two bearings of a voice, set down a load that two carry,
drop two anchors at once. Pure functions.
"""

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.scenario import Scenario
from goldentime.missions.rescue_rules import KINDS
from goldentime.missions.search_ledger import ReportEvent
from goldentime.records import record
from goldentime.types import TEAM, Event, Report, Vec3, WorldState

__all__ = [
    "TEAM_KINDS", "VOICE", "Tasks", "TeamBook", "TeamEvent", "Together", "in_contact", "judge_bearing", "judge_tasks",
    "tasks_of",
]  # fmt: skip

_REST_M_S = 0.1
_CARRIED, _OFF_M = 0.5, 0.25
"""Share of the way that the load must be carried, and how high that is over where it stood: one carrier can drag it."""
VOICE = "voice"
"""Reported with `azimuth_rad`: from where the drone hears somebody call."""
TEAM_KINDS = (*KINDS, VOICE)


class TeamEvent:
    """What only the team's mission has."""

    UNHEARD: Final = "unheard"
    """A report that did not reach the base: it is as if it had not been made, and costs nothing."""
    BEARING: Final = "bearing"
    """A bearing of somebody who calls; detail `person`, `error_deg`."""
    CROSSED: Final = "crossed"
    """Two drones have given bearings of the same voice that cross well; once for each person; detail `person`."""
    PLACED: Final = "load_placed"
    """The load rests where it is wanted, no rope holds it, and it was carried there, not dragged."""
    ANCHORED: Final = "anchored"
    """Both anchors rest at their marks, and were let go together."""


@record
class Together:
    """What is agreed on tasks for several."""

    bearing_deg: float = 15.0
    """A bearing is no farther off."""
    crossing_deg: float = 20.0
    """Two bearings cross at no smaller an angle."""
    bearing_s: float = 6.0
    """Two bearings come no farther apart in time; and a bearing so long after a call's end is still of that call."""
    anchor_m: float = 1.2
    """An anchor rests no farther from its mark, horizontally."""
    anchor_s: float = 4.0
    """Both are let go within this time."""
    load_m: float = 1.5
    """The load rests no farther from its goal, horizontally."""
    bearing_cost: float = 0.1
    """Of a bearing in which nobody calls, in finds."""

    def __post_init__(self) -> None:
        if not all(value > 0.0 for value in vars(self).values()):
            raise ValueError(f"expected numbers above 0, got {self}")


class Tasks(NamedTuple):
    """What the rules know of an instance; the same object all through an episode."""

    together: Together
    calls: Mapping[int, NDArray[np.float64]]
    """By number of a victim: (n, 2) begin and end of each call [s]."""
    anchors: tuple[int, ...]
    """Kits that are anchors."""
    marks: tuple[Vec3, ...]
    goal: Vec3
    """World."""
    start: Vec3
    """Where the load stands at first."""

    @property
    def carried_m(self) -> float:
        """How far the load must be carried."""
        return _CARRIED * _flat_m(self.start, self.goal)


class _Bearing(NamedTuple):
    """A bearing that was given."""

    drone: int
    person: int
    time_s: float
    from_m: Vec3


class TeamBook(NamedTuple):
    """The bookkeeping of a team's tasks."""

    bearings: tuple[_Bearing, ...] = ()
    crossed: frozenset[int] = frozenset()
    dropped: Mapping[int, float] = {}
    """By anchor: when it was let go [s]."""
    anchored: bool = False
    placed: bool = False
    carried_m: float = 0.0
    """How far the load came off the ground, on the ropes of several."""


def tasks_of(scenario: Scenario, together: Together) -> Tasks:
    """What the rules need to know of an instance."""
    calls = {
        i: np.array([(s.start_s, s.start_s + s.duration_s) for s in scenario.sounds[person.sound].soundings])
        for i, person in enumerate(scenario.people)
        if person.victim and person.sound >= 0
    }
    anchors = tuple(i for i, kit in enumerate(scenario.kits) if kit.kind == "anchor")
    (a, b, c), marks = scenario.task["goal"], scenario.task["marks"]
    start = scenario.loads[0].position
    return Tasks(together, calls, anchors, tuple((x, y, z) for x, y, z in marks), (a, b, c), start)


def in_contact(state: WorldState, drone: int) -> bool:
    """Whether what a drone says reaches the base; it does where there are no radios at all."""
    return state.radio is None or bool(state.radio.hops[drone, -1] >= 0)


def judge_bearing(
    tasks: Tasks, book: TeamBook, report: Report, drone: int, state: WorldState
) -> tuple[TeamBook, list[Event]]:
    """A report of a voice.

    Args:
        tasks: the instance.
        book: what was done before.
        report: with `azimuth_rad`.
        drone: whose it is.
        state: of the world when it comes.

    Returns:
        The new bookkeeping and the events.
    """
    now, agreed, here = state.time_s, tasks.together, state.drones[drone].position_m
    fitting = []
    for person, calls in tasks.calls.items():
        there = state.people[person].position_m
        off = math.remainder(report.azimuth_rad - math.atan2(there[1] - here[1], there[0] - here[0]), 2.0 * math.pi)
        sounds = ((calls[:, 0] <= now) & (calls[:, 1] >= now - agreed.bearing_s)).any()
        awake = math.isfinite(state.people[person].voice_db)
        if sounds and awake and abs(off) <= math.radians(agreed.bearing_deg):
            fitting.append((abs(off), person))
    if not fitting:
        wrong = Event(now, ReportEvent.WRONG, drone, 1.0, {"said": VOICE})
        return book, [wrong, Event(now, ReportEvent.CREDIT, drone, -agreed.bearing_cost)]
    recent = [one for one in book.bearings if one.time_s >= now - agreed.bearing_s]
    # Who is meant is not said: any of those who fit.
    own = [_Bearing(drone, person, now, here) for _, person in sorted(fitting)]
    best_off, best = min(fitting)
    events = [Event(now, TeamEvent.BEARING, drone, 1.0, {"person": best, "error_deg": round(math.degrees(best_off), 2)})]
    crossed = book.crossed
    for mine in own:
        others = [one for one in recent if one.person == mine.person and one.drone != drone]
        if mine.person not in crossed and any(_cross(mine, one, state, agreed) for one in others):
            crossed |= {mine.person}
            events.append(Event(now, TeamEvent.CROSSED, TEAM, 1.0, {"person": mine.person}))
    return book._replace(bearings=(*recent, *own), crossed=crossed), events


def _cross(one: _Bearing, other: _Bearing, state: WorldState, agreed: Together) -> bool:
    """Whether two bearings of one person meet at an angle that is large enough."""
    x, y, _ = state.people[one.person].position_m
    a, b = (math.atan2(y - at[1], x - at[0]) for at in (one.from_m, other.from_m))
    turn = abs(math.remainder(a - b, math.pi))
    return turn >= math.radians(agreed.crossing_deg)


def judge_tasks(tasks: Tasks, book: TeamBook, before: WorldState, after: WorldState) -> tuple[TeamBook, list[Event]]:
    """Load and anchors in one step."""
    now, events = after.time_s, list[Event]()
    if after.loads and not book.placed:
        book = book._replace(carried_m=book.carried_m + _carried_m(tasks, before, after))
        if _placed(tasks, book, after):
            book = book._replace(placed=True)
            events.append(Event(now, TeamEvent.PLACED, TEAM))
    if book.anchored or not tasks.anchors:
        return book, events
    fresh = {i: now for i in tasks.anchors if after.kits[i].carrier < 0 and i not in book.dropped}
    if fresh:
        book = book._replace(dropped={**book.dropped, **fresh})
    if len(book.dropped) == len(tasks.anchors) and _anchored(tasks, book, after):
        book = book._replace(anchored=True)
        events.append(Event(now, TeamEvent.ANCHORED, TEAM))
    return book, events


def _carried_m(tasks: Tasks, before: WorldState, after: WorldState) -> float:
    """How far the load came in this step, off the ground, on the ropes of several."""
    (was, *_), (load, *_) = before.loads, after.loads
    high = load.position_m[2] > tasks.start[2] + _OFF_M
    return _flat_m(was.position_m, load.position_m) if high and len(load.held) > 1 else 0.0


def _placed(tasks: Tasks, book: TeamBook, after: WorldState) -> bool:
    load = after.loads[0]
    near = _flat_m(load.position_m, tasks.goal) <= tasks.together.load_m
    return near and not load.held and _rests(load.velocity_m_s) and book.carried_m >= tasks.carried_m


def _anchored(tasks: Tasks, book: TeamBook, after: WorldState) -> bool:
    agreed, kits = tasks.together, [after.kits[i] for i in tasks.anchors]
    times = book.dropped.values()
    if max(times) - min(times) > agreed.anchor_s or not all(_rests(kit.velocity_m_s) for kit in kits):
        return False
    # Which anchor lies at which mark does not matter.
    near = [[_flat_m(kit.position_m, mark) <= agreed.anchor_m for mark in tasks.marks] for kit in kits]
    return any(near[i][0] and near[j][1] for a, b in combinations(range(len(kits)), 2) for i, j in ((a, b), (b, a)))


def _rests(velocity_m_s: Vec3) -> bool:
    return math.hypot(*velocity_m_s) < _REST_M_S


def _flat_m(a: Vec3, b: Vec3) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])
