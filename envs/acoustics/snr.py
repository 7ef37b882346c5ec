"""How loud a call is against the noise."""

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["FRAME_S", "LOW_HZ", "active_power", "frame_powers", "signal_to_noise_db"]

FRAME_S = 0.02
LOW_HZ = 100.0
"""Only what lies above counts: the rumble of wind below it disturbs nobody and would hide what does."""

_MARGIN_DB = 15.9
_LEAST = 1e-20


def frame_powers(signal: NDArray[np.float32], sample_rate_hz: int) -> NDArray[np.float64]:
    """Mean square above `LOW_HZ` in frames of 20 ms, mean over the microphones.

    Args:
        signal: (microphones, n); samples beyond whole frames are left out, and less than a frame counts as one.
        sample_rate_hz: of the signal.

    Returns:
        (frames,), in the squared unit of the signal.
    """
    size = min(round(FRAME_S * sample_rate_hz), signal.shape[1])
    count = signal.shape[1] // size
    window = np.hanning(size + 1)[:size].astype(np.float32)
    spectra = np.fft.rfft(signal[:, : count * size].reshape(len(signal), count, size) * window)
    kept = np.fft.rfftfreq(size, 1.0 / sample_rate_hz) >= LOW_HZ
    power = np.square(np.abs(spectra[:, :, kept])).sum(axis=-1).mean(axis=0)
    powers: NDArray[np.float64] = power * (2.0 / size / float(np.square(window).sum()))
    return powers


def active_power(powers: NDArray[np.float64]) -> float:
    """Mean over the frames in which something sounds: those at most 15.9 dB below that mean, the margin of ITU-T P.56."""
    if not len(powers) or powers.max() <= _LEAST:
        return 0.0
    mean = float(powers.max())
    for _ in range(20):
        active = powers[powers >= mean * 10.0 ** (-0.1 * _MARGIN_DB)]
        mean, before = float(active.mean()), mean
        if math.isclose(mean, before, rel_tol=1e-6):
            break
    return mean


def signal_to_noise_db(call: NDArray[np.float64], noise: NDArray[np.float64]) -> float:
    """Active power of a call over the mean power of what else sounds, from their `frame_powers` over the same stretch;
    within +-200 dB."""
    return 10.0 * math.log10(max(active_power(call), _LEAST) / max(float(np.mean(noise)), _LEAST))
