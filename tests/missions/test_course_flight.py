"""The course in the simulator: a flight on truth, the Gymnasium contract, repeatability."""

import hashlib
import math
import subprocess
import sys

import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env

from goldentime.missions.registry import make_env

CONTEST_SENSORS = ("imu", "attitude", "flow", "barometer", "rangefinder", "lidar")
SPEED_M_S = 1.5


class Tape:
    """A recorder that keeps everything."""

    def begin(self, header):
        self.header, self.events, self.reason = header, [], None

    def record(self, state, events, reward_terms):
        self.events += events

    def end(self, reason):
        self.reason = reason

    def count(self, kind):
        return sum(event.kind == kind for event in self.events)


class Follower:
    """Flies the planner's route on ground truth."""

    def __init__(self, task):
        self.route = [np.array(point) for point in task["route"]]
        self.route[0][2] += 0.5
        self.route[-1][2] += 0.5
        box = task["drop_box"]
        self.over = np.argmin([np.linalg.norm(p[:2] - box["position"][:2]) for p in self.route])
        self.leg, self.waited, self.flying = 1, 0, False

    def act(self, state):
        position, (x, y, z, w) = state[:3], state[3:7]
        velocity, release = self._velocity(position)
        yaw = math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
        ahead = math.cos(yaw) * velocity[0] + math.sin(yaw) * velocity[1]
        left = math.cos(yaw) * velocity[1] - math.sin(yaw) * velocity[0]
        return {"motion": np.array([ahead, left, velocity[2], 0.0], np.float32), "release": release}

    def _velocity(self, position):
        self.flying = self.flying or position[2] > 0.4
        if not self.flying:
            return np.array([0.0, 0.0, 0.6]), 0
        if self.leg == len(self.route):
            return np.array([*(self.route[-1][:2] - position[:2]), -0.4]), 0
        a, b = self.route[self.leg - 1], self.route[self.leg]
        left = float(np.linalg.norm(b - position))
        if self.leg == self.over and left < 0.15:
            self.waited += 1
            self.leg += self.waited == 30
            return 1.2 * (b - position), int(self.waited == 20)
        if left < 0.12:
            self.leg += 1
        length = float(np.linalg.norm(b - a))
        along = (b - a) / max(length, 1e-6)
        done = float(np.clip((position - a) @ along, 0.0, length))
        wish = along * min(SPEED_M_S, 0.2 + length - done) + 1.5 * (a + done * along - position)
        return wish * min(1.0, SPEED_M_S / float(np.linalg.norm(wish))), 0


@pytest.mark.parametrize(("name", "difficulty", "seed"), [("course2020", 0.5, 0), ("course", 0.5, 1), ("course", 1.0, 2)])
def test_the_route_can_be_flown_and_every_good_event_comes(name, difficulty, seed):
    tape = Tape()
    sensors = dict.fromkeys(CONTEST_SENSORS) | {"state": {"kind": "state", "hz": 20}}
    env = make_env(
        name,
        recorder=tape,
        contest=False,
        nav={"kind": "truth"},
        sensors=sensors,
        scenario={"difficulty": difficulty},
    )
    observation, _ = env.reset(seed=seed)
    follower = Follower(tape.header["scenario"]["task"])
    total, done = 0.0, False
    while not done:
        observation, reward, terminated, truncated, _ = env.step(follower.act(observation["state"]))
        total, done = total + reward, terminated or truncated
    env.close()
    assert tape.reason == "landed"
    facts = tape.header["facts"]
    assert tape.count("section_passed") == facts["sections"]
    assert [tape.count(kind) for kind in ("kit_released", "kit_delivered", "landed", "crashed")] == [1, 1, 1, 0]
    progress = sum(event.value for event in tape.events if event.kind == "progress")
    assert progress == pytest.approx(facts["shortest_path_m"], abs=1.5)
    assert total > 50.0


@pytest.mark.parametrize("name", ["course", "course2020"])
@pytest.mark.filterwarnings("ignore:.*we recommend:UserWarning")
def test_gymnasium_contract(name):
    env = make_env(name)
    check_env(env, skip_render_check=True)
    assert isinstance(env.observation_space, spaces.Dict)
    assert set(env.observation_space) == set(CONTEST_SENSORS)
    env.close()


def trajectory_digest(seed):
    """A hash over everything that an agent sees in forty steps, brief included."""
    env = make_env("course2020")
    digest = hashlib.sha256()
    observation, _ = env.reset(seed=seed)
    digest.update(repr(env.brief).encode())
    for number in range(40):
        action = {"motion": np.array([0.5 * (number > 20), 0.1, 0.5, 0.2], np.float32), "release": int(number == 30)}
        observation, reward, *_ = env.step(action)
        digest.update(b"".join(observation[key].tobytes() for key in sorted(observation)) + repr(reward).encode())
    env.close()
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_bytes_in_another_process():
    code = (
        f"import importlib.util; spec = importlib.util.spec_from_file_location('flight', r'{__file__}');"
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module);"
        "print(module.trajectory_digest(7))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # PyBullet prints a line of its own when it is imported.
    assert other.stdout.split()[-1] == trajectory_digest(7)
    assert trajectory_digest(7) != trajectory_digest(8)
