"""`MissionEnv`: one drone, one mission, the Gymnasium API."""

from collections.abc import Mapping
from typing import Any

import gymnasium
from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.envs.bullet import BulletPhysics
from goldentime.envs.loop import Loop
from goldentime.envs.mission import EnvConfig, Mission, Recorder
from goldentime.errors import ConfigError
from goldentime.rng import chain, fresh_seed

__all__ = ["MissionEnv"]


class MissionEnv(gymnasium.Env[dict[str, NDArray[Any]], Any]):
    """A mission flown by one drone.

    The observation is a dictionary with one array per sensor, float32 but for pictures, which are unsigned integers; the
    sensors' classes state shapes and units. The action is a dictionary: `motion`, the command of the action mode
    (`control.modes`), `release` where the drone carries a relief kit, `report` in missions where things are to be found
    (`envs.reports`), and `message` with radios (`envs.radio`). `brief` is what a contestant is told; `info` is always
    empty.

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
        if render_mode not in (None, "human"):
            raise ConfigError(f"render_mode: expected None or 'human', got {render_mode!r}")
        self.render_mode = render_mode
        physics = BulletPhysics(config.physics_hz, gui=render_mode == "human")
        self.__loop = Loop(config, mission, physics, physics, recorder)
        if len(self.__loop.schemas) != 1:
            raise ConfigError(f"{config.id}: a single-agent environment needs one drone, got {len(self.__loop.schemas)}")
        self.observation_space: spaces.Space[Any] = self.__loop.suites[0].space
        self.action_space = self.__loop.schemas[0].space
        self.metadata = {**self.metadata, "render_fps": round(config.action_hz)}
        self.__brief: Mapping[str, Any] = {}

    @property
    def brief(self) -> Mapping[str, Any]:
        """What the contestant is told of the present episode, see `types.Brief`."""
        return self.__brief

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Start an episode; the same seed gives the same bytes. Without a seed the next one follows from the last."""
        if seed is None:
            seed = fresh_seed() if self._np_random is None else int(self._np_random.integers(2**63))
        # Gymnasium's own generator only chains unseeded resets.
        self._np_random = chain(seed)
        self._np_random_seed = -1
        observations, brief = self.__loop.reset(seed)
        self.__brief = {**brief, "action": brief["action"][0], "told": brief["told"][0]}
        return observations[0], {}

    def step(self, action: Any) -> tuple[dict[str, NDArray[Any]], float, bool, bool, dict[str, Any]]:
        """Apply an action for one period of the action rate.

        Raises:
            InvalidActionError: the action is outside its space, in training mode.
        """
        observations, rewards, terminated, truncated = self.__loop.step((action,))
        return observations[0], rewards[0], terminated, truncated, {}

    def render(self) -> None:
        """PyBullet's window draws itself."""

    def close(self) -> None:
        """Close the world; a second call does nothing."""
        self.__loop.close()
