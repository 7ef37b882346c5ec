"""Short filters between many inputs and many outputs, run chunk by chunk, and the curves that filters are made of."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

__all__ = ["FilterBank", "a_weighting", "band_mean_square", "fir_of"]


class FilterBank:
    """Finite impulse responses from each input to each output; what rings on after a chunk is added to the next one."""

    def __init__(self, taps: NDArray[np.float64]) -> None:
        """`taps` are (outputs, inputs, length), or (channels, length) for one filter a channel."""
        self._taps, self._mixes = taps, taps.ndim == 3
        self._spectra: dict[int, NDArray[np.complex64]] = {}
        self.reset()

    def reset(self) -> None:
        """Forget what came before."""
        self._tail = np.zeros((self._taps.shape[0], 0), np.float32)

    def run(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(inputs, n) in, (outputs, n) out, float32."""
        n = inputs.shape[1]
        ring = self._taps.shape[-1] - 1
        size = next_fast_len(n + ring, real=True)
        if size not in self._spectra:
            self._spectra[size] = rfft(self._taps, size).astype(np.complex64)
        product = self._spectra[size] * rfft(inputs, size)
        out = irfft(product.sum(axis=1) if self._mixes else product, size)
        out[:, : self._tail.shape[1]] += self._tail
        self._tail = out[:, n : n + ring].copy()
        done: NDArray[np.float32] = out[:, :n]
        return done


def fir_of(
    gain: NDArray[np.float64], delay: NDArray[np.float64] | float, length: int, angle: NDArray[np.float64] | float = 0.0
) -> NDArray[np.float64]:
    """Impulse responses of gains with a delay.

    Args:
        gain: amplitude at `length // 2 + 1` frequencies from zero to half the sample rate, on the last axis.
        delay: in samples, broadcast against the leading axes of `gain`; keep it a dozen samples from 0 and `length`.
        length: number of taps, even.
        angle: phase besides the delay's [rad], broadcast against `gain`.

    Returns:
        Taps, `length` on the last axis, tapered from a quarter of it away from the delay.
    """
    phase = -2j * np.pi * np.arange(length // 2 + 1) / length
    taps = irfft(gain * np.exp(phase * np.asarray(delay)[..., None] + 1j * np.asarray(angle)), length)
    away = np.abs(np.arange(length) - np.asarray(delay)[..., None])
    tapered: NDArray[np.float64] = taps * np.clip(2.0 - 4.0 * away / length, 0.0, 1.0)
    return tapered


def a_weighting(frequency_hz: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """The A-weighting of IEC 61672-1 as an amplitude factor, 1 at 1 kHz."""
    f2 = np.square(np.maximum(frequency_hz, 1e-3))
    curve = 12194.0**2 * f2 * f2
    curve /= (f2 + 20.6**2) * (f2 + 12194.0**2) * np.sqrt((f2 + 107.7**2) * (f2 + 737.9**2))
    weight: NDArray[np.float64] = curve * 10.0**0.1  # +2.00 dB
    return weight


def band_mean_square(gain: NDArray[np.float64]) -> float:
    """Mean square of white noise of variance 1 behind a filter, from its amplitude at evenly spaced frequencies between
    zero and half the sample rate."""
    return float(np.trapezoid(np.square(gain)) / (len(gain) - 1))
