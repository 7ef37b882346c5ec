"""The first sounds to arrive, direct and once reflected, with delays and strengths that follow the motion every 10 ms.

In between they change linearly, so that what moves has its Doppler shift. Signals are read between their samples by
polynomials (C. W. Farrow, IEEE ISCAS 1988, 2641) whose coefficients come out of one filtering per path together with what
faces and air do to the sound.
"""

import math
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from goldentime.envs.acoustics.air import SPEED_OF_SOUND_M_S
from goldentime.envs.acoustics.filters import DEGREE, kernels_of
from goldentime.envs.acoustics.images import Images, face_gains, images_of, mirrored
from goldentime.envs.acoustics.space import Space
from goldentime.envs.acoustics.step import Beam, Step

__all__ = ["NEAREST_M", "Early", "air_gains"]

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]

NEAREST_M = 0.1
"""Sound does not grow louder nearer than this."""
_FAINT = 1e-4
_SLIGHT = 0.01
_FADE_S = 0.01
"""Time in which the filter of a path changes."""
_BANDS = 7


class _Paths(NamedTuple):
    """The p audible ones of all beams and images."""

    source: Ints
    gains: Floats
    """(p, 7)"""
    change: Floats
    """(p, 7) what the gains were at the beginning of the step, less what they are."""
    delay: Floats
    """(p, m, k + 1) [samples]"""
    strength: Floats
    """(p, m, k + 1) [1/m]"""


def air_gains(space: Space, distance: Floats) -> Floats:
    """(..., 7) Pressure gain of the air over distances (...) [m], by octave band."""
    gains: Floats = np.exp((-math.log(10.0) / 20.0) * space.air_db_m * distance[..., None])
    return gains


class Early:
    """Streaming state: the filter of each path at the end of the last step."""

    def __init__(self, space: Space, rate_hz: int, order: int) -> None:
        self._space, self._rate = space, rate_hz
        self._images: Images = images_of(min(order, 1))
        self._faces = face_gains(space.reflect, self._images.hits)
        self._kernels = kernels_of(rate_hz)
        self._before: dict[Hashable, Floats] = {}
        self._spectra: dict[int, Floats32] = {}

    def render(self, beams: Sequence[Beam], step: Step) -> Floats32:
        """(m, n) What arrives in a step; at most one beam a key."""
        n, past, h = step.samples, step.past, self._kernels.half
        paths = self._paths(beams, step.mics, past)
        if not len(paths.source):
            return np.zeros((len(step.mics), n), np.float32)
        least, most = paths.delay.min((1, 2)), paths.delay.max((1, 2))
        length = n + int(np.ceil((most - least).max())) + 2 * h + 4
        begin = np.minimum(past - np.ceil(most).astype(np.int64) - h - 1, past + n + 1 - length)
        pieces = np.lib.stride_tricks.sliding_window_view(step.lines, length, axis=1)[paths.source, begin]
        parts = self._filtered(pieces, paths.gains, scipy.fft.next_fast_len(length, real=True))
        at = (past - begin)[:, None, None] - paths.delay + step.knots
        self._fade(parts, pieces, paths.change, (at[..., 0].max(1), at[..., -1].min(1)))
        return _read(parts, paths, at, step.knots)

    def _paths(self, beams: Sequence[Beam], mics: Floats, past: int) -> _Paths:
        if not beams:
            return _Paths(np.zeros(0, np.int64), *(np.zeros(0) for _ in range(4)))
        rooms = np.array([beam.room for beam in beams])
        lower, size = self._space.lower[rooms][:, None], self._space.size[rooms][:, None]
        placed = mirrored(np.array([beam.points for beam in beams]), lower, size, self._images.cell)
        extra = np.array([beam.extra for beam in beams])
        middle = np.linalg.norm(placed[:, -1] - mics[:, -1].mean(0), axis=-1) + extra[:, -1:]
        gains = self._faces[rooms] * np.array([beam.gains for beam in beams])[:, None] * air_gains(self._space, middle)
        gains[[i for i, beam in enumerate(beams) if not beam.echoes], 1:] = 0.0
        before = np.array([self._before.get(beam.key, gain) for beam, gain in zip(beams, gains, strict=True)])
        # What the air changes on a way of centimetres can wait until it is worth a fade.
        slight = (np.abs(gains - before) < _SLIGHT * before.max(-1, keepdims=True)).all(-1, keepdims=True)
        gains = np.where(slight, before, gains)
        self._before = {beam.key: gain for beam, gain in zip(beams, gains, strict=True)}
        b, i = np.nonzero(np.maximum(gains, before).max(-1) > _FAINT)
        # (p, m, k + 1): no array of all images with all microphones is made.
        away = placed[b, :, i][:, None] - mics
        distance = np.sqrt(np.einsum("pmkx,pmkx->pmk", away, away)) + extra[b][:, None]
        # The kernels reach into the future by half their length.
        delay = np.maximum(distance / SPEED_OF_SOUND_M_S * self._rate, self._kernels.half + 1.0)
        fade = np.array([beam.fade for beam in beams])[b]
        weight = fade[:, :1] + (fade[:, 1:] - fade[:, :1]) * np.linspace(0.0, 1.0, mics.shape[1])
        strength = weight[:, None] / np.maximum(distance, NEAREST_M)
        near = delay.max((1, 2)) < past - self._kernels.half - 2
        source = np.array([beam.source for beam in beams])[b]
        gains, change = gains[b, i], before[b, i] - gains[b, i]
        return _Paths(*(part[near] for part in (source, gains, change, delay, strength)))

    def _filtered(self, pieces: Floats32, gains: Floats, size: int) -> Floats32:
        """(p, 4, size) Coefficients of the polynomials around each sample of pieces (p, at most size)."""
        spectra = self._spectra.get(size)
        if spectra is None:
            spectra = self._spectra[size] = _spectra(self._kernels.polynomial, size)
        mixed = (gains.astype(np.float32) @ spectra).view(np.complex64).reshape(len(pieces), DEGREE + 1, -1)
        mixed *= scipy.fft.rfft(pieces, size, axis=1)[:, None]
        filtered: Floats32 = scipy.fft.irfft(mixed, size, axis=2, overwrite_x=True)
        return filtered

    def _fade(self, parts: Floats32, pieces: Floats32, change: Floats, inside: tuple[Floats, Floats]) -> None:
        """Lead the filters of the last step over into those of this one.

        It happens in the time of the source: after the last sample that is read at the beginning of the step (`inside[0]`)
        and before the first that is read at its end, so that the next step goes on with the new filters.
        """
        moved = np.flatnonzero(np.abs(change).max(1) > 1e-6)
        if not len(moved):
            return
        begin, end = np.ceil(inside[0][moved]) + 1.0, np.floor(inside[1][moved]) - 1.0
        end = np.maximum(np.minimum(end, begin + round(_FADE_S * self._rate)), begin + 1.0)
        reach = int(end.max()) + 1
        length = min(reach + self._kernels.half + 1, pieces.shape[1])
        size = scipy.fft.next_fast_len(length, real=True)
        old = self._filtered(pieces[moved, :length], change[moved], size)[..., :reach]
        weight = np.clip((end[:, None] - np.arange(reach)) / (end - begin)[:, None], 0.0, 1.0)
        parts[moved, :, :reach] += weight[:, None].astype(np.float32) * old


