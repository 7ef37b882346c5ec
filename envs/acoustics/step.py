"""One step of streaming sound, as the parts of the renderer share it."""

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Beam", "Coming", "Step"]

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]


class Step(NamedTuple):
    """Signals and microphones in one step of n samples and k + 1 knots."""

    keys: tuple[Hashable, ...]
    """Of the sources, one a line."""
    lines: Floats32
    """(sources, past + n + 1) [Pa] what they gave off up to the end of the step, then a zero."""
    mics: Floats
    """(m, k + 1, 3) [m] at the knots."""
    knots: NDArray[np.int64]
    """(k + 1,) [samples] from 0 to n, evenly spaced but for the last."""

    @property
    def samples(self) -> int:
        """n"""
        return int(self.knots[-1])

    @property
    def past(self) -> int:
        """Samples of the lines before the step."""
        return int(self.lines.shape[1]) - 1 - int(self.knots[-1])


class Beam(NamedTuple):
    """A way of sound in one step."""

    key: Hashable
    """Of the source and the way."""
    source: int
    """Its line."""
    room: int
    points: Floats
    """(k + 1, 3) [m] where it seems to come from."""
    extra: Floats
    """(k + 1,) [m] way up to there."""
    gains: Floats
    """(7,) at the end of the step, without distance and air."""
    fade: tuple[float, float]
    """Weight at the beginning and the end of the step."""
    echoes: bool
    """Whether its reflections count."""


class Coming:
    """What has been added up for later samples at m microphones."""

    def __init__(self) -> None:
        self._sum = np.zeros((0, 0), np.float32)

    def add(self, sound: Floats32) -> None:
        """Sound (m, any) from now on."""
        if self._sum.shape[1] < sound.shape[1] or not len(self._sum):
            longer = np.zeros_like(sound)
            longer[:, : self._sum.shape[1]] = self._sum if len(self._sum) else 0.0
            self._sum = longer
        self._sum[:, : sound.shape[1]] += sound

    def take(self, mics: int, n: int) -> Floats32:
        """(mics, n) The next samples."""
        self.add(np.zeros((mics, n), np.float32))
        now, self._sum = self._sum[:, :n], self._sum[:, n:]
        return now
