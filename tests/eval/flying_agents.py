"""Agents that the runner's tests fly, named in configs by their path; workers import this file by its name too."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError

Action = dict[str, NDArray[np.float32]]
_HOVER = np.array([9.81, 0.0, 0.0, 0.0], dtype=np.float32)


class Still:
    """Thrust against gravity, nothing else."""

    def __init__(self, pause_s: float = 0.0, fail_after: int | None = None, exits: bool = False) -> None:
        self._pause_s, self._fail_after, self._exits = pause_s, fail_after, exits

    def reset(self, brief: Mapping[str, Any]) -> None:
        assert not {"seed", "scenario"} & set(brief)
        self._acts = 0

    def act(self, observation: Mapping[str, Any]) -> Action:
        self._acts += 1
        if self._fail_after is not None and self._acts > self._fail_after:
            if self._exits:
                raise SystemExit(3)
            raise RuntimeError("the agent has had enough")
        time.sleep(self._pause_s)
        return {"motion": _HOVER.copy()}


class Deadly(Still):
    """Kills the process that it flies in as many times as it can make one of its files, each time in mid-episode."""

    def __init__(self, folder: str, deaths: int = 1) -> None:
        super().__init__()
        self._marks = [Path(folder, f"death{number}") for number in range(deaths)]

    def act(self, observation: Mapping[str, Any]) -> Action:
        if self._acts == 10:
            for mark in self._marks:
                with suppress(FileExistsError):
                    mark.touch(exist_ok=False)
                    os.kill(os.getpid(), signal.SIGKILL)
        return super().act(observation)


class Random:
    """Anything that the brief allows."""

    def reset(self, brief: Mapping[str, Any]) -> None:
        motion = brief["action"]["motion"]
        self._low, self._high = np.array(motion["low"]), np.array(motion["high"])
        self._rng = np.random.default_rng(0)

    def act(self, observation: Mapping[str, Any]) -> dict[str, Any]:
        motion = self._rng.uniform(self._low, self._high).astype(np.float32)
        return {"motion": motion, "release": int(self._rng.random() < 0.01)}


class Deaf:
    """No agent: `act` is missing."""

    def reset(self, brief: Mapping[str, Any]) -> None:
        pass


class Misfit:
    """Trained for something else."""

    def reset(self, brief: Mapping[str, Any]) -> None:
        raise ConfigError(f"trained with velocity, got {brief['action_mode']}")

    def act(self, observation: Mapping[str, Any]) -> Action:
        raise AssertionError


class BadAction:
    """Acts outside the action space."""

    def reset(self, brief: Mapping[str, Any]) -> None:
        pass

    def act(self, observation: Mapping[str, Any]) -> Action:
        return {"motion": np.full(4, np.nan, dtype=np.float32)}


def sleep_for(seconds: float, stopped: Callable[[], bool]) -> float:
    """Work that takes so long."""
    time.sleep(seconds)
    return seconds
