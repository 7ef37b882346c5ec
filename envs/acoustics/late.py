"""Reflections of higher order and reverberation, whose responses change from step to step.

A sample is spread by the response that holds when it is given off; over a step one response fades into the next. The
results are added up for when they arrive (overlap-add).
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from goldentime.envs.acoustics.air import SPEED_OF_SOUND_M_S
from goldentime.envs.acoustics.early import NEAREST_M, air_gains
from goldentime.envs.acoustics.filters import STEPS, kernels_of
from goldentime.envs.acoustics.images import face_gains, images_of, mirrored
from goldentime.envs.acoustics.space import Space
from goldentime.envs.acoustics.step import Beam, Coming, Step
from goldentime.envs.acoustics.tail import tail_response

__all__ = ["Feed", "Reflections", "Reverberation"]

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]

_FAINT = 1e-4
_PAGE = 512
"""Responses grow by so many samples, so that few lengths of transforms occur."""


class Feed(NamedTuple):
    """What a source gives to the reverberation of a room."""

    room: int
    gains: tuple[float, ...]
    """Pressure gain by octave band."""
    delay: int
    """[samples]"""


class Reflections:
    """From the second order on. Streaming state: the responses at the end of the last step, and what is to arrive."""

    def __init__(self, space: Space, rate_hz: int, order: int) -> None:
        self._space, self._rate = space, rate_hz
        images = images_of(order)
        self._cell = images.cell[images.order >= 2]
        self._faces = face_gains(space.reflect, images.hits[images.order >= 2])
        self._kernels = kernels_of(rate_hz)
        self._length = _PAGE
        self._before: dict[Hashable, Floats32] = {}
        self._coming = Coming()

    def render(self, beams: Sequence[Beam], step: Step) -> Floats32:
        """(m, n) What arrives in a step. `beams` are those that hold at its end."""
        n, m = step.samples, len(step.mics)
        if not len(self._cell):
            return np.zeros((m, n), np.float32)
        loud = [i for i in range(len(step.keys)) if step.lines[i, step.past :].any()]
        now = self._responses(beams, loud, step)
        before = np.array([self._older(step.keys[i], response) for i, response in zip(loud, now, strict=True)])
        self._before = {step.keys[i]: response for i, response in zip(loud, now, strict=True)}
        if loud and now.any():
            dry = step.lines[loud, step.past : step.past + n]
            self._coming.add(_convolved(dry, before, now))
        return self._coming.take(m, n)

    def _older(self, key: Hashable, response: Floats32) -> Floats32:
        before = self._before.get(key)
        if before is None:
            return response
        return before if before.shape == response.shape else _padded(before, response.shape[1])

    def _responses(self, beams: Sequence[Beam], loud: Sequence[int], step: Step) -> Floats32:
        """(loud sources, m, length) Impulse responses at the end of the step."""
        row = {source: i for i, source in enumerate(loud)}
        beams = [beam for beam in beams if beam.echoes and beam.source in row]
        m = len(step.mics)
        if not beams:
            return np.zeros((len(loud), m, self._length), np.float32)
        source, mic, delay, gains = self._taps(beams, step.mics[:, -1], row)
        h = self._kernels.half
        fine = np.rint(delay * STEPS).astype(np.int64)
        kernels = np.matmul(gains[:, None, :], self._kernels.table[fine % STEPS])[:, 0]
        begin = fine // STEPS - h
        reach = int(begin.max(initial=0)) + 2 * h + 1
        if reach > self._length:
            self._length = -(-reach // _PAGE) * _PAGE
        # A margin before each response takes the taps that would lie before time 0.
        width = self._length + h
        place = ((source * m + mic) * width + begin + h)[:, None] + np.arange(2 * h + 1)
        total = np.bincount(place.ravel(), kernels.ravel(), minlength=len(loud) * m * width)
        response: Floats32 = total.astype(np.float32).reshape(len(loud), m, width)[..., h:]
        return response

    def _taps(
        self, beams: Sequence[Beam], mics: Floats, row: Mapping[int, int]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats, Floats32]:
        """For each audible image at each microphone (t,): row of the source, microphone, delay [samples], gains (t, 7)."""
        rooms = np.array([beam.room for beam in beams])
        points = np.array([beam.points[-1] for beam in beams])
        placed = mirrored(points, self._space.lower[rooms], self._space.size[rooms], self._cell)
        extra = np.array([beam.extra[-1] for beam in beams])
        middle = np.linalg.norm(placed - mics.mean(0), axis=-1) + extra[:, None]
        gains = self._faces[rooms] * np.array([beam.gains for beam in beams])[:, None] * air_gains(self._space, middle)
        b, i = np.nonzero(gains.max(-1) > _FAINT)
        distance = np.linalg.norm(placed[b, i][:, None] - mics, axis=-1) + extra[b, None]
        near = np.maximum(distance, NEAREST_M)
        weighted = (gains[b, i][:, None] / near[..., None]).astype(np.float32).reshape(-1, gains.shape[-1])
        source = np.array([row[beam.source] for beam in beams])[b]
        count = len(mics)
        return (
            np.repeat(source, count), np.tile(np.arange(count), len(b)),
            distance.ravel() / SPEED_OF_SOUND_M_S * self._rate, weighted,
        )  # fmt: skip


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
        self, inputs: dict[int, Floats32], feed: Feed | None, line: Floats32, step: Step, weight: Floats32 | None
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
            rng = np.random.default_rng([*self._seed, room])
            tail = self._tails[room] = tail_response(self._space, room, mics, self._rate, self._order, rng)
        size = scipy.fft.next_fast_len(len(dry) + tail.shape[1], real=True)
        spectra = self._spectra.get((room, size))
        if spectra is None:
            spectra = self._spectra[room, size] = scipy.fft.rfft(tail, size, axis=1)
        wet: Floats32 = scipy.fft.irfft(spectra * scipy.fft.rfft(dry, size), size, axis=1, overwrite_x=True)
        return wet


def _padded(response: Floats32, length: int) -> Floats32:
    longer = np.zeros((len(response), length), np.float32)
    longer[:, : response.shape[1]] = response
    return longer


def _convolved(dry: Floats32, before: Floats32, now: Floats32) -> Floats32:
    """(m, any) Signals (s, n) through responses (s, m, l) that fade from those before to those now, summed over s."""
    n = dry.shape[1]
    size = scipy.fft.next_fast_len(n + now.shape[2], real=True)
    rise = np.arange(n, dtype=np.float32) / n
    same = np.array_equal(before, now)
    wet = _product(dry if same else dry * rise, now, size)
    if not same:
        wet += _product(dry * (1.0 - rise), before, size)
    sound: Floats32 = scipy.fft.irfft(wet, size, axis=1, overwrite_x=True)
    return sound


def _product(dry: Floats32, response: Floats32, size: int) -> NDArray[np.complex64]:
    """(m, f) Spectrum of the sum over sources."""
    spectra = scipy.fft.rfft(response, size, axis=2)
    spectra *= scipy.fft.rfft(dry, size, axis=1)[:, None]
    total: NDArray[np.complex64] = spectra.sum(0)
    return total
