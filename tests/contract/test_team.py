"""The PettingZoo side: the same promises, per drone."""

import json

import numpy as np
import pytest
from pettingzoo.test import parallel_api_test, parallel_seed_test  # type: ignore[import-untyped]

from goldentime import InvalidActionError
from goldentime.errors import ClosedError
from goldentime.missions.registry import make_team_env


def test_pettingzoo_check_is_clean(team, capsys):
    env = make_team_env(team)
    parallel_api_test(env, 100)
    env.close()


def test_pettingzoo_seed_check_is_clean(team):
    parallel_seed_test(lambda: make_team_env(team), num_cycles=20)


def test_infos_are_empty_and_the_brief_is_json(team, mild_actions):
    env = make_team_env(team)
    _, infos = env.reset(seed=1)
    *_, later = env.step(mild_actions(env))
    assert infos == later == {agent: {} for agent in env.possible_agents}
    assert json.loads(json.dumps(env.brief))["action"].keys() == set(env.possible_agents)
    env.close()


def test_each_drone_is_rewarded_for_what_it_does():
    """One drone drops while the others hover."""
    env = make_team_env("hover_team", action_mode="velocity")
    env.reset(seed=1)
    actions = {agent: {"motion": np.zeros(4, np.float32)} for agent in env.agents}
    actions["drone_2"] = {"motion": np.array([0.0, 0.0, -1.0, 0.0], np.float32)}
    ended = False
    while not ended:
        _, rewards, terminated, truncated, _ = env.step(actions)
        ended = any(terminated.values()) or any(truncated.values())
    assert all(terminated.values()), "the crash of one ends the episode for all"
    assert rewards["drone_2"] < -9.0
    assert all(rewards[agent] > 0.0 for agent in rewards if agent != "drone_2")
    assert env.agents == []
    with pytest.raises(ClosedError, match="reset"):
        env.step(actions)
    env.close()


def test_actions_must_be_given_for_exactly_the_agents(team, mild_actions):
    env = make_team_env(team, contest=False)
    env.reset(seed=1)
    actions = mild_actions(env)
    with pytest.raises(InvalidActionError, match="drone_0"):
        env.step({agent: actions[agent] for agent in list(actions)[1:]})
    with pytest.raises(InvalidActionError, match="drone_99"):
        env.step({**actions, "drone_99": actions["drone_0"]})
    env.close()


def test_in_contest_mode_a_missing_action_holds_the_last_one(team, notes, contest_overrides, mild_actions):
    env = make_team_env(team, recorder=notes, **contest_overrides(team))
    env.reset(seed=1)
    actions = mild_actions(env)
    env.step(actions)
    env.step({"drone_1": actions["drone_1"]})
    silent = {event.drone for event in notes.events if event.kind == "invalid_action"}
    assert silent == set(range(len(env.possible_agents))) - {1}
    env.close()


def test_step_before_reset_is_refused(team, mild_actions):
    env = make_team_env(team)
    with pytest.raises(ClosedError, match="reset"):
        env.step(mild_actions(env))
    env.close()
