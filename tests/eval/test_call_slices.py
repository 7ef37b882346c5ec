"""Calls in slices and the fairness of hearing, from logs made by hand."""

import pytest

from goldentime.errors import LogError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.score.call_slices import call_gap, call_slices, calls_in
from goldentime.eval.score.rules import load_rules
from goldentime.eval.score.score import score
from goldentime.types import Event
from tests.eval.handmade import state


def called(thing, kind, snr_db=5.0, distance_m=3.0, rt60_s=0.0, place="open"):
    detail = {
        "thing": thing,
        "kind": kind,
        "caller": thing,
        "sounding": 0,
        "speaker": f"s{thing}",
        "azimuth_deg": 10.0,
        "elevation_deg": 0.0,
        "from_nose_deg": 50.0,
        "distance_m": distance_m,
        "snr_db": snr_db,
        "onset_s": float(thing),
        "duration_s": 1.0,
        "place": place,
        "rt60_s": rt60_s,
    }
    return Event(1.0 + thing, "called", 0, 1.0, detail)


def found(thing, kind, said, error_deg=4.0, onset_error_s=0.1):
    detail = {"thing": thing, "kind": kind, "said": said, "error_deg": error_deg, "onset_error_s": onset_error_s}
    return Event(2.0 + thing, "found", 0, 1.0, detail)


def log_of(*events, mission="voices", things=4.0):
    log = EpisodeLog({"agent": "hand"})
    facts = {"things": things, "callers": 4.0, "kinds": 1.0, "places": 1.0}
    log.begin({"mission": mission, "scenario": {}, "facts": facts})
    for tick in range(12):
        log.record(state(float(tick), (0.0, 0.0, 2.0)), [e for e in events if tick - 1.0 < e.time_s <= tick], {})
    log.end("time_up")
    return log


LOG = log_of(
    called(0, "man", -12.0),
    called(1, "woman", 2.0, rt60_s=0.7, place="room"),
    called(2, "child", 2.0, 6.5),
    called(3, "man", 12.0),
    found(0, "man", "man"),
    found(1, "woman", "man", 10.0),
    found(3, "man", "man", 30.0, -0.5),
)


def row(rows, by, name):
    (one,) = [one for one in rows if (one.by, one.name) == (by, name)]
    return one


def test_recall_class_and_direction_are_told_apart():
    everything = row(call_slices([LOG]), "all", "all")
    assert everything.n == 4
    assert everything.recall.mean == pytest.approx(3 / 4)
    assert everything.right and everything.right.mean == pytest.approx(2 / 3, abs=1e-6)
    assert everything.near.mean == pytest.approx(1 / 4)  # of the right class and within 20 degrees
    assert everything.error_deg and everything.error_deg.mean == pytest.approx(17.0)
    assert everything.median_deg == pytest.approx(17.0)
    assert everything.onset_error_s == pytest.approx(0.1)


def test_slices_by_level_distance_reverberation_class_and_place():
    rows = call_slices([LOG])
    assert row(rows, "snr_db", "below -10").n == 1
    assert row(rows, "snr_db", "0 to 5").n == 2
    assert row(rows, "snr_db", "10 and more").recall.mean == 1.0
    assert row(rows, "distance_m", "6 and more").recall.mean == 0.0
    assert row(rows, "rt60_s", "0.6 to 1").n == 1
    assert row(rows, "kind", "man").n == 2
    assert row(rows, "place", "room").n == 1
    for by in ("snr_db", "distance_m", "rt60_s", "from_nose_deg", "elevation_deg"):
        assert sum(one.n for one in rows if one.by == by) == 4
    child = row(rows, "kind", "child")
    assert child.right is child.error_deg is child.median_deg is child.onset_error_s is None


def test_the_level_is_the_one_that_the_microphones_measured():
    heard = Event(3.0, "heard", 0, 7.0, {"source": 0, "sounding": 0, "snr_db": 7.0})
    (call, *_) = calls_in(log_of(called(0, "man", -12.0), heard))
    assert call.detail["snr_db"] == 7.0


def test_the_gap_is_between_the_best_and_the_worst_heard_group():
    gap = call_gap([LOG] * 8)
    assert gap is not None
    assert gap.gap.mean == pytest.approx(1.0)
    assert gap.rows.keys() == {"men", "women", "children"}
    assert (gap.rows["men"].recall.mean, gap.rows["children"].recall.mean) == (1.0, 0.0)
    even = log_of(called(0, "man"), called(1, "woman"), found(0, "man", "man"), found(1, "woman", "woman"))
    equal = call_gap([even, even])
    assert equal is not None and equal.gap.high == 0.0
    assert call_gap([log_of(called(0, "man"))]) is None


def test_a_log_of_another_mission_is_refused():
    with pytest.raises(LogError, match="expected a log of mission 'voices', got 'search'"):
        call_slices([log_of(mission="search")])


# The score


def scored(*events, **facts):
    return score(log_of(*events, **facts), load_rules("voices"))


def credit(value):
    return Event(5.0, "credit", 0, value)


def extras(kind, *values):
    return [Event(5.0, kind, 0, value) for value in values]


def test_all_found_and_well_told_is_worth_a_hundred_points():
    finds = [found(i, "man", "man") for i in range(4)]
    events = [
        *finds, *(credit(1.0) for _ in finds), *extras("aimed", *[1.0] * 4), *extras("timed", *[1.0] * 4),
        *extras("kind_right", *[1.0] * 4), *extras("located", *[1.0] * 4),
    ]  # fmt: skip
    result = scored(*events)
    assert (result.total, result.success) == (100.0, True)
    assert result.metrics["report_error_deg"] == pytest.approx(4.0)


def test_neither_silence_nor_guessing_earns_anything():
    assert scored().total == 0.0
    guesses = [Event(5.0, "wrong", 0, 1.0, {})] * 2
    lucky = [found(0, "man", "man"), credit(1.0), *extras("aimed", 1.0), *extras("kind_right", 1.0)]
    assert scored(*lucky, *guesses, credit(-0.5), credit(-0.5)).total == 0.0


def test_terms_that_do_not_apply_leave_their_points_to_the_others():
    log = log_of(*[found(i, "man", "voice") for i in range(4)], *[credit(1.0)] * 4, *extras("aimed", *[1.0] * 4))
    log.facts["kinds"] = log.facts["places"] = 0.0
    result = score(log, load_rules("voices"))
    assert result.terms["kinds"].weight == result.terms["place"].weight == 0.0
    assert result.total == pytest.approx(100.0 * 70.0 / 75.0)
