"""What the README shows must run as it stands there."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from goldentime.missions.registry import make_env, mission_names

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
AGENT, STEPS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_agent_is_short_and_gets_off_the_pad_and_on_its_way():
    assert len([line for line in AGENT.splitlines() if line.strip() and not line.startswith("import")]) <= 15
    names: dict[str, type] = {}
    exec(AGENT, names)
    agent = names["Eastward"]()
    env = make_env("course2020")
    try:
        observation, _ = env.reset(seed=1)
        agent.reset(env.brief)
        flown = 0.0
        for _ in range(120):
            observation, *_ = env.step(agent.act(observation))
            flown += float(np.hypot(*observation["flow"][:2])) / 20
        assert observation["rangefinder"][0] == pytest.approx(1.5, abs=0.4)
        assert flown > 3.0
    finally:
        env.close()


def test_the_steps_run():
    names: dict[str, Any] = {}
    exec(STEPS, names)
    assert isinstance(names["reward"], float)
    names["env"].close()


def test_every_mission_is_in_the_table():
    for name in mission_names():
        assert f"| `{name}` |" in README
