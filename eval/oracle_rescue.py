"""What the oracle does in a rescue: reports all that there is at once, flies the best tour by its true position, drops each
kit beside whom it is for, and lands at home."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.control.waypath import Waypath, chase, make_waypath
from goldentime.envs.scenario import Scenario
from goldentime.missions.rescue_end import urgency
from goldentime.types import Vec3, WorldState

__all__ = ["RescueOracle"]

_AHEAD_M, _SPEED_M_S, _SINK_M_S = 0.35, 0.8, 0.4
_BESIDE_M, _HEIGHT_M = (0.75, 0.45), (1.3, 1.05)
"""A kit is let go so far beside somebody, and from no higher over their ground: who stands, and who does not."""
_NEAR_M = 0.12
_WAITS_S = 15.0
"""For a hood to be put on, before it flies on."""
_REPORTS_FROM_S = 1.0

Floats = NDArray[np.float64]


class _Leg(NamedTuple):
    """A stretch of the tour, and who is at its end."""

    way: Waypath | None
    """None where it begins and ends at one place."""
    person: int
    """-1 where it only leads home."""
    deliver: bool


class RescueOracle:
    """Knows the scenario and the state of the world.

    Args:
        scenario: of the episode.
        kinds: what can be reported, in the order of the action's numbers.
        questions: with the answers to choose from.
        drone: which one it flies.
    """

    def __init__(
        self, scenario: Scenario, kinds: Sequence[str], questions: dict[str, Sequence[str]], drone: int = 0
    ) -> None:
        self._scenario, self._kinds, self._questions = scenario, list(kinds), questions
        self._drone = drone
        self._legs = _legs(scenario, drone)
        self._done_m, self._waited_s, self._dropped = 0.0, 0.0, False
        self._last_s = 0.0
        self._said = False
        self._claims: list[dict[str, Any]] = []

    @property
    def done(self) -> bool:
        """Whether it is back from its tour."""
        return not self._legs

    def report(self, state: WorldState) -> dict[str, Any] | None:
        """The next report, if one is left."""
        if not self._said and state.time_s >= _REPORTS_FROM_S:
            self._said, self._claims = True, self._all_claims(state)
        return self._claims.pop(0) if self._claims else None

    def _all_claims(self, state: WorldState) -> list[dict[str, Any]]:
        scenario, origin = self._scenario, np.array(self._scenario.task["origin"])
        victims = [i for i, person in enumerate(scenario.people) if person.victim]
        order = sorted(victims, key=lambda i: -urgency(state.people[i].condition))
        claims = []
        for rank, i in enumerate(order, 1):
            person, now = scenario.people[i], state.people[i]
            at = np.array(now.position_m) - origin + (0.0, 0.0, 0.5)
            moves = "stays" if person.behaviour == "stays" else "moves"
            name = scenario.level.rooms[person.room].name
            answers = {"condition": now.condition, "motion": moves}
            claims.append(self._claim(person.kind, at, answers, text=name, rank=rank))
        for hazard in scenario.task["hazards"]:
            middle = 0.5 * (np.array(hazard["lower"]) + np.array(hazard["upper"])) - origin
            claims.append(self._claim(hazard["kind"], middle, {}))
        moving = sum(scenario.people[i].behaviour != "stays" for i in victims)
        claims.append(self._claim("count", np.zeros(3), {}, moving=moving, staying=len(victims) - moving))
        return claims

    def _claim(self, kind: str, at: Floats, answers: dict[str, str], *, text: str = "", **counts: int) -> dict[str, Any]:
        said = {name: list(self._questions[name]).index(answers.get(name, "")) for name in self._questions}
        numbers = {"rank": 0, "moving": 0, "staying": 0, **counts}
        return {"kind": self._kinds.index(kind), "position_m": at.astype(np.float32), "text": text, **said, **numbers}

    def command(self, state: WorldState) -> tuple[Floats, bool]:
        """Velocity [m/s] in the world frame, and whether to let go of a kit."""
        at, dt_s = np.array(state.drones[self._drone].position_m), state.time_s - self._last_s
        self._last_s = state.time_s
        if not self._legs:
            return np.array((0.0, 0.0, -_SINK_M_S)), False
        leg = self._legs[0]
        if leg.way is not None and self._done_m < leg.way.length_m - 0.05:
            self._done_m, step = chase(leg.way, self._done_m, at, _AHEAD_M)
            return np.array(step) * (_SPEED_M_S / _AHEAD_M), False
        if leg.deliver and not state.people[leg.person].hooded and self._waited_s < _WAITS_S:
            self._waited_s += dt_s
            return self._serve(state, leg.person, at)
        self._legs.pop(0)
        self._done_m, self._waited_s, self._dropped = 0.0, 0.0, False
        return np.zeros(3), False

    def _serve(self, state: WorldState, person: int, at: Floats) -> tuple[Floats, bool]:
        """To a place beside somebody, a kit dropped there once; then it waits there."""
        feet = np.array(state.people[person].position_m)
        low = state.people[person].posture not in ("standing", "walking", "waving")
        away = at[:2] - feet[:2]
        beside = feet[:2] + away / max(float(np.linalg.norm(away)), 1e-6) * _BESIDE_M[low]
        goal = np.array((*beside.tolist(), min(float(at[2]), feet[2] + _HEIGHT_M[low])))
        gap = goal - at
        near = float(np.linalg.norm(gap)) < _NEAR_M and math.hypot(*state.drones[self._drone].velocity_m_s) < 0.2
        release = near and not self._dropped
        self._dropped |= near
        return np.clip(1.2 * gap, -0.6, 0.6), release


def _legs(scenario: Scenario, drone: int) -> list[_Leg]:
    """The route cut at the places of the stops."""
    tour = scenario.task["tours"][drone]
    route: list[Vec3] = [(p[0], p[1], p[2]) for p in tour["route"]]
    legs, begin = [], 0
    for stop in tour["stops"]:
        end = route.index(tuple(stop["at"]), begin)
        legs.append(_Leg(_way(route[begin : end + 1]), stop["person"], stop["deliver"]))
        begin = end
    legs.append(_Leg(_way(route[begin:]), -1, deliver=False))
    return legs


def _way(points: list[Vec3]) -> Waypath | None:
    return make_waypath(np.array(points)) if len(points) > 1 else None
