"""The rules of the sign mission, on hand-made signs and reports."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.envs.scenes.scene import SceneConfig
from goldentime.errors import ConfigError
from goldentime.missions.search_ledger import Ledger, ReportCosts, Target, Terms
from goldentime.missions.signs import Signs, SignsConfig, _ask
from goldentime.missions.signs_rules import Facts, judge_report, worth
from goldentime.records import canonical_json
from goldentime.rng import stream
from goldentime.types import DroneState, Report, WorldState

HERE = (0.0, 0.0, 1.5)


def sign(number, text, x, kind="room_plate"):
    return Target(number, kind, (x - 0.2, 1.0, 1.4), (x + 0.2, 1.02, 1.6), 20.0, text)


def facts(*targets, others=(), covered=()):
    return Facts(targets, tuple(others), frozenset(covered), Terms(2.0, 100.0, ReportCosts(), None, (0.0, 0.0, 0.0)))


def judge(known, *reports, budget=10):
    """Kinds of the events of all reports, the credit they earned together, and the events."""
    ledger, events = Ledger(budget), []
    for report in reports:
        ledger, more = judge_report(known, ledger, report, 20.0, HERE)
        events += more
    kinds = [event.kind for event in events if event.kind not in ("credit", "located", "prompt", "similarity")]
    return kinds, sum(event.value for event in events if event.kind == "credit"), events


def says(text, x):
    return Report("text", (x, 1.0, 1.5), text=text)


def unclear(x):
    return Report("unclear", (x, 1.0, 1.5))


ROOM, LIBRARY = sign(0, "304호", 3.0), sign(1, "204 자료실", 4.0)


def test_an_exact_reading_is_worth_one():
    kinds, credit, events = judge(facts(ROOM, LIBRARY, covered=[0]), says("304호", 3.0))
    assert kinds == ["found", "exact"]
    assert credit == 1.0
    assert (events[0].detail["text"], events[0].detail["said"], events[0].detail["covered"]) == ("304호", "304호", True)


def test_white_space_and_the_form_of_hangul_do_not_matter_but_case_does():
    assert worth("204 자료실", " 204  자료실") == (1.0, 1.0, True)
    assert not worth("EXIT", "Exit")[2]


def test_a_reading_is_worth_the_more_the_fewer_letters_are_wrong():
    values = [worth("비상계단", text)[0] for text in ("비상계담", "비상게담", "비상구", "출구")]
    assert all(better > worse for better, worse in pairwise(values[:3]))
    assert 0.0 < values[0] < 1.0
    assert values[3] == 0.0


@given(st.text("304호자료실EXIT ", max_size=10), st.text("304호자료실EXIT ", min_size=1, max_size=10))
def test_only_an_exact_reading_is_worth_one(said, truth):
    value, alike, exact = worth(truth, said)
    assert 0.0 <= value <= 1.0
    assert 0.0 <= alike <= 1.0
    assert (value == 1.0) == exact


def test_of_signs_close_together_the_one_that_fits_is_meant():
    _, credit, events = judge(facts(ROOM, LIBRARY), says("204 자료실", 3.0), says("304호", 4.0))
    assert credit == 2.0
    assert [event.detail["thing"] for event in events if event.kind == "found"] == [1, 0]


def test_equal_signs_are_told_apart_by_their_place():
    exits = sign(0, "비상구", 3.0), sign(1, "비상구", 4.0)
    _, credit, events = judge(facts(*exits), says("비상구", 3.9), says("비상구", 3.9), says("비상구", 3.9))
    assert [event.detail["thing"] for event in events if event.kind == "found"] == [1, 0]
    assert credit == pytest.approx(2.0 - ReportCosts().wrong)


def test_each_sign_is_read_once():
    assert judge(facts(ROOM), says("304호", 3.0), says("304호", 3.0))[0] == ["found", "exact", "duplicate"]


def test_far_off_misread_and_unasked_signs_cost():
    asked = facts(ROOM, others=[sign(5, "출구", 8.0, "exit")])
    for report, near in ((says("304호", 6.0), "출구"), (says("WAY OUT", 3.0), "304호"), (says("출구", 8.0), "출구")):
        kinds, credit, events = judge(asked, report)
        assert kinds == ["wrong"]
        assert credit == -ReportCosts().wrong
        assert events[0].detail["near"] == near


def test_unclear_earns_a_little_at_a_sign_and_the_reading_earns_the_rest():
    costs = ReportCosts()
    kinds, credit, _ = judge(facts(ROOM), unclear(3.0), says("304호", 3.0), unclear(3.0))
    assert kinds == ["unclear", "found", "exact", "unclear"]
    assert credit == pytest.approx(1.0 - costs.unclear)


def test_a_reading_worth_less_than_the_abstention_takes_nothing_back():
    doubtful = "301호실자료"
    assert 0.0 < worth("304호", "301호")[0] < 1.0
    assert judge(facts(ROOM), unclear(3.0), says(doubtful, 3.0))[1] >= ReportCosts().noticed - ReportCosts().wrong


def test_beyond_the_budget_nothing_counts():
    assert judge(facts(ROOM), says("X", 30.0), says("304호", 3.0), budget=1)[0] == ["wrong", "over_budget"]


# The whole mission


def test_one_kind_is_asked_for_only_where_there_are_several_of_it():
    mission = Signs(SignsConfig(scene=SceneConfig(place="floor", pool="test", signs=(6, 14))))
    scenario = mission.generate(stream(1, "scenario"))
    seen = Counter(len(_ask(scenario.signs, None, np.random.default_rng(seed))) for seed in range(60))
    assert len(seen) == 2
    counts = Counter(sign.spec.kind.value for sign in scenario.signs)
    for seed in range(20):
        asked = _ask(scenario.signs, None, np.random.default_rng(seed))
        assert len(asked) > 1 or counts[asked[0]] >= 2
    sheet = mission.sheet(scenario)
    assert sheet.facts["things"] == sum(counts[kind] for kind in sheet.brief["asked"])
    told = canonical_json(sheet.brief).decode()
    assert not any(sign.spec.text in told for sign in scenario.signs if len(sign.spec.text) > 2)
    _read_all(mission, scenario)


def _read_all(mission, scenario):
    """Reading everything ends the episode."""
    still = (0.0, 0.0, 0.0)
    drone = DroneState((0.0, 0.0, 1.0), (0, 0, 0, 1), still, still, still, (0.0,) * 4, 1.0, 16.0, (), 0.0)
    drone = drone._replace(position_m=scenario.drones[0].position)
    before = WorldState(0.0, (drone,), ())
    progress, end = mission.start(scenario, before), None
    for target in progress.facts.targets:
        after = before._replace(time_s=before.time_s + 0.1)
        verdict = mission.judge(progress, before, after, (Report("text", target.lower, text=target.text),))
        assert end is None
        progress, end, before = verdict.progress, verdict.end, after
    assert end == "complete"


@pytest.mark.parametrize("bad", [{"reports": 0}, {"tolerance_m": -1.0}])
def test_what_cannot_be_played_is_refused(bad):
    with pytest.raises(ConfigError, match=r"signs\.scenario: expected"):
        Signs(SignsConfig(**bad))
