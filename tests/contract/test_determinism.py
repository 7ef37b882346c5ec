"""The same seed gives the same bytes, in any process, whatever else is switched on."""

import os
import subprocess
import sys
from hashlib import sha256

import numpy as np
import pytest

FLIGHT = """
import sys
from hashlib import sha256
from goldentime.missions.registry import make_env, make_team_env, team_names

class Hash:
    def __init__(self): self.events, self.states, self.header = sha256(), sha256(), ""
    def begin(self, header): self.header = repr(sorted(header.items()))
    def record(self, state, events, terms):
        self.states.update(repr(state).encode())
        self.events.update(repr((events, sorted(terms.items()))).encode())
    def end(self, reason): self.events.update(reason.encode())

name, seen, log = sys.argv[1], sha256(), Hash()
team = name in team_names()
env = (make_team_env if team else make_env)(name, recorder=log)

def note(observation):
    for key in sorted(observation):
        value = observation[key]
        note(value) if isinstance(value, dict) else seen.update(key.encode() + value.tobytes())

spaces = env.action_spaces if team else {"": env.action_space}
for space in spaces.values():
    space.seed(0)
for seed in (0, 1, None):
    note(env.reset(seed=seed)[0])
    for _ in range(40):
        actions = {key: space.sample() for key, space in spaces.items()}
        observation, reward, ended, cut, _ = env.step(actions if team else actions[""])
        note(observation)
        seen.update(repr(reward).encode())
        if any([*ended.values(), *cut.values()] if team else [ended, cut]):
            break
print(seen.hexdigest(), log.events.hexdigest(), log.states.hexdigest(), sha256(log.header.encode()).hexdigest())
"""


def fly_in_a_new_process(mission, hash_seed):
    done = subprocess.run(
        [sys.executable, "-c", FLIGHT, mission],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-4:]


def test_two_processes_give_equal_bytes(mission):
    first, second = (fly_in_a_new_process(mission, hash_seed) for hash_seed in ("1", "2"))
    assert len(set(first)) == 4
    assert first == second


def fly(make, notes, mild, name, **overrides):
    env = make(name, recorder=notes, **overrides)
    env.reset(seed=42)
    for _ in range(20):
        env.step(mild(env))
    return sha256(repr(notes.states).encode()).hexdigest()


def test_another_sensor_moves_nothing(single, make, notes, mild):
    more = {"kind": "imu", "hz": 1.0, "noise_std": 0.1, "bias_std": 0.1, "dropout": 0.1}
    assert fly(make, notes, mild, single) == fly(make, notes, mild, single, sensors={"more": more})


def test_another_sensor_does_not_move_gusts(make, notes, mild):
    windy = {"action_mode": "velocity", "scenario": {"wind_m_s": 4.0, "gust_scale": 0.1}}
    more = {"kind": "imu", "hz": 30.0, "noise_std": 0.1}
    plain = fly(make, notes, mild, "hover", **windy)
    assert plain == fly(make, notes, mild, "hover", sensors={"more": more}, **windy)
    assert plain != fly(make, notes, mild, "hover", action_mode="velocity")


@pytest.mark.parametrize("seed", [0, 2**63 - 1])
def test_every_seed_is_a_seed(seed, make):
    env = make("hover")
    first = env.reset(seed=seed)[0]["state"]
    assert (env.reset(seed=seed)[0]["state"] == first).all()
    assert (env.reset(seed=1)[0]["state"] != first).any()


def test_unseeded_resets_follow_from_the_last_seed_and_differ(make):
    one, two, free = make("hover"), make("hover"), make("hover")
    for env in (one, two):
        env.reset(seed=3)
    runs = [[env.reset()[0]["state"] for _ in range(3)] for env in (one, two, free)]
    assert (np.array(runs[0]) == np.array(runs[1])).all()
    assert (runs[0][0] != runs[0][1]).any()
    assert (runs[0][0] != runs[2][0]).any()
