"""Whether somebody speaks, and whether it is a man, a woman or a child.

Three means: voice activity as a likelihood ratio against the noise (Sohn, Kim & Sung 1999, "A statistical model-based voice
activity detection"), the pitch as the simple way to a voice's class, and a small network on log-mel spectra as the strong
one (`load_voice_net` of `hearing_nets`).
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.signal.windows import hann

from goldentime.perception.hearing_spectra import BINS_HZ, RATE_HZ

__all__ = ["MEL_BANDS", "MEL_FRAME", "VOICES", "log_mel", "pitch_hz", "speech_evidence", "voice_by_pitch"]

VOICES = ("man", "woman", "child")
"""Classes, in the order of every array of shares."""
MEL_FRAME, MEL_HOP = 1024, 256
"""[samples] at 16 kHz: long frames, so that the harmonics of a voice stand apart."""
MEL_BANDS = 96
_MEL_RANGE_HZ = (60.0, 7800.0)
_SPEECH_HZ = (250.0, 4000.0)
_BORDERS_HZ = (165.0, 280.0)
"""Between the pitch of men, women and children: adults' means are near 120 and 210 Hz when they speak (Titze 1989,
"Physiologic and acoustic differences between male and female voices"), small children's about 300."""
_PITCH_RANGE_HZ = (65.0, 600.0)


def speech_evidence(power: NDArray[np.floating], noise: NDArray[np.floating]) -> NDArray[np.float32]:
    """How much likelier each frame is with something besides the noise than without: mean log likelihood ratio.

    Args:
        power: (frames, bins) of one channel or the mean of several.
        noise: (bins,) expected power of the noise.

    Returns:
        (frames,), about 0 in noise; a frame above 0.5 surely holds more.
    """
    band = (_SPEECH_HZ[0] <= BINS_HZ) & (BINS_HZ <= _SPEECH_HZ[1])
    ratio = np.asarray(power, np.float64)[:, band] / np.maximum(np.asarray(noise, np.float64)[band], 1e-30)
    # Smoothed over four bins: a single bin of noise has an exponential distribution with a long tail.
    whole = ratio[:, : ratio.shape[1] // 4 * 4].reshape(len(ratio), -1, 4).mean(2)
    above = np.maximum(whole, 1.0)
    return np.asarray((above - 1 - np.log(above)).clip(0, 20).mean(1), np.float32)


@lru_cache(maxsize=1)
def _mel_filters() -> NDArray[np.float32]:
    """(bands, bins): triangles evenly spaced in mel, by O'Shaughnessy's formula."""
    low, high = (1127 * math.log(1 + f / 700) for f in _MEL_RANGE_HZ)
    corners = 700 * (np.exp(np.linspace(low, high, MEL_BANDS + 2) / 1127) - 1)
    bins = np.arange(MEL_FRAME // 2 + 1) * RATE_HZ / MEL_FRAME
    rise = (bins - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    fall = (corners[2:, None] - bins) / (corners[2:] - corners[1:-1])[:, None]
    # The lowest bands are hardly wider than a bin.
    filters = np.maximum(np.minimum(rise, fall), 0)
    nearest = np.abs(bins - corners[1:-1, None]).argmin(1)
    empty = filters.sum(1) < 0.3
    filters[empty, nearest[empty]] = 1.0
    return np.asarray(filters / filters.sum(1, keepdims=True), np.float32)


def log_mel(signal: NDArray[np.floating]) -> NDArray[np.float32]:
    """Log-mel spectrum, by SciPy alone.

    Args:
        signal: (..., samples) at 16 kHz; one shorter than a frame is padded by silence.

    Returns:
        (..., frames, bands): natural logarithm of the power.
    """
    signal = np.asarray(signal, np.float32)
    if (short := MEL_FRAME - signal.shape[-1]) > 0:
        signal = np.pad(signal, [(0, 0)] * (signal.ndim - 1) + [(0, short)])
    views = np.lib.stride_tricks.sliding_window_view(signal, MEL_FRAME, axis=-1)[..., ::MEL_HOP, :]
    spectrum = fft.rfft(views * hann(MEL_FRAME, sym=False).astype(np.float32), axis=-1)
    power = spectrum.real**2 + spectrum.imag**2
    return np.asarray(np.log(power @ _mel_filters().T + 1e-12), np.float32)


def pitch_hz(signal: NDArray[np.floating]) -> float | None:
    """The median pitch of the voiced frames, by librosa's pYIN (Mauch & Dixon 2014); None if nothing is voiced.

    The first call compiles for several seconds, and each takes some 50 ms per second of sound: nothing for a flight.

    Args:
        signal: (samples,) at 16 kHz.
    """
    import librosa

    low, high = _PITCH_RANGE_HZ
    found, voiced, _ = librosa.pyin(np.asarray(signal, np.float32), fmin=low, fmax=high, sr=RATE_HZ, frame_length=1024)
    return float(np.median(found[voiced])) if voiced.any() else None


def voice_by_pitch(pitch: float | None) -> str:
    """The class by two borders; empty without a pitch."""
    if pitch is None:
        return ""
    return VOICES[sum(pitch >= border for border in _BORDERS_HZ)]
