from typing import Any

import gymnasium
import numpy as np
import pytest

import goldentime  # noqa: F401 - registers the ids
from goldentime.baselines.hover_agent import HoverAgent
from goldentime.baselines.random_agent import RandomAgent
from goldentime.baselines.training.envs import Tally
from goldentime.errors import ConfigError


def make(**overrides: Any) -> tuple[Any, Tally]:
    tally = Tally()
    made = gymnasium.make("goldentime/Hover-v0", recorder=tally, disable_env_checker=True, **overrides)
    return made.unwrapped, tally


def fly(env: Any, agent: Any, seed: int) -> None:
    observation, _ = env.reset(seed=seed)
    agent.reset(env.brief)
    ended = False
    while not ended:
        action = agent.act(observation)
        assert env.action_space.contains(action)
        observation, _, terminated, truncated, _ = env.step(action)
        ended = terminated or truncated


@pytest.mark.parametrize("mode", ["rate", "velocity", "waypoint"])
def test_hover_agent_holds_the_target(mode):
    env, tally = make(action_mode=mode)
    held = 0
    for seed in range(20):
        fly(env, HoverAgent(), seed)
        held += "held" in tally.kinds
    env.close()
    assert held >= 19


@pytest.mark.parametrize("mode", ["rate", "velocity"])
def test_hover_agent_stands_still_on_attitude_and_flow(mode):
    sensors = {"state": None, "attitude": {"kind": "attitude", "hz": 30}, "flow": {"kind": "flow", "hz": 30}}
    env, tally = make(action_mode=mode, sensors=sensors, scenario={"target": [0.0, 0.0, 2.0]})
    for seed in range(5):
        fly(env, HoverAgent(), seed)
        assert not tally.kinds.keys() & {"crashed", "out_of_bounds"}
    env.close()


def test_hover_agent_says_what_it_can_not_fly():
    env, _ = make(action_mode="rotor")
    env.reset(seed=0)
    with pytest.raises(ConfigError, match="rate, velocity or waypoint, got rotor"):
        HoverAgent().reset(env.brief)
    env.close()
    env, _ = make(sensors={"state": None, "imu": {"kind": "imu", "hz": 30}})
    env.reset(seed=0)
    with pytest.raises(ConfigError, match=r"needs the sensor state, or attitude and flow, got \['imu'\]"):
        HoverAgent().reset(env.brief)
    env.close()


def test_random_agent_keeps_to_its_bounds_and_repeats_itself():
    motion = {"names": list("abcd"), "low": [0.0, -1, -2, -3], "high": [1.0, 2, 3, 4]}
    brief = {"action": {"motion": motion, "release": [0, 1]}}
    drawn = []
    for start in (0.0, 0.0, 1.0):
        agent = RandomAgent()
        agent.reset(brief)
        drawn.append([agent.act({"state": np.array([start + i])}) for i in range(200)])
    motions, again, other = (np.array([action["motion"] for action in actions]) for actions in drawn)
    assert motions.dtype == np.float32
    assert (motions >= motion["low"]).all() and (motions <= motion["high"]).all()
    np.testing.assert_allclose(motions.mean(0), [0.5, 0.5, 0.5, 0.5], atol=0.5)
    assert {action["release"] for action in drawn[0]} == {0, 1}
    np.testing.assert_array_equal(motions, again)
    assert (motions != other).any()


def test_random_agent_flies_the_space():
    env, tally = make()
    fly(env, RandomAgent(), 0)
    assert "held" not in tally.kinds
    env.close()
