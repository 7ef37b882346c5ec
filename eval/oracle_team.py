"""What the oracle does with a team: two haul the load and drop the anchors, then each flies its best tour, so that none
meets another in a narrow way; bearings are given when two drones stand well for it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.scenario import Scenario
from goldentime.eval.oracle_rescue import RescueOracle
from goldentime.missions.team_place import CARRIER
from goldentime.missions.team_rules import VOICE
from goldentime.types import WorldState

__all__ = ["TeamOracle"]

Floats = NDArray[np.float64]

_HIGH_M, _HAUL_M_S, _FLY_M_S, _SINK_M_S = 3.4, 0.6, 0.9, 0.3
_NEAR_M, _SETTLE_S = 0.15, 1.5
_GUSTS_M_S, _FAR_M = 0.03, 0.9
"""Gusts may keep it off a place: it takes so much less care each second, down to what load and anchors allow."""
_PASSES_M, _LONGEST_S = (2.6, 3.6), 50.0
"""At which heights the two fly where their ways may cross; and no step takes longer, for one of them may be down."""
_DROP_M = 0.9
"""From how high over the ground an anchor falls."""
_SLACK_M, _CLOSER = 0.5, 0.6
"""So much lower than with a taut rope the drones let go of the load; and so much nearer to it, since the ropes' pull ends
at once when it stands, which throws both apart."""
_APART_M, _STEP_S, _SPEED_M_S = 1.4, 1.0, 0.8
"""Two drones never come nearer on their tours, which are compared at such steps, flown at such a speed."""
_STOPS_S, _SERVES_S, _LATEST_S = 1.0, 14.0, 240.0
_WAITS_M = 1.2
"""So high over its start a drone waits for a free way."""
_HEARD_S = 1.0
"""A call is reported when it has lasted so long."""
_CROSSING_RAD = math.radians(30.0)


class _Wish(NamedTuple):
    """What one drone is to do now."""

    velocity_m_s: Floats
    release: bool = False


class TeamOracle:
    """Knows the scenario and the state of the world.

    Args:
        scenario: of the episode.
        sheet: of the reports, as the brief of a drone has it.
    """

    def __init__(self, scenario: Scenario, sheet: Mapping[str, Any]) -> None:
        self._scenario, self._kinds = scenario, list(sheet["kinds"])
        count = len(scenario.drones)
        self._brains = [RescueOracle(scenario, sheet["kinds"], sheet["questions"], drone) for drone in range(count)]
        self._hauling: Iterator[dict[int, _Wish]] | None = _haul(scenario, self)
        self._busy = {*scenario.loads[0].drones}
        self._begun: dict[int, float] = {}
        self._asked: set[tuple[int, int]] = set()
        self._hopped: set[int] = set()
        self.state: WorldState | None = None
        """The present one."""

    def reports(self, state: WorldState) -> list[dict[str, Any] | None]:
        """By drone, its report of this step."""
        reports: list[dict[str, Any] | None] = [None] * len(self._brains)
        reports[0] = self._brains[0].report(state)
        if reports[0] is None:
            for drone, azimuth_rad in self._bearings(state):
                reports[drone] = {"kind": self._kinds.index(VOICE), "azimuth_rad": np.float32(azimuth_rad)}
        return reports

    def _bearings(self, state: WorldState) -> list[tuple[int, float]]:
        """Of two drones that stand well for somebody who calls now."""
        for person, spec in enumerate(self._scenario.people):
            if not spec.victim or spec.sound < 0 or not math.isfinite(state.people[person].voice_db):
                continue
            for number, call in enumerate(self._scenario.sounds[spec.sound].soundings):
                heard = call.start_s + _HEARD_S <= state.time_s <= call.start_s + call.duration_s
                if heard and (person, number) not in self._asked:
                    pair = self._well_placed(state, person)
                    if pair:
                        self._asked.add((person, number))
                        return pair
        return []

    def _well_placed(self, state: WorldState, person: int) -> list[tuple[int, float]]:
        x, y, _ = state.people[person].position_m
        azimuths = [math.atan2(y - drone.position_m[1], x - drone.position_m[0]) for drone in state.drones]
        for a, b in combinations(range(len(azimuths)), 2):
            if abs(math.remainder(azimuths[a] - azimuths[b], math.pi)) > _CROSSING_RAD:
                return [(a, azimuths[a]), (b, azimuths[b])]
        return []

    def commands(self, state: WorldState) -> list[tuple[Floats, bool]]:
        """By drone: velocity [m/s] in the world frame, and whether to let go of what it holds next."""
        self.state = state
        wishes: dict[int, _Wish] = {}
        if self._hauling is not None:
            now = next(self._hauling, None)
            if now is None:
                self._hauling = None
                self._busy.clear()
            else:
                wishes = now
        carriers_first = sorted(range(len(self._brains)), key=lambda i: self._scenario.drones[i].role != CARRIER)
        for drone in carriers_first:
            if drone not in self._busy:
                wishes[drone] = self._tour(state, drone)
        return [(wishes[i].velocity_m_s, wishes[i].release) for i in range(len(self._brains))]

    def _tour(self, state: WorldState, drone: int) -> _Wish:
        """Up, wait for a free way, the tour, and down where it began."""
        brain, start = self._brains[drone], np.array(self._scenario.drones[drone].position)
        at = np.array(state.drones[drone].position_m)
        if brain.done:
            home = np.array((*start[:2], at[2]))
            if float(np.linalg.norm(home - at)) > _NEAR_M:
                return _Wish(_towards(home, at, _FLY_M_S))
            return _Wish(np.array((0.0, 0.0, -_SINK_M_S)))
        if drone not in self._begun:
            if self._scenario.drones[drone].role != CARRIER and self._hauling is not None:
                # Kits come first: those who bring none get out of their way.
                return _Wish(np.zeros(3))
            self._begun[drone] = state.time_s + self._delay_s(drone, state.time_s)
        above = np.array((*start[:2], start[2] + _WAITS_M))
        if not self._scenario.task["tours"][drone]["stops"]:
            # It has nobody to visit: up and down again.
            self._hopped |= {drone} if at[2] > above[2] - _NEAR_M else set()
            return _Wish(np.array((0.0, 0.0, -_SINK_M_S)) if drone in self._hopped else _towards(above, at, _FLY_M_S))
        if state.time_s < self._begun[drone]:
            return _Wish(_towards(above, at, _FLY_M_S))
        velocity, release = brain.command(state)
        return _Wish(velocity, release)

    def _delay_s(self, drone: int, now_s: float) -> float:
        """How long to wait so that nobody is met on the way whose tour has begun or is to begin."""
        others = [_times(self._scenario, other, begun_s) for other, begun_s in self._begun.items()]
        for delay_s in np.arange(0.0, _LATEST_S, 2.0):
            own = _times(self._scenario, drone, now_s + float(delay_s))
            if all(_apart(own, other) for other in others):
                return float(delay_s)
        return _LATEST_S


class _Timed(NamedTuple):
    """A tour as it is planned."""

    from_s: float
    places_m: Floats
    """(n, 3) at steps of `_STEP_S`."""


def _times(scenario: Scenario, drone: int, from_s: float) -> _Timed:
    tour = scenario.task["tours"][drone]
    route = np.array(tour["route"])
    at_s, now = [0.0], 0.0
    stops = [(tuple(stop["at"]), stop["deliver"]) for stop in tour["stops"]]
    for a, b in pairwise(route):
        now += float(np.linalg.norm(b - a)) / _SPEED_M_S
        at_s.append(now)
        while stops and stops[0][0] == tuple(b.tolist()):
            now += _SERVES_S if stops.pop(0)[1] else _STOPS_S
            # The wait is put into the stretch that leads there, which errs on the safe side little.
            at_s[-1] = now
    grid = np.arange(0.0, at_s[-1] + _STEP_S, _STEP_S)
    return _Timed(from_s, np.column_stack([np.interp(grid, at_s, route[:, axis]) for axis in range(3)]))


def _apart(a: _Timed, b: _Timed) -> bool:
    """Whether the two never come near each other while both are on their tours."""
    begin, end = max(a.from_s, b.from_s), min(_end_s(a), _end_s(b))
    if end <= begin:
        return True
    grid = np.arange(begin, end, _STEP_S)
    rows = [np.clip(((grid - one.from_s) / _STEP_S).astype(int), 0, len(one.places_m) - 1) for one in (a, b)]
    # A little early or late must not matter.
    for lag in (-6, -3, 0, 3, 6):
        late = np.clip(rows[1] + lag, 0, len(b.places_m) - 1)
        if (np.linalg.norm(a.places_m[rows[0]] - b.places_m[late], axis=1) < _APART_M).any():
            return False
    return True


def _end_s(one: _Timed) -> float:
    return one.from_s + len(one.places_m) * _STEP_S


def _haul(scenario: Scenario, oracle: TeamOracle) -> Iterator[dict[int, _Wish]]:
    """Step by step what the two that share the load do, until both anchors lie."""
    load = scenario.loads[0]
    pair = list(load.drones)
    ground_m = load.position[2] - 0.5 * load.size[2]
    begin = np.array((*load.position[:2], ground_m))
    goal = np.array(scenario.task["goal"])
    sides = [np.array(scenario.drones[i].position) - begin for i in pair]
    sides = [np.array((side[0], side[1], 0.0)) for side in sides]
    yield from _together(oracle, pair, [begin + side + _over(_HIGH_M) for side in sides], 0.5)
    length_m = float(np.linalg.norm(goal - begin))
    for done_m in np.arange(0.0, length_m, 0.1 * _HAUL_M_S):
        middle = begin + (goal - begin) * (done_m / length_m) + _over(_HIGH_M)
        yield {i: _Wish(_towards(middle + side, _at(oracle, i), 1.5)) for i, side in zip(pair, sides, strict=True)}
    yield from _together(oracle, pair, [goal + side + _over(_HIGH_M) for side in sides], 0.5)
    near = [_CLOSER * side for side in sides]
    # Where the rope of a drone beside the load just hangs slack.
    taut_m = math.sqrt(max(load.rope_m**2 - float(np.linalg.norm(near[0])) ** 2, 0.01)) + 0.5 * load.size[2]
    low_m = max(taut_m - _SLACK_M, 0.45)
    yield from _together(oracle, pair, [goal + side + _over(low_m) for side in near], 0.35)
    yield {i: _Wish(np.zeros(3), release=True) for i in pair}
    marks = [np.array(mark) for mark in scenario.task["marks"]]
    if np.linalg.norm(goal + sides[0] - marks[0]) + np.linalg.norm(goal + sides[1] - marks[1]) > np.linalg.norm(
        goal + sides[0] - marks[1]
    ) + np.linalg.norm(goal + sides[1] - marks[0]):
        marks.reverse()
    up = [goal + side + _over(high_m) for side, high_m in zip(sides, _PASSES_M, strict=True)]
    yield from _together(oracle, pair, up, 0.6)
    above = [mark + _over(high_m) for mark, high_m in zip(marks, _PASSES_M, strict=True)]
    yield from _together(oracle, pair, above, _FLY_M_S)
    yield from _together(oracle, pair, [mark + _over(_DROP_M) for mark in marks], 0.5)
    yield {i: _Wish(np.array((0.0, 0.0, 0.6)), release=True) for i in pair}
    yield from _together(oracle, pair, [mark + _over(1.6) for mark in marks], 0.5)


def _together(
    oracle: TeamOracle, pair: Sequence[int], places: Sequence[Floats], speed_m_s: float
) -> Iterator[dict[int, _Wish]]:
    """Each to its place, until all are there and still for a moment."""
    still_s = waited_s = 0.0
    while still_s < _SETTLE_S and waited_s < _LONGEST_S:
        yield {i: _Wish(_towards(place, _at(oracle, i), speed_m_s)) for i, place in zip(pair, places, strict=True)}
        off_m = max(float(np.linalg.norm(place - _at(oracle, i))) for i, place in zip(pair, places, strict=True))
        waited_s += 0.1
        still_s = still_s + 0.1 if off_m < min(_NEAR_M + 0.1 + _GUSTS_M_S * waited_s, _FAR_M) else 0.0


def _over(height_m: float) -> Floats:
    return np.array((0.0, 0.0, height_m))


def _at(oracle: TeamOracle, drone: int) -> Floats:
    assert oracle.state is not None
    x, y, z = oracle.state.drones[drone].position_m
    return np.array((x, y, z))


def _towards(place: Floats, at: Floats, speed_m_s: float) -> Floats:
    gap = 1.2 * (place - at)
    length = float(np.linalg.norm(gap))
    towards: Floats = gap if length <= speed_m_s else gap * (speed_m_s / length)
    return towards
