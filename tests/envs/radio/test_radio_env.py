"""Radios in a flown environment: actions, observations, brief, log."""

from typing import Any

import numpy as np
import pytest

from goldentime.baselines.flat import ActionMap
from goldentime.baselines.random_agent import RandomAgent
from goldentime.envs.mission import Verdict
from goldentime.envs.scenario import Scenario
from goldentime.errors import ConfigError, InvalidActionError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_files import load_log, save_log
from goldentime.eval.log_tracks import RadioColumn, things_of
from goldentime.missions.registry import load_config, make_mission, make_team_env

BYTES = 16
SENSORS = {"inbox": {"kind": "inbox", "hz": 30}, "links": {"kind": "links", "hz": 30}}
RADIO: dict[str, Any] = {"radio": {"message_bytes": BYTES}, "sensors": SENSORS}


@pytest.fixture
def make():
    made = []

    def build(**more):
        made.append(make_team_env("hover_team", **RADIO | more))
        return made[-1]

    yield build
    for env in made:
        env.close()


def hover(env, **messages):
    """Everybody hovers; by agent, what they say."""
    actions = {}
    for agent in env.possible_agents:
        space = env.action_space(agent)["motion"]
        message = np.zeros(BYTES, np.uint8)
        said = messages.get(agent, b"")
        message[: len(said)] = np.frombuffer(said, np.uint8)
        motion = ActionMap.of({"action": env.brief["action"][agent]}).neutral.astype(np.float32)
        actions[agent] = {"motion": np.clip(motion, space.low, space.high), "message": message}
    return actions


def test_what_one_says_the_others_hear_once(make):
    env = make()
    env.reset(seed=1)
    heard = []
    for number in range(8):
        said = {"drone_1": b"\0fire in 3\0"} if number == 0 else {}
        observations, *_ = env.step(hover(env, **said))
        heard += [(agent, seen["inbox"].copy()) for agent, seen in observations.items() if seen["inbox"].any()]
    assert [agent for agent, _ in heard] == ["drone_0", "drone_2", "drone_3"]
    for _, rows in heard:
        assert rows[1].tobytes() == b"\0fire in 3".ljust(BYTES, b"\0")
        assert not rows[[0, 2, 3, 4, 5]].any()


def test_zeros_at_the_end_cost_nothing(make):
    env = make(radio={"message_bytes": BYTES, "bytes_per_s": 20.0, "hop_delay_s": 0.0})
    env.reset(seed=1)
    observations, *_ = env.step(hover(env, drone_0=b"\0"))
    for said, steps in ((b"x", 2), (b"x" * 4, 6)):
        observations, *_ = env.step(hover(env, drone_0=said))
        for _ in range(steps - 1):
            assert not observations["drone_1"]["inbox"].any()
            observations, *_ = env.step(hover(env))
        assert observations["drone_1"]["inbox"][0].tobytes().rstrip(b"\0") == said


def test_observations_lie_in_their_space_and_show_power_by_drone(make):
    env = make()
    observations, _ = env.reset(seed=2)
    for agent, seen in observations.items():
        assert seen in env.observation_space(agent)
        links, own = seen["links"], int(agent[-1])
        assert links.shape == (8,) and links[own] == -200.0 and (links[4:7] == -200.0).all() and links[7] == 0.0
        assert (np.delete(links[:4], own) > -60.0).all()


def test_the_brief_says_what_the_radio_can_do(make):
    env = make()
    env.reset(seed=1)
    assert env.brief["radio"]["message_bytes"] == BYTES
    assert env.brief["radio"].keys() >= {"bytes_per_s", "hop_delay_s", "queue_s", "sensitivity_dbm"}
    assert env.brief["action"]["drone_0"]["message"] == {"bytes": BYTES}


def test_without_radios_there_is_nothing_of_them():
    env = make_team_env("hover_team")
    env.reset(seed=1)
    assert "radio" not in env.brief and "message" not in env.action_space("drone_0").spaces
    assert "message" not in env.brief["action"]["drone_0"]
    env.close()


BAD = {
    "short": [0] * (BYTES - 1),
    "too large": [256] * BYTES,
    "negative": [-1] * BYTES,
    "real": np.zeros(BYTES),
    "huge": [10**400] * BYTES,
    "truths": np.zeros(BYTES, np.bool_),
    "text": "hello",
    "bytes": bytes(BYTES),
    "nothing": None,
    "a table": np.zeros((1, BYTES), np.uint8),
    "ragged": [[0], *[0] * (BYTES - 1)],
}


@pytest.mark.parametrize("kind", BAD)
def test_wrong_messages_are_refused_by_field(make, kind):
    env = make()
    env.reset(seed=1)
    actions = hover(env)
    actions["drone_2"]["message"] = BAD[kind]
    with pytest.raises(InvalidActionError, match=rf"action\.message: expected {BYTES} whole numbers in \[0, 255\]"):
        env.step(actions)


def test_a_list_of_numbers_is_a_message_too(make):
    env = make()
    env.reset(seed=1)
    actions = hover(env)
    actions["drone_0"]["message"] = [7] * BYTES
    env.step(actions)


