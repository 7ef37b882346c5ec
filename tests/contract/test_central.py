"""A team as one brain flies it: the same world as through PettingZoo, behind the Gymnasium API."""

import warnings
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from goldentime import InvalidActionError
from goldentime.errors import ConfigError
from goldentime.missions.registry import load_config, make_central_env, make_team_env


def test_gymnasium_check_is_clean(team):
    env = gymnasium.make(f"goldentime/{load_config(team).id}", disable_env_checker=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check_env(env.unwrapped, skip_render_check=True)
    env.close()
    assert [str(w.message) for w in caught if "symmetric and normalized" not in str(w.message)] == []


def test_one_brain_flies_the_same_world_as_many(team):
    central, parallel = make_central_env(team), make_team_env(team)
    central.action_space.seed(3)
    seen, _ = central.reset(seed=5)
    seen_apart, _ = parallel.reset(seed=5)
    for _ in range(5):
        action = central.action_space.sample()
        seen, reward, *_ = central.step(action)
        seen_apart, rewards, *_ = parallel.step(action)
        assert reward == pytest.approx(np.mean([*rewards.values()]))
    for drone, own in seen.items():
        assert all(own[key].tobytes() == seen_apart[drone][key].tobytes() for key in own)
    central.close()
    parallel.close()


def test_an_action_for_each_drone_is_wanted():
    with make_central_env("hover_team") as env:
        env.reset(seed=0)
        with pytest.raises(InvalidActionError, match="drone_3"):
            env.step({name: action for name, action in env.action_space.sample().items() if name != "drone_3"})


def test_what_one_drone_is_told_is_a_brief_of_its_own(team):
    with make_central_env(team) as env:
        env.reset(seed=0)
        sees: Any = env.observation_space
        does: Any = env.action_space
        for number, name in enumerate(sees.spaces):
            told = env.brief_of(name)
            assert told["drone"] == number
            assert told["sensors"].keys() == sees[name].spaces.keys()
            assert told["action"].keys() == does[name].spaces.keys()


def test_missions_for_one_drone_are_refused():
    with pytest.raises(ConfigError, match="make_env"):
        make_central_env("hover")
