"""What the reports of the sign mission come to. Pure functions."""

from typing import Final, NamedTuple

from rapidfuzz.distance import Levenshtein

from goldentime.missions.search_ledger import Ledger, ReportEvent, Target, Terms, away_m, nearest, note, pay, sight
from goldentime.perception.hangul import clean, jamo
from goldentime.types import Event, Report, Vec3

__all__ = ["KINDS", "Facts", "SignsEvent", "judge_report", "worth"]

UNCLEAR, TEXT = "unclear", "text"
KINDS = ("nothing", UNCLEAR, TEXT)
_ENOUGH, _BEST_PARTIAL = 0.5, 0.8


class SignsEvent:
    """What only this mission has, besides `ReportEvent` and `FlightEvent`."""

    EXACT: Final = "exact"
    """With `found`: read without a fault."""
    SIMILARITY: Final = "similarity"
    """With `found`: 1-NED by letters."""


class Facts(NamedTuple):
    """What the rules know of an instance; the same object all through an episode."""

    targets: tuple[Target, ...]
    """The signs that are asked for."""
    others: tuple[Target, ...]
    """The other signs."""
    covered: frozenset[int]
    """Numbers of the partly covered ones."""
    terms: Terms


def worth(truth: str, text: str) -> tuple[float, float, bool]:
    """What a reading is worth, in finds; its 1-NED by letters; and whether it is exact, letter case included.

    Half the letters right or fewer is worth nothing, from there it rises to 0.8; an exact reading is worth 1.
    """
    if clean(truth) == clean(text):
        return 1.0, 1.0, True
    a, b = jamo(truth), jamo(text)
    alike = 1.0 - Levenshtein.distance(a, b) / max(len(a), len(b), 1)
    return max(alike - _ENOUGH, 0.0) / (1.0 - _ENOUGH) * _BEST_PARTIAL, alike, False


def judge_report(facts: Facts, ledger: Ledger, report: Report, now: float, drone_m: Vec3) -> tuple[Ledger, list[Event]]:
    """One report.

    Args:
        facts: the instance.
        ledger: what was reported before.
        report: in the mission frame.
        now: [s]
        drone_m: where the drone is, in the mission frame.

    Returns:
        The new bookkeeping and the events.
    """
    if ledger.left == 0:
        return ledger, [Event(now, ReportEvent.OVER_BUDGET, 0)]
    ledger = ledger._replace(left=ledger.left - 1)
    if report.kind == UNCLEAR:
        return _abstain(facts, ledger, report, now)
    reach, point = facts.terms.tolerance_m, report.position_m
    near = [target for target in facts.targets if away_m(target, point) <= reach]
    unread = [target for target in near if target.number not in ledger.found]
    # Signs hang close together: the one meant is the one whose text fits best, the nearer one of equals.
    best = max(unread, key=lambda t: (worth(t.text, report.text)[0], -away_m(t, point)), default=None)
    if best is not None and worth(best.text, report.text)[0] > 0.0:
        return _read(facts, ledger, best, (report, now, drone_m))
    again = [target for target in near if target.number in ledger.found and worth(target.text, report.text)[0] > 0.0]
    return ledger, _miss(facts, report, again, best, now)


def _read(facts: Facts, ledger: Ledger, target: Target, said: tuple[Report, float, Vec3]) -> tuple[Ledger, list[Event]]:
    (report, now, drone_m), terms = said, facts.terms
    credit, alike, exact = worth(target.text, report.text)
    detail = {
        "said": report.text,
        "text": target.text,
        "similarity": round(alike, 4),
        "covered": target.number in facts.covered,
        **sight(terms, target, drone_m),
    }
    events = note(terms, target, away_m(target, report.position_m), now, detail)
    events.append(Event(now, SignsEvent.SIMILARITY, 0, alike))
    if exact:
        events.append(Event(now, SignsEvent.EXACT, 0))
    before = terms.costs.noticed if target.number in ledger.noticed else 0.0
    events.append(pay(now, max(credit - before, 0.0)))
    return ledger._replace(found=ledger.found | {target.number}), events


def _miss(facts: Facts, report: Report, again: list[Target], near: Target | None, now: float) -> list[Event]:
    cost = pay(now, -facts.terms.costs.wrong)
    if again:
        return [Event(now, ReportEvent.DUPLICATE, 0, 1.0, {"thing": again[0].number, "said": report.text}), cost]
    other = nearest(facts.others, report.position_m, facts.terms.tolerance_m, lambda target: True)
    place = [round(p, 3) for p in report.position_m]
    detail = {"said": report.text, "position": place, "near": near.text if near else other[0].text if other else ""}
    return [Event(now, ReportEvent.WRONG, 0, 1.0, detail), cost]


def _abstain(facts: Facts, ledger: Ledger, report: Report, now: float) -> tuple[Ledger, list[Event]]:
    known, costs = ledger.found | ledger.noticed, facts.terms.costs
    reach = facts.terms.tolerance_m
    hit = nearest(facts.targets, report.position_m, reach, lambda target: target.number not in known)
    if hit is None:
        return ledger, [Event(now, ReportEvent.UNCLEAR, 0, 1.0, {"thing": -1}), pay(now, -costs.unclear)]
    number = hit[0].number
    ledger = ledger._replace(noticed=ledger.noticed | {number})
    return ledger, [Event(now, ReportEvent.UNCLEAR, 0, 1.0, {"thing": number}), pay(now, costs.noticed)]
