"""Environments for training: flat, with seeds of their own and a tally of each episode."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import gymnasium
import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.flat import FlatEnv
from goldentime.baselines.training.config import TrainConfig
from goldentime.errors import ConfigError
from goldentime.eval.log import EpisodeLog
from goldentime.rng import stream
from goldentime.types import TEAM, Event, WorldState

__all__ = ["CHECK_SEEDS", "Episode", "Tally", "TrainingEnv", "Witness", "check_seed", "make_env", "make_training_env"]

CHECK_SEEDS = 900_000_000
"""Of the split `train` (0 to 999,999,999), the seeds from here on are for checks."""

EPISODE_KEY = "goldentime_episode"
"""Where the `info` of a `TrainingEnv`'s last step holds its `Episode`."""


class Episode(NamedTuple):
    """What training remembers of a finished episode."""

    reward: float
    steps: int
    success: bool
    terms: dict[str, float]
    """Sum of each term of the reward."""


class Tally:
    """A recorder (`goldentime.envs.mission.Recorder`) that keeps sums, and whose event of each kind there was."""

    def __init__(self) -> None:
        self.begin({})

    def begin(self, header: Mapping[str, Any]) -> None:
        """Start over."""
        self._drones = len(header.get("scenario", {}).get("drones", ())) or 1
        self.kinds: defaultdict[str, set[int]] = defaultdict(set)
        """Of the events so far, and whose they were."""
        self.terms: defaultdict[str, float] = defaultdict(float)
        self.steps = -1  # the first record is the start

    def record(self, state: WorldState, events: Sequence[Event], reward_terms: Mapping[str, float]) -> None:
        """Add one step."""
        self.steps += 1
        for event in events:
            self.kinds[event.kind].add(event.drone)
        for kind, term in reward_terms.items():
            self.terms[kind] += term

    def end(self, reason: str) -> None:
        """Nothing is written anywhere."""

    def episode(self, success: str) -> Episode:
        """The sums so far; a team has succeeded when each of its drones has, or all together."""
        who = self.kinds.get(success, set())
        reached = TEAM in who or len(who) >= self._drones
        return Episode(sum(self.terms.values()), self.steps, reached, dict(self.terms))


class Witness:
    """A recorder that keeps a tally and a log of the present episode."""

    def __init__(self) -> None:
        self.tally, self.log = Tally(), EpisodeLog()

    def begin(self, header: Mapping[str, Any]) -> None:
        """Start over."""
        self.log = EpisodeLog()
        for recorder in (self.tally, self.log):
            recorder.begin(header)

    def record(self, state: WorldState, events: Sequence[Event], reward_terms: Mapping[str, float]) -> None:
        """Add one step."""
        for recorder in (self.tally, self.log):
            recorder.record(state, events, reward_terms)

    def end(self, reason: str) -> None:
        """Close the log."""
        self.log.end(reason)


def make_env(config: TrainConfig, recorder: Tally | Witness | None = None) -> gymnasium.Env[Any, Any]:
    """The mission's environment, with dictionaries as the agents get them; of a team, one brain's, by drone.

    Raises:
        ConfigError: no such mission, or the overrides don't fit it.
    """
    ids = {
        str(spec.kwargs["mission"]): spec.id
        for spec in gymnasium.registry.values()
        if spec.namespace == "goldentime" and "mission" in spec.kwargs
    }
    if config.mission_name not in ids:
        raise ConfigError(f"train.mission_name: expected one of {', '.join(sorted(ids))}, got {config.mission_name!r}")
    made = gymnasium.make(ids[config.mission_name], disable_env_checker=True, recorder=recorder, **config.overrides)
    return made.unwrapped


class TrainingEnv(gymnasium.Wrapper[NDArray[np.float32], NDArray[np.float32], Any, Any]):
    """Draws its episodes' seeds from the run's seed, its number among the environments and the episode's number.

    A resumed run therefore goes on with episodes that it has not had. A seed given to `reset` is ignored.

    Args:
        config: of the run.
        number: of this environment among the run's.
        begun: episodes that it has had already.
    """

    def __init__(self, config: TrainConfig, number: int, begun: int = 0) -> None:
        self._tally = Tally()
        super().__init__(FlatEnv(make_env(config, self._tally), config.view))
        self._seed, self._number, self._success = config.seed, number, config.success
        self.begun = begun

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Start the next episode."""
        drawn = int(stream(self._seed, "train.episode", self._number, self.begun).integers(CHECK_SEEDS))
        self.begun += 1
        return self.env.reset(seed=drawn)

    def step(self, action: NDArray[np.float32]) -> tuple[NDArray[np.float32], Any, bool, bool, dict[str, Any]]:
        """Apply a flat action; the last step's `info` holds the `Episode`."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        if terminated or truncated:
            info = {**info, EPISODE_KEY: self._tally.episode(self._success)}
        return observation, reward, terminated, truncated, info


def make_training_env(config: TrainConfig, number: int, begun: int) -> TrainingEnv:
    """For processes that make their own."""
    return TrainingEnv(config, number, begun)


def check_seed(index: int) -> int:
    """The seed of an episode of a check."""
    return CHECK_SEEDS + index
