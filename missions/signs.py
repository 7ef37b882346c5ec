"""Signs: fly a floor or a street, find the signs that are asked for, and report what is written on each.

`Scenario.task` holds, in the world frame: `origin`, `start_yaw`, `route`, `place` (see `search_place`), and `asked`, the
kinds of signs that count. Numbers of signs are places in `Scenario.signs`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from goldentime.envs.mission import Reports, Sheet, Verdict
from goldentime.envs.reports import ReportSchema
from goldentime.envs.scenario import Scenario
from goldentime.envs.scenes.scene import SceneConfig
from goldentime.envs.signs import PlacedSign, SignKind, face_corners
from goldentime.errors import ConfigError, ScenarioError
from goldentime.missions.registry import mission
from goldentime.missions.search_flight import Flight, FlightEvent, Limits, judge_flight
from goldentime.missions.search_ledger import Ledger, ReportCosts, Target, Terms
from goldentime.missions.search_place import Patrol, flight_limits, local, make_scenario, par_s, place_brief
from goldentime.missions.signs_rules import KINDS, Facts, judge_report
from goldentime.records import dump, record
from goldentime.types import Event, Vec3, WorldState

__all__ = ["Signs", "SignsConfig"]

_DRAWS = 12
_FEW, _MANY = 2, 4
"""A kind may be asked for alone where it has so many signs, and the scene so many in all."""
_LONGEST = 64
_REACH_M = {"street": 3.0, "floor": 2.0}
COMPLETE = "complete"
"""All is read; ends the episode."""


@record
class SignsConfig:
    """Which scenes, and what is agreed."""

    scene: SceneConfig = SceneConfig(place="floor", pool="test", signs=(6, 14))
    patrol: Patrol = Patrol()
    costs: ReportCosts = ReportCosts()
    asked: SignKind | None = None
    """The kind that is asked for; if not given, all or a kind of which there are several, by chance."""
    reports: int = 40
    """The budget."""
    tolerance_m: float | None = None
    """A report is of a sign that is no farther away; 3 m on a street and 2 m on a floor if not given."""


class _Progress(NamedTuple):
    facts: Facts
    limits: Limits
    ledger: Ledger
    flight: Flight = Flight()


@mission("signs", SignsConfig)
@dataclass(frozen=True)
class Signs:
    """Report what is written on each sign that is asked for, once, at its place."""

    config: SignsConfig
    report: ClassVar[ReportSchema | None] = ReportSchema(kinds=KINDS, text_length=_LONGEST)

    def __post_init__(self) -> None:
        """Refuse what can't be played."""
        if self.config.reports < 1 or self._tolerance_m <= 0.0:
            got = f"{self.config.reports} and {self._tolerance_m:g}"
            raise ConfigError(f"signs.scenario: expected reports of at least 1 and tolerance_m above 0, got {got}")

    @property
    def _tolerance_m(self) -> float:
        given = self.config.tolerance_m
        return _REACH_M[self.config.scene.place] if given is None else given

    def generate(self, rng: np.random.Generator) -> Scenario:
        """Draw a scene with signs to read."""
        # Late: all missions are loaded together, and the others do without what draws scenes.
        from goldentime.envs.scenes.draw import draw_scene

        c = self.config
        for _ in range(_DRAWS):
            scene = draw_scene(c.scene, rng)
            asked = _ask(scene.signs, c.asked, rng)
            if asked and all(len(sign.spec.text) <= _LONGEST for sign in scene.signs):
                return make_scenario("signs", scene, c.patrol, {"asked": asked})
        wanted = c.asked or "signs"
        raise ScenarioError(f"signs: expected {wanted} to read, got none in {_DRAWS} scenes of {c.scene}")

    def sheet(self, scenario: Scenario) -> Sheet:
        """The patrol and the kinds of signs that are asked for are told; not how many there are."""
        c, asked = self.config, scenario.task["asked"]
        brief = {
            **place_brief(scenario),
            "asked": asked,
            "reports": {"budget": c.reports, "tolerance_m": self._tolerance_m, "costs": dump(c.costs)},
        }
        things = float(sum(sign.spec.kind in asked for sign in scenario.signs))
        return Sheet(brief, {"things": things, "time_limit_s": scenario.time_limit_s})

    def start(self, scenario: Scenario, state: WorldState) -> _Progress:
        """Nothing read yet."""
        facts = _compile(scenario, self.config, self._tolerance_m)
        return _Progress(facts, flight_limits(scenario, self.config.patrol), Ledger(self.config.reports))

    def judge(self, progress: _Progress, before: WorldState, after: WorldState, reports: Reports = ()) -> Verdict:
        """The report, if there is one, then the flight."""
        events: list[Event] = []
        facts, ledger = progress.facts, progress.ledger
        for report in reports:
            if report is not None:
                ledger, more = judge_report(facts, ledger, report, after.time_s, _drone_m(facts, after))
                events += more
        flight, end = judge_flight(progress.flight, progress.limits, before, after, events)
        if end is None and len(ledger.found) == len(facts.targets):
            end = COMPLETE
            events.append(Event(after.time_s, end, 0))
        if ledger is not progress.ledger or flight is not progress.flight:
            progress = progress._replace(ledger=ledger, flight=flight)
        return Verdict(progress, events, end, end == FlightEvent.TIME_UP)


def _ask(signs: Sequence[PlacedSign], kind: SignKind | None, rng: np.random.Generator) -> list[str]:
    """The kinds that count in this scene; empty where there is nothing to read."""
    counts = Counter(sign.spec.kind.value for sign in signs)
    if kind is not None:
        return [kind.value] if counts[kind.value] else []
    several = sorted(name for name, count in counts.items() if count >= _FEW)
    if several and len(signs) >= _MANY and rng.random() < 0.5:
        return [several[int(rng.integers(len(several)))]]
    return [name.value for name in SignKind] if counts else []


def _compile(scenario: Scenario, config: SignsConfig, tolerance_m: float) -> Facts:
    task = scenario.task
    targets = [_target(task, config.patrol, i, sign) for i, sign in enumerate(scenario.signs)]
    x, y, z = task["origin"]
    return Facts(
        targets=tuple(target for target in targets if target.kind in task["asked"]),
        others=tuple(target for target in targets if target.kind not in task["asked"]),
        covered=frozenset(i for i, sign in enumerate(scenario.signs) if sign.spec.covers),
        terms=Terms(tolerance_m, scenario.time_limit_s, config.costs, scenario.smoke, (x, y, z)),
    )


def _target(task: dict[str, Any], patrol: Patrol, number: int, sign: PlacedSign) -> Target:
    corners = face_corners(sign).reshape(-1, 3)
    lower, upper = local(task, corners.min(axis=0).tolist()), local(task, corners.max(axis=0).tolist())
    middle = local(task, (0.5 * (corners.min(axis=0) + corners.max(axis=0))).tolist())
    return Target(number, sign.spec.kind.value, lower, upper, par_s(task, middle, patrol), sign.spec.text)


def _drone_m(facts: Facts, state: WorldState) -> Vec3:
    (x, y, z), (a, b, c) = state.drones[0].position_m, facts.terms.origin
    return x - a, y - b, z - c
