"""Search: fly a street or a floor, report each person and thing that counts, and the one that the brief describes.

`Scenario.task` holds, in the world frame: `origin`, `start_yaw`, `route`, `place` (see `search_place`), `things` (all that
the scene has), `sought` (the kinds that count), `described` (number of the described thing, -1 for none) and `description`.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from goldentime.envs.mission import Reports, Sheet, Verdict
from goldentime.envs.reports import ReportSchema
from goldentime.envs.scenario import Scenario
from goldentime.envs.scenes.scene import Scene, SceneConfig, Thing
from goldentime.errors import ConfigError, ScenarioError
from goldentime.missions.registry import mission
from goldentime.missions.search_describe import Description, draw_description, told
from goldentime.missions.search_flight import Flight, FlightEvent, Limits, judge_flight
from goldentime.missions.search_ledger import Ledger, ReportCosts, Target, Terms
from goldentime.missions.search_place import Patrol, flight_limits, local, make_scenario, par_s, place_brief
from goldentime.missions.search_rules import BUILDINGS, KINDS, OBJECTS, PEOPLE, Book, Facts, judge_report
from goldentime.records import dump, load, record
from goldentime.types import Event, Vec3, WorldState

__all__ = ["Search", "SearchConfig"]

_DRAWS = 12
_LOOKALIKES = ("mannequin", "poster")
_REACH_M = {"street": 3.0, "floor": 2.0}
COMPLETE = "complete"
"""All is found; ends the episode."""


@record
class SearchConfig:
    """Which scenes, and what is agreed."""

    scene: SceneConfig = SceneConfig(pool="test")
    patrol: Patrol = Patrol()
    costs: ReportCosts = ReportCosts()
    reports: int = 60
    """The budget."""
    tolerance_m: float | None = None
    """A report is of a thing whose bounding box is no farther away; 3 m on a street and 2 m on a floor if not given."""


class _Progress(NamedTuple):
    facts: Facts
    limits: Limits
    book: Book
    flight: Flight = Flight()


@mission("search", SearchConfig)
@dataclass(frozen=True)
class Search:
    """Report each person and thing that counts, once, at its place; and say which is the described one."""

    config: SearchConfig
    report: ClassVar[ReportSchema | None] = ReportSchema(kinds=KINDS, described=True)

    def __post_init__(self) -> None:
        """Refuse what can't be played."""
        if self.config.reports < 1 or self._tolerance_m <= 0.0:
            got = f"{self.config.reports} and {self._tolerance_m:g}"
            raise ConfigError(f"search.scenario: expected reports of at least 1 and tolerance_m above 0, got {got}")

    @property
    def _tolerance_m(self) -> float:
        given = self.config.tolerance_m
        return _REACH_M[self.config.scene.place] if given is None else given

    def generate(self, rng: np.random.Generator) -> Scenario:
        """Draw a scene in which there is something to find."""
        # Late: all missions are loaded together, and the others do without what draws scenes.
        from goldentime.envs.scenes.draw import draw_scene

        for _ in range(_DRAWS):
            scene = draw_scene(self.config.scene, rng)
            if any(thing.kind in (*PEOPLE, *OBJECTS) for thing in scene.things):
                return make_scenario("search", scene, self.config.patrol, _task(scene, rng))
        raise ScenarioError(f"search: expected people or objects to look for, got none in {_DRAWS} of {self.config.scene}")

    def sheet(self, scenario: Scenario) -> Sheet:
        """The patrol and what to look for are told; not how many there are."""
        task, c = scenario.task, self.config
        described = task["description"]
        brief = {
            **place_brief(scenario),
            "sought": task["sought"],
            "described": told(load(Description, described, "description")) if described else None,
            "reports": {"budget": c.reports, "tolerance_m": self._tolerance_m, "costs": dump(c.costs)},
        }
        facts = {
            "things": float(sum(thing["kind"] in task["sought"] for thing in task["things"])),
            "described": float(task["described"] >= 0),
            "time_limit_s": scenario.time_limit_s,
        }
        return Sheet(brief, facts)

    def start(self, scenario: Scenario, state: WorldState) -> _Progress:
        """Nothing found yet."""
        facts = _compile(scenario, self.config, self._tolerance_m)
        return _Progress(facts, flight_limits(scenario, self.config.patrol), Book(Ledger(self.config.reports)))

    def judge(self, progress: _Progress, before: WorldState, after: WorldState, reports: Reports = ()) -> Verdict:
        """The report, if there is one, then the flight."""
        events: list[Event] = []
        facts, book = progress.facts, progress.book
        for report in reports:
            if report is not None:
                book, more = judge_report(facts, book, report, after.time_s, _drone_m(facts, after))
                events += more
        flight, end = judge_flight(progress.flight, progress.limits, before, after, events)
        if end is None and len(book.ledger.found) == len(facts.targets) and (book.described_found or facts.described < 0):
            end = COMPLETE
            events.append(Event(after.time_s, end, 0))
        if book is not progress.book or flight is not progress.flight:
            progress = progress._replace(book=book, flight=flight)
        return Verdict(progress, events, end, end == FlightEvent.TIME_UP)


def _task(scene: Scene, rng: np.random.Generator) -> dict[str, Any]:
    drawn = draw_description(scene.things, rng)
    number, description = drawn if drawn is not None else (-1, None)
    sought = [*PEOPLE, *OBJECTS]
    if description is not None and description.kind in BUILDINGS:
        # Other buildings don't count: without a name on it nobody can tell a block of flats from the next.
        sought.append(description.kind)
    return {
        "things": [dump(thing) for thing in scene.things],
        "sought": sought,
        "described": number,
        "description": None if description is None else dump(description),
    }


def _compile(scenario: Scenario, config: SearchConfig, tolerance_m: float) -> Facts:
    task = scenario.task
    things = [load(Thing, thing, "things") for thing in task["things"]]
    targets = [_target(task, config.patrol, i, thing) for i, thing in enumerate(things)]
    x, y, z = task["origin"]
    return Facts(
        targets=tuple(target for target in targets if target.kind in task["sought"]),
        described=task["described"],
        lookalikes=tuple(target for target in targets if target.kind in _LOOKALIKES),
        postures={i: thing.posture for i, thing in enumerate(things)},
        terms=Terms(tolerance_m, scenario.time_limit_s, config.costs, scenario.smoke, (x, y, z)),
    )


def _target(task: dict[str, Any], patrol: Patrol, number: int, thing: Thing) -> Target:
    x, y, z = local(task, thing.centre)
    a, b, c = (0.5 * side for side in thing.size)
    return Target(number, thing.kind, (x - a, y - b, z - c), (x + a, y + b, z + c), par_s(task, (x, y, z), patrol))


def _drone_m(facts: Facts, state: WorldState) -> Vec3:
    (x, y, z), (a, b, c) = state.drones[0].position_m, facts.terms.origin
    return x - a, y - b, z - c
