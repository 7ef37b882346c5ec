"""What the reports of the rescue missions come to. Pure functions.

People are where they are at the moment of the report. A later report of somebody who was found already replaces what was
said of them, so that an agent may correct itself.
"""

import math
import unicodedata
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from goldentime.envs.people.person import Person
from goldentime.missions.search_ledger import Ledger, ReportCosts, ReportEvent, Target, nearest
from goldentime.records import record
from goldentime.types import Event, PersonState, Report, Vec3, WorldState

__all__ = [
    "CONDITIONS", "COUNT", "HAZARDS", "KINDS", "MOVES", "PEOPLE", "PLATE_LENGTH", "QUESTIONS", "RESCUE_COUNTS", "Agreed",
    "Book", "Facts", "RescueEvent", "Statement", "at_home", "judge_report", "plate_text", "put_on",
]  # fmt: skip

PEOPLE = ("man", "woman", "child", "elderly_man", "elderly_woman")
UNCLEAR, PERSON, COUNT = "unclear", "person", "count"
HAZARDS = ("fire", "smoke", "gas_cylinder", "blocked_exit")
"""A fire with flames, one that only smokes, a gas cylinder near the fire, an exit that nobody gets through."""
KINDS = ("nothing", UNCLEAR, PERSON, *PEOPLE, *HAZARDS, COUNT)
"""What can be reported; `person` is one whose kind the agent does not tell; `count` says how many move and stay."""
CONDITIONS = ("non_urgent", "urgent", "immediate", "dead")
_FLAMING_W = 2.5e4
"""What burns with less only smokes."""
MOVES = ("stays", "moves")
QUESTIONS: Mapping[str, tuple[str, ...]] = {"condition": ("", *CONDITIONS), "motion": ("", *MOVES)}
"""Answered with a report of a person; empty leaves a question open."""
PLATE_LENGTH = 24
_MOST = 20
RESCUE_COUNTS: Mapping[str, int] = {"rank": _MOST, "moving": _MOST, "staying": _MOST}
"""Greatest rank and greatest numbers of people that can be told."""


class RescueEvent:
    """What only these missions have, besides `ReportEvent` and `FlightEvent`."""

    UPDATED: Final = "updated"
    """Somebody who was found before is reported again: what is said of them now counts; detail `thing`."""
    HAZARD: Final = "hazard"
    """A hazard that was not reported before; detail `kind`, `error_m`."""
    HAZARD_CREDIT: Final = "hazard_credit"
    """What a report of a hazard earned or cost."""
    TOLD: Final = "told"
    """How many move and how many stay, as reported; the last one counts; detail `moving`, `staying`."""
    DELIVERED: Final = "delivered"
    """Somebody put on the hood of a relief kit; detail `person`."""
    PERSON: Final = "person"
    """At the end, of each victim; the value is the share of kind, condition, room and motion that was told right; detail:
    what was said and what is true."""
    RANKED: Final = "ranked"
    """At the end: how well the order of urgency was told, in [0, 1]."""
    COUNTED: Final = "counted"
    """At the end: 1 for the right numbers of those who move and stay, falling to 0."""
    AT_STAKE: Final = "at_stake"
    """At the end: how many people the relief kits would save if each came at its best time."""
    GAINED: Final = "gained"
    """At the end: how many people were saved, as the sum of chances, compared with nobody coming."""
    SAVED: Final = "saved"
    """At the end: `gained` as a share of `at_stake`, at most 1; where hardly anything is at stake, the share of hoods worn
    of those that could be."""
    HOME: Final = "home"
    """Landed where it took off."""
    OVERHEATED: Final = "overheated"
    """The drone grew too hot to fly; ends the episode."""


@record
class Agreed:
    """How near is near enough."""

    person_m: float = 2.0
    """A report is of a person no farther away."""
    hazard_m: float = 2.5
    """Of a hazard."""
    home_m: float = 2.5
    """Landing no farther from the start is home."""


