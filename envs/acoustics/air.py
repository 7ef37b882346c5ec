"""Air: the speed of sound in it, and what it swallows on the way."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["BANDS_HZ", "SPEED_OF_SOUND_M_S", "air_absorption"]

SPEED_OF_SOUND_M_S = 343.2
"""In air of 20 degrees Celsius: 331.3 sqrt(1 + 20 / 273.15) of ISO 9613-1 to four digits."""

BANDS_HZ = (125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)
"""Middles of the octave bands in which surfaces and paths are described."""

_REFERENCE_K, _TRIPLE_K, _REFERENCE_KPA = 293.15, 273.16, 101.325


def air_absorption(
    frequency_hz: NDArray[np.float64], temperature_c: float = 20.0, humidity: float = 0.5, pressure_kpa: float = 101.325
) -> NDArray[np.float64]:
    """Attenuation of a pure tone in air [dB/m], ISO 9613-1:1993, equations 3 to 5 and B.2, B.3.

    Args:
        frequency_hz: any shape.
        temperature_c: of the air [degrees Celsius].
        humidity: relative, in [0, 1].
        pressure_kpa: of the air [kPa].
    """
    kelvin = temperature_c + 273.15
    warm, dense = kelvin / _REFERENCE_K, pressure_kpa / _REFERENCE_KPA
    saturation = 10.0 ** (-6.8346 * (_TRIPLE_K / kelvin) ** 1.261 + 4.6151)
    water = 100.0 * humidity * saturation / dense
    oxygen_hz = dense * (24.0 + 4.04e4 * water * (0.02 + water) / (0.391 + water))
    nitrogen_hz = dense * warm**-0.5 * (9.0 + 280.0 * water * np.exp(-4.170 * (warm ** (-1.0 / 3.0) - 1.0)))
    squared = np.square(np.asarray(frequency_hz, np.float64))
    classical = 1.84e-11 / dense * warm**0.5
    oxygen = 0.01275 * np.exp(-2239.1 / kelvin) / (oxygen_hz + squared / oxygen_hz)
    nitrogen = 0.1068 * np.exp(-3352.0 / kelvin) / (nitrogen_hz + squared / nitrogen_hz)
    loss: NDArray[np.float64] = 8.686 * squared * (classical + warm**-2.5 * (oxygen + nitrogen))
    return loss
