"""What the reports of the hearing mission come to. Pure functions."""

import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from goldentime.missions.search_ledger import Ledger, ReportCosts, ReportEvent, pay
from goldentime.missions.voices_calls import CALLS, VOICES, Bearing, Call, angle_between, bearing_of, call_detail
from goldentime.records import record
from goldentime.types import Event, Report, Vec3

__all__ = ["KINDS", "VOICE", "Agreed", "Book", "Facts", "VoicesEvent", "hear_call", "judge_report"]

UNCLEAR, VOICE = "unclear", "voice"
KINDS = ("nothing", UNCLEAR, VOICE, *CALLS)
"""What can be reported; `voice` is somebody whom the agent does not tell, by whatever sign."""


class VoicesEvent:
    """What only this mission has, besides `ReportEvent` and `FlightEvent`."""

    CALLED: Final = "called"
    """A call, in the middle of it, whether it is ever reported or not; detail as of `voices_calls.call_detail`."""
    KIND_RIGHT: Final = "kind_right"
    """With `found`: of the very kind that was reported."""
    AIMED: Final = "aimed"
    """With `found`: 1 for a direction within `exact_deg`, falling to 0 at the tolerance."""
    TIMED: Final = "timed"
    """With `found`: 1 for an onset within 0.1 s, falling to 0 at the tolerance."""


@record
class Agreed:
    """How near is near enough."""

    tolerance_deg: float = 20.0
    """A report is of a call whose direction differs no more, on the sphere."""
    exact_deg: float = 5.0
    """A direction this near is as good as can be."""
    onset_s: float = 1.0
    """A report is of a call whose onset differs no more."""
    place_m: float = 3.0
    """A place farther off earns nothing; costs it has none."""
    places: bool = True
    """Whether places count at all."""

    def __post_init__(self) -> None:
        if not (0.0 <= self.exact_deg <= self.tolerance_deg <= 180.0 and self.onset_s > 0.0 and self.place_m > _THERE_M):
            expected = f"0 <= exact_deg <= tolerance_deg <= 180, onset_s above 0 and place_m above {_THERE_M:g}"
            raise ValueError(f"expected {expected}, got {self}")


_AT_ONCE_S, _THERE_M = 0.1, 0.5


class Facts(NamedTuple):
    """What the rules know of an instance; the same object all through an episode."""

    calls: tuple[Call, ...]
    others: tuple[Call, ...]
    """What else is uttered: rescuers' talk, radio."""
    agreed: Agreed
    costs: ReportCosts
    origin: Vec3
    """World position of the mission frame's origin."""
    noise_db: float
    """Level of the noise at the microphones."""
    told: Mapping[str, Any]
    """For the details of events: place, reverberation time."""


class Book(NamedTuple):
    """The bookkeeping of an episode's reports."""

    ledger: Ledger
    heard: Mapping[int, Bearing] = {}
    """By number of the call: how it reached the drone, of those whose middle is over."""
    placed: Mapping[int, float] = {}
    """By caller: what the best reported place of it was worth."""


def hear_call(facts: Facts, book: Book, call: Call, now: float, drone_m: Vec3, nose_rad: float) -> tuple[Book, Event]:
    """The middle of a call has come: its direction is now fixed. `nose_rad` is the drone's heading."""
    bearing = bearing_of(call, drone_m)
    book = book._replace(heard={**book.heard, call.number: bearing})
    aside_deg = abs(math.degrees(math.remainder(bearing.azimuth_rad - nose_rad, 2.0 * math.pi)))
    detail = call_detail(call, bearing, facts.noise_db, facts.told) | {"from_nose_deg": round(aside_deg, 2)}
    return book, Event(now, VoicesEvent.CALLED, 0, 1.0, detail)


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
    near = [hit for call in facts.calls if (hit := _hit(facts, book, call, report, now, drone_m)) is not None]
    if report.kind == UNCLEAR:
        return _abstain(facts, book, near, now)
    fitting = [hit for hit in near if _fits(report.kind, hit.call.kind)]
    fresh = [hit for hit in fitting if hit.call.number not in book.ledger.found]
    if fresh:
        best = min(fresh, key=lambda hit: (hit.call.kind != report.kind, hit.off))
        return _find(facts, book, best, (report, now))
    return book, _miss(facts, book, report, min(fitting, key=lambda hit: hit.off, default=None), (now, drone_m))


class _Hit(NamedTuple):
    """A call that a report may be of."""

    call: Call
    bearing: Bearing
    angle_rad: float
    late_s: float
    """Reported onset less the true one."""
    off: float
    """How far the report is off, in tolerances."""


def _fits(said: str, kind: str) -> bool:
    """Whether a call of a kind can be meant: any by `voice`, a man, a woman and a child by any word for one."""
    return said in (kind, VOICE) or (kind in VOICES and said in VOICES)


