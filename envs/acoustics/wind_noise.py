"""Wind on microphones: the pressure of turbulent air on each capsule, independent from one to the next.

A gust that meets a capsule presses on it with rho U u' (S. Morgan and R. Raspet, "Investigation of the mechanisms of
low-frequency wind noise generation outdoors", JASA 92, 1992). The spectrum of u' is that of von Karman as MIL-F-8785C
states it; above a corner where eddies are smaller than the capsule, they cancel on it. The air moves by wind, flight and
the rotors' wash. Eddies of some cm don't reach from one microphone to another, so nothing of this is coherent.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.control.vehicle import GRAVITY_M_S2
from goldentime.envs.acoustics.fir import FilterBank, fir_of
from goldentime.envs.airframe import AIR_DENSITY_KG_M3, Airframe
from goldentime.records import record

__all__ = ["WindNoise", "WindNoiseSpec", "wash_m_s"]

_SPEED_M_S = 5.0  # at which the spectrum's shape is taken
_SPEED_POWER = 7.0 / 3.0  # of the pressure in the inertial range: rho U u', u' ~ U, eddies' frequency ~ U
_LEAST_HZ = 20.0
_EDDY_M = 0.005
_GUST_S, _GUST = 0.3, 0.35  # how long a gust lasts, and the spread of the logarithm of its strength


@record
class WindNoiseSpec:
    """How windy it is at the microphones."""

    turbulence: float = 0.2
    """Standard deviation of the air's speed over its mean."""
    length_m: float = 0.15
    """Size of the largest eddies, those of a rotor's wash."""
    wash: float = 0.5
    """Share of the rotors' induced speed that blows over the microphones."""
    screen_db: float = 10.0
    """What a windscreen takes off; foam of some cm takes 10 to 30 dB."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.turbulence <= 1.0 or self.length_m <= 0.0 or self.wash < 0.0:
            raise ValueError(f"expected turbulence in [0, 1], length_m > 0 and wash of at least 0, got {self}")


def wash_m_s(airframe: Airframe, mean_square_rad_s: float) -> float:
    """Induced speed at the rotors by momentum theory, at a mean squared rotor speed."""
    disc_m2 = airframe.layout.count * math.pi * airframe.rotor_radius_m**2
    hover = math.sqrt(airframe.mass_kg * GRAVITY_M_S2 / (2.0 * AIR_DENSITY_KG_M3 * disc_m2))
    return hover * math.sqrt(mean_square_rad_s) / airframe.hover_rotor_speed_rad_s


class WindNoise:
    """The noise at each of some microphones, chunk after chunk."""

    def __init__(self, spec: WindNoiseSpec, microphones: int, sample_rate_hz: int, rng: np.random.Generator) -> None:
        self._rng, self._rate = rng, sample_rate_hz
        length = 512 * max(round(sample_rate_hz / 16_000), 1)
        gain = _spectrum(spec, np.fft.rfftfreq(length, 1.0 / sample_rate_hz)) * math.sqrt(0.5 * sample_rate_hz)
        taps = fir_of(np.tile(gain, (microphones, 1)), length / 2.0, length)
        self._filters = FilterBank(taps)
        self._gust = _GUST * rng.standard_normal(microphones)
        self._loud = np.zeros(microphones)

    def run(self, count: int, speed_m_s: float) -> NDArray[np.float32]:
        """The next chunk [Pa], (microphones, count), at the air's mean speed past the array when it ends."""
        keep = math.exp(-count / self._rate / _GUST_S)
        fresh = self._rng.standard_normal(len(self._gust))
        self._gust = keep * self._gust + _GUST * math.sqrt(1.0 - keep * keep) * fresh
        before, self._loud = self._loud, (speed_m_s / _SPEED_M_S) ** _SPEED_POWER * np.exp(self._gust)
        noise = self._rng.standard_normal((len(self._loud), count), np.float32)
        share = (np.arange(1, count + 1) / count).astype(np.float32)
        noise *= before.astype(np.float32)[:, None] + (self._loud - before).astype(np.float32)[:, None] * share
        return self._filters.run(noise)


def _spectrum(spec: WindNoiseSpec, hz: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Amplitude density [Pa / sqrt(Hz)] at `_SPEED_M_S`."""
    speed = _SPEED_M_S
    reduced = hz * spec.length_m / speed
    density = (
        4.0 * (spec.turbulence * speed) ** 2 * spec.length_m / speed / (1.0 + 70.8 * np.square(reduced)) ** (5.0 / 6.0)
    )
    press = AIR_DENSITY_KG_M3 * speed * np.sqrt(density) * 10.0 ** (-spec.screen_db / 20.0)
    cancel = 1.0 / np.sqrt(1.0 + np.square(hz * _EDDY_M / speed))
    amplitude: NDArray[np.float64] = press * cancel * np.where(hz < _LEAST_HZ, 0.0, 1.0)
    return amplitude
