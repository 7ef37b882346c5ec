"""`CentralEnv`: several drones, one brain that sees all of them, the Gymnasium API."""

from collections.abc import Mapping
from typing import Any

import gymnasium
from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.envs.mission import EnvConfig, Mission, Recorder
from goldentime.envs.team import TeamEnv
from goldentime.rng import chain, fresh_seed

__all__ = ["CentralEnv"]


class CentralEnv(gymnasium.Env[dict[str, dict[str, NDArray[Any]]], Any]):
    """A team's mission as one agent sees it that commands all drones at once, without any radio in between.

    Observation and action are dictionaries by drone, `drone_0`, `drone_1` and so on, of what `TeamEnv` has for each; the
    reward is the mean of the drones' rewards. It is there to train with: evaluation gives each drone an agent of its own.

    Args:
        config: rates, senses and reward weights.
        mission: the rules.
        recorder: where episodes are written down, if anywhere.
        render_mode: None, or "human" for PyBullet's window.
    """

    metadata = {"render_modes": ["human"], "render_fps": 30}  # noqa: RUF012 - the Gymnasium API has it so

    def __init__(
        self, config: EnvConfig, mission: Mission, *, recorder: Recorder | None = None, render_mode: str | None = None
    ) -> None:
        self.__team = TeamEnv(config, mission, recorder=recorder, render_mode=render_mode)
        self.render_mode = render_mode
        self.metadata = {**self.metadata, "render_fps": round(config.action_hz)}
        # Dict would sort the names otherwise, which puts drone_10 before drone_2.
        self.observation_space: spaces.Space[Any] = spaces.Dict(dict(self.__team.observation_spaces))
        self.action_space: spaces.Space[Any] = spaces.Dict(dict(self.__team.action_spaces))

    @property
    def brief(self) -> Mapping[str, Any]:
        """What is told of the present episode, see `types.Brief`; `action` and `told` are per drone."""
        return self.__team.brief

    def brief_of(self, agent: str) -> Mapping[str, Any]:
        """What is told of one drone, as `TeamEnv.brief_of`."""
        return self.__team.brief_of(agent)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, dict[str, NDArray[Any]]], dict[str, Any]]:
        """Start an episode; the same seed gives the same bytes. Without a seed the next one follows from the last."""
        if seed is None:
            seed = fresh_seed() if self._np_random is None else int(self._np_random.integers(2**63))
        # Gymnasium's own generator only chains unseeded resets.
        self._np_random = chain(seed)
        self._np_random_seed = -1
        observations, _ = self.__team.reset(seed)
        return observations, {}

    def step(
        self, action: Mapping[str, Any]
    ) -> tuple[dict[str, dict[str, NDArray[Any]]], float, bool, bool, dict[str, Any]]:
        """Apply one action per drone for one period of the action rate.

        Raises:
            InvalidActionError: an action is missing or outside its space, in training mode.
        """
        observations, rewards, terminated, truncated, _ = self.__team.step(action)
        reward = sum(rewards.values()) / len(rewards)
        return observations, reward, all(terminated.values()), all(truncated.values()), {}

    def render(self) -> None:
        """PyBullet's window draws itself."""

    def close(self) -> None:
        """Close the world; a second call does nothing."""
        self.__team.close()
