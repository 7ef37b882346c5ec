"""What the reports of the search mission come to. Pure functions."""

from typing import Final, NamedTuple

from goldentime.missions.search_ledger import Ledger, ReportEvent, Target, Terms, away_m, nearest, note, pay, sight
from goldentime.types import Event, Report, Vec3

__all__ = ["BUILDINGS", "KINDS", "OBJECTS", "PEOPLE", "PERSON", "UNCLEAR", "Book", "Facts", "SearchEvent", "judge_report"]

PEOPLE = ("man", "woman", "child", "elderly_man", "elderly_woman", "firefighter", "medic")
OBJECTS = ("fire_extinguisher", "hydrant", "car", "bicycle", "motorcycle")
"""With person, the six classes of the real contest's counting track."""
BUILDINGS = ("fire_station", "hospital", "school", "police_box", "apartment", "shop_row")
UNCLEAR, PERSON = "unclear", "person"
KINDS = ("nothing", UNCLEAR, PERSON, *PEOPLE, *OBJECTS, *BUILDINGS)
"""What can be reported; `person` is a person of a kind that the agent does not tell."""


class SearchEvent:
    """What only this mission has, besides `ReportEvent` and `FlightEvent`."""

    KIND_RIGHT: Final = "kind_right"
    """With `found`: of the very kind that was reported; always so for things."""
    DESCRIBED_FOUND: Final = "described_found"
    """The one that the brief describes was reported as such."""
    DESCRIBED_WRONG: Final = "described_wrong"
    """Another one was; detail `thing`, -1 if there is nothing."""


class Facts(NamedTuple):
    """What the rules know of an instance; the same object all through an episode."""

    targets: tuple[Target, ...]
    described: int
    """Number of the target that the brief describes; -1 if none."""
    lookalikes: tuple[Target, ...]
    """Mannequins and posters."""
    postures: dict[int, str]
    """By number of the target."""
    terms: Terms


class Book(NamedTuple):
    """The bookkeeping of an episode's reports."""

    ledger: Ledger
    described_found: bool = False


def _fits(said: str, kind: str) -> bool:
    """Whether a thing of a kind can be meant: any person by any word for one."""
    return said == kind or (kind in PEOPLE and (said in PEOPLE or said == PERSON))


def judge_report(facts: Facts, book: Book, report: Report, now: float, drone_m: Vec3) -> tuple[Book, list[Event]]:
    """One report.

    Args:
        facts: the instance.
        book: what was reported before.
        report: in the mission frame.
        now: [s]
        drone_m: where the drone is, in the mission frame.

    Returns:
        The new bookkeeping and the events.
    """
    ledger = book.ledger
    if ledger.left == 0:
        return book, [Event(now, ReportEvent.OVER_BUDGET, 0)]
    book = book._replace(ledger=ledger._replace(left=ledger.left - 1))
    if report.kind == UNCLEAR:
        return _abstain(facts, book, report, now)
    wanted = _wanted(facts, report)
    hit = _match(facts, book.ledger, report, wanted)
    if hit is not None and hit[0].number not in book.ledger.found:
        book, events = _find(facts, book, hit, (report, now, drone_m))
    elif hit is not None and report.described and not book.described_found:
        events = []  # it was found before; now only what is said of it counts
    else:
        events = _miss(facts, report, hit, now)
    if report.described:
        book, more = _describe(facts, book, hit, wanted, now)
        events += more
    return book, events


def _wanted(facts: Facts, report: Report) -> Target | None:
    """The described target, if the report can mean it."""
    if not report.described:
        return None
    for target in facts.targets:
        if target.number == facts.described and _fits(report.kind, target.kind):
            return target if away_m(target, report.position_m) <= facts.terms.tolerance_m else None
    return None


def _match(facts: Facts, ledger: Ledger, report: Report, wanted: Target | None) -> tuple[Target, float] | None:
    """The described one; else the nearest that was not found, of the very kind before others; else one that was."""
    point, reach = report.position_m, facts.terms.tolerance_m
    if wanted is not None:
        return wanted, away_m(wanted, point)
    rules = (
        lambda target: target.number not in ledger.found and target.kind == report.kind,
        lambda target: target.number not in ledger.found and _fits(report.kind, target.kind),
        lambda target: _fits(report.kind, target.kind),
    )
    for fits in rules:
        hit = nearest(facts.targets, point, reach, fits)
        if hit is not None:
            return hit
    return None


def _find(
    facts: Facts, book: Book, hit: tuple[Target, float], said: tuple[Report, float, Vec3]
) -> tuple[Book, list[Event]]:
    (target, error_m), (report, now, drone_m), terms, ledger = hit, said, facts.terms, book.ledger
    detail = {"said": report.kind, "posture": facts.postures.get(target.number, ""), **sight(terms, target, drone_m)}
    events = note(terms, target, error_m, now, detail)
    if report.kind == target.kind:
        events.append(Event(now, SearchEvent.KIND_RIGHT, 0))
    events.append(pay(now, 1.0 - (terms.costs.noticed if target.number in ledger.noticed else 0.0)))
    return book._replace(ledger=ledger._replace(found=ledger.found | {target.number})), events


def _miss(facts: Facts, report: Report, hit: tuple[Target, float] | None, now: float) -> list[Event]:
    cost = pay(now, -facts.terms.costs.wrong)
    if hit is not None:
        return [Event(now, ReportEvent.DUPLICATE, 0, 1.0, {"thing": hit[0].number, "said": report.kind}), cost]
    alike = nearest(facts.lookalikes, report.position_m, facts.terms.tolerance_m, lambda target: True)
    place = [round(p, 3) for p in report.position_m]
    detail = {"said": report.kind, "position": place, "near": alike[0].kind if alike else ""}
    return [Event(now, ReportEvent.WRONG, 0, 1.0, detail), cost]


def _describe(
    facts: Facts, book: Book, hit: tuple[Target, float] | None, wanted: Target | None, now: float
) -> tuple[Book, list[Event]]:
    if wanted is not None:
        found = [] if book.described_found else [Event(now, SearchEvent.DESCRIBED_FOUND, 0, 1.0, {"thing": wanted.number})]
        return book._replace(described_found=True), found
    detail = {"thing": hit[0].number if hit else -1}
    return book, [Event(now, SearchEvent.DESCRIBED_WRONG, 0, 1.0, detail), pay(now, -facts.terms.costs.wrong)]


def _abstain(facts: Facts, book: Book, report: Report, now: float) -> tuple[Book, list[Event]]:
    ledger, terms = book.ledger, facts.terms
    known = ledger.found | ledger.noticed
    hit = nearest(facts.targets, report.position_m, terms.tolerance_m, lambda target: target.number not in known)
    if hit is None:
        return book, [Event(now, ReportEvent.UNCLEAR, 0, 1.0, {"thing": -1}), pay(now, -terms.costs.unclear)]
    number = hit[0].number
    book = book._replace(ledger=ledger._replace(noticed=ledger.noticed | {number}))
    return book, [Event(now, ReportEvent.UNCLEAR, 0, 1.0, {"thing": number}), pay(now, terms.costs.noticed)]