class Facts(NamedTuple):
    """What the rules know of an instance; the same object all through an episode."""

    people: tuple[Person, ...]
    rooms: tuple[str, ...]
    """What the plates of the rooms say, in the order of `Level.rooms`."""
    hazards: tuple[Target, ...]
    fuels: tuple[Vec3, ...]
    """Where things may burn, in the mission frame, in the order of `FireState.fuels_w`."""
    agreed: Agreed
    costs: ReportCosts
    origin: Vec3
    """World position of the mission frame's origin."""
    par_s: tuple[float, ...]
    """By person: when the best tour comes by."""
    time_limit_s: float
    carriers: tuple[int, ...] = ()
    """By kit of the scenario: which drone brings it, -1 for those that are no relief kits."""

    @property
    def victims(self) -> tuple[int, ...]:
        """Numbers of those to be found."""
        return tuple(i for i, person in enumerate(self.people) if person.victim)


class Statement(NamedTuple):
    """The last that was said of somebody, and what was true at that moment."""

    kind: str
    condition: str
    motion: str
    room: str
    rank: int
    """1 is to be helped first; 0 leaves it open."""
    true_condition: str


class Book(NamedTuple):
    """The bookkeeping of an episode's reports."""

    ledger: Ledger
    said: Mapping[int, Statement] = {}
    """By number of the person."""
    hazards: frozenset[int] = frozenset()
    counted: tuple[int, int] | None = None
    """Moving and staying."""


class _Said(NamedTuple):
    """A report with its circumstances."""

    report: Report
    drone: int
    state: WorldState


def judge_report(facts: Facts, book: Book, report: Report, drone: int, state: WorldState) -> tuple[Book, list[Event]]:
    """One report.

    Args:
        facts: the instance.
        book: what was reported before.
        report: in the mission frame.
        drone: whose it is.
        state: of the world when it comes.

    Returns:
        The new bookkeeping and the events.
    """
    ledger = book.ledger
    said = _Said(report, drone, state)
    if ledger.left == 0:
        return book, [Event(state.time_s, ReportEvent.OVER_BUDGET, drone)]
    book = book._replace(ledger=ledger._replace(left=ledger.left - 1))
    if report.kind == COUNT:
        moving, staying = report.counts["moving"], report.counts["staying"]
        detail = {"moving": moving, "staying": staying}
        return book._replace(counted=(moving, staying)), [Event(state.time_s, RescueEvent.TOLD, drone, 1.0, detail)]
    if report.kind in HAZARDS:
        return _hazard(facts, book, said)
    targets = _bodies(facts, state)
    if report.kind == UNCLEAR:
        return _abstain(facts, book, said, targets)
    return _person(facts, book, said, targets)


def _bodies(facts: Facts, state: WorldState) -> tuple[Target, ...]:
    """Victims where they are now, in the mission frame."""
    return tuple(
        _body(number, facts.people[number].kind, state.people[number], facts) for number in facts.victims
    )  # fmt: skip


def _body(number: int, kind: str, now: PersonState, facts: Facts) -> Target:
    x, y, z = (p - o for p, o in zip(now.position_m, facts.origin, strict=True))
    return Target(number, kind, (x - 0.3, y - 0.3, z), (x + 0.3, y + 0.3, z + 1.2), facts.par_s[number])


def _person(facts: Facts, book: Book, said: _Said, targets: tuple[Target, ...]) -> tuple[Book, list[Event]]:
    report, drone, state = said
    now, found = state.time_s, book.ledger.found
    rules = (
        lambda target: target.number not in found and target.kind == report.kind,
        lambda target: target.number not in found,
        lambda target: True,
    )
    hits = (nearest(targets, report.position_m, facts.agreed.person_m, fits) for fits in rules)
    hit = next((hit for hit in hits if hit is not None), None)
    if hit is None:
        place = [round(p, 3) for p in report.position_m]
        wrong = Event(now, ReportEvent.WRONG, drone, 1.0, {"said": report.kind, "position": place})
        return book, [wrong, _pay(now, drone, -facts.costs.wrong)]
    (target, error_m), number = hit, hit[0].number
    statement = Statement(
        report.kind, report.said["condition"], report.said["motion"], plate_text(report.text), report.counts["rank"],
        state.people[number].condition,
    )  # fmt: skip
    book = book._replace(said={**book.said, number: statement})
    if number in found:
        return book, [Event(now, RescueEvent.UPDATED, drone, 1.0, {"thing": number, "said": report.kind})]
    late = max(now - target.par_s, 0.0) / max(facts.time_limit_s - target.par_s, 1e-9)
    detail = {"thing": number, "kind": target.kind, "said": report.kind, "error_m": round(error_m, 3)}
    paid = 1.0 - (facts.costs.noticed if number in book.ledger.noticed else 0.0)
    events = [
        Event(now, ReportEvent.FOUND, drone, 1.0, detail),
        Event(now, ReportEvent.PROMPT, drone, max(1.0 - late, 0.0)),
        _pay(now, drone, paid),
    ]
    return book._replace(ledger=book.ledger._replace(found=found | {number})), events


