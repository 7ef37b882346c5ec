"""Short-time spectra of microphone signals, and their covariances between the microphones.

Everything in `hearing*` works at 16 kHz in frames of 32 ms, which is where the networks were trained; other rates are
brought there first.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft
from scipy.signal import resample_poly
from scipy.signal.windows import hann

from goldentime.errors import ConfigError

__all__ = [
    "BINS_HZ",
    "FRAME",
    "HOP",
    "RATE_HZ",
    "covariances",
    "frames_of",
    "microphones_at",
    "resampled",
    "spectra",
    "waveform",
]

RATE_HZ = 16_000
FRAME, HOP = 512, 256
"""[samples] of a frame and between two: a periodic Hann window at half overlap."""
BINS_HZ: NDArray[np.float64] = np.arange(FRAME // 2 + 1) * RATE_HZ / FRAME
"""Frequencies of a spectrum's bins."""

Complex = NDArray[np.complex64]
# The root of a Hann window, before and after, adds up to one at half overlap.
_WINDOW = np.sqrt(hann(FRAME, sym=False)).astype(np.float32)


def microphones_at(positions_m: ArrayLike) -> NDArray[np.float64]:
    """Positions of an array, checked: (mics, 3) float64 [m], body frame.

    Raises:
        ConfigError: fewer than two microphones, or another shape, or two at one place.
    """
    positions = np.asarray(positions_m, np.float64)
    if positions.ndim != 2 or positions.shape[1] != 3 or len(positions) < 2 or not np.isfinite(positions).all():
        raise ConfigError(f"positions_m: expected (at least 2 microphones, 3) finite metres, got shape {positions.shape}")
    gaps = np.linalg.norm(positions[:, None] - positions[None], axis=2) + np.eye(len(positions))
    if gaps.min() < 1e-4:
        raise ConfigError(f"positions_m: expected microphones at different places, got two {gaps.min():.2g} m apart")
    return positions


def resampled(signal: NDArray[np.floating], rate_hz: int) -> NDArray[np.float32]:
    """A signal (..., samples) at 16 kHz, by polyphase filtering.

    Raises:
        ConfigError: the rate is below 16 kHz, so that there is not what is listened for.
    """
    if rate_hz < RATE_HZ:
        raise ConfigError(f"sample_rate_hz: expected at least {RATE_HZ}, got {rate_hz}")
    if rate_hz == RATE_HZ:
        return np.asarray(signal, np.float32)
    common = math.gcd(rate_hz, RATE_HZ)
    return np.asarray(resample_poly(signal, RATE_HZ // common, rate_hz // common, axis=-1), np.float32)


def frames_of(samples: int) -> int:
    """Whole frames in so many samples, at least one."""
    return max(1 + (samples - FRAME) // HOP, 1)


def spectra(signal: NDArray[np.floating]) -> Complex:
    """Short-time spectra.

    Args:
        signal: (..., samples) at 16 kHz; one shorter than a frame is padded by silence.

    Returns:
        (..., frames, bins) complex64.
    """
    signal = np.asarray(signal, np.float32)
    if (short := FRAME - signal.shape[-1]) > 0:
        signal = np.pad(signal, [(0, 0)] * (signal.ndim - 1) + [(0, short)])
    views = np.lib.stride_tricks.sliding_window_view(signal, FRAME, axis=-1)[..., ::HOP, :]
    return np.asarray(fft.rfft(views * _WINDOW, axis=-1), np.complex64)


def waveform(spectrum: Complex, samples: int) -> NDArray[np.float32]:
    """The signal of (..., frames, bins) spectra, of so many samples; the first and last half frame fade."""
    parts = fft.irfft(spectrum, FRAME, axis=-1) * _WINDOW
    frames = parts.shape[-2]
    whole = np.zeros((*parts.shape[:-2], frames + 1, HOP), np.float32)
    whole[..., :-1, :] += parts[..., :HOP]
    whole[..., 1:, :] += parts[..., HOP:]
    flat = whole.reshape(*whole.shape[:-2], -1)[..., :samples]
    return np.pad(flat, [(0, 0)] * (flat.ndim - 1) + [(0, samples - flat.shape[-1])])


def covariances(spectrum: Complex, weights: NDArray[np.floating] | None = None) -> Complex:
    """Mean outer products over the frames.

    Args:
        spectrum: (mics, frames, bins).
        weights: (frames, bins) of at least 0; equal ones if none are given.

    Returns:
        (bins, mics, mics) complex64, Hermitian.
    """
    by_bin = np.ascontiguousarray(spectrum.transpose(2, 0, 1))
    if weights is None:
        return np.asarray(by_bin @ by_bin.conj().swapaxes(1, 2) / np.float32(spectrum.shape[1]), np.complex64)
    share = (weights / np.maximum(weights.sum(0), 1e-12)).T.astype(np.float32)
    return np.asarray((by_bin * share[:, None]) @ by_bin.conj().swapaxes(1, 2), np.complex64)
