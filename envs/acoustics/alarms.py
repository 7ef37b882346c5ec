"""Alarms and sirens, synthesised: one period each, to be played round and round."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["alarm", "siren"]

_TONE_HZ = 3100.0
_ON_S, _PERIOD_S, _RAMP_S = 0.5, 4.0, 0.005
_WAIL_S, _WAIL_HZ = 4.0, (600.0, 1500.0)


def alarm(sample_rate_hz: int) -> NDArray[np.float32]:
    """The temporal pattern of ISO 8201 (and NFPA 72) of a smoke alarm: three times half a second on and off, then a second
    and a half of silence, period 4 s. The tone is that of usual piezo sounders, near 3.1 kHz with its odd harmonics.

    Returns:
        (4 s of samples,), float32, mean square 1 while it sounds.
    """
    time_s = np.arange(round(_PERIOD_S * sample_rate_hz)) / sample_rate_hz
    tone = sum(
        np.sin(2.0 * np.pi * order * _TONE_HZ * time_s) / order**2
        for order in (1, 3, 5)
        if order * _TONE_HZ < 0.45 * sample_rate_hz
    )
    within = time_s % (2.0 * _ON_S)
    edge = np.minimum(within, _ON_S - within) / _RAMP_S
    gate = np.clip(edge, 0.0, 1.0) * (time_s < 6.0 * _ON_S)
    signal = np.asarray(tone) * gate
    sounds: NDArray[np.float32] = (signal / np.sqrt(np.mean(np.square(signal[gate == 1.0])))).astype(np.float32)
    return sounds


def siren(sample_rate_hz: int) -> NDArray[np.float32]:
    """The wail of an emergency vehicle: a tone with harmonics that glides up and down 15 times a minute, within the 10-30
    cycles a minute and the band of fundamentals of SAE J1849.

    Returns:
        (4 s of samples,), float32, mean square 1.
    """
    count = round(_WAIL_S * sample_rate_hz)
    low, high = _WAIL_HZ
    # A siren's pitch glides in a straight line on the scale of tones, up and down.
    height = 1.0 - np.abs(2.0 * np.arange(count) / count - 1.0)
    hz = low * (high / low) ** height
    phase = np.cumsum(hz) / sample_rate_hz
    # Whole cycles in a period, so that the end joins the beginning.
    phase *= 2.0 * np.pi * round(phase[-1]) / phase[-1]
    orders = [order for order in range(1, 8) if order * high < 0.45 * sample_rate_hz]
    signal = np.sum([np.sin(order * phase) / order**1.5 for order in orders], axis=0)
    wail: NDArray[np.float32] = (signal / np.sqrt(np.mean(np.square(signal)))).astype(np.float32)
    return wail
