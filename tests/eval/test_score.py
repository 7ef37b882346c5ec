"""Scores: what each term is worth, bounds, monotony, golden file, and rules that are refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldentime.errors import ConfigError, LogError
from goldentime.eval.log_files import load_log
from goldentime.eval.score.rules import Rules, check_rules, load_rules, rules_from_json, rules_names
from goldentime.eval.score.score import score
from goldentime.files import pretty_json
from goldentime.records import dump
from goldentime.types import Event

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
COURSE = load_rules("course")


def points(log, rules: Rules = COURSE) -> dict[str, float]:
    return {name: term.points for name, term in score(log, rules).terms.items()}


def test_a_full_flight_earns_what_the_rules_say(hand):
    log = hand.make_log(hand.full_flight())
    found = score(log, COURSE)
    assert found.success
    earned = points(log)
    assert earned.pop("path") == pytest.approx(10 * 20 / found.metrics["path_m"], abs=1e-5)
    # 20 s between a par of 10 s and a limit of 60 s; 0.25 s of touch of 5 s.
    assert earned == {"sections": 50, "kit": 10, "landing": 10, "time": 8, "safety": 9.5}
    assert found.metrics["spl"] == pytest.approx(20 / found.metrics["path_m"], abs=1e-6)
    assert found.metrics["collisions"] == 1
    assert found.total == pytest.approx(sum(term.points for term in found.terms.values()))


def test_doing_nothing_earns_nothing(hand):
    found = score(hand.make_log(end_s=60.0, reason="time_up"), COURSE)
    assert (found.total, found.success, found.metrics["spl"]) == (0.0, False, 0.0)


def test_a_short_cut_to_the_pad_earns_nothing(hand):
    assert score(hand.make_log([Event(5.0, "landed", 0)], end_s=5.0), COURSE).total == 0.0


def test_without_a_kit_the_other_terms_make_100(hand):
    events = [event for event in hand.full_flight() if event.kind not in ("kit_delivered", "collision", "collision_s")]
    found = score(hand.make_log(events, kits=0, shortest_path_m=1e3, par_time_s=20.0), COURSE)
    assert (found.success, found.total) == (True, 100.0)
    assert found.terms["kit"].weight == 0.0
    assert found.terms["kit"].measured is None
    assert sum(term.weight for term in found.terms.values()) == pytest.approx(100, abs=1e-4)


def test_a_kit_that_is_not_delivered_is_no_success(hand):
    events = [event for event in hand.full_flight() if event.kind != "kit_delivered"]
    assert not score(hand.make_log(events), COURSE).success


def test_hover_counts_time_within_the_tolerance(hand):
    rules = load_rules("hover")
    log = hand.make_log([Event(1.0, "hold_s", 0, 2.0), Event(2.0, "hold_s", 0, 0.5)], hold_full_s=5.0)
    assert points(log, rules) == {"hold": 45.0, "intact": 5.0}
    crashed = hand.make_log([Event(1.0, "hold_s", 0, 2.5), Event(2.0, "crashed", 0)], hold_full_s=5.0)
    assert points(crashed, rules) == {"hold": 45.0, "intact": 0.0}


KINDS = ("section_passed", "kit_delivered", "kit_lost", "landed", "crashed", "collision", "collision_s", "odd")
EVENTS = st.lists(
    st.builds(
        lambda time_s, kind, value: Event(time_s, kind, 0, value),
        st.floats(0, 3),
        st.sampled_from(KINDS),
        st.floats(0, 1e3),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(events=EVENTS, end_s=st.floats(0, 3), kits=st.integers(0, 2), sections=st.integers(1, 9))
def test_the_total_lies_in_0_to_100_and_is_the_sum_of_its_terms(hand, events, end_s, kits, sections):
    found = score(hand.make_log(events, end_s=end_s, kits=kits, sections=sections), COURSE)
    assert 0 <= found.total <= 100
    assert all(0 <= term.points <= term.weight for term in found.terms.values())
    assert found.total == pytest.approx(sum(term.points for term in found.terms.values()), abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(events=EVENTS, at=st.floats(0, 3), seconds=st.floats(0, 100))
def test_a_collision_never_raises_the_score(hand, events, at, seconds):
    clean = score(hand.make_log(events, end_s=3.0), COURSE)
    collision = [Event(at, "collision", 0), Event(at, "collision_s", 0, seconds)]
    hit = score(hand.make_log([*events, *collision], end_s=3.0), COURSE)
    assert hit.total <= clean.total
    assert hit.success <= clean.success


def test_the_golden_log_gives_the_golden_score():
    log = load_log(GOLDEN / "course_flight.jsonl")
    expected = (GOLDEN / "course_flight.score.json").read_bytes()
    assert pretty_json(dump(score(log, COURSE))) == expected
    assert pretty_json(dump(score(log, rules_from_json(json.loads(json.dumps(dump(COURSE))))))) == expected


def test_a_missing_fact_is_named(hand):
    log = hand.make_log()
    del log.header["facts"]["sections"]
    with pytest.raises(LogError, match="'sections' as a number, the log has None"):
        score(log, COURSE)


def test_equal_ends_of_a_term_are_named(hand):
    with pytest.raises(ConfigError, match=r"rules\.terms\.time: zero .* and full .* are both 60"):
        score(hand.make_log(par_time_s=60.0), COURSE)


def test_all_rules_that_come_with_the_package_are_sound():
    assert {"course", "hover"} <= set(rules_names())
    for name in rules_names():
        assert load_rules(name).name == name


def spoiled(**changes) -> Rules:
    return replace(COURSE, **changes)


def with_term(**changes) -> Rules:
    return replace(COURSE, terms={**COURSE.terms, "kit": replace(COURSE.terms["kit"], **changes)})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: with_term(weight=11), r"rules course: the terms' weights must sum to 100, got 101"),
        (lambda: with_term(measure="speed"), r"rules course\.terms\.kit: unknown measure 'speed', known are count\.<name>"),
        (lambda: with_term(measure="count."), r"unknown measure 'count\.'"),
        (lambda: with_term(zero=1.0, full=1.0), r"terms\.kit: zero and full must differ, both are 1\.0"),
        (lambda: with_term(needs=("landed",)), r"terms\.kit\.needs: expected 'left op right'.* got 'landed'"),
        (lambda: spoiled(success=()), r"rules course: success needs at least one condition"),
        (lambda: spoiled(success=("spl > 0.5",)), r"uses spl, which is defined by success"),
        (lambda: spoiled(metrics={"x": "y"}), r"metrics\.x: unknown measure 'y'"),
    ],
)
def test_unsound_rules_are_refused(make, message):
    with pytest.raises(ConfigError, match=message):
        check_rules(make())


def test_rules_files_are_checked(tmp_path):
    with pytest.raises(ConfigError, match=r"rules: expected one of .*course.* got 'none'"):
        load_rules("none")
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: bad\nversion: 1\nsuccess: [count.x > 0]\nterms: {}\nbonus: 3\n", "utf-8")
    with pytest.raises(ConfigError, match=r"bad\.yaml\.bonus: unknown key"):
        load_rules(str(bad))
