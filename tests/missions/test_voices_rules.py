"""The rules of the hearing mission, on hand-made calls and reports."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.envs.acoustics.sounds import Sounding, Source, Waypoint
from goldentime.errors import ConfigError
from goldentime.missions.search_ledger import Ledger, ReportCosts
from goldentime.missions.voices_calls import Call, angle_between, bearing_of, calls_of, direct_snr_db, place_at
from goldentime.missions.voices_rules import KINDS, Agreed, Book, Facts, hear_call, judge_report
from goldentime.records import load
from goldentime.types import Report

HERE = (0.0, 0.0, 2.0)
NOISE_DB = 80.0
DELAY_S = 4.0 / 343.2


def call(number, kind, azimuth_deg, start_s=10.0, distance_m=4.0, caller=None):
    a = math.radians(azimuth_deg)
    at = (distance_m * math.cos(a), distance_m * math.sin(a), 2.0)
    return Call(number, kind, number if caller is None else caller, start_s, 1.0, 90.0, at, f"s{number}")


def facts(*calls, others=(), agreed=None):
    agreed = Agreed() if agreed is None else agreed
    return Facts(calls, tuple(others), agreed, ReportCosts(), (0.0, 0.0, 0.0), NOISE_DB, {"place": "open", "rt60_s": 0.0})


def said(kind, azimuth_deg, onset_s=10.0 + DELAY_S, elevation_deg=0.0, at=None):
    place = (0.0, 0.0, 0.0) if at is None else at
    return Report(
        kind,
        place,
        placed=at is not None,
        azimuth_rad=math.radians(azimuth_deg),
        elevation_rad=math.radians(elevation_deg),
        onset_s=onset_s,
    )


def judge(known, *reports, budget=20, now=20.0, here=HERE):
    """Kinds of the events but for what goes along with a find, the credit of all, and all events."""
    book, events = Book(Ledger(budget)), []
    for report in reports:
        book, more = judge_report(known, book, report, now, here)
        events += more
    kinds = [event.kind for event in events if event.kind not in ("credit", "aimed", "timed", "located")]
    return kinds, sum(event.value for event in events if event.kind == "credit"), events


def value(events, kind):
    return sum(event.value for event in events if event.kind == kind)


MAN, WOMAN, KNOCK = call(0, "man", 0.0), call(1, "woman", 90.0, 14.0), call(2, "knock", -90.0, 12.0)


def test_a_call_reported_from_its_direction_at_its_time_is_found_for_one_credit():
    kinds, credit, events = judge(facts(MAN, WOMAN), said("man", 3.0))
    assert kinds == ["found", "kind_right"]
    assert credit == 1.0
    detail = events[0].detail
    assert (detail["thing"], detail["kind"], detail["said"], detail["speaker"], detail["place"]) == (
        0,
        "man",
        "man",
        "s0",
        "open",
    )
    assert detail["error_deg"] == pytest.approx(3.0, abs=1e-3)
    assert detail["azimuth_error_deg"] == pytest.approx(3.0, abs=1e-3)
    assert detail["distance_m"] == pytest.approx(4.0)
    assert detail["snr_db"] == pytest.approx(90.0 - 20 * math.log10(4.0) - NOISE_DB, abs=0.01)
    assert "error_m" not in detail


def test_direction_and_onset_must_both_be_near():
    known = facts(MAN)
    assert judge(known, said("man", 19.0))[0][0] == "found"
    assert judge(known, said("man", 21.0))[0] == ["wrong"]
    assert judge(known, said("man", 0.0, elevation_deg=21.0))[0] == ["wrong"]
    assert judge(known, said("man", 0.0, 10.9))[0][0] == "found"
    assert judge(known, said("man", 0.0, 11.2))[0] == ["wrong"]
    assert judge(known, said("man", 0.0, 8.9))[0] == ["wrong"]


def test_azimuths_meet_behind():
    behind = facts(call(0, "man", 179.0))
    detail = judge(behind, said("man", -178.0))[2][0].detail
    assert detail["azimuth_error_deg"] == pytest.approx(3.0, abs=1e-3)


def test_another_voice_is_found_but_not_told_right_and_a_knock_is_no_voice():
    for word in ("woman", "child", "voice"):
        assert judge(facts(MAN), said(word, 0.0))[:2] == (["found"], 1.0)
    assert judge(facts(MAN), said("knock", 0.0))[0] == ["wrong"]
    assert judge(facts(KNOCK), said("man", -90.0, 12.0))[0] == ["wrong"]
    assert judge(facts(KNOCK), said("cough", -90.0, 12.0))[0] == ["wrong"]
    assert judge(facts(KNOCK), said("knock", -90.0, 12.0))[0] == ["found", "kind_right"]
    assert judge(facts(KNOCK), said("voice", -90.0, 12.0))[0] == ["found"]


def test_each_call_is_matched_once_and_calls_of_one_caller_are_told_apart_by_time():
    again = call(1, "man", 0.0, 15.0, caller=0)
    kinds, credit, _ = judge(facts(MAN, again), said("man", 0.0), said("man", 0.0, 15.0), said("man", 0.0))
    assert kinds == ["found", "kind_right", "found", "kind_right", "duplicate"]
    assert credit == pytest.approx(2.0 - ReportCosts().wrong)


def test_of_two_at_once_the_right_kind_goes_before_the_nearer_one():
    pair = facts(MAN, call(1, "woman", 12.0))
    _, credit, events = judge(pair, said("woman", 2.0), said("man", 11.0))
    assert credit == 2.0
    assert [event.detail["thing"] for event in events if event.kind == "found"] == [1, 0]


def test_what_has_not_begun_to_be_heard_can_not_be_reported():
    known = facts(MAN)
    assert judge(known, said("man", 0.0, 10.0), now=9.9)[0] == ["wrong"]
    assert judge(known, said("man", 0.0, 10.0), now=10.0 + 0.5 * DELAY_S)[0] == ["wrong"]
    assert judge(known, said("man", 0.0, 10.0), now=10.1)[0][0] == "found"


def test_rescuers_who_talk_are_no_call():
    kinds, credit, events = judge(facts(MAN, others=[call(0, "woman", 45.0, 18.0)]), said("woman", 45.0, 18.0))
    assert kinds == ["wrong"]
    assert credit == -ReportCosts().wrong
    assert events[0].detail["near"] == "woman"


def test_unclear_costs_less_than_wrong_and_the_find_earns_the_rest():
    costs = ReportCosts()
    assert judge(facts(MAN), said("unclear", 90.0))[1] == -costs.unclear > -costs.wrong
    kinds, credit, _ = judge(facts(MAN), said("unclear", 0.0), said("unclear", 0.0), said("man", 0.0))
    assert kinds == ["unclear", "unclear", "found", "kind_right"]
    assert credit == pytest.approx(1.0 - costs.unclear)


def test_beyond_the_budget_nothing_counts():
    kinds, credit, _ = judge(facts(MAN), said("man", 90.0), said("man", 0.0), budget=1)
    assert kinds == ["wrong", "over_budget"]
    assert credit == -ReportCosts().wrong


def test_a_find_is_worth_more_the_better_aimed_and_timed():
    def worth(azimuth_deg, onset_s=10.0 + DELAY_S):
        events = judge(facts(MAN), said("man", azimuth_deg, onset_s))[2]
        return value(events, "aimed"), value(events, "timed")

    assert worth(4.9)[0] == 1.0
    assert worth(12.5)[0] == pytest.approx(0.5)
    assert worth(20.0)[0] == pytest.approx(0.0, abs=1e-9)
    assert worth(0.0, 10.0 + DELAY_S + 0.55)[1] == pytest.approx(0.5)
    assert worth(0.0, 10.05)[1] == 1.0


def test_a_place_counts_once_per_caller_and_only_where_it_got_better():
    again, later = call(1, "man", 0.0, 13.0, caller=0), call(2, "man", 0.0, 16.0, caller=0)
    reports = [
        said("man", 0.0, at=(4.0, 1.75, 2.0)),
        said("man", 0.0, 13.0, at=(4.0, 0.3, 2.0)),
        said("man", 0.0, 16.0, at=(9.0, 0.0, 2.0)),
    ]
    _, credit, events = judge(facts(MAN, again, later), *reports)
    assert [event.value for event in events if event.kind == "located"] == pytest.approx([0.5, 0.5])
    assert [event.detail["error_m"] for event in events if event.kind == "found"] == pytest.approx([1.75, 0.3, 5.0])
    assert credit == 3.0


def test_the_direction_is_that_from_where_the_drone_was_in_the_middle_of_the_call():
    known, book = facts(MAN), Book(Ledger(9))
    book, event = hear_call(known, book, MAN, 10.5, HERE, math.pi)
    assert (event.kind, event.detail["azimuth_deg"], event.detail["from_nose_deg"]) == ("called", 0.0, 180.0)
    later = (0.0, 4.0, 2.0)  # from here it would be at -45 degrees
    _, events = judge_report(known, book, said("man", 0.0), 20.0, later)
    assert events[0].kind == "found"
    assert judge(known, said("man", 0.0), here=later)[0] == ["wrong"]


@given(st.lists(st.tuples(st.sampled_from(KINDS[1:]), st.floats(-180.0, 180.0), st.floats(0.0, 20.0)), max_size=25))
def test_no_reports_earn_more_than_there_is_to_find(reports):
    known = facts(MAN, WOMAN, KNOCK)
    kinds, credit, events = judge(
        known, *(said(kind, azimuth, onset, at=(4.0, 0.0, 2.0)) for kind, azimuth, onset in reports), budget=25
    )
    assert credit <= 3.0
    assert kinds.count("found") <= 3
    assert value(events, "located") <= 3.0
    assert value(events, "aimed") <= 3.0


@pytest.mark.parametrize("bad", [{"exact_deg": 30.0}, {"onset_s": 0.0}, {"place_m": 0.5}, {"tolerance_deg": 190.0}])
def test_what_cannot_be_agreed_is_refused(bad):
    with pytest.raises(ConfigError, match="expected 0 <= exact_deg"):
        load(Agreed, bad, "agreed")


# Calls


def test_calls_come_in_the_order_of_their_starts_in_the_mission_frame():
    def source(kind, x, *starts, calls=True):
        path = (Waypoint(time_s=0.0, position=(x, 0.0, 1.0)),)
        parts = tuple(Sounding(start_s=start, duration_s=1.0, clip="c") for start in starts)
        return Source(kind=kind, path=path, soundings=parts, calls=calls, speaker=kind)

    sounds = (source("man", 1.0, 2.0, 9.0), source("fire", 2.0, 0.0, calls=False), source("child", 3.0, 5.0))
    found = calls_of(sounds, (1.0, 0.0, 0.0), calls=True)
    assert [(c.number, c.kind, c.caller, c.start_s, c.at_m[0]) for c in found] == [
        (0, "man", 0, 2.0, 0.0),
        (1, "child", 2, 5.0, 2.0),
        (2, "man", 0, 9.0, 0.0),
    ]
    assert [c.kind for c in calls_of(sounds, (0.0, 0.0, 0.0), calls=False)] == ["fire"]


def test_a_source_moves_in_straight_lines_between_its_waypoints():
    path = tuple(Waypoint(time_s=t, position=(x, 0.0, 1.0)) for t, x in ((1.0, 0.0), (3.0, 4.0), (4.0, 4.0)))
    assert [place_at(path, t)[0] for t in (0.0, 1.0, 2.0, 3.0, 3.5, 9.0)] == [0.0, 0.0, 2.0, 4.0, 4.0, 4.0]


def test_sound_takes_its_time_and_falls_by_six_decibels_per_doubling():
    assert bearing_of(MAN, HERE).onset_s == pytest.approx(10.0 + DELAY_S)
    above = bearing_of(MAN, (4.0, 0.0, 6.0))
    assert above.elevation_rad == pytest.approx(-math.pi / 2)
    assert direct_snr_db(MAN, 2.0, 0.0) - direct_snr_db(MAN, 4.0, 0.0) == pytest.approx(6.02, abs=0.01)


@given(st.floats(-math.pi, math.pi), st.floats(-1.5, 1.5), st.floats(-math.pi, math.pi), st.floats(-1.5, 1.5))
def test_angles_on_the_sphere_agree_with_vectors(a, b, c, d):
    def vector(az, el):
        return math.cos(el) * math.cos(az), math.cos(el) * math.sin(az), math.sin(el)

    dot = sum(p * q for p, q in zip(vector(a, b), vector(c, d), strict=True))
    assert math.cos(angle_between((a, b), (c, d))) == pytest.approx(dot, abs=1e-9)
