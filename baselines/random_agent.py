"""RandomAgent: the floor that every agent has to leave."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from goldentime.baselines.flat import ActionMap
from goldentime.types import Brief

__all__ = ["RandomAgent"]


class RandomAgent:
    """Draws each action uniformly within its bounds.

    Args:
        seed: of the agent's own generator, which goes on from episode to episode.
    """

    def __init__(self, seed: int = 0) -> None:
        self._rng = np.random.default_rng(seed)
        self._map: ActionMap | None = None

    def reset(self, brief: Brief) -> None:
        """Read the bounds."""
        self._map = ActionMap.of(brief)

    def act(self, observation: Mapping[str, Any]) -> dict[str, Any]:
        """A uniform motion command and, where there is a kit, a coin toss."""
        assert self._map is not None, "reset() comes first"
        low, high = self._map.low, self._map.high
        motion = np.clip(self._rng.uniform(low, high), low, high).astype(np.float32)
        return {"motion": motion, "release": int(self._rng.integers(2))} if self._map.release else {"motion": motion}
