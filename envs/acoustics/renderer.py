"""What microphones hear of sources in a level, step by step."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.air import SPEED_OF_SOUND_M_S
from goldentime.envs.level import Level
from goldentime.errors import ConfigError

__all__ = ["Renderer", "SignalChunk"]

Floats = NDArray[np.float64]

_KNOT_S = 0.01
_LONGEST_S = 1.0
_TAPS = 32


class SignalChunk(NamedTuple):
    """What one source gives off in one step."""

    key: Hashable
    """Tells sources apart and finds them again in the next step."""
    samples: NDArray[np.float32]
    """(n,) [Pa] sound pressure at 1 m in the free field."""
    start: Floats
    """(3,) [m] where it is at the beginning of the step, world ENU; it moves in a straight line."""
    end: Floats
    """(3,) [m] where it is at the end of the step."""


class Renderer:
    """The sound at one array of microphones in one level; streaming.

    Its state is what is still on the way: the last second of each source, and the reverberation of the rooms. One object
    serves one array through one episode; time begins at the first step, before which all is silent. A source that is
    missing in a step is silent in it and stays where it was; what it gave off before still arrives.
    """

    def __init__(
        self,
        level: Level,
        sample_rate_hz: int,
        *,
        order: int = 3,
        tail: bool = True,
        rng: np.random.Generator | None = None,
    ) -> None:
        """
        Args:
            level: its `rooms` and `openings`, its solids for what goes through walls; without rooms all is open air over
                the ground at z = 0.
            sample_rate_hz: of all signals.
            order: how many reflections of a path in a room are followed one by one, 0 for the direct path alone.
            tail: whether rooms reverberate after those.
            rng: draws the fine structure of reverberation; without it, it is always the same.

        Raises:
            ConfigError: a rate that is not positive or an order outside 0..8.
        """
        if sample_rate_hz <= 0 or not 0 <= order <= 8:
            raise ConfigError(
                f"acoustics: expected a sample rate > 0 and an order in 0..8, got {sample_rate_hz} and {order}"
            )
        self._level, self._rate, self._order, self._tail = level, sample_rate_hz, order, tail
        self._rng = rng
        self._past: dict[Hashable, NDArray[np.float32]] = {}
        self._last: dict[Hashable, Floats] = {}
        self._keep = int(_LONGEST_S * sample_rate_hz)

    def render(self, sources: Sequence[SignalChunk], mics_start: Floats, mics_end: Floats, n: int) -> NDArray[np.float32]:
        """The next n samples at the microphones.

        Args:
            sources: at most one chunk a key, each of n samples; silent ones may be left out.
            mics_start: (m, 3) [m] world positions at the beginning of the step.
            mics_end: (m, 3) [m] at its end; in between they move in straight lines.
            n: samples of this step, at least 1; may differ from step to step.

        Returns:
            (m, n) float32 [Pa]; sample i belongs to the time i / sample_rate_hz after the beginning of the step.

        Raises:
            ConfigError: shapes that do not fit.
        """
        mics_start, mics_end = np.asarray(mics_start, np.float64), np.asarray(mics_end, np.float64)
        if mics_start.ndim != 2 or mics_start.shape[1] != 3 or mics_start.shape != mics_end.shape or n < 1:
            raise ConfigError(
                f"acoustics: expected microphones (m, 3) twice and n >= 1, got {mics_start.shape}, {mics_end.shape}, {n}"
            )
        chunks = {chunk.key: chunk for chunk in sources}
        for key, at in self._last.items():
            if key not in chunks:
                chunks[key] = SignalChunk(key, np.zeros(n, np.float32), at, at)
        heard = np.zeros((len(mics_start), n))
        share = (np.arange(n) + 0.0) / n
        for key, chunk in chunks.items():
            if chunk.samples.shape != (n,):
                raise ConfigError(f"acoustics: source {key!r}: expected ({n},) samples, got {chunk.samples.shape}")
            past = self._past.get(key, np.zeros(self._keep, np.float32))
            line = np.concatenate([past, chunk.samples.astype(np.float32)])
            start, end = np.asarray(chunk.start, np.float64), np.asarray(chunk.end, np.float64)
            away = (mics_start - start)[:, None] + share[:, None] * (mics_end - mics_start - end + start)[:, None]
            distance = np.maximum(np.linalg.norm(away, axis=-1), 0.01)
            when = self._keep + np.arange(n) - distance / SPEED_OF_SOUND_M_S * self._rate
            heard += _read(line, when) / distance
            self._past[key] = line[n:]
            self._last[key] = end
        return heard.astype(np.float32)


def _read(line: NDArray[np.float32], when: Floats) -> Floats:
    """A signal between its samples, by a windowed sinc."""
    whole = np.floor(when)
    taps = np.arange(-_TAPS // 2 + 1, _TAPS // 2 + 1)
    offset = (when - whole)[..., None] - taps
    weights = np.sinc(offset) * (0.5 + 0.5 * np.cos(2.0 * np.pi * offset / (_TAPS + 1)))
    places = whole[..., None].astype(np.intp) + taps
    inside = (places >= 0) & (places < len(line))
    values: Floats = (weights * np.where(inside, line[np.clip(places, 0, len(line) - 1)], 0.0)).sum(-1)
    return values