def test_an_invalid_action_says_nothing_and_does_not_repeat_the_last_message(make):
    env = make(contest=True, nav={"kind": "onboard"}, sensors={**SENSORS, "state": None})
    env.reset(seed=1)
    env.step(hover(env, drone_0=b"once"))
    count = 0
    for _ in range(10):
        actions = hover(env)
        actions["drone_0"]["motion"] = None
        observations, *_ = env.step(actions)
        count += bool(observations["drone_1"]["inbox"].any())
    assert count == 1


class Fallen:
    """A mission one of whose drones is down from the start."""

    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def judge(self, progress, before, after, reports=()):
        verdict = self._inner.judge(progress, before, after, reports)
        return Verdict(verdict.progress, (), None, down=frozenset({0}))


def test_who_is_down_says_nothing_but_still_hears():
    from goldentime.envs.team import TeamEnv

    config = load_config("hover_team", RADIO)
    env = TeamEnv(config, Fallen(make_mission(config)))
    env.reset(seed=1)
    env.step(hover(env))
    heard: dict[str, set[int]] = {agent: set() for agent in env.possible_agents}
    for _ in range(6):
        observations, *_ = env.step(hover(env, drone_0=b"alive", drone_1=b"and you?"))
        for agent, seen in observations.items():
            heard[agent] |= {row for row in range(4) if seen["inbox"][row].any()}
    assert heard == {"drone_0": {1}, "drone_1": set(), "drone_2": {1}, "drone_3": {1}}
    env.close()


@pytest.mark.parametrize("kind", ["inbox", "links"])
def test_radio_sensors_need_radios_and_room_for_the_team(kind):
    with pytest.raises(ConfigError, match=f"{kind}: expected an environment with radios"):
        make_team_env("hover_team", sensors={kind: {"kind": kind, "hz": 30}})
    small = {kind: {"kind": kind, "hz": 30, "options": {"team": 3}}}
    with pytest.raises(ConfigError, match=f"{kind}: team: expected room for 4 drones, got 3"):
        make_team_env("hover_team", radio={}, sensors=small)


@pytest.mark.parametrize("fault", [{"hz": 15}, {"dropout": 0.1}, {"delay_s": 0.1}, {"noise_std": 1.0}])
def test_an_inbox_can_t_miss_a_message_by_its_own_fault(fault):
    with pytest.raises(ConfigError, match=r"sensors\.inbox: inbox expects hz 30 and no faults"):
        make_team_env("hover_team", radio={}, sensors={"inbox": {"kind": "inbox", "hz": 30, **fault}})


def test_links_may_be_slow_late_and_noisy(make):
    late = {"links": {"kind": "links", "hz": 15, "delay_s": 2 / 15, "noise_std": 2.0, "dropout": 0.3}}
    env = make(sensors=late)
    env.reset(seed=1)
    for _ in range(10):
        observations, *_ = env.step(hover(env))
        assert observations["drone_0"] in env.observation_space("drone_0")


def test_random_agents_and_flat_actions_speak_the_language(make):
    env = make()
    observations, _ = env.reset(seed=4)
    agents = {agent: RandomAgent() for agent in env.agents}
    for agent, one in agents.items():
        one.reset({**env.brief, "action": env.brief["action"][agent]})
    actions = {agent: one.act(observations[agent]) for agent, one in agents.items()}
    assert all(actions[agent] in env.action_space(agent) for agent in env.agents)
    env.step(actions)
    flat = ActionMap.of({**env.brief, "action": env.brief["action"]["drone_0"]}).to_action(np.zeros(4))
    assert flat in env.action_space("drone_0") and not flat["message"].any()


def fly(steps=45, **more):
    log = EpisodeLog()
    env = make_team_env("hover_team", recorder=log, **RADIO | more)
    observations, _ = env.reset(seed=5)
    seen = []
    for number in range(steps):
        observations, *_ = env.step(hover(env, drone_3=bytes([number + 1]) * 9))
        seen.append(b"".join(observations[a][key].tobytes() for a in observations for key in ("inbox", "links")))
    log.end("test")
    env.close()
    return log, seen


def test_the_log_knows_contact_once_a_second_and_comes_back_whole(tmp_path):
    log, seen = fly()
    table = things_of(log.tracks()["radio"], len(RadioColumn))
    assert log.tracks()["radio"][:, 0].tolist() == pytest.approx([0.0, 1.0, 1.5])
    assert (table[:, :, RadioColumn.HOPS] == -1.0).all() and np.isneginf(table[:, :, RadioColumn.POWER_DBM]).all()
    save_log(log, tmp_path / "0000.jsonl")
    assert load_log(tmp_path / "0000.jsonl").digest() == log.digest()
    again, seen_again = fly()
    assert (again.digest(), seen_again) == (log.digest(), seen)


def test_contact_with_the_base_is_seen_and_logged(monkeypatch):
    config = load_config("hover_team")
    kind = type(make_mission(config))
    generate = kind.generate

    def with_base(self, rng):
        scenario = generate(self, rng)
        return Scenario(**{**vars(scenario), "base": (0.0, 5.0, 1.0)})

    monkeypatch.setattr(kind, "generate", with_base)
    log, _ = fly(steps=3)
    table = things_of(log.tracks()["radio"], len(RadioColumn))
    assert (table[:, :, RadioColumn.HOPS] == 1.0).all()
    assert ((-60.0 < table[:, :, RadioColumn.POWER_DBM]) & (table[:, :, RadioColumn.POWER_DBM] < -50.0)).all()
