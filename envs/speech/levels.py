"""Level of speech, its ends, and what raising the voice does to its spectrum."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["active_rms", "raised_spectrum", "trimmed"]

Floats = NDArray[np.float32]

_FRAME_S = 0.016
_MARGIN_DB = 15.9
_HANGOVER_S = 0.2
_SILENT_DB = 40.0
_EDGE_S = 0.02


def active_rms(sound: NDArray[Any], rate_hz: int) -> float:
    """Root mean square over the parts that are spoken, 0 for silence.

    After ITU-T P.56, method B: spoken are the parts whose short-time level lies above the active level less 15.9 dB, and
    pauses of up to 0.2 s between them. There an envelope of 30 ms is compared with all thresholds at once; here frames of
    16 ms are, and the threshold is moved until it fits.
    """
    energy = _frames(sound, rate_hz)
    hangover = round(_HANGOVER_S / _FRAME_S)
    level = float(energy.mean())
    for _ in range(12):
        active = _bridged(energy > level * 10 ** (-_MARGIN_DB / 10), hangover)
        last, level = level, float(energy[active].mean()) if active.any() else 0.0
        if abs(level - last) <= 1e-6 * last:
            break
    return float(np.sqrt(level))


def _frames(sound: NDArray[Any], rate_hz: int) -> NDArray[np.float64]:
    """Mean square of each frame; the last one may be shorter."""
    size = max(1, round(_FRAME_S * rate_hz))
    squares = np.square(np.asarray(sound, np.float64))
    if not len(squares):
        return np.zeros(1)
    starts = np.arange(0, len(squares), size)
    mean: NDArray[np.float64] = np.add.reduceat(squares, starts) / np.diff(np.append(starts, len(squares)))
    return mean


def _bridged(active: NDArray[np.bool_], most: int) -> NDArray[np.bool_]:
    """Gaps of at most so many frames between active ones become active."""
    spots = np.flatnonzero(active)
    filled = active.copy()
    for before, after in pairwise(spots.tolist()):
        if after - before - 1 <= most:
            filled[before:after] = True
    return filled


def trimmed(sound: NDArray[Any], rate_hz: int) -> Floats:
    """Without the silence before and after: parts 40 dB below the active level, but for 20 ms, which fade."""
    energy = _frames(sound, rate_hz)
    loud = np.flatnonzero(energy > active_rms(sound, rate_hz) ** 2 * 10 ** (-_SILENT_DB / 10))
    if not len(loud):
        return np.zeros(0, np.float32)
    size, edge = max(1, round(_FRAME_S * rate_hz)), round(_EDGE_S * rate_hz)
    first, end = max(0, loud[0] * size - edge), min(len(sound), (loud[-1] + 1) * size + edge)
    part: Floats = np.array(sound[first:end], np.float32)
    ramp = np.linspace(0.0, 1.0, min(edge, len(part)), dtype=np.float32)
    part[: len(ramp)] *= ramp
    part[-len(ramp) :] *= ramp[::-1]
    return part


def raised_spectrum(sound: NDArray[Any], rate_hz: int, gain_db: float = 9.0) -> Floats:
    """A raised voice's flatter spectrum: a shelf of this gain above 1 kHz, half of it at 1 kHz.

    That a raised voice's upper partials gain more than its lower ones is the finding of Traunmüller and Eriksson (JASA 107,
    2000); the size of the shelf is our choice.
    """
    from scipy.signal import bilinear, lfilter

    root = 10 ** (gain_db / 40)
    corner = 2 * np.pi * 1000.0
    top, bottom = bilinear([root**2 / corner, root], [1 / corner, root], fs=rate_hz)
    shelved: Floats = np.asarray(lfilter(top, bottom, np.asarray(sound, np.float64)), np.float32)
    return shelved
