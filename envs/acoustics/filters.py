"""Filters from octave-band gains, and the reading of a signal between its samples.

Both are linear phase and short: what a path does to a sound is a weighted sum of seven fixed kernels.
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import scipy.fft
import scipy.special
from numpy.typing import NDArray

from goldentime.envs.acoustics.air import BANDS_HZ

__all__ = ["DEGREE", "STEPS", "Kernels", "band_spectra", "half_length", "kernels_of"]

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]

DEGREE = 3
"""Of the polynomials in time that stand for a signal around one of its samples."""
STEPS = 256
"""Fractions of a sample that a table of kernels distinguishes."""

_HALF_S = 1.5e-3
_PASS, _STOP = 0.42, 0.5
"""Of the sample rate: up to the first all passes, from the second nothing does, so that kernels are short."""
_LONG = 4096
_KAISER = 3.0


class Kernels(NamedTuple):
    """Kernels for one sample rate, each of 2 h + 1 taps around its middle."""

    half: int
    """h"""
    table: Floats32
    """(256, 7, 2 h + 1) the kernel of each band, late by 0, 1/256, ..., 255/256 of a sample."""
    polynomial: Floats32
    """(4, 7, 2 h + 1) the kernel of each band for the coefficient of u^k, u in [-1/2, 1/2] samples after a sample."""


def half_length(rate_hz: int) -> int:
    """Taps on either side of a kernel's middle: 1.5 ms, which resolves about 650 Hz."""
    return math.ceil(_HALF_S * rate_hz)


def band_spectra(frequency_hz: Floats) -> Floats:
    """(7, f) Weight of each octave band at some frequencies: triangles over their logarithm that add up to one."""
    octaves = np.log2(np.maximum(frequency_hz, 1.0) / BANDS_HZ[0])
    places = np.arange(len(BANDS_HZ))
    return np.array([np.interp(octaves, places, row) for row in np.eye(len(BANDS_HZ))])


@cache
def kernels_of(rate_hz: int) -> Kernels:
    """The kernels for a sample rate.

    The polynomials follow from the expansion of Jacobi and Anger, exp(j w u) = J0(w/2) + 2 sum j^k Jk(w/2) Tk(2u), cut
    after k = 3: at 13/32 of the sample rate, 6.5 kHz of 16, its error is -37 dB, at half of that -61 dB.
    """
    half = half_length(rate_hz)
    turn = 2.0 * np.pi * np.arange(_LONG // 2 + 1) / _LONG
    bands = band_spectra(turn * rate_hz / (2.0 * np.pi)) * _rolloff(turn / (2.0 * np.pi))
    late = np.exp(-1j * turn * np.arange(STEPS)[:, None] / STEPS)
    table = np.concatenate([_cut(bands * part[:, None], half) for part in np.split(late, 16)])
    orders = np.arange(DEGREE + 1)
    waves = np.where(orders > 0, 2.0, 1.0)[:, None] * 1j ** orders[:, None] * scipy.special.jv(orders[:, None], 0.5 * turn)
    # Column k: the coefficients of Tk(2u) in powers of u.
    powers = np.array(
        [np.pad(np.polynomial.chebyshev.cheb2poly(row), (0, DEGREE))[: DEGREE + 1] for row in np.eye(DEGREE + 1)]
    )
    polynomial = _cut(bands * ((powers * 2.0**orders).T @ waves)[:, None], half)
    return Kernels(half, table.astype(np.float32), polynomial.astype(np.float32))


def _rolloff(share: Floats) -> Floats:
    """The gain at shares of the sample rate."""
    fall = np.clip((share - _PASS) / (_STOP - _PASS), 0.0, 1.0)
    gain: Floats = 0.5 + 0.5 * np.cos(np.pi * fall)
    return gain


def _cut(spectra: NDArray[np.complex128], half: int) -> Floats:
    """The middle taps (..., 2 h + 1) of the impulse responses of spectra (..., f), faded out towards the ends."""
    response = scipy.fft.irfft(spectra, _LONG, axis=-1)
    around = np.concatenate([response[..., -half:], response[..., : half + 1]], axis=-1)
    middle: Floats = around * np.kaiser(2 * half + 1, _KAISER)
    return middle
