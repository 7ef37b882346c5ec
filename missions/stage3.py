"""Stage 3: one drone in a burning building, eight minutes, people whose time runs out."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from goldentime.envs.hull_heat import HULL_LIMIT_K
from goldentime.envs.mission import Reports, Sheet, Verdict
from goldentime.envs.reports import ReportSchema
from goldentime.envs.scenario import Scenario
from goldentime.errors import ConfigError
from goldentime.missions.registry import mission
from goldentime.missions.rescue_end import close
from goldentime.missions.rescue_place import RescueConfig, draw_rescue, facts_of, rescue_brief, rescue_limits, score_facts
from goldentime.missions.rescue_rules import (
    KINDS,
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
from goldentime.records import dump, record
from goldentime.types import Event, WorldState

__all__ = ["Stage3", "Stage3Config"]


@record
class Stage3Config:
    """The building and its fire, and what is agreed."""

    rescue: RescueConfig = RescueConfig()
    agreed: Agreed = Agreed()
    costs: ReportCosts = ReportCosts()
    reports: int = 60
    """The budget."""
    crash_m_s: float = 3.0
    """A contact that changes the velocity along its normal by more within one step is a crash."""


class _Progress(NamedTuple):
    facts: Facts
    limits: Limits
    book: Book
    hooded: frozenset[int] = frozenset()
    """Who wears a hood."""
    flight: Flight = Flight()


@mission("stage3", Stage3Config)
@dataclass(frozen=True)
class Stage3:
    """Find fire and people, say how they are and whom to help first, drop relief kits, and come home."""

    config: Stage3Config

    def __post_init__(self) -> None:
        """Refuse what can't be played."""
        if self.config.reports < 1:
            raise ConfigError(f"stage3.scenario.reports: expected at least 1, got {self.config.reports}")

    @property
    def report(self) -> ReportSchema:
        """Kinds, a place, a plate's text, condition, motion and rank; numbers with a `count`."""
        return ReportSchema(
            kinds=KINDS,
            text_length=PLATE_LENGTH,
            questions=QUESTIONS,
            counts=RESCUE_COUNTS,
        )

    def generate(self, rng: np.random.Generator) -> Scenario:
        """Draw a building, its fire and its people."""
        return draw_rescue("stage3", self.config.rescue, rng)

    def sheet(self, scenario: Scenario) -> Sheet:
        """Address, message and time limit are told, and what the building looks like from outside."""
        c = self.config
        budget = {"budget": c.reports, **dump(c.agreed), "costs": dump(c.costs)}
        brief = {**rescue_brief(scenario, c.rescue.voices.bank), "reports": budget}
        return Sheet(brief, score_facts(scenario))

    def start(self, scenario: Scenario, state: WorldState) -> _Progress:
        """Nothing reported yet."""
        c = self.config
        facts = facts_of(scenario, c.agreed, c.costs)
        return _Progress(facts, rescue_limits(scenario, c.crash_m_s), Book(Ledger(c.reports)))

    def judge(self, progress: _Progress, before: WorldState, after: WorldState, reports: Reports = ()) -> Verdict:
        """The report, if there is one, kits put to use, then the flight."""
        events: list[Event] = []
        facts, book, hooded = progress.facts, progress.book, progress.hooded
        for drone, report in enumerate(reports):
            if report is not None:
                book, more = judge_report(facts, book, report, drone, after)
                events += more
        hooded, more = put_on(facts, hooded, after)
        events += more
        flight, end = judge_flight(progress.flight, progress.limits, before, after, events)
        if end is None and after.hull_k and max(after.hull_k) > HULL_LIMIT_K:
            end = RescueEvent.OVERHEATED
            events.append(Event(after.time_s, end, 0))
        if end == FlightEvent.LANDED and at_home(facts, facts.origin, after.drones[0].position_m):
            events.append(Event(after.time_s, RescueEvent.HOME, 0))
        if book is not progress.book or flight is not progress.flight or hooded is not progress.hooded:
            progress = progress._replace(book=book, flight=flight, hooded=hooded)
        return Verdict(progress, events, end, end == FlightEvent.TIME_UP)

    def settle(self, progress: Any, state: WorldState) -> list[Event]:
        """What was told of each, and who was saved, when the time limit has come."""
        return close(progress.facts, progress.book, state)
