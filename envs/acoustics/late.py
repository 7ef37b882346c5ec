"""Reflections of higher order and reverberation, whose responses change from step to step.

A sample is spread by the response that holds when it is given off; over a step one response fades into the next. The
results are added up for when they arrive (overlap-add).
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from goldentime.envs.acoustics.filters import kernels_of
from goldentime.envs.acoustics.responses import Origin, Responses
from goldentime.envs.acoustics.space import Space
from goldentime.envs.acoustics.step import Beam, Coming, Step
from goldentime.envs.acoustics.tail import tail_of, tail_response

__all__ = ["Feed", "Reflections", "Reverberation"]

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]


class Feed(NamedTuple):
    """What a source gives to the reverberation of a room."""

    room: int
    gains: tuple[float, ...]
    """Pressure gain by octave band."""
    delay: int
    """[samples]"""


class _Response(NamedTuple):
    taps: Floats32
    """(m, length)"""
    spectrum: NDArray[np.complex64]
    """(m, f)"""


class Reflections:
    """From the second order on. Streaming state: the responses at the end of the last step, and what is to arrive."""

    def __init__(self, space: Space, rate_hz: int, order: int) -> None:
        self._responses = Responses(space, rate_hz, order, lowest=2)
        self._some = order >= 2
        self._before: dict[Hashable, _Response] = {}
        self._coming = Coming()

    def render(self, beams: Sequence[Beam], step: Step) -> Floats32:
        """(m, n) What arrives in a step. `beams` are those that hold at its end."""
        n, m = step.samples, len(step.mics)
        loud = [i for i in range(len(step.keys)) if step.lines[i, step.past :].any()]
        if not self._some or not loud:
            self._before = {}
            return self._coming.take(m, n)
        origins = [
            Origin(beam.room, beam.points[-1], float(beam.extra[-1]), beam.gains, loud.index(beam.source))
            for beam in beams
            if beam.echoes and beam.source in loud
        ]
        responses = self._responses.at(origins, step.mics[:, -1], len(loud))
        size = scipy.fft.next_fast_len(n + responses.shape[2], real=True)
        spectra = scipy.fft.rfft(responses, size, axis=2)
        now = {step.keys[i]: _Response(*both) for i, both in zip(loud, zip(responses, spectra, strict=True), strict=True)}
        rise = np.arange(n, dtype=np.float32) / np.float32(n)
        dry = step.lines[loud, step.past : step.past + n]
        rising, falling = scipy.fft.rfft(np.stack([dry * rise, dry * (1.0 - rise)]), size, axis=2)
        wet = np.zeros(spectra.shape[1:], np.complex64)
        for (key, response), up, down in zip(now.items(), rising, falling, strict=True):
            before = self._before.get(key, response)
            old = before.spectrum if before.spectrum.shape == wet.shape else scipy.fft.rfft(before.taps, size, axis=1)
            wet += response.spectrum * up
            wet += old * down
        self._before = now
        self._coming.add(scipy.fft.irfft(wet, size, axis=1, overwrite_x=True))
        return self._coming.take(m, n)


class Reverberation:
    """Streaming state: what fed the rooms at the end of the last step, and what is to arrive. Tails are made when the first
    sound reaches a room in which the microphones are."""

    def __init__(self, space: Space, rate_hz: int, order: int, rng: np.random.Generator) -> None:
        self._space, self._rate, self._order = space, rate_hz, order
        self._seed = [int(part) for part in rng.integers(2**32, size=4)]
        self._half = kernels_of(rate_hz).half
        self._fed: dict[Hashable, Feed | None] = {}
        self._tails: dict[int, Floats32] = {}
        self._spectra: dict[tuple[int, int], NDArray[np.complex64]] = {}
        self._coming = Coming()

    def render(self, feeds: Mapping[Hashable, Feed | None], step: Step) -> Floats32:
        """(m, n) What arrives in a step; `feeds` hold at its end, by the key of the source."""
        n, m = step.samples, len(step.mics)
        inputs: dict[int, Floats32] = {}
        rise = np.arange(n, dtype=np.float32) / n
        for line, key in zip(step.lines, step.keys, strict=True):
            feed, before = feeds.get(key), self._fed.get(key, feeds.get(key))
            if feed == before:
                self._feed(inputs, feed, line, step, None)
            else:
                self._feed(inputs, before, line, step, 1.0 - rise)
                self._feed(inputs, feed, line, step, rise)
        self._fed = dict(feeds)
        for room, dry in inputs.items():
            self._coming.add(self._spread(room, dry, step.mics[:, -1]))
        return self._coming.take(m, n)

    def _feed(
        self,
        inputs: dict[int, Floats32],
        feed: Feed | None,
        line: Floats32,
        step: Step,
        weight: NDArray[np.floating] | None,
    ) -> None:
        """Add a source's share to the input of a room."""
        if feed is None:
            return
        n, past = step.samples, step.past
        flat = min(feed.gains) == max(feed.gains)
        delay = feed.delay if flat else max(feed.delay, self._half)
        begin = past - delay
        if begin < self._half:
            return
        if flat:
            dry = line[begin : begin + n] * np.float32(feed.gains[0])
        else:
            kernel = np.array(feed.gains, np.float32) @ kernels_of(self._rate).table[0]
            dry = np.convolve(line[begin - self._half : begin + n + self._half], kernel, "valid")
        if dry.any():
            inputs[feed.room] = inputs.get(feed.room, np.float32(0.0)) + (dry if weight is None else weight * dry)

    def _spread(self, room: int, dry: Floats32, mics: Floats) -> Floats32:
        tail = self._tails.get(room)
        if tail is None:
            # Each room has its own draw, whichever is entered first.
            tail = tail_response(tail_of(self._space, room, mics, self._rate, self._order, self._seed))
            self._tails[room] = tail
        size = scipy.fft.next_fast_len(len(dry) + tail.shape[1], real=True)
        spectra = self._spectra.get((room, size))
        if spectra is None:
            spectra = self._spectra[room, size] = scipy.fft.rfft(tail, size, axis=1)
        wet: Floats32 = scipy.fft.irfft(spectra * scipy.fft.rfft(dry, size), size, axis=1, overwrite_x=True)
        return wet