def _hit(facts: Facts, book: Book, call: Call, report: Report, now: float, drone_m: Vec3) -> _Hit | None:
    bearing = book.heard.get(call.number) or bearing_of(call, drone_m)
    angle_rad = angle_between((report.azimuth_rad, report.elevation_rad), (bearing.azimuth_rad, bearing.elevation_rad))
    late_s, agreed = report.onset_s - bearing.onset_s, facts.agreed
    off = (math.degrees(angle_rad) / agreed.tolerance_deg, abs(late_s) / agreed.onset_s)
    # What has not begun to be heard can only have been guessed.
    return _Hit(call, bearing, angle_rad, late_s, sum(off)) if max(off) <= 1.0 and bearing.onset_s <= now else None


def _find(facts: Facts, book: Book, hit: _Hit, said: tuple[Report, float]) -> tuple[Book, list[Event]]:
    (report, now), agreed, number = said, facts.agreed, hit.call.number
    error_deg = math.degrees(hit.angle_rad)
    turn = math.remainder(report.azimuth_rad - hit.bearing.azimuth_rad, 2.0 * math.pi)
    detail = {
        **call_detail(hit.call, hit.bearing, facts.noise_db, facts.told),
        "said": report.kind,
        "error_deg": round(error_deg, 3),
        "azimuth_error_deg": round(math.degrees(turn), 3),
        "elevation_error_deg": round(math.degrees(report.elevation_rad - hit.bearing.elevation_rad), 3),
        "onset_error_s": round(hit.late_s, 3),
    }
    book, located = _place(facts, book, hit.call, report, detail)
    events = [
        Event(now, ReportEvent.FOUND, 0, 1.0, detail),
        Event(now, VoicesEvent.AIMED, 0, _worth(error_deg, agreed.exact_deg, agreed.tolerance_deg)),
        Event(now, VoicesEvent.TIMED, 0, _worth(abs(hit.late_s), _AT_ONCE_S, agreed.onset_s)),
    ]
    if located > 0.0:
        events.append(Event(now, ReportEvent.LOCATED, 0, located))
    if report.kind == hit.call.kind:
        events.append(Event(now, VoicesEvent.KIND_RIGHT, 0))
    ledger = book.ledger
    events.append(pay(now, 1.0 - (facts.costs.noticed if number in ledger.noticed else 0.0)))
    return book._replace(ledger=ledger._replace(found=ledger.found | {number})), events


def _place(facts: Facts, book: Book, call: Call, report: Report, detail: dict[str, Any]) -> tuple[Book, float]:
    """What the reported place adds to the best so far of that caller; the error goes into the detail."""
    if not (report.placed and facts.agreed.places):
        return book, 0.0
    error_m = math.dist(report.position_m, call.at_m)
    detail["error_m"] = round(error_m, 3)
    worth, before = _worth(error_m, _THERE_M, facts.agreed.place_m), book.placed.get(call.caller, 0.0)
    if worth <= before:
        return book, 0.0
    return book._replace(placed={**book.placed, call.caller: worth}), worth - before


def _worth(error: float, exact: float, most: float) -> float:
    """1 up to one error, falling to 0 at another."""
    return 1.0 if error <= exact else max((most - error) / (most - exact), 0.0) if most > exact else 0.0


def _miss(facts: Facts, book: Book, report: Report, hit: _Hit | None, here: tuple[float, Vec3]) -> list[Event]:
    (now, drone_m), cost = here, pay(here[0], -facts.costs.wrong)
    if hit is not None:
        return [Event(now, ReportEvent.DUPLICATE, 0, 1.0, {"thing": hit.call.number, "said": report.kind}), cost]
    alike = [call for call in facts.others if _hit(facts, book._replace(heard={}), call, report, now, drone_m) is not None]
    detail = {
        "said": report.kind,
        "azimuth_deg": round(math.degrees(report.azimuth_rad), 2),
        "elevation_deg": round(math.degrees(report.elevation_rad), 2),
        "onset_s": round(report.onset_s, 3),
        "near": alike[0].kind if alike else "",
        **facts.told,
    }
    return [Event(now, ReportEvent.WRONG, 0, 1.0, detail), cost]


def _abstain(facts: Facts, book: Book, near: list[_Hit], now: float) -> tuple[Book, list[Event]]:
    ledger, costs = book.ledger, facts.costs
    new = [hit for hit in near if hit.call.number not in ledger.found | ledger.noticed]
    if not new:
        return book, [Event(now, ReportEvent.UNCLEAR, 0, 1.0, {"thing": -1}), pay(now, -costs.unclear)]
    number = min(new, key=lambda hit: hit.off).call.number
    book = book._replace(ledger=ledger._replace(noticed=ledger.noticed | {number}))
    return book, [Event(now, ReportEvent.UNCLEAR, 0, 1.0, {"thing": number}), pay(now, costs.noticed)]