def _spectra(kernels: Floats32, size: int) -> Floats32:
    """(7, 4 * (size // 2 + 1) * 2) Spectra of kernels (4, 7, taps) with their middle at time 0, as pairs of floats."""
    half = kernels.shape[-1] // 2
    long = np.zeros((*kernels.shape[:2], size), np.float32)
    long[..., : half + 1], long[..., -half:] = kernels[..., half:], kernels[..., :half]
    spectra = np.ascontiguousarray(scipy.fft.rfft(long, axis=-1).transpose(1, 0, 2))
    pairs: Floats32 = spectra.view(np.float32).reshape(_BANDS, -1)
    return pairs


def _read(parts: Floats32, paths: _Paths, at: Floats, knots: Ints) -> Floats32:
    """(m, n) The sum of what the paths bring: `parts` (p, 4, size) read at places that lead from knot to knot of `at`
    (p, m, k + 1)."""
    p, degrees, size = parts.shape
    lengths = np.diff(knots)
    first = np.floor(at[..., :-1])
    row = (np.arange(p) * degrees * size)[:, None, None] + first.astype(np.int64)
    # Straight lines from knot to knot: (slope, begin) times (0, 1, 2, ... and 1, 1, 1, ...).
    ahead = np.stack([np.arange(knots[1]), np.ones(knots[1])]).astype(np.float32)
    lines = np.stack([np.diff(at) / lengths, at[..., :-1] - first], -1).astype(np.float32)
    loud = np.stack([np.diff(paths.strength) / lengths, paths.strength[..., :-1]], -1).astype(np.float32)
    # A look-up at a place of one of these finds a coefficient of some power.
    powers = [parts.reshape(-1)[k * size :] for k in range(degrees)]
    heard = np.empty((at.shape[1], len(lengths), int(knots[1])), np.float32)
    # One microphone at a time, which keeps the arrays in the cache.
    for m, sound in enumerate(heard):
        u = lines[:, m] @ ahead
        whole = np.rint(u)
        u -= whole
        index = whole.astype(np.int64)
        index += row[:, m, :, None]
        value = powers[-1].take(index, mode="clip")
        for power in powers[-2::-1]:
            value *= u
            # What was rounded is not needed any more.
            value += power.take(index, out=whole, mode="clip")
        np.einsum("pkj,pkj->kj", value, loud[:, m] @ ahead, out=sound)
    return heard.reshape(len(heard), -1)[:, : int(knots[-1])]