def plate_text(text: str) -> str:
    """A plate's text as it is compared: NFC, without blanks."""
    return "".join(unicodedata.normalize("NFC", text).split())


def _hazard(facts: Facts, book: Book, said: _Said) -> tuple[Book, list[Event]]:
    report, drone, state = said
    now = state.time_s
    hit = _hazard_near(facts, report, state)
    if hit is None or hit[0].number in book.hazards:
        kind = ReportEvent.WRONG if hit is None else ReportEvent.DUPLICATE
        cost = Event(now, RescueEvent.HAZARD_CREDIT, drone, -facts.costs.wrong)
        return book, [Event(now, kind, drone, 1.0, {"said": report.kind}), cost]
    detail = {"kind": report.kind, "error_m": round(hit[1], 3)}
    events = [Event(now, RescueEvent.HAZARD, drone, 1.0, detail), Event(now, RescueEvent.HAZARD_CREDIT, drone, 1.0)]
    return book._replace(hazards=book.hazards | {hit[0].number}), events


def _hazard_near(facts: Facts, report: Report, state: WorldState) -> tuple[Target, float] | None:
    """The hazard that is meant, and how far off it is; the fire is wherever something burns in flames by now."""
    point, reach_m = report.position_m, facts.agreed.hazard_m
    if report.kind != "fire" or state.fire is None:
        return nearest(facts.hazards, point, reach_m, lambda target: target.kind == report.kind)
    fires = [target for target in facts.hazards if target.kind == "fire"]
    burning = np.flatnonzero(state.fire.fuels_w > _FLAMING_W).tolist()
    away_m = min((math.dist(facts.fuels[i], point) for i in burning), default=math.inf)
    return (fires[0], away_m) if fires and away_m <= reach_m else None


def _abstain(facts: Facts, book: Book, said: _Said, targets: tuple[Target, ...]) -> tuple[Book, list[Event]]:
    report, drone, state = said
    now, known = state.time_s, book.ledger.found | book.ledger.noticed
    hit = nearest(targets, report.position_m, facts.agreed.person_m, lambda target: target.number not in known)
    if hit is None:
        nothing = Event(now, ReportEvent.UNCLEAR, drone, 1.0, {"thing": -1})
        return book, [nothing, _pay(now, drone, -facts.costs.unclear)]
    ledger = book.ledger._replace(noticed=book.ledger.noticed | {hit[0].number})
    noticed = Event(now, ReportEvent.UNCLEAR, drone, 1.0, {"thing": hit[0].number})
    return book._replace(ledger=ledger), [noticed, _pay(now, drone, facts.costs.noticed)]


def _pay(now: float, drone: int, credit: float) -> Event:
    return Event(now, ReportEvent.CREDIT, drone, credit)


def at_home(facts: Facts, start_m: Vec3, position_m: Vec3) -> bool:
    """Whether a drone that has landed did so where it took off; both in the world frame."""
    return math.dist(position_m[:2], start_m[:2]) <= facts.agreed.home_m


def put_on(facts: Facts, hooded: frozenset[int], state: WorldState) -> tuple[frozenset[int], list[Event]]:
    """Who wears a hood by now, and the events of those who have just put theirs on.

    Args:
        facts: the instance.
        hooded: who wore one before.
        state: of the world.
    """
    events = []
    for number, person in enumerate(state.people):
        if person.hooded and number not in hooded:
            hooded |= {number}
            lying = [
                (math.dist(kit.position_m, person.position_m), drone)
                for kit, drone in zip(state.kits, facts.carriers, strict=True)
                if kit.carrier < 0 <= drone
            ]
            drone = min(lying, default=(0.0, 0))[1]
            events.append(Event(state.time_s, RescueEvent.DELIVERED, drone, 1.0, {"person": number}))
    return hooded, events
