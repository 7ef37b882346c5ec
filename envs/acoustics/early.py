"""The first sounds to arrive, direct and once reflected, with delays and strengths that follow the motion every 10 ms.

In between they change linearly, so that what moves has its Doppler shift. Signals are read between their samples by
polynomials (C. W. Farrow, IEEE ISCAS 1988, 2641) whose coefficients come out of one filtering per path together with what
faces and air do to the sound.
"""

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
    gains: Floats = 10.0 ** (-0.05 * space.air_db_m * distance[..., None])
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
        begin = past - np.ceil(most).astype(np.int64) - h - 1
        size = scipy.fft.next_fast_len(n + int(np.ceil((most - least).max())) + 2 * h + 4, real=True)
        pieces = step.lines[paths.source[:, None], np.minimum(begin[:, None] + np.arange(size), step.lines.shape[1] - 1)]
        parts = self._filtered(pieces, paths.gains)
        at = (past - begin)[:, None, None] - paths.delay + step.knots
        self._fade(parts, pieces, paths.change, (at[..., 0].max(1), at[..., -1].min(1)))
        return _read(parts, paths, at, step.knots)

    def _paths(self, beams: Sequence[Beam], mics: Floats, past: int) -> _Paths:
        if not beams:
            return _Paths(*([np.zeros(0, np.int64)] + [np.zeros(0)] * 4))
        rooms = np.array([beam.room for beam in beams])
        lower, size = self._space.lower[rooms][:, None], self._space.size[rooms][:, None]
        placed = mirrored(np.array([beam.points for beam in beams]), lower, size, self._images.cell)
        extra = np.array([beam.extra for beam in beams])
        middle = np.linalg.norm(placed[:, -1] - mics[:, -1].mean(0), axis=-1) + extra[:, -1:]
        gains = self._faces[rooms] * np.array([beam.gains for beam in beams])[:, None] * air_gains(self._space, middle)
        gains[[i for i, beam in enumerate(beams) if not beam.echoes], 1:] = 0.0
        before = np.array([self._before.get(beam.key, gain) for beam, gain in zip(beams, gains, strict=True)])
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

    def _filtered(self, pieces: Floats32, gains: Floats) -> Floats32:
        """(p, size, 4) Coefficients of the polynomials around each sample of pieces (p, size)."""
        size = pieces.shape[1]
        spectra = self._spectra.get(size)
        if spectra is None:
            spectra = self._spectra[size] = _spectra(self._kernels.polynomial, size)
        mixed = (gains.astype(np.float32) @ spectra).view(np.complex64).reshape(len(pieces), DEGREE + 1, -1)
        mixed *= scipy.fft.rfft(pieces, axis=1)[:, None]
        filtered = scipy.fft.irfft(mixed, size, axis=2, overwrite_x=True)
        return np.ascontiguousarray(filtered.transpose(0, 2, 1))

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
        size = scipy.fft.next_fast_len(reach + self._kernels.half + 1, real=True)
        size = min(size, pieces.shape[1])
        old = self._filtered(np.ascontiguousarray(pieces[moved, :size]), change[moved])[:, :reach]
        weight = np.clip((end[:, None] - np.arange(reach)) / (end - begin)[:, None], 0.0, 1.0)
        parts[moved, :reach] += weight[..., None].astype(np.float32) * old


def _spectra(kernels: Floats32, size: int) -> Floats32:
    """(7, 4 * (size // 2 + 1) * 2) Spectra of kernels (4, 7, taps) with their middle at time 0, as pairs of floats."""
    half = kernels.shape[-1] // 2
    long = np.zeros((*kernels.shape[:2], size), np.float32)
    long[..., : half + 1], long[..., -half:] = kernels[..., half:], kernels[..., :half]
    spectra = np.ascontiguousarray(scipy.fft.rfft(long, axis=-1).transpose(1, 0, 2))
    pairs: Floats32 = spectra.view(np.float32).reshape(_BANDS, -1)
    return pairs


def _read(parts: Floats32, paths: _Paths, at: Floats, knots: Ints) -> Floats32:
    """(m, n) The sum of what the paths bring: `parts` (p, size, 4) read at places that lead from knot to knot of `at`
    (p, m, k + 1)."""
    p, size, _ = parts.shape
    lengths = np.diff(knots)
    ahead = np.arange(knots[1], dtype=np.float32)
    first = np.floor(at[..., :-1])
    slope = ((at[..., 1:] - at[..., :-1]) / lengths).astype(np.float32)
    rest = (at[..., :-1] - first).astype(np.float32)
    row = (np.arange(p) * size)[:, None, None] + first.astype(np.int64)
    grow = (np.diff(paths.strength) / lengths).astype(np.float32)
    strength = paths.strength[..., :-1].astype(np.float32)
    # The four coefficients lie together, so that one look-up brings them all.
    four = parts.view(np.complex128).reshape(-1)
    heard = np.empty((at.shape[1], len(lengths) * len(ahead)), np.float32)
    # One microphone at a time, which keeps the arrays in the cache.
    for m, sound in enumerate(heard):
        u = slope[:, m, :, None] * ahead
        u += rest[:, m, :, None]
        whole = np.rint(u)
        u -= whole
        index = whole.astype(np.int64)
        index += row[:, m, :, None]
        found = four.take(index, mode="clip").view(np.float32).reshape(*index.shape, 4)
        value = found[..., 3] * u
        for k in (2, 1):
            value += found[..., k]
            value *= u
        value += found[..., 0]
        loud = np.multiply(grow[:, m, :, None], ahead, out=u)
        loud += strength[:, m, :, None]
        value *= loud
        value.reshape(p, -1).sum(0, out=sound)
    return heard[:, : int(knots[-1])]
