"""What microphones make of sound pressure: no two are alike, each hisses, and the converter has an end and steps."""

import math

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.fir import FilterBank, a_weighting, band_mean_square, fir_of
from goldentime.records import record

__all__ = ["CapsuleSpec", "Capsules"]

_STEPS = 32_768.0


@record
class CapsuleSpec:
    """The microphones' data sheet. The defaults are those of usual MEMS microphones: 94 dB SPL lie 64 dB(A) above their
    noise, sensitivity within 1 dB, overload at 120 dB SPL."""

    self_noise_db: float = 30.0
    """Noise of each, as the sound that would cause it [dB(A) re 20 uPa]."""
    full_scale_pa: float = 20.0
    """The pressure that reads 1; louder sound is clipped."""
    gain_std_db: float = 0.5
    """Spread of sensitivity from one to the next."""
    corner_hz: float = 40.0
    """Lower corner of the band."""
    corner_std_hz: float = 8.0
    """Its spread, which tells on the phase up to some hundred Hz."""
    delay_std_s: float = 3e-6
    """Spread of the delay."""
    position_std_m: float = 1.5e-3
    """Spread of each coordinate about what the array's file says."""

    def __post_init__(self) -> None:
        if not 0.1 <= self.full_scale_pa <= 2000.0 or not 1.0 <= self.corner_hz <= 200.0:
            raise ValueError(
                f"expected full_scale_pa in [0.1, 2000] and corner_hz in [1, 200], got {self.full_scale_pa:g} and "
                f"{self.corner_hz:g}"
            )
        spreads = (self.gain_std_db, self.corner_std_hz, self.delay_std_s, self.position_std_m)
        if not min(spreads) >= 0.0 or self.delay_std_s > 1e-4 or self.position_std_m > 0.05:
            raise ValueError(
                "expected spreads of at least 0, delay_std_s of at most 1e-4 and position_std_m of at most 0.05, got "
                f"{spreads}"
            )


class Capsules:
    """The microphones of one episode, with the errors that are drawn for it."""

    def __init__(self, spec: CapsuleSpec, microphones: int, sample_rate_hz: int, rng: np.random.Generator) -> None:
        self._rng, self._full_scale_pa = rng, spec.full_scale_pa
        self.offset_m = spec.position_std_m * rng.standard_normal((microphones, 3))
        """Where each sits, from where it should, (microphones, 3)."""
        length = 256 * max(round(sample_rate_hz / 16_000), 1)
        hz = np.fft.rfftfreq(length, 1.0 / sample_rate_hz)
        level = 10.0 ** (spec.gain_std_db * rng.standard_normal((microphones, 1)) / 20.0)
        corner = np.clip(spec.corner_hz + spec.corner_std_hz * rng.standard_normal((microphones, 1)), 1.0, 200.0)
        delay = spec.delay_std_s * rng.standard_normal(microphones) * sample_rate_hz
        high_pass = 1j * hz / (1j * hz + corner)
        taps = fir_of(level * np.abs(high_pass), delay + length // 16, length, np.angle(high_pass))
        self._filters = FilterBank(taps)
        loss = math.sqrt(band_mean_square(a_weighting(hz)))
        self._hiss_pa = np.float32(20e-6 * 10.0 ** (spec.self_noise_db / 20.0) / loss)

    def respond(self, pressure_pa: NDArray[np.float32]) -> NDArray[np.float32]:
        """Sound as the microphones render it, without their noise [Pa], (microphones, n), late by 16
        samples at 16 kHz, 1 ms."""
        return self._filters.run(pressure_pa)

    def respond_anew(self, pressure_pa: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same for a sound that stands for itself: before it and after it there is silence."""
        self._filters.reset()
        done = self._filters.run(pressure_pa)
        self._filters.reset()
        return done

    def hiss(self, count: int) -> NDArray[np.float32]:
        """Their noise [Pa], (microphones, count)."""
        noise = self._rng.standard_normal((len(self.offset_m), count), np.float32)
        noise *= self._hiss_pa
        return noise

    def convert(self, pressure_pa: NDArray[np.float32]) -> NDArray[np.float32]:
        """16-bit samples over 32768, within [-1, 1)."""
        return convert(pressure_pa, self._full_scale_pa)


def convert(pressure_pa: NDArray[np.float32], full_scale_pa: float) -> NDArray[np.float32]:
    """What a 16-bit converter reads, over 32768, within [-1, 1)."""
    steps = pressure_pa * np.float32(_STEPS / full_scale_pa)
    np.rint(steps, out=steps)
    np.clip(steps, -_STEPS, _STEPS - 1.0, out=steps)
    steps /= np.float32(_STEPS)
    return steps
