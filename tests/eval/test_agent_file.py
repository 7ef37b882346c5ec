"""Agents from a file of the user's."""

import numpy as np
import pytest

from goldentime.errors import ConfigError
from goldentime.eval.agent_file import load_agent

AGENT = """
from helper_beside import SPEED

class Steady:
    def __init__(self, gain=1.0):
        self.speed = SPEED * gain

    def reset(self, brief):
        pass

    def act(self, observation):
        return {"motion": [self.speed, 0.0, 0.0, 0.0]}
"""


@pytest.fixture
def agent_file(tmp_path, monkeypatch):
    (tmp_path / "helper_beside.py").write_text("SPEED = 2.0\n")
    (tmp_path / "steady_agent.py").write_text(AGENT)
    monkeypatch.syspath_prepend("")  # restores sys.path afterwards
    return tmp_path / "steady_agent.py"


def test_class_in_a_file_becomes_an_agent_and_may_import_its_neighbours(agent_file):
    agent = load_agent(str(agent_file), "Steady", gain=1.5)
    np.testing.assert_allclose(agent.act({})["motion"], [3.0, 0.0, 0.0, 0.0])


def test_unknown_class_is_refused_with_what_is_there(agent_file):
    with pytest.raises(ConfigError, match=r"Steady.*'Hasty'"):
        load_agent(str(agent_file), "Hasty")


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="expected a Python file"):
        load_agent(str(tmp_path / "none.py"), "Steady")
