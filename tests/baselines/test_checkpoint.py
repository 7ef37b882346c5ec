import json
from typing import Any

import numpy as np
import pytest

from goldentime.baselines.actor import load_actor, load_card
from goldentime.baselines.checkpoint import CheckpointAgent
from goldentime.errors import ConfigError

CARD: dict[str, Any] = {
    "format": 1,
    "mission": "hover",
    "action_mode": "rate",
    "view": {"features": "hover", "options": {}},
    "activation": "tanh",
    "sizes": [22, 8, 4],
}
BRIEF: dict[str, Any] = {
    "mission": "hover",
    "action_mode": "rate",
    "action": {
        "motion": {
            "names": ["thrust_m_s2", "p", "q", "r"],
            "low": [0.0, -6.0, -6.0, -3.0],
            "high": [20.0, 6.0, 6.0, 3.0],
        }
    },
    "sensors": {"state": {}},
    "target_m": [0.0, 0.0, 1.0],
}
STATE = {"state": np.array([0, 0, 1, 0, 0, 0, 1, *[0] * 6, *[0.6] * 4], np.float32)}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "agent.json").write_text(json.dumps(CARD))
    write_actor(tmp_path)
    return tmp_path


def write_actor(folder, **changes):
    arrays = {
        "0.weight": np.zeros((8, 22), np.float32),
        "0.bias": np.ones(8, np.float32),
        "1.weight": np.full((4, 8), 0.1, np.float32),
        "1.bias": np.array([0.0, -0.2, 5.0, -5.0], np.float32),
    }
    np.savez(folder / "actor.npz", **{**arrays, **changes})


def test_an_agent_is_rebuilt_from_its_folder(folder):
    agent = CheckpointAgent(str(folder))
    agent.reset(BRIEF)
    action = agent.act(STATE)
    hidden = 0.8 * np.tanh(1.0)
    expected = [9.81 + hidden * (20 - 9.81), 6 * (hidden - 0.2), 6.0, -3.0]
    np.testing.assert_allclose(action["motion"], expected, rtol=1e-5)
    assert action["motion"].dtype == np.float32


def test_another_action_mode_is_refused_with_both(folder):
    agent = CheckpointAgent(folder)
    with pytest.raises(ConfigError, match="action_mode is velocity, the agent was trained with rate"):
        agent.reset({**BRIEF, "action_mode": "velocity"})


def test_one_brain_for_a_team_is_refused_with_where_its_score_is(folder):
    (folder / "agent.json").write_text(json.dumps({**CARD, "drones": 2}))
    with pytest.raises(
        ConfigError, match=r"one brain for 2 drones .*one agent per drone.*progress\.csv, column check_score"
    ):
        CheckpointAgent(folder)


def test_another_action_is_refused(folder):
    with pytest.raises(ConfigError, match="the action has 5 numbers, the agent answers 4"):
        CheckpointAgent(folder).reset({**BRIEF, "action": {**BRIEF["action"], "release": [0, 1]}})


def test_other_sensors_are_refused(folder):
    with pytest.raises(ConfigError, match="needs the sensor state"):
        CheckpointAgent(folder).reset({**BRIEF, "sensors": {"imu": {}}})


def test_another_number_of_features_is_refused(folder):
    (folder / "agent.json").write_text(json.dumps({**CARD, "view": {"features": "flat", "options": {}}}))
    agent = CheckpointAgent(folder)
    agent.reset(BRIEF)
    with pytest.raises(ConfigError, match="gives 17 features, the agent was trained with 22"):
        agent.act(STATE)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "expected a run folder of goldentime train"),
        ("{", "expected JSON"),
        ("[]", "expected a JSON object"),
        (json.dumps({**CARD, "action_mode": "warp"}), "action_mode"),
        (json.dumps({**CARD, "surprise": 1}), "surprise: unknown key"),
    ],
)
def test_a_bad_card_is_refused(folder, content, message):
    (folder / "agent.json").unlink()
    if content is not None:
        (folder / "agent.json").write_text(content)
    with pytest.raises(ConfigError, match=message):
        CheckpointAgent(folder)


def test_bad_weights_are_refused(folder):
    write_actor(folder, **{"1.bias": np.zeros(3, np.float32)})
    with pytest.raises(ConfigError, match="layer 1: expected shapes"):
        CheckpointAgent(folder)
    write_actor(folder, **{"1.bias": np.full(4, np.nan, np.float32)})
    with pytest.raises(ConfigError, match="not finite"):
        CheckpointAgent(folder)
    (folder / "actor.npz").write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(ConfigError, match=r"actor\.npz"):
        CheckpointAgent(folder)
    (folder / "actor.npz").unlink()
    with pytest.raises(ConfigError, match="can't be read"):
        CheckpointAgent(folder)


class Bomb:
    def __reduce__(self):
        return (print, ("boom",))


def test_nothing_is_unpickled(folder, capsys):
    write_actor(folder, **{"0.bias": np.array([Bomb()] * 8, object)})
    with pytest.raises(ConfigError, match="expected 2 layers of numbers"):
        load_actor(folder, load_card(folder))
    assert "boom" not in capsys.readouterr().out
