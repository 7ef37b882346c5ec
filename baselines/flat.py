"""Flat views: a mission as one vector in and one vector out, as most learning libraries want it.

`ActionMap` and the feature sets of `goldentime.baselines.features` work on what every agent is given, the brief and the
observations, so that training and evaluation run the same code. `FlatEnv` only wraps them for Gymnasium.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs
from numpy.typing import NDArray

from goldentime.baselines.features import ViewConfig, make_features
from goldentime.baselines.reporting import message_bytes, no_report, report_sheet
from goldentime.control.vehicle import GRAVITY_M_S2
from goldentime.types import Brief

__all__ = ["ActionMap", "FlatEnv", "team_of"]

_NEUTRAL = {"thrust_m_s2": GRAVITY_M_S2}
"""Where 0 is not the middle of the bounds: thrust 0 carries the weight."""


class ActionMap(NamedTuple):
    """A flat action in [-1, 1] and the action that it stands for.

    -1, 0 and 1 are the lower bound, the neutral value and the upper bound of each number of the motion command, linear in
    between. The neutral value is the middle of the bounds, or gravity for a thrust in m/s^2, so that 0 hovers. Where the
    drone carries a relief kit a last number above 0 lets go of it. Nothing is ever reported or sent.
    """

    low: NDArray[np.float64]
    """Bounds of the motion command in its own units, shape (4,)."""
    neutral: NDArray[np.float64]
    high: NDArray[np.float64]
    release: bool
    report: Mapping[str, Any] | None = None
    """What the brief says of reports; None in a mission without them."""
    message_bytes: int = 0
    """Length of a message; 0 where there are no radios."""

    @classmethod
    def of(cls, brief: Brief) -> "ActionMap":
        """The map that a brief's `action` describes."""
        motion = brief["action"]["motion"]
        low, high = np.array(motion["low"], np.float64), np.array(motion["high"], np.float64)
        neutral = 0.5 * (low + high)
        for i, name in enumerate(motion["names"]):
            if name in _NEUTRAL and low[i] < _NEUTRAL[name] < high[i]:
                neutral[i] = _NEUTRAL[name]
        return cls(low, neutral, high, "release" in brief["action"], report_sheet(brief), message_bytes(brief))

    @property
    def size(self) -> int:
        """Length of the flat action."""
        return len(self.low) + self.release

    def to_action(self, flat: NDArray[np.floating[Any]]) -> dict[str, Any]:
        """The action of a flat one; beyond [-1, 1] it is clipped, NaN stays NaN and is refused by the environment."""
        share = np.clip(flat[: len(self.low)], -1.0, 1.0)
        reach = np.where(share < 0.0, self.neutral - self.low, self.high - self.neutral)
        # The bounds of the action space are float32: a last rounding must not leave them.
        motion = np.clip(self.neutral + share * reach, self.low, self.high).astype(np.float32)
        return self.action(motion, release=self.release and bool(flat[-1] > 0.0))

    def action(self, motion: NDArray[np.float32], *, release: bool = False) -> dict[str, Any]:
        """The action of a motion command, with whatever else the mission wants in one and nothing to report or send."""
        action: dict[str, Any] = {"motion": motion}
        if self.release:
            action["release"] = int(release)
        if self.report is not None:
            action["report"] = no_report(self.report)
        if self.message_bytes:
            action["message"] = np.zeros(self.message_bytes, np.uint8)
        return action

    def to_flat(self, action: Mapping[str, Any]) -> NDArray[np.float32]:
        """The flat action that `to_action` turns into this one."""
        offset = np.asarray(action["motion"], np.float64) - self.neutral
        reach = np.where(offset < 0.0, self.neutral - self.low, self.high - self.neutral)
        flat = offset / reach
        if self.release:
            flat = np.append(flat, 1.0 if action["release"] else -1.0)
        return flat.astype(np.float32)


class _Seat:
    """What is flat of one drone."""

    def __init__(self, observation: spaces.Dict, action: spaces.Dict, view: ViewConfig) -> None:
        self._features = make_features(view)
        self.space = self._features.space(observation)
        self.size = 4 + ("release" in action.spaces)

    def start(self, brief: Brief) -> None:
        """Begin an episode with what this drone is told."""
        self.map = ActionMap.of(brief)
        self._features.start(brief)

    def read(self, observation: Mapping[str, Any]) -> NDArray[np.float32]:
        """The features of its observation."""
        return self._features.read(observation)


class FlatEnv(gymnasium.Wrapper[NDArray[np.float32], NDArray[np.float32], Any, Any], RecordConstructorArgs):
    """An environment with a Box of features as observation and a Box in [-1, 1] as action.

    Of a team flown by one brain (`goldentime.missions.registry.make_central_env`), the features of each drone come one
    after another, each by what that drone is told and sees, and so do the actions; the reward is the environment's.

    Args:
        env: an environment of `goldentime`.
        view: which features, see `goldentime.baselines.features`.
    """

    env: gymnasium.Env[Any, Any]

    def __init__(self, env: gymnasium.Env[Any, Any], view: ViewConfig) -> None:
        RecordConstructorArgs.__init__(self, view=view)
        super().__init__(env)
        seen, done = env.observation_space, env.action_space
        assert isinstance(seen, spaces.Dict) and isinstance(done, spaces.Dict)
        self.drones: tuple[str, ...] = team_of(env)
        """Names in the order of their parts; empty where a single drone flies."""
        pairs = [(seen[name], done[name]) for name in self.drones] or [(seen, done)]
        self._seats = [_Seat(sees, does, view) for sees, does in pairs]  # type: ignore[arg-type]
        boxes = [seat.space for seat in self._seats]
        low, high = np.concatenate([box.low for box in boxes]), np.concatenate([box.high for box in boxes])
        self.observation_space: spaces.Space[Any] = spaces.Box(low, high, dtype=np.float32)
        self._cuts = np.cumsum([seat.size for seat in self._seats])
        self.action_space: spaces.Space[Any] = spaces.Box(-1.0, 1.0, (int(self._cuts[-1]),), np.float32)
        self._begun = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Start an episode."""
        observation, info = self.env.reset(seed=seed, options=options)
        world: Any = self.env.unwrapped
        briefs = [world.brief_of(name) for name in self.drones] or [world.brief]
        for seat, brief in zip(self._seats, briefs, strict=True):
            seat.start(brief)
        self._begun = True
        return self._read(observation), info

    def step(self, action: NDArray[np.float32]) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Apply a flat action."""
        assert self._begun, "reset() comes first"
        parts = np.split(action, self._cuts[:-1])
        acts = [seat.map.to_action(part) for seat, part in zip(self._seats, parts, strict=True)]
        acted = dict(zip(self.drones, acts, strict=True)) if self.drones else acts[0]
        observation, reward, terminated, truncated, info = self.env.step(acted)
        return self._read(observation), float(reward), terminated, truncated, info

    def _read(self, observation: Mapping[str, Any]) -> NDArray[np.float32]:
        if not self.drones:
            return self._seats[0].read(observation)
        return np.concatenate([seat.read(observation[name]) for seat, name in zip(self._seats, self.drones, strict=True)])


def team_of(env: gymnasium.Env[Any, Any]) -> tuple[str, ...]:
    """The drones that an environment of `goldentime` flies at once, in order; empty where it is a single one."""
    if not hasattr(env.unwrapped, "brief_of"):
        return ()
    assert isinstance(env.observation_space, spaces.Dict)
    return tuple(env.observation_space.spaces)
