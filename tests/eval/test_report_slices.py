"""Reports in slices, from logs made by hand."""

from collections.abc import Sequence
from typing import Any

import pytest

from goldentime.errors import LogError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.score.report_slices import ReportSlice, asked_for, recall_gap, report_slices
from goldentime.types import Event
from tests.eval.handmade import make_log, state


def _thing(kind: str, x: float, posture: str = "") -> dict[str, Any]:
    return {"kind": kind, "centre": [x, 0.0, 1.0], "size": [0.5, 0.5, 1.8], "posture": posture}


THINGS = [
    _thing("man", 2.0, "standing"),
    _thing("woman", 6.0, "standing"),
    _thing("child", 10.0, "sitting"),
    _thing("car", 15.0),
    _thing("mannequin", 1.0),
]


def _found(thing: int, kind: str, said: str, error_m: float = 0.2, from_m: float = 3.0) -> Event:
    detail = {"thing": thing, "kind": kind, "said": said, "error_m": error_m, "from_m": from_m, "transmittance": 0.9}
    return Event(1.0 + thing, "found", 0, 1.0, detail)


def _flight(task: dict[str, Any], events: Sequence[Event], **scenario: Any) -> EpisodeLog:
    log = EpisodeLog({"agent": "hand"})
    log.begin({"mission": "search", "scenario": {"task": task, **scenario}, "facts": {}})
    for tick in range(11):
        due = [event for event in events if tick - 1.0 < event.time_s <= tick]
        log.record(state(float(tick), (float(tick), 0.0, 1.0)), due, {})
    log.end("landed")
    return log


def _search(*events: Event) -> EpisodeLog:
    return _flight({"sought": ["man", "woman", "child", "car"], "things": THINGS}, events)


def _row(rows: Sequence[ReportSlice], by: str, name: str) -> ReportSlice:
    (row,) = [row for row in rows if (row.by, row.name) == (by, name)]
    return row


def test_recall_is_of_what_there_was_and_precision_of_what_was_said() -> None:
    wrong = Event(8.0, "wrong", 0, 1.0, {"said": "man", "position": [0, 0, 0], "near": "mannequin"})
    rows = report_slices([_search(_found(0, "man", "man"), _found(1, "woman", "man"), wrong)])
    everything, men, women = _row(rows, "all", "all"), _row(rows, "kind", "man"), _row(rows, "kind", "woman")
    assert (everything.n, everything.made) == (4, 3)
    assert everything.recall is not None and everything.recall.mean == pytest.approx(0.5)
    assert everything.precision is not None and everything.precision.mean == pytest.approx(2 / 3, abs=1e-5)
    assert everything.f1 == pytest.approx(4 / 7, abs=1e-5)
    assert everything.right is not None and everything.right.mean == pytest.approx(0.5)
    assert men.made == 3 and men.recall is not None and men.recall.mean == 1.0
    assert women.recall is not None and women.recall.mean == 1.0 and women.precision is None
    assert _row(rows, "posture", "standing").n == 2


def test_intervals_are_wilson_s() -> None:
    recall = _row(report_slices([_search(_found(0, "man", "man"), _found(1, "woman", "woman"))]), "all", "all").recall
    assert recall is not None
    # Wilson's interval of 2 of 4, from Newcombe 1998 formula 3 by hand: (0.5 +- 0.49 * 0.7) as centre and half width.
    assert (recall.low, recall.high) == pytest.approx((0.150, 0.850), abs=1e-3)


def test_what_was_passed_near_and_what_was_not() -> None:
    rows = report_slices([_search(_found(0, "man", "man", from_m=5.0))])
    assert _row(rows, "nearest_m", "0-2").n == 3
    assert _row(rows, "nearest_m", "4-8").n == 1  # the car, 5 m beyond the end of the way
    assert _row(rows, "from_m", "4-8").n == 1
    assert _row(rows, "from_m", "4-8").recall is None


def test_the_recall_gap_is_between_the_best_and_the_worst_found_group() -> None:
    gap = recall_gap([_search(_found(0, "man", "man")), _search(_found(0, "man", "man"), _found(1, "woman", "woman"))])
    assert gap is not None
    assert gap[0] == pytest.approx(1.0)
    assert {name: row.n for name, row in gap[1].items()} == {"men": 2, "women": 2, "children": 2}


def test_signs_by_language_height_and_angle() -> None:
    def sign(x: float, language: str, mounting: str = "flat") -> dict[str, Any]:
        spec = {"kind": "exit", "language": language, "size_m": [0.6, 0.3], "height_m": 1.0, "mounting": mounting}
        # All face against the flight, which goes east.
        return {"spec": spec, "anchor": [x, 0.0, 0.0], "yaw": 3.141592653589793}

    read = {"thing": 0, "kind": "exit", "said": "EXIT", "text": "EXIT", "similarity": 1.0, "error_m": 0.1, "from_m": 3.0}
    half = {**read, "thing": 1, "said": "EXIX", "similarity": 0.75}
    events = [Event(2.0, "found", 0, 1.0, read), Event(3.0, "found", 0, 1.0, half)]
    signs = [sign(5.0, "en"), sign(6.0, "ko", "projecting"), sign(9.0, "ko")]
    log = _flight({"asked": ["exit"]}, events, signs=signs)
    rows = report_slices([log])
    assert _row(rows, "language", "en").similarity == pytest.approx(1.0)
    korean = _row(rows, "language", "ko")
    assert korean.n == 2 and korean.right is not None and korean.right.mean == 0.0
    assert korean.similarity == pytest.approx(0.75)
    assert _row(rows, "height_m", "0.2-0.4").n == 3
    assert [one.figures.get("angle_deg") for one in asked_for(log)] == [pytest.approx(0.0), pytest.approx(90.0), None]


def test_a_log_without_reports_is_refused() -> None:
    with pytest.raises(LogError, match="mission 'course'"):
        report_slices([make_log()])
