"""The sound of rotors, from their speeds.

Each rotor is a source of tones, locked to its angle, and of broadband noise from several places on its disc, which makes
the noise at two microphones alike in part only.

- Tones stand at multiples of the shaft's rate, strong at those of the blade-pass rate, and flutter by a few dB since the
  inflow is unsteady; they are loudest near the rotor's plane, broadband noise off it (N. Zawodny, D. Boyd, C. Burley,
  "Acoustic characterization and prediction of representative, small-scale rotary-wing unmanned aircraft system
  components", AHS Forum 72, 2016).
- Sound power grows with the sixth power of the speed, as of compact dipoles (N. Curle, Proc. R. Soc. A 231, 1955).
- Levels are those of `Airframe.hover_noise_db`, that is 78 dB(A) at 1 m for 1.5 kg.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.air import SPEED_OF_SOUND_M_S
from goldentime.envs.acoustics.fir import FilterBank, a_weighting, band_mean_square, fir_of
from goldentime.envs.airframe import Airframe

__all__ = ["PATCHES", "RotorNoise", "rotor_paths"]

PATCHES = 3
"""Places on each disc that make broadband noise independently."""

_TONE_SHARE = 0.4  # of the A-weighted power in hover
_ORDERS = 64  # highest multiple of the shaft's rate
_TABLE = 8192  # samples of a turn; the nearest one is taken, which errs by -68 dB of the blade-pass tone
_FLUTTER, _FLUTTER_S = 0.35, 0.1  # spread and correlation time of the tones' amplitudes
_PULSE = 0.35  # depth to which the blades' passing modulates the broadband noise
_LOW_HZ, _HIGH_HZ = 500.0, 3000.0  # corners of the broadband spectrum, of a 10-inch rotor in hover
_KNOT_S = 0.01
_REFERENCE_PA = 20e-6


class RotorNoise:
    """What the rotors of one drone emit, chunk after chunk, from one random stream."""

    def __init__(self, airframe: Airframe, sample_rate_hz: int, rng: np.random.Generator) -> None:
        self._rng, self._rate = rng, sample_rate_hz
        self._hover, self._blades = airframe.hover_rotor_speed_rad_s, airframe.rotor_blades
        count = airframe.layout.count
        self._angle = rng.uniform(0.0, 2.0 * math.pi, count)
        power = (_REFERENCE_PA * 10.0 ** (airframe.hover_noise_db / 20.0)) ** 2 / count
        top_hz = airframe.rotor_speed_max_rad_s / (2.0 * math.pi)
        orders = max(min(_ORDERS, int(0.48 * sample_rate_hz / top_hz)), 1)
        pulses = math.sqrt((1.0 - _TONE_SHARE) * power / PATCHES) * self._pulses()
        tables = [np.concatenate([self._turns(orders, _TONE_SHARE * power), pulses]) for _ in range(count)]
        self._tables = np.array(tables, np.float32)
        self._flutter = _FLUTTER * rng.standard_normal((count, 2))

    def _pulses(self) -> NDArray[np.float64]:
        """How loud each patch is over one turn: loudest when a blade is there. (PATCHES, samples of a turn)."""
        at = np.arange(PATCHES)[:, None] / PATCHES
        return 1.0 + _PULSE * np.cos(2.0 * math.pi * self._blades * (np.arange(_TABLE)[None] / _TABLE - at))

    def _turns(self, orders: int, power: float) -> NDArray[np.float64]:
        """Sound pressure over one turn, and two ways in which it flutters, (3, samples of a turn)."""
        order = np.arange(1, orders + 1)
        passing = order % self._blades == 0
        harmonic = order / self._blades
        # The first blade-pass harmonics fall steeply, later ones slowly; what stands between them is uneven blades.
        level_db = -4.0 * np.minimum(harmonic - 1.0, 3.0) - 0.8 * np.maximum(harmonic - 4.0, 0.0)
        level_db = level_db + np.where(passing, 0.0, -16.0) + 2.5 * self._rng.standard_normal(orders)
        wave = 10.0 ** (level_db / 20.0) * np.exp(1j * self._rng.uniform(0.0, 2.0 * math.pi, orders))
        wave *= math.sqrt(
            2.0 * power / float(np.sum(np.square(np.abs(wave) * a_weighting(order * self._hover / (2 * math.pi)))))
        )
        waves = np.zeros((3, _TABLE // 2 + 1), complex)
        waves[0, 1 : orders + 1] = wave
        turned = np.exp(1j * self._rng.uniform(0.0, 2.0 * math.pi, (2, orders)))
        waves[1:, 1 : orders + 1] = wave * turned
        turns: NDArray[np.float64] = np.fft.irfft(waves, _TABLE) * (_TABLE / 2)
        return turns

    def emit(self, count: int, before_rad_s: Sequence[float], after_rad_s: Sequence[float]) -> NDArray[np.float32]:
        """The next chunk, while the rotors' speeds change evenly from one value to the other.

        Returns:
            (rotors * (1 + PATCHES), count), float32: each rotor's tones, then its patches' noise, still without their
            spectrum and direction, which `rotor_paths` has. [Pa] at 1 m.
        """
        start, end = np.asarray(before_rad_s, float), np.asarray(after_rad_s, float)
        share = (np.arange(count) / count)[None]
        step = np.arange(count)[None] / self._rate
        speed = start[:, None] + (end - start)[:, None] * share
        angle = self._angle[:, None] + step * (start[:, None] + 0.5 * (end - start)[:, None] * share)
        self._angle = (self._angle + 0.5 * (start + end) * count / self._rate) % (2.0 * math.pi)
        loud = (speed / self._hover).astype(np.float32)
        loud *= loud * loud  # sixth power of the speed, in power
        flutter, noise = self._flutters(count), self._rng.standard_normal((len(start), PATCHES, count), np.float32)
        index = (angle * (_TABLE / (2.0 * math.pi)) + 0.5).astype(np.intp) % _TABLE
        out = np.empty((len(start), 1 + PATCHES, count), np.float32)
        for rotor, table in enumerate(self._tables):
            turn = np.take(table, index[rotor], axis=1)
            turn[1:3] *= flutter[rotor]
            out[rotor, 0] = turn[0] + turn[1] + turn[2]
            np.multiply(turn[3:], noise[rotor], out=out[rotor, 1:])
        out *= loud[:, None]
        return out.reshape(-1, count)

    def _flutters(self, count: int) -> NDArray[np.float32]:
        """Two slowly wandering weights per rotor, (rotors, 2, count)."""
        knots = max(math.ceil(count / self._rate / _KNOT_S), 1)
        keep = math.exp(-count / self._rate / knots / _FLUTTER_S)
        fresh = _FLUTTER * math.sqrt(1.0 - keep * keep) * self._rng.standard_normal((knots, *self._flutter.shape))
        walk = [self._flutter]
        for push in fresh:
            walk.append(keep * walk[-1] + push)
        self._flutter = walk[-1]
        # Straight lines between the knots, as one matrix product.
        drift: NDArray[np.float32] = np.tensordot(np.array(walk, np.float32), _hats(count, knots), (0, 0))
        return drift


@lru_cache(maxsize=8)
def _hats(count: int, knots: int) -> NDArray[np.float32]:
    """Each knot's weight at each sample, (knots + 1, count)."""
    place = np.arange(count)[None] * (knots / count)
    hats: NDArray[np.float32] = np.clip(1.0 - np.abs(place - np.arange(knots + 1)[:, None]), 0.0, 1.0).astype(np.float32)
    return hats


