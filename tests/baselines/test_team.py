"""The agent of a team: what it says, hears and lacks, and a short flight of four without cameras."""

import numpy as np
import pytest

from goldentime.baselines.rescuer_ears import Call
from goldentime.baselines.team import Team
from goldentime.baselines.team_talk import KIT, STAIRS, Find, State, pack, unpack
from goldentime.errors import ConfigError
from goldentime.eval.log import EpisodeLog
from goldentime.missions.registry import make_env, make_team_env
from goldentime.perception.landmarks import Landmark

SMALL = {"rescue": {"building": {"rooms": 5, "storeys": 1}, "difficulty": 0.2, "people": {"count": [3, 4]}}}
BLIND = dict.fromkeys(("microphones", "rotor_speeds", "camera", "depth", "thermal"))


@pytest.fixture
def log():
    return EpisodeLog()


@pytest.fixture
def team(log):
    env = make_team_env("stage4", recorder=log, scenario=SMALL, sensors=BLIND)
    yield env
    env.close()


def start(env, **arguments):
    seen, _ = env.reset(seed=3)
    agents = {name: Team(**arguments) for name in env.possible_agents}
    for name, agent in agents.items():
        agent.reset(env.brief_of(name))
    return agents, seen


def said(action):
    return list(unpack(action["message"].tobytes()))


def test_they_take_off_talk_and_stay_within_their_action_spaces(team, log):
    agents, seen = start(team)
    for _ in range(60):
        actions = {name: agent.act(seen[name]) for name, agent in agents.items()}
        seen, *_ = team.step(actions)
    assert "invalid_action" not in log.totals
    heights = [agent._mind.place_m[2] for agent in agents.values()]
    assert heights[0] > 0.8, "the first scout is on its way"
    assert heights[2] > 0.8 and heights[3] > 0.8, "the carriers lift the load"
    # Each has heard where all the others are.
    assert all(len(agent._peers) == 3 for agent in agents.values())


def test_each_says_where_it_is(team):
    agents, seen = start(team)
    for name, agent in agents.items():
        (state,) = said(agent.act(seen[name]))
        assert isinstance(state, State)
        assert state.place_m == pytest.approx(team.brief["team"][int(name[-1])]["start_m"], abs=0.1)
        assert state.kits == team.brief["team"][int(name[-1])]["kits"].count("relief")


CALLER = Landmark(0, "person", np.array((3.0, 5.0, 0.5)), 1.0, 0.0, 0.0, 9, 6.0, {})


class Heard:
    """Ears that have heard two calls, one of them long ago."""

    calls = (Call(-20.0, CALLER), Call(0.0, CALLER))

    def listen(self, observation, fix, people, mates_m):
        pass


def test_it_tells_from_where_it_hears_somebody_while_that_is_of_any_use(team):
    agents, seen = start(team)
    agents["drone_0"]._mind.ears = Heard()
    voice = list(team.brief_of("drone_0")["action"]["report"]["kinds"]).index("voice")
    reports = [agents["drone_0"].act(seen["drone_0"])["report"] for _ in range(4)]
    told = [float(report["azimuth_rad"]) for report in reports if report["kind"] == voice]
    x, y, _ = CALLER.position_m - agents["drone_0"]._mind.place_m
    assert told == pytest.approx([np.arctan2(y, x)], abs=0.05)


def test_one_that_does_not_talk_is_silent_and_deaf(team):
    agents, seen = start(team, talks=False)
    message = np.frombuffer(pack([Find("fire", 1, (1.0, 2.0, 0.5), "", served=False)], 64).ljust(64, b"\0"), np.uint8)
    seen["drone_0"]["inbox"][1] = message
    action = agents["drone_0"].act(seen["drone_0"])
    assert not action["message"].any()
    assert agents["drone_0"]._mind.others.things == {}


def test_what_another_has_found_is_known(team):
    agents, seen = start(team)
    finds = [Find("fire", 1, (1.0, 9.0, 0.5), "", served=False), Find("person", 4, (2.0, 8.0, 0.4), "urgent", served=False)]
    seen["drone_2"]["inbox"][1] = np.frombuffer(pack(finds, 64).ljust(64, b"\0"), np.uint8)
    agents["drone_2"].act(seen["drone_2"])
    others = agents["drone_2"]._mind.others
    assert "fire" in others.things
    assert others.knows_person(np.array((2.3, 8.0, 0.4)))
    assert others.mine == frozenset(others.people), "it is the only one that is known to have kits"


def test_stairs_do_not_pass_for_people_and_who_got_a_kit_needs_none(team):
    agents, seen = start(team)
    there = (2.0, 8.0, 0.4)
    finds = [
        Find("person", 0, there, "urgent", served=False), Find(STAIRS, 0, (5.0, 6.0, 0.0), "", served=False),
        Find(KIT, 0, there, "", served=True),
    ]  # fmt: skip
    seen["drone_2"]["inbox"][1] = np.frombuffer(pack(finds, 64).ljust(64, b"\0"), np.uint8)
    agents["drone_2"].act(seen["drone_2"])
    others = agents["drone_2"]._mind.others
    assert others.shafts[0] == pytest.approx((5.0, 6.0))
    assert others.knows_person(np.array(there))
    assert others.mine == frozenset()


def test_it_wants_a_team():
    env = make_env("stage3", sensors={**BLIND, "microphones": None})
    env.reset(seed=0)
    with pytest.raises(ConfigError, match="team"):
        Team().reset(env.brief)
    env.close()
