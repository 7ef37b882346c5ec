"""`TeamEnv`: several drones, one mission, the PettingZoo parallel API."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from pettingzoo import ParallelEnv  # type: ignore[import-untyped]

from goldentime.envs.bullet import BulletPhysics
from goldentime.envs.loop import Loop
from goldentime.envs.mission import EnvConfig, Mission, Recorder
from goldentime.errors import ClosedError, ConfigError, InvalidActionError
from goldentime.rng import chain, fresh_seed

__all__ = ["TeamEnv"]

Observation = dict[str, NDArray[Any]]


class TeamEnv(ParallelEnv[str, Observation, Any]):  # type: ignore[misc]
    """A mission flown by several drones, `drone_0`, `drone_1` and so on, who all start and end together.

    Each agent observes and acts as in `MissionEnv`: a dictionary with one array per sensor of its own drone, a
    dictionary with `motion`, with a gripper `release`, in missions with reports `report`, and with radios `message`.
    Rewards are each drone's own.
    `brief` is what the contestants are told; the infos are always empty.

    Args:
        config: rates, senses and reward weights.
        mission: the rules.
        recorder: where episodes are written down, if anywhere.
        render_mode: None, or "human" for PyBullet's window.
    """

    metadata = {"name": "goldentime", "render_modes": ["human"], "is_parallelizable": True}  # noqa: RUF012 - as PettingZoo has it

    def __init__(
        self, config: EnvConfig, mission: Mission, *, recorder: Recorder | None = None, render_mode: str | None = None
    ) -> None:
        if render_mode not in (None, "human"):
            raise ConfigError(f"render_mode: expected None or 'human', got {render_mode!r}")
        self.render_mode = render_mode
        physics = BulletPhysics(config.physics_hz, gui=render_mode == "human")
        self.__loop = Loop(config, mission, physics, physics, recorder)
        self.__chain: np.random.Generator | None = None
        self.__contest = config.contest
        self.metadata = {**self.metadata, "name": config.id, "render_fps": round(config.action_hz)}
        self.possible_agents = [f"drone_{i}" for i in range(len(self.__loop.schemas))]
        self.agents: list[str] = []
        self.observation_spaces: dict[str, spaces.Dict] = self._by_name([suite.space for suite in self.__loop.suites])
        self.action_spaces: dict[str, spaces.Dict] = self._by_name([schema.space for schema in self.__loop.schemas])
        self.__brief: Mapping[str, Any] = {}

    @property
    def brief(self) -> Mapping[str, Any]:
        """What the contestants are told of the present episode, see `types.Brief`; `action` and `told` are per agent."""
        return self.__brief

    def brief_of(self, agent: str) -> Mapping[str, Any]:
        """What one of them is told: as of a drone that flies alone, and `drone`, its own number."""
        number = self.possible_agents.index(agent)
        own = {key: self.__brief[key][agent] for key in ("action", "told")}
        carried = self.observation_spaces[agent].spaces.keys()
        sensors = {name: sheet for name, sheet in self.__brief["sensors"].items() if name in carried}
        return {**self.__brief, **own, "sensors": sensors, "drone": number}

    def observation_space(self, agent: str) -> spaces.Dict:
        """The same object at each call."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Dict:
        """The same object at each call."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Observation], dict[str, dict[str, Any]]]:
        """Start an episode; the same seed gives the same bytes. Without a seed the next one follows from the last."""
        if seed is None:
            seed = fresh_seed() if self.__chain is None else int(self.__chain.integers(2**63))
        self.__chain = chain(seed)
        observations, brief = self.__loop.reset(seed)
        self.agents = list(self.possible_agents)
        self.__brief = {**brief} | {key: self._by_name(brief[key]) for key in ("action", "told")}
        return self._by_name(observations), {agent: {} for agent in self.agents}

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[dict[str, Observation], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]]:
        """Apply one action per agent for one period of the action rate.

        Raises:
            InvalidActionError: an agent's action is missing or outside its space, or nobody has that name; in training
                mode. In contest mode a missing action counts as an invalid one.
        """
        if not self.agents:
            raise ClosedError("step: call reset() first; the episode is over or has not begun")
        if not self.__contest and actions.keys() != self.action_spaces.keys():
            raise InvalidActionError(f"actions: expected one for each of {self.agents}, got {sorted(actions)}")
        agents = self.agents
        result = self.__loop.step([actions.get(agent) for agent in agents])
        if result.terminated or result.truncated:
            self.agents = []
        return (
            self._by_name(result.observations),
            self._by_name(result.rewards),
            dict.fromkeys(agents, result.terminated),
            dict.fromkeys(agents, result.truncated),
            {agent: {} for agent in agents},
        )

    def _by_name(self, values: list[Any]) -> dict[str, Any]:
        return dict(zip(self.possible_agents, values, strict=True))

    def render(self) -> None:
        """PyBullet's window draws itself."""

    def close(self) -> None:
        """Close the world; a second call does nothing."""
        self.agents = []
        self.__loop.close()
