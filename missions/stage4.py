"""Stage 4: a team in a burning building; what stage 3 asks for, and what one drone can't do alone.

Reports count when they reach the base, from drone to drone.
"""

import math
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from goldentime.envs.hull_heat import HULL_LIMIT_K
from goldentime.envs.mission import Reports, Sheet, Verdict
from goldentime.envs.reports import ReportSchema
from goldentime.envs.scenario import Scenario
from goldentime.errors import ConfigError
from goldentime.missions.registry import mission
from goldentime.missions.rescue_end import close
from goldentime.missions.rescue_place import RescueConfig, facts_of, rescue_limits, score_facts
from goldentime.missions.rescue_rules import (
    PLATE_LENGTH,
    QUESTIONS,
    RESCUE_COUNTS,
    Agreed,
    Book,
    Facts,
    RescueEvent,
    at_home,
    judge_report,
    put_on,
)
from goldentime.missions.search_flight import Flight, FlightEvent, Limits, judge_flight
from goldentime.missions.search_ledger import Ledger, ReportCosts
from goldentime.missions.team_place import TeamConfig, draw_team, team_brief
from goldentime.missions.team_rules import (
    TEAM_KINDS,
    VOICE,
    Tasks,
    TeamBook,
    TeamEvent,
    Together,
    in_contact,
    judge_bearing,
    judge_tasks,
    tasks_of,
)
from goldentime.records import dump, record
from goldentime.types import TEAM, Event, WorldState

__all__ = ["ALL_DOWN", "Stage4", "Stage4Config"]

ALL_DOWN: Final = "all_down"
"""End reason: every drone has landed or can't fly any more."""
_VOICES = 2
"""So many crossed voices earn all that there is for them."""


@record
class Stage4Config:
    """Building, fire, team, and what is agreed."""

    rescue: RescueConfig = RescueConfig(kits=2)
    team: TeamConfig = TeamConfig()
    agreed: Agreed = Agreed()
    together: Together = Together()
    costs: ReportCosts = ReportCosts()
    reports: int = 80
    """The budget of all together."""
    crash_m_s: float = 3.0
    """A contact that changes the velocity along its normal by more within one step is a crash."""


class _Progress(NamedTuple):
    facts: Facts
    tasks: Tasks
    limits: tuple[Limits, ...]
    starts: tuple[tuple[float, float, float], ...]
    book: Book
    flights: tuple[Flight, ...]
    team: TeamBook = TeamBook()
    hooded: frozenset[int] = frozenset()
    """Who wears a hood."""
    down: frozenset[int] = frozenset()


@mission("stage4", Stage4Config)
@dataclass(frozen=True)
class Stage4:
    """Find fire and people together, haul a load, drop anchors, cross voices, bring relief kits, and come home."""

    config: Stage4Config

    def __post_init__(self) -> None:
        """Refuse what can't be played."""
        if self.config.reports < 1:
            raise ConfigError(f"stage4.scenario.reports: expected at least 1, got {self.config.reports}")

    @property
    def report(self) -> ReportSchema:
        """As of stage 3, and bearings of voices."""
        return ReportSchema(
            kinds=TEAM_KINDS, text_length=PLATE_LENGTH, bearing=True, questions=QUESTIONS, counts=RESCUE_COUNTS
        )

    def generate(self, rng: np.random.Generator) -> Scenario:
        """Draw a building, its fire, its people and the team's tasks."""
        return draw_team("stage4", self.config.rescue, self.config.team, rng)

    def sheet(self, scenario: Scenario) -> Sheet:
        """Message, time limit, the building from outside, the team and its tasks are told."""
        c = self.config
        agreed = {**dump(c.agreed), **dump(c.together)}
        place = team_brief(scenario, c.rescue.voices.bank)
        brief = {**place, "reports": {"budget": c.reports, **agreed, "costs": dump(c.costs)}}
        callers = sum(person.victim and person.sound >= 0 for person in scenario.people)
        facts = {"drones": float(len(scenario.drones)), "voices": float(min(callers, _VOICES))}
        return Sheet(brief, {**score_facts(scenario), **facts})

    def start(self, scenario: Scenario, state: WorldState) -> _Progress:
        """Nothing done yet."""
        c, drones = self.config, range(len(scenario.drones))
        return _Progress(
            facts=facts_of(scenario, c.agreed, c.costs),
            tasks=tasks_of(scenario, c.together),
            # The clock is the mission's: it ends all flights at once.
            limits=tuple(rescue_limits(scenario, c.crash_m_s, i)._replace(time_limit_s=math.inf) for i in drones),
            starts=tuple(drone.position for drone in scenario.drones),
            book=Book(Ledger(c.reports)),
            flights=tuple(Flight() for _ in drones),
        )

    def judge(self, progress: _Progress, before: WorldState, after: WorldState, reports: Reports = ()) -> Verdict:
        """Reports that reach the base, kits put to use, the team's tasks, then each flight and the clock."""
        progress, events = _hear(progress, after, reports)
        hooded, more = put_on(progress.facts, progress.hooded, after)
        team, done = judge_tasks(progress.tasks, progress.team, before, after)
        events += [*more, *done]
        progress = _fly(progress._replace(hooded=hooded, team=team), before, after, events)
        end = None
        if len(progress.down) == len(progress.flights):
            end = ALL_DOWN
        elif after.time_s >= progress.facts.time_limit_s - 1e-9:
            end = FlightEvent.TIME_UP
        if end is not None:
            events.append(Event(after.time_s, end, TEAM))
        return Verdict(progress, events, end, end == FlightEvent.TIME_UP, progress.down)

    def settle(self, progress: Any, state: WorldState) -> list[Event]:
        """What was told of each, and who was saved, when the time limit has come."""
        return close(progress.facts, progress.book, state)


def _hear(progress: _Progress, after: WorldState, reports: Reports) -> tuple[_Progress, list[Event]]:
    events: list[Event] = []
    book, team = progress.book, progress.team
    for drone, report in enumerate(reports):
        if report is None:
            continue
        if not in_contact(after, drone):
            events.append(Event(after.time_s, TeamEvent.UNHEARD, drone, 1.0, {"said": report.kind}))
        elif report.kind != VOICE:
            book, more = judge_report(progress.facts, book, report, drone, after)
            events += more
        elif book.ledger.left:
            book = book._replace(ledger=book.ledger._replace(left=book.ledger.left - 1))
            team, more = judge_bearing(progress.tasks, team, report, drone, after)
            events += more
    return progress._replace(book=book, team=team), events


def _fly(progress: _Progress, before: WorldState, after: WorldState, events: list[Event]) -> _Progress:
    """All drones that are not down yet."""
    flights, down = list(progress.flights), set(progress.down)
    for i, flight in enumerate(progress.flights):
        if i in progress.down:
            continue
        flights[i], end = judge_flight(flight, progress.limits[i], before, after, events, i)
        if end is None and after.hull_k and after.hull_k[i] > HULL_LIMIT_K:
            end = RescueEvent.OVERHEATED
            events.append(Event(after.time_s, end, i))
        if end == FlightEvent.LANDED and at_home(progress.facts, progress.starts[i], after.drones[i].position_m):
            events.append(Event(after.time_s, RescueEvent.HOME, i))
        if end is not None:
            down.add(i)
    return progress._replace(flights=tuple(flights), down=frozenset(down))
