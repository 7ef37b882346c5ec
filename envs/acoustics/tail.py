"""Late reverberation: noise that dies away like the sound of a room, from where the image sources end.

Each microphone has its own, as alike as two points in a diffuse field are: coherence sin(k d) / (k d) (R. K. Cook and
others, J. Acoust. Soc. Am. 27 (1955) 1072).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from goldentime.envs.acoustics.air import SPEED_OF_SOUND_M_S
from goldentime.envs.acoustics.filters import band_spectra
from goldentime.envs.acoustics.space import Space

__all__ = ["Tail", "onset_s", "tail_of", "tail_response"]

Floats = NDArray[np.float64]

_LONGEST_S = 2.5
_FADE_S = 0.05
_MIXES = 65
"""Frequencies at which the coherence of the microphones is made; in between it is interpolated."""


def _directions() -> Floats:
    """(400, 3) Unit vectors evenly over the sphere, a spiral of golden angles."""
    number = np.arange(400) + 0.5
    z = 1.0 - 2.0 * number / 400
    turn = np.pi * (1.0 + 5.0**0.5) * number
    flat = np.sqrt(1.0 - z * z)
    return np.column_stack([np.cos(turn) * flat, np.sin(turn) * flat, z])


def _starts(size: Floats, order: int) -> Floats:
    """(400,) [s] When a sound in each direction has met more than `order` walls of a room of some size (3,), ascending."""
    reflections_per_m = np.abs(_directions() / size).sum(1)
    starts: Floats = np.sort((order + 0.5) / reflections_per_m / SPEED_OF_SOUND_M_S)
    return starts


def onset_s(space: Space, room: int, order: int) -> float:
    """When a room's tail sets in [s] after the source."""
    return float(_starts(space.size[room], order)[0])


class Tail(NamedTuple):
    """All that a room's reverberation depends on."""

    size: tuple[float, ...]
    """(3,) [m] of the room."""
    rt60_s: tuple[float, ...]
    """(7,) by octave band."""
    apart: tuple[tuple[float, ...], ...]
    """(m, m) [m] distances of the microphones."""
    rate_hz: int
    order: int
    """Of the reflections that are met one by one."""
    seed: tuple[int, ...]
    """Of the noise."""


def tail_of(space: Space, room: int, mics: Floats, rate_hz: int, order: int, seed: Sequence[int]) -> Tail:
    """Of a room for microphones (m, 3) [m] in any frame; their distances count to a millimetre."""
    apart = np.linalg.norm(mics[:, None] - mics[None], axis=-1).round(3)
    rows = tuple(tuple(row) for row in apart.tolist())
    return Tail(
        tuple(space.size[room].tolist()), tuple(space.rt60_s[room].tolist()), rows, rate_hz, order, (*seed, room)
    )  # fmt: skip


@lru_cache(maxsize=8)
def tail_response(tail: Tail) -> NDArray[np.float32]:
    """Impulse responses (m, n) of late reverberation, for a source that would give an impulse of 1 at 1 m. Not to be
    written to: whoever asks for the same again, in the same process, gets the same array.

    The energy at time t is 4 pi c / V exp(-13.8 t / T) a second, as image sources of density 4 pi c^3 t^2 / V and strength
    1 / (c t) give (H. Kuttruff, Room Acoustics, 4.1), less the share that is met one by one.
    """
    rate_hz, size = tail.rate_hz, np.array(tail.size)
    n = int(min(max(tail.rt60_s), _LONGEST_S) * rate_hz)
    time = np.arange(n) / rate_hz
    noise = _diffuse_noise(np.array(tail.apart), n, rate_hz, np.random.default_rng(tail.seed))
    starts = _starts(size, tail.order)
    gate = np.searchsorted(starts, time) / len(starts)
    level = np.sqrt(4.0 * np.pi * SPEED_OF_SOUND_M_S / (size.prod() * rate_hz) * gate)
    level *= np.clip((n / rate_hz - time) / _FADE_S, 0.0, 1.0)
    long = noise.shape[1]
    spectra = scipy.fft.rfft(noise, axis=1)
    response = np.zeros((len(noise), n))
    for weight, fall in zip(band_spectra(scipy.fft.rfftfreq(long, 1.0 / rate_hz)), tail.rt60_s, strict=True):
        band = scipy.fft.irfft(spectra * weight, long, axis=1)[:, :n]
        response += band * (level * 10.0 ** (-3.0 * time / fall))
    shared = response.astype(np.float32)
    shared.flags.writeable = False
    return shared


def _diffuse_noise(apart: Floats, n: int, rate_hz: int, rng: np.random.Generator) -> Floats:
    """(m, >= n) White noise of variance 1 with the coherence of a diffuse field."""
    long = scipy.fft.next_fast_len(max(n, 16), real=True)
    spectra = scipy.fft.rfft(rng.standard_normal((len(apart), long)), axis=1)
    grid = np.linspace(0.0, 0.5 * rate_hz, _MIXES)
    coherence = np.sinc(2.0 * grid[:, None, None] * apart / SPEED_OF_SOUND_M_S)
    values, vectors = np.linalg.eigh(coherence)
    roots = (vectors * np.sqrt(np.clip(values, 0.0, None))[:, None]) @ vectors.transpose(0, 2, 1)
    place = np.linspace(0.0, _MIXES - 1.0, spectra.shape[1])
    low = np.minimum(place.astype(np.int64), _MIXES - 2)
    share = (place - low)[:, None, None]
    mixed = np.einsum("fab,bf->af", (1.0 - share) * roots[low] + share * roots[low + 1], spectra)
    # Between two roots the sum is a little weak; each microphone gets back what it lost.
    noise = scipy.fft.irfft(mixed, long, axis=1)
    white: Floats = noise / noise.std(axis=1, keepdims=True)
    return white
