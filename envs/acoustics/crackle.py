"""The sound of a fire, synthesised: the flames' roar, their hiss, and the crackle of bursting wood."""

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft

__all__ = ["fire"]

Signal = NDArray[np.float32]

_ROAR_HZ = 60.0
_BURSTS_PER_S, _CLUSTERS_PER_S = 7.0, 1.5
_SHARES = (0.55, 0.10, 0.35)  # of the power: roar, hiss, crackle


def fire(sample_rate_hz: int, duration_s: float, rng: np.random.Generator) -> Signal:
    """A stretch of fire of mean square 1 that joins its own beginning, so that it can be played round and round.

    The roar's spectrum is level up to some ten Hz and falls with the frequency to the power 2.5 (P. Clavin and E. Siggia,
    "Turbulent premixed flames and sound generation", Combust. Sci. Technol. 78, 1991) and swells slowly. The crackle is a
    Poisson process of clicks, alone and in showers, with log-normal strength, each a few milliseconds of dying noise within
    1-10 kHz; that fire is made of these three parts is A. Farnell's analysis ("Designing Sound", MIT Press 2010, ch. 34).

    Args:
        sample_rate_hz: of the result.
        duration_s: its length.
        rng: one stream a fire.

    Returns:
        (samples,), float32.
    """
    count = max(round(duration_s * sample_rate_hz), 1)
    hz = np.fft.rfftfreq(count, 1.0 / sample_rate_hz).astype(np.float64)
    roar = _noise((hz > 15.0) / (1.0 + (hz / _ROAR_HZ) ** 2) ** 0.625, count, rng)
    swell = np.exp(np.float32(0.35) * _unit(_noise(1.0 / (1.0 + (hz / 1.5) ** 2), count, rng)))
    hiss = _noise(hz / (hz + 2000.0) / (1.0 + hz / 7000.0), count, rng)
    clicks = irfft(rfft(_clicks(sample_rate_hz, count, rng)) * _band(hz).astype(np.float32), count)
    parts = (roar * swell, hiss * swell, clicks)
    mixed = np.zeros(count, np.float32)
    for share, part in zip(_SHARES, parts, strict=True):
        mixed += np.float32(np.sqrt(share)) * _unit(part)
    return _unit(mixed)


def _noise(gain: NDArray[np.float64], count: int, rng: np.random.Generator) -> Signal:
    """Periodic noise of a spectrum."""
    drawn = rng.standard_normal((2, len(gain)), np.float32)
    noise: Signal = irfft(gain.astype(np.float32) * (drawn[0] + 1j * drawn[1]), count)
    return noise


def _unit(signal: Signal) -> Signal:
    scaled: Signal = signal / np.float32(max(float(np.sqrt(np.mean(np.square(signal)))), 1e-12))
    return scaled


def _band(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Most of a click's energy lies within 1-10 kHz."""
    gain: NDArray[np.float64] = 1.0 / np.sqrt((1.0 + (1000.0 / np.maximum(hz, 1.0)) ** 4) * (1.0 + (hz / 10_000.0) ** 4))
    return gain


def _clicks(sample_rate_hz: int, count: int, rng: np.random.Generator) -> Signal:
    """Bursts of dying noise at random times, wrapped around the end."""
    seconds = count / sample_rate_hz
    alone = rng.uniform(0.0, seconds, rng.poisson(_BURSTS_PER_S * seconds))
    starts = rng.uniform(0.0, seconds, rng.poisson(_CLUSTERS_PER_S * seconds))
    showers = [start + np.cumsum(rng.exponential(0.012, rng.poisson(6.0))) for start in starts]
    signal = np.zeros(count, np.float32)
    for when in np.concatenate([alone, *showers]):
        decay_s = rng.uniform(0.4e-3, 3e-3)
        time_s = np.arange(max(int(6.0 * decay_s * sample_rate_hz), 2)) / sample_rate_hz
        burst = rng.lognormal(0.0, 0.8) * np.exp(-time_s / decay_s) * rng.standard_normal(len(time_s))
        np.add.at(signal, (int(when * sample_rate_hz) + np.arange(len(burst))) % count, burst)
    if not signal.any():
        signal[0] = 1.0
    return signal
