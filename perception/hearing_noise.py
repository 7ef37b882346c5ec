"""A drone's own noise: what a rotor-only calibration clip tells of it, and taking it out again with the rotor speeds known.

The clip's covariance between the microphones is carried over to other rotor speeds: its lines, which are harmonics, move
with the speed, what lies below them stays where it is, and the power of both grows with the sixth power of the speed, as of
compact dipoles (Curle 1955, Proc. R. Soc. A 231).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import median_filter

from goldentime.errors import ConfigError
from goldentime.perception.hearing_directions import steering
from goldentime.perception.hearing_spectra import BINS_HZ, FRAME, RATE_HZ, covariances, resampled, spectra

__all__ = ["OwnNoise", "mvdr", "rotor_lines", "wiener_gains"]

Complex = NDArray[np.complex64]
_LEVEL_POWER = 6.0
_LINE_BINS = 9
"""Width of the running median that tells lines from what lies below them."""
_LEAST_HZ = 1.0 * RATE_HZ / FRAME


class OwnNoise:
    """The noise of rotors and air at the microphones.

    Args:
        clip: (mics, samples), the rotors alone; seconds of it, since fewer frames than some ten times the microphones
            tell the covariance badly.
        rate_hz: of the clip.
        rotor_speeds_rad_s: (rotors,) or (steps, rotors) while it was taken; without them the clip is used as it is.

    Raises:
        ConfigError: the clip is shorter than 0.2 s, silent or of another shape.
    """

    def __init__(
        self, clip: NDArray[np.floating], rate_hz: int = RATE_HZ, rotor_speeds_rad_s: ArrayLike | None = None
    ) -> None:
        clip = np.asarray(clip, np.float32)
        if clip.ndim != 2 or clip.shape[1] < 0.2 * rate_hz or not np.isfinite(clip).all():
            raise ConfigError(f"calibration clip: expected (microphones, at least 0.2 s) finite samples, got {clip.shape}")
        if not clip.any(axis=1).all():
            raise ConfigError("calibration clip: expected sound at all microphones, got silence at some")
        self._covariance = covariances(spectra(resampled(clip, rate_hz)))
        power = np.trace(self._covariance, axis1=1, axis2=2).real
        below = np.minimum(median_filter(power, _LINE_BINS, mode="nearest") / np.maximum(power, 1e-30), 1.0)
        self._broad = self._covariance * below[:, None, None].astype(np.float32)
        self._speed = None if rotor_speeds_rad_s is None else _mean_speed(rotor_speeds_rad_s)

    @property
    def microphones(self) -> int:
        """How many there are."""
        return int(self._covariance.shape[-1])

    def covariance(self, rotor_speeds_rad_s: ArrayLike | None = None) -> Complex:
        """(bins, mics, mics) at these rotor speeds, (rotors,) or (steps, rotors); as in the clip if either is unknown."""
        if rotor_speeds_rad_s is None or not self._speed:
            return self._covariance
        ratio = float(np.clip(_mean_speed(rotor_speeds_rad_s) / self._speed, 0.25, 4.0))
        if abs(ratio - 1) < 1e-3:
            return self._covariance
        lines = self._covariance - self._broad
        place = np.clip(BINS_HZ / ratio / BINS_HZ[1], 0, len(BINS_HZ) - 1)
        low = np.minimum(place.astype(np.int64), len(BINS_HZ) - 2)
        share = (place - low)[:, None, None].astype(np.float32)
        moved = (1 - share) * lines[low] + share * lines[low + 1]
        return np.asarray((self._broad + moved) * np.float32(ratio**_LEVEL_POWER), np.complex64)

    def spectrum(self, rotor_speeds_rad_s: ArrayLike | None = None) -> NDArray[np.float32]:
        """(mics, bins) power at these rotor speeds."""
        return np.asarray(np.diagonal(self.covariance(rotor_speeds_rad_s), axis1=1, axis2=2).real.T, np.float32)


def _mean_speed(rotor_speeds_rad_s: ArrayLike) -> float:
    speeds = np.abs(np.asarray(rotor_speeds_rad_s, np.float64))
    if speeds.size == 0 or not np.isfinite(speeds).all():
        raise ConfigError(f"rotor speeds: expected finite numbers, got {speeds.shape}")
    return float(speeds.mean())


def rotor_lines(rotor_speeds_rad_s: ArrayLike, blades: int = 2, width_hz: float = 25.0) -> NDArray[np.float32]:
    """How much of each bin lies on a harmonic of some rotor's blade passing frequency: (bins,) in [0, 1].

    Args:
        rotor_speeds_rad_s: (rotors,).
        blades: of each rotor.
        width_hz: half the width of a line, which the window's main lobe and the speed's changes widen.
    """
    passing = np.abs(np.asarray(rotor_speeds_rad_s, np.float64)) * blades / (2 * np.pi)
    lines = np.zeros(len(BINS_HZ), np.float32)
    for frequency in passing[passing > 2 * _LEAST_HZ]:
        harmonic = np.maximum(np.round(BINS_HZ / frequency), 1)
        off = np.abs(BINS_HZ - harmonic * frequency)
        lines = np.maximum(lines, np.clip(1.5 - off / width_hz, 0, 1).astype(np.float32))
    return lines


def wiener_gains(
    power: NDArray[np.floating], noise: NDArray[np.floating], least: float = 0.05, oversubtraction: float = 1.5
) -> NDArray[np.float32]:
    """Gains that leave what stands out of the noise.

    Args:
        power: (frames, bins) of the signal; neighbouring frames are averaged, against musical tones.
        noise: (bins,) expected power of the noise, raised where rotor lines are sure to lie.
        least: lower bound of the gains.

    Returns:
        (frames, bins) in [least, 1].
    """
    padded = np.pad(power, ((1, 1), (0, 0)), mode="edge")
    smooth = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    gains = 1 - oversubtraction * noise / np.maximum(smooth, 1e-30)
    return np.asarray(np.clip(gains, least, 1), np.float32)


def mvdr(
    spectrum: Complex, unit: NDArray[np.float64], positions_m: NDArray[np.float64], noise: Complex, loading: float = 1e-2
) -> Complex:
    """The beam that lets one direction pass and the least of the noise (Capon 1969).

    Args:
        spectrum: (mics, frames, bins).
        unit: (3,) towards the source, body frame.
        positions_m: (mics, 3).
        noise: (bins, mics, mics) covariance of the noise.
        loading: of its diagonal, as a share of its mean: errors of the array must not null the voice.

    Returns:
        (frames, bins).
    """
    weights = mvdr_weights(unit, positions_m, noise, loading)
    return np.asarray(np.einsum("bm,mtb->tb", weights.conj(), spectrum), np.complex64)


def mvdr_weights(
    unit: NDArray[np.float64], positions_m: NDArray[np.float64], noise: Complex, loading: float = 1e-2
) -> Complex:
    """(bins, mics) weights `w`, to be applied as `w^H x`."""
    mics = len(positions_m)
    level = np.trace(noise, axis1=1, axis2=2).real / mics
    loaded = noise.astype(np.complex128) + (loading * level + 1e-20)[:, None, None] * np.eye(mics)
    phases = steering(positions_m, np.asarray(unit, np.float64)[None])[:, 0].astype(np.complex128)
    solved = np.linalg.solve(loaded, phases[..., None])[..., 0]
    return np.asarray(solved / (phases.conj() * solved).sum(1, keepdims=True), np.complex64)
