"""Agents in missions with reports."""

import numpy as np
import pytest

from goldentime.baselines.flat import ActionMap
from goldentime.baselines.random_agent import RandomAgent
from goldentime.baselines.reporting import no_message
from goldentime.baselines.searcher import Searcher
from goldentime.baselines.sign_kinds import likely_kinds
from goldentime.baselines.sign_reader import SignReader
from goldentime.errors import ConfigError

MOTION = {"names": list("abcd"), "low": [-1.0] * 4, "high": [1.0] * 4}
REPORT = {
    "kinds": ["nothing", "unclear", "text"],
    "position_m": {"low": [-5.0] * 3, "high": [5.0] * 3},
    "text": {"max_length": 4, "code_points": [[0x20, 0x7E], [0xAC00, 0xD7A3]]},
}
BRIEF = {"mission": "signs", "action": {"motion": MOTION, "report": REPORT}, "sensors": {"camera": {}}}


def test_a_flat_action_reports_nothing():
    report = ActionMap.of(BRIEF).to_action(np.zeros(4))["report"]
    assert (report["kind"], report["text"]) == (0, "")
    assert "described" not in report
    assert "report" not in ActionMap.of({"action": {"motion": MOTION}}).to_action(np.zeros(4))


def test_the_random_agent_reports_all_kinds_anywhere():
    agent = RandomAgent()
    agent.reset(BRIEF)
    reports = [agent.act({"state": np.zeros(1)})["report"] for _ in range(200)]
    assert {report["kind"] for report in reports} == {0, 1, 2}
    assert {len(report["text"]) for report in reports} == {0, 1, 2, 3, 4}
    places = np.array([report["position_m"] for report in reports])
    assert (np.abs(places) <= 5.0).all()
    assert places.std() > 2.0


def test_agents_are_silent_where_there_are_radios_but_for_the_random_one():
    brief = {**BRIEF, "action": {"motion": MOTION, "report": REPORT, "message": {"bytes": 5}}}
    assert no_message(BRIEF) == {}
    for quiet in (no_message(brief), ActionMap.of(brief).to_action(np.zeros(4))):
        assert quiet["message"].dtype == np.uint8 and quiet["message"].tolist() == [0] * 5
    agent = RandomAgent()
    agent.reset(brief)
    said = {agent.act({"state": np.zeros(1)})["message"].tobytes() for _ in range(9)}
    assert len(said) == 9 and {len(message) for message in said} == {5}


BEARING = {
    "placed": [0, 1],
    "azimuth_rad": {"low": -3.0, "high": 3.0},
    "elevation_rad": {"low": -1.5, "high": 1.5},
    "onset_s": {"low": 0.0, "high": 60.0},
}


def test_reports_of_what_is_heard_have_their_further_fields():
    brief = {**BRIEF, "action": {"motion": MOTION, "report": {**REPORT, **BEARING}}}
    silent = ActionMap.of(brief).to_action(np.zeros(4))["report"]
    assert {name: silent[name] for name in BEARING} == dict.fromkeys(BEARING, 0)
    agent = RandomAgent()
    agent.reset(brief)
    reports = [agent.act({"state": np.zeros(1)})["report"] for _ in range(100)]
    assert {report["placed"] for report in reports} == {0, 1}
    assert np.ptp([report["azimuth_rad"] for report in reports]) > 5.0
    assert max(report["onset_s"] for report in reports) > 50.0


class Nobody:
    """Sees and reads nothing."""

    def detect(self, rgb):
        return []

    def read(self, rgb):
        return []


@pytest.mark.parametrize(
    ("agent", "name"), [(Searcher(detector=Nobody()), "searcher"), (SignReader(reader=Nobody()), "sign_reader")]
)
def test_an_agent_says_which_sensors_it_lacks(agent, name):
    with pytest.raises(ConfigError, match=rf"agent {name}.*'depth'"):
        agent.reset(BRIEF)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("304호", "room_plate"), ("비상구", "exit"), ("3층", "floor_number"), ("위험", "hazard"), ("한빛로 12", "street")],
)
def test_common_forms_tell_the_kind_of_a_sign(text, kind):
    assert likely_kinds(text) == {kind}


def test_a_name_of_no_known_form_is_of_a_shop_a_building_or_a_notice():
    assert likely_kinds("달누리") == {"shop", "building", "notice"}
