"""What the contract tests share: the missions of the registry, and an episode written down."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from gymnasium import spaces

from goldentime.missions.registry import load_config, make_env, mission_names, team_names
from goldentime.types import Event, WorldState

SINGLE = sorted({*mission_names()} - {*team_names()})


class Notes:
    """A recorder that keeps everything."""

    def __init__(self) -> None:
        self.header: Mapping[str, Any] = {}
        self.states: list[WorldState] = []
        self.events: list[Event] = []
        self.reason: str | None = None

    def begin(self, header: Mapping[str, Any]) -> None:
        self.__init__()  # type: ignore[misc]
        self.header = header

    def record(self, state: WorldState, events: Sequence[Event], reward_terms: Mapping[str, float]) -> None:
        self.states.append(state)
        self.events += events

    def end(self, reason: str) -> None:
        self.reason = reason


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`single` is each mission for one drone, `team` each for several, `mission` each."""
    for name, values in (("single", SINGLE), ("team", team_names()), ("mission", mission_names())):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, values)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def make():
    """`make_env` whose environments are closed after the test."""
    made = []

    def build(*args, **more):
        made.append(make_env(*args, **more))
        return made[-1]

    yield build
    for env in made:
        env.close()


@pytest.fixture
def contest_overrides():
    """What turns a mission into contest mode with on-board sensing only."""

    def overrides(name):
        config = load_config(name)
        sensors = {key: None for key, sensor in config.sensors.items() if sensor.kind == "state"}
        extra = {"extra_flow": {"kind": "flow", "hz": config.action_hz}}
        return {"contest": True, "nav": {"kind": "onboard"}, "sensors": {**sensors, **extra}}

    return overrides


def nothing(space: spaces.Space[Any]) -> Any:
    """The element of a space that means to do nothing."""
    if isinstance(space, spaces.Dict):
        return {key: nothing(part) for key, part in space.items()}
    if isinstance(space, spaces.Box):
        return np.zeros(space.shape, space.dtype)
    return "" if isinstance(space, spaces.Text) else 0


def _mild(space: Any) -> dict[str, Any]:
    middle = (0.5 * (space["motion"].low + space["motion"].high)).astype(np.float32)
    return {**nothing(space), "motion": middle}


@pytest.fixture
def mild():
    """An action in the middle of its space, or hovering where the middle would fall."""
    return lambda env: _mild(env.action_space)


@pytest.fixture
def mild_actions():
    """The same for each drone of a team."""
    return lambda env: {agent: _mild(env.action_space(agent)) for agent in env.possible_agents}