def rotor_paths(airframe: Airframe, at_m: NDArray[np.float64], sample_rate_hz: int) -> FilterBank:
    """The way from each rotor's tones and patches to fixed points in the body frame.

    Distance law 1 / r, delay from the nearest one on, direction, and the spectrum of the broadband noise. Everything comes
    later by the same few samples, the half width of the filters.

    Args:
        airframe: its rotors and their size.
        at_m: points, (points, 3).
        sample_rate_hz: of the signals.
    """
    length = 128 * max(round(sample_rate_hz / 16_000), 1)
    centre = np.array([(x, y, airframe.rotor_plane_m) for x, y in airframe.layout.position_m])
    turn = 2.0 * np.pi * np.arange(PATCHES) / PATCHES
    ring = 0.75 * airframe.rotor_radius_m * np.stack([np.cos(turn), np.sin(turn), 0.0 * turn], -1)
    sources = np.concatenate([centre[:, None], centre[:, None] + ring[None]], axis=1).reshape(-1, 3)
    away = at_m[:, None] - sources[None]
    distance = np.maximum(np.linalg.norm(away, axis=-1), 0.02)
    sine2 = np.square(away[..., 2] / distance)
    tone = np.tile(np.arange(1 + PATCHES) == 0, len(centre))[None]
    # Each of mean square 1 over all directions.
    facing = np.sqrt(np.where(tone, (1.0 - 0.9 * sine2) / 0.7, (0.3 + 0.7 * sine2) / (0.3 + 0.7 / 3.0)))
    spectrum = np.where(tone[..., None], 1.0, _broadband(length, sample_rate_hz))
    delay = length // 8 + (distance - distance.min()) / SPEED_OF_SOUND_M_S * sample_rate_hz
    return FilterBank(fir_of((facing / distance)[..., None] * spectrum, delay, length))


def _broadband(length: int, sample_rate_hz: int) -> NDArray[np.float64]:
    """Amplitude of the broadband noise at the frequencies of `fir_of`, of A-weighted mean square 1."""
    hz = np.fft.rfftfreq(length, 1.0 / sample_rate_hz)
    gain = np.sqrt(1.0 / (1.0 + np.square(_LOW_HZ / np.maximum(hz, 1.0))) / (1.0 + np.square(hz / _HIGH_HZ)))
    level: NDArray[np.float64] = gain / math.sqrt(band_mean_square(gain * a_weighting(hz)))
    return level
