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
