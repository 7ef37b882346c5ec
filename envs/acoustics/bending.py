"""Sound that bends round an edge."""

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.air import BANDS_HZ, SPEED_OF_SOUND_M_S

__all__ = ["WAVES_M", "bend_loss_db"]

Floats = NDArray[np.float64]

WAVES_M = SPEED_OF_SOUND_M_S / np.array(BANDS_HZ)
"""(7,) wave lengths of the octave bands."""


def bend_loss_db(detour_m: float | Floats, wave_m: float | Floats = WAVES_M) -> Floats:
    """Loss [dB] of sound that bends round an edge: U. J. Kurze and G. S. Anderson, Appl. Acoust. 4 (1971) 35.

    Args:
        detour_m: how much longer the way over the edge is than the straight one; negative where the straight one is free.
        wave_m: the wave length, of the same shape or for all; the octave bands without it.
    """
    number = 2.0 * detour_m / wave_m
    root = np.sqrt(2.0 * np.pi * np.abs(number)) + 1e-9
    # tan has its first pole at root = pi/2, beyond which an edge below the line of sight does nothing.
    with np.errstate(divide="ignore"):
        lit = np.where(root < 1.5, 5.0 + 20.0 * np.log10(root / np.tan(np.minimum(root, 1.5))), 0.0)
    shaded = 5.0 + 20.0 * np.log10(root / np.tanh(root))
    return np.clip(np.where(number < 0.0, lit, shaded), 0.0, 24.0)
