"""RandomAgent: the floor that every agent has to leave."""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import numpy as np

from goldentime.baselines.flat import ActionMap
from goldentime.baselines.reporting import random_report
from goldentime.types import Brief

__all__ = ["RandomAgent"]


class RandomAgent:
    """Draws each action uniformly within its bounds.

    Its generator starts from the bytes of an episode's first observation: other episodes see other actions, and the same
    episode the same ones.
    """

    def __init__(self) -> None:
        self._rng: np.random.Generator | None = None
        self._map: ActionMap | None = None

    def reset(self, brief: Brief) -> None:
        """Read the bounds."""
        self._map = ActionMap.of(brief)
        self._rng = None

    def act(self, observation: Mapping[str, Any]) -> dict[str, Any]:
        """A uniform motion command, a coin toss where there is a kit, any report and any message where there are such."""
        assert self._map is not None, "reset() comes first"
        if self._rng is None:
            self._rng = np.random.default_rng(crc32(b"".join(observation[key].tobytes() for key in sorted(observation))))
        low, high = self._map.low, self._map.high
        motion = np.clip(self._rng.uniform(low, high), low, high).astype(np.float32)
        action = self._map.action(motion, release=self._map.release and bool(self._rng.integers(2)))
        if self._map.report is not None:
            action["report"] = random_report(self._map.report, self._rng)
        if self._map.message_bytes:
            action["message"] = self._rng.integers(256, size=self._map.message_bytes, dtype=np.uint8)
        return action
