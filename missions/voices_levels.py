"""How loud a drone is at its own microphones."""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.clip import sound_scene
from goldentime.envs.acoustics.ear import Ear, HearingSpec
from goldentime.envs.acoustics.snr import frame_powers
from goldentime.envs.level import Level

__all__ = ["hover_noise_db"]

_LISTENED_S = 0.5
_REFERENCE_PA = 20e-6


@cache
def hover_noise_db(airframe: str, array: str = "spcup2019") -> float:
    """Level [dB re 20 uPa] of a hovering drone's own noise above 100 Hz, mean over the microphones of an array: what levels
    of calls are measured against. The same for the same arguments."""
    spec = HearingSpec(array=array, calibration_s=0.0)
    ear = Ear(spec, sound_scene(Level(), (), airframe), 0, _silent, np.random.default_rng(0))
    powers = frame_powers(ear.hover(_LISTENED_S)[1].noise, spec.sample_rate_hz)
    return 10.0 * math.log10(float(powers.mean()) / _REFERENCE_PA**2)


def _silent(clip: str, sample_rate_hz: int) -> NDArray[np.float32]:
    raise AssertionError(f"nothing is said, but {clip} was asked for at {sample_rate_hz} Hz")
