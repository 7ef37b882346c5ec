"""What an agent may report, and how a report is checked."""

import numpy as np
import pytest
from gymnasium import spaces
from hypothesis import given
from hypothesis import strategies as st

from goldentime.control.vehicle import Vehicle
from goldentime.envs.actions import ActionSchema
from goldentime.envs.airframe import load_airframe
from goldentime.envs.reports import ReportSchema, describe_report, parse_report, report_space
from goldentime.errors import ConfigError, InvalidActionError
from goldentime.types import ActionMode, Report

FULL = ReportSchema(kinds=("nothing", "unclear", "car"), described=True, text_length=8)
PLAIN = ReportSchema(kinds=("nothing", "car"))
SPACE = report_space(FULL)
HEARD = ReportSchema(kinds=("nothing", "man"), bearing=True)
PLACE = np.array([1.0, -2.0, 0.5], np.float32)


def vehicle() -> Vehicle:
    return load_airframe("scout").vehicle


def test_nothing_to_report_is_none_whatever_the_other_fields_say():
    assert parse_report(PLAIN, {"kind": 0, "position_m": PLACE}) is None


def test_a_report_is_read_by_the_name_of_its_kind():
    report = parse_report(FULL, {"kind": 2, "position_m": [1, -2, 0.5], "described": 1, "text": "304호"})
    assert report == Report("car", (1.0, -2.0, 0.5), described=True, text="304호")


def test_all_that_the_space_draws_is_accepted():
    SPACE.seed(0)
    for _ in range(40):
        drawn = SPACE.sample()
        report = parse_report(FULL, drawn)
        assert (report is None) == (drawn["kind"] == 0)


@given(st.text(max_size=12))
def test_a_text_is_accepted_exactly_when_the_space_holds_it(text):
    value = {"kind": 2, "position_m": PLACE, "described": 0, "text": text}
    if SPACE["text"].contains(text):
        report = parse_report(FULL, value)
        assert report is not None
        assert report.text == text
    else:
        with pytest.raises(InvalidActionError, match=r"action\.report\.text"):
            parse_report(FULL, value)


def test_what_the_brief_tells_is_the_space():
    told = describe_report(FULL)
    kinds, places, texts = SPACE["kind"], SPACE["position_m"], SPACE["text"]
    assert isinstance(kinds, spaces.Discrete)
    assert isinstance(places, spaces.Box)
    assert isinstance(texts, spaces.Text)
    assert told.keys() == {"kinds", "position_m", "described", "text"}
    assert len(told["kinds"]) == kinds.n
    assert places.low.tolist() == told["position_m"]["low"]
    characters = {chr(code) for first, last in told["text"]["code_points"] for code in range(first, last + 1)}
    assert texts.character_set == characters
    assert report_space(PLAIN).spaces.keys() == {"kind", "position_m"}
    assert describe_report(PLAIN).keys() == {"kinds", "position_m"}


def test_a_space_of_text_is_printed_in_a_line():
    assert len(str(SPACE)) < 300


def test_the_action_has_a_report_only_where_the_mission_has():
    with_report = ActionSchema(ActionMode.VELOCITY, vehicle(), gripper=False, report=PLAIN)
    without = ActionSchema(ActionMode.VELOCITY, vehicle(), gripper=False)
    motion, report = np.zeros(4, np.float32), {"kind": 1, "position_m": PLACE}
    assert with_report.parse({"motion": motion, "report": report}).report == Report("car", (1.0, -2.0, 0.5))
    assert without.parse({"motion": motion}).report is None
    with pytest.raises(InvalidActionError, match="report"):
        without.parse({"motion": motion, "report": report})
    with pytest.raises(InvalidActionError, match="report"):
        with_report.parse({"motion": motion})


@pytest.mark.parametrize("kinds", [(), ("nothing",), ("car", "nothing"), ("nothing", "car", "car")])
def test_kinds_begin_with_nothing_and_differ(kinds):
    with pytest.raises(ConfigError, match=r"report\.kinds: expected 'nothing'"):
        ReportSchema(kinds=kinds)


def heard(**more):
    return {
        "kind": 1,
        "position_m": PLACE,
        "placed": 0,
        "azimuth_rad": np.float32(0.5),
        "elevation_rad": -0.25,
        "onset_s": 12,
        **more,
    }


def test_a_report_of_something_heard_has_a_direction_and_a_time():
    report = parse_report(HEARD, heard())
    assert report == Report("man", (1.0, -2.0, 0.5), placed=False, azimuth_rad=0.5, elevation_rad=-0.25, onset_s=12.0)
    assert Report("car", (0.0, 0.0, 0.0)).placed, "where there is no bearing, the place is what is claimed"


def test_all_directions_that_the_space_holds_are_accepted_up_to_its_rounded_bounds():
    space = report_space(HEARD)
    space.seed(0)
    for _ in range(40):
        parse_report(HEARD, space.sample())
    for name in ("azimuth_rad", "elevation_rad", "onset_s"):
        part = space[name]
        assert isinstance(part, spaces.Box)
        told = describe_report(HEARD)[name]
        for bound, exact in ((part.low, told["low"]), (part.high, told["high"])):
            report = parse_report(HEARD, heard(**{name: bound}))
            assert getattr(report, name) == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize("name", ["azimuth_rad", "elevation_rad", "onset_s"])
@pytest.mark.parametrize("bad", [float("nan"), 1e9, "1", None, [0.5], True, 1j])
def test_a_direction_or_time_that_is_no_number_in_range_is_refused_by_name(name, bad):
    with pytest.raises(InvalidActionError, match=rf"action\.report\.{name}: expected a number in"):
        parse_report(HEARD, heard(**{name: bad}))


def test_a_bearing_is_asked_for_only_where_the_mission_has_it():
    with pytest.raises(InvalidActionError, match=r"action\.report: expected a mapping"):
        parse_report(HEARD, {"kind": 1, "position_m": PLACE})
    with pytest.raises(InvalidActionError, match=r"action\.report: expected a mapping"):
        parse_report(PLAIN, heard())


ASKING = ReportSchema(
    kinds=("nothing", "man"), questions={"condition": ("", "urgent", "dead")}, counts={"rank": 9, "moving": 4}
)


def test_own_questions_and_counts_are_read_by_name():
    value = {"kind": 1, "position_m": PLACE, "condition": 2, "rank": 3, "moving": 0}
    report = parse_report(ASKING, value)
    assert report is not None
    assert (report.said, report.counts) == ({"condition": "dead"}, {"rank": 3, "moving": 0})
    assert report_space(ASKING).contains(value)
    told = describe_report(ASKING)
    assert told["questions"] == {"condition": ["", "urgent", "dead"]}
    assert told["counts"] == {"rank": 9, "moving": 4}


@pytest.mark.parametrize(("field", "value"), [("condition", 3), ("rank", 10), ("rank", -1), ("moving", 0.5)])
def test_an_answer_that_is_not_offered_is_an_error_that_names_it(field, value):
    report = {"kind": 1, "position_m": PLACE, "condition": 0, "rank": 0, "moving": 0, field: value}
    with pytest.raises(InvalidActionError, match=rf"action\.report\.{field}"):
        parse_report(ASKING, report)


def test_a_question_may_not_take_the_name_of_another_field():
    with pytest.raises(ConfigError, match="kind"):
        ReportSchema(kinds=("nothing", "man"), questions={"kind": ("", "a")})
