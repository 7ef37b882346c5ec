"""Direction of arrival at any array whose geometry is known: GCC-PHAT, SRP-PHAT, MUSIC and MUSIC that knows the noise.

Sources: Knapp & Carter 1976, "The generalized correlation method for estimation of time delay" (GCC-PHAT); DiBiase 2000,
"A high-accuracy, low-latency technique for talker localization in reverberant environments" (SRP-PHAT); Schmidt 1986,
"Multiple emitter location and signal parameter estimation" (MUSIC); Nakamura et al. 2009, "Intelligent sound source
localization for dynamic environments" (its generalised eigenvalue decomposition with the noise's covariance, GEVD-MUSIC).

Maps are (elevations, azimuths) float32 on a grid; `find_peaks` of `hearing_directions` takes several sources from them.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from goldentime.errors import ConfigError
from goldentime.perception.hearing_directions import SOUND_M_S, DirectionGrid, steering
from goldentime.perception.hearing_spectra import BINS_HZ, FRAME, RATE_HZ, covariances, microphones_at, resampled, spectra

__all__ = ["Steerer", "delay_gcc_phat", "music_map", "noise_beam_map", "pair_angle", "reference_music_map", "srp_phat_map"]

Complex = NDArray[np.complex64]
Floats = NDArray[np.float64]
_FINE = 16
"""Steps of a correlation between two samples."""


class Steerer:
    """An array and a grid, with the phases between them, which are worth keeping.

    Args:
        positions_m: (mics, 3) [m], body frame.
        grid: directions to look into.
        band_hz: what of the spectrum is used. Below some 300 Hz a hand-sized array tells no directions, and gusts roar.
    """

    def __init__(
        self, positions_m: Floats, grid: DirectionGrid | None = None, band_hz: tuple[float, float] = (300.0, 6000.0)
    ) -> None:
        if not 0 <= band_hz[0] < band_hz[1] <= RATE_HZ / 2:
            raise ConfigError(f"band_hz: expected two rising frequencies up to {RATE_HZ / 2:.0f} Hz, got {band_hz}")
        self.positions_m = microphones_at(positions_m)
        self.grid = grid or DirectionGrid()
        self.band = np.flatnonzero((band_hz[0] <= BINS_HZ) & (BINS_HZ <= band_hz[1]))
        """Numbers of the bins used."""
        self.phases = steering(self.positions_m, self.grid.units, BINS_HZ[self.band])
        """(bins used, directions, mics)."""

    def power(self, matrices: Complex) -> NDArray[np.float32]:
        """`a^H M a` for Hermitian matrices (bins used, mics, mics) and all directions: (bins used, directions)."""
        return np.asarray(((self.phases.conj() @ matrices) * self.phases).sum(2).real, np.float32)

    def as_map(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """(directions,) as (elevations, azimuths)."""
        return np.asarray(values, np.float32).reshape(self.grid.shape)


def srp_phat_map(spectrum: Complex, steerer: Steerer) -> NDArray[np.float32]:
    """Steered response power with phase transform, over all pairs of microphones: in [-1, 1], 1 for a lone plane wave.

    Args:
        spectrum: (mics, frames, bins).
    """
    band = spectrum[..., steerer.band]
    crossed = covariances(np.asarray(band / np.maximum(np.abs(band), 1e-12), np.complex64))
    mics = len(spectrum)
    power = steerer.power(crossed).mean(0)
    return steerer.as_map((power - mics) / (mics * (mics - 1)))


def music_map(covariance: Complex, steerer: Steerer, sources: int = 1, noise: Complex | None = None) -> NDArray[np.float32]:
    """MUSIC over a band, each bin's spectrum normalised and weighed by how far its sources stand out of the noise.

    With the noise's covariance its generalised eigenvectors are used, for which the noise, wherever it comes from, is
    white: a rotor's direction no longer attracts.

    Args:
        covariance: (bins, mics, mics) of all bins, as `covariances` makes it.
        noise: likewise, of the noise alone; white noise if there is none.

    Raises:
        ConfigError: there are as many sources as microphones.
    """
    mics = covariance.shape[-1]
    if not 0 < sources < mics:
        raise ConfigError(f"sources: expected 1 to {mics - 1} for {mics} microphones, got {sources}")
    heard = np.asarray(covariance[steerer.band], np.complex128)
    whole: NDArray[np.float32] | float = float(mics)
    whitener = None if noise is None else whiteners(noise[steerer.band])
    if whitener is not None:
        heard = whitener @ heard @ whitener.conj().swapaxes(1, 2)
        whole = steerer.power((whitener.conj().swapaxes(1, 2) @ whitener).astype(np.complex64))
    strength, vectors = np.linalg.eigh(heard)
    loud = vectors[:, :, mics - sources :]
    if whitener is not None:  # phases are whitened by moving the whitener over to the few vectors
        loud = whitener.conj().swapaxes(1, 2) @ loud
    leak = 1 - (np.abs(steerer.phases.conj() @ loud.astype(np.complex64)) ** 2).sum(2) / whole
    sharp = 1 / np.maximum(leak, 1e-4)
    floor = strength[:, : mics - sources].mean(1)
    weight = np.log(np.maximum(strength[:, -1] / np.maximum(floor, 1e-30), 1.0))
    return steerer.as_map((sharp * weight[:, None]).sum(0) / max(float(weight.sum()), 1e-9))


def noise_beam_map(covariance: Complex, steerer: Steerer, noise: Complex, loading: float = 1e-2) -> NDArray[np.float32]:
    """How much louder than the known noise each direction is, mean over the bins of the logarithm.

    In each bin it is `a^H N^-1 R N^-1 a / a^H N^-1 a`, the power behind the beam that lets the least of the noise pass over
    what it lets pass: the likelihood ratio of one source in Gaussian noise. Unlike MUSIC it needs no number of sources, and
    errors of the array hurt it less.

    Args:
        covariance: (bins, mics, mics) of all bins.
        noise: likewise, of the noise alone.
        loading: of the noise's diagonal, as a share of its mean.
    """
    known = noise[steerer.band].astype(np.complex128)
    mics = known.shape[-1]
    level = np.trace(known, axis1=1, axis2=2).real / mics
    inverse = np.linalg.inv(known + (loading * level + 1e-20)[:, None, None] * np.eye(mics))
    heard = inverse @ covariance[steerer.band] @ inverse
    louder = np.maximum(steerer.power(heard.astype(np.complex64)), 0) / steerer.power(inverse.astype(np.complex64))
    return steerer.as_map(np.log(louder + 0.1).mean(0))


def whiteners(noise: Complex, loading: float = 1e-3) -> NDArray[np.complex128]:
    """Matrices that make noise white: `W N W^H = 1`.

    Args:
        noise: (bins, mics, mics) covariances.
        loading: added to the diagonal, as a share of its mean, since what was measured is never exact.
    """
    mics = noise.shape[-1]
    level = np.trace(noise, axis1=1, axis2=2).real / mics
    loaded = noise.astype(np.complex128) + (loading * level + 1e-20)[:, None, None] * np.eye(mics)
    return np.asarray(np.linalg.inv(np.linalg.cholesky(loaded)))


def delay_gcc_phat(
    signals: NDArray[np.floating], most_s: float, band_hz: tuple[float, float] = (200.0, 6000.0)
) -> tuple[float, float]:
    """By how much the first microphone hears later than the second, averaged over a clip.

    Args:
        signals: (2, samples) at 16 kHz.
        most_s: the longest delay that the spacing allows.

    Returns:
        the delay [s] and the height of its peak in [0, 1].
    """
    first, second = spectra(signals)
    crossed = first * second.conj()
    mean = (crossed / np.maximum(np.abs(crossed), 1e-12)).mean(0)
    mean[(BINS_HZ < band_hz[0]) | (BINS_HZ > band_hz[1])] = 0
    used = np.count_nonzero((band_hz[0] <= BINS_HZ) & (BINS_HZ <= band_hz[1]))
    correlation = fft.irfft(mean, FRAME * _FINE) * FRAME * _FINE / (2 * used)
    most = min(math.ceil(most_s * RATE_HZ * _FINE), FRAME * _FINE // 2 - 1)
    lags = np.concatenate([correlation[-most:], correlation[: most + 1]])
    best = int(lags.argmax())
    return (best - most) / (RATE_HZ * _FINE), float(lags[best])


def pair_angle(signals: NDArray[np.floating], rate_hz: int, spacing_m: float) -> tuple[float, float]:
    """The angle at which a pair of microphones hears, from GCC-PHAT over the whole clip.

    Args:
        signals: (2, samples).
        spacing_m: between the two.

    Returns:
        [rad] in [0, pi], 0 when the sound comes along the line from the second microphone to the first, and the height of
        the correlation's peak in [0, 1].
    """
    delay, height = delay_gcc_phat(resampled(signals, rate_hz), spacing_m / SOUND_M_S)
    return math.acos(max(-1.0, min(1.0, -delay * SOUND_M_S / spacing_m))), height


def reference_music_map(spectrum: Complex, steerer: Steerer, sources: int = 1) -> NDArray[np.float32]:
    """MUSIC as pyroomacoustics has it, the well-kept reference that ours is checked against; hundreds of times slower.

    Args:
        spectrum: (mics, frames, bins).
    """
    from pyroomacoustics.doa import MUSIC

    grid = steerer.grid
    finder = MUSIC(
        steerer.positions_m.T,
        RATE_HZ,
        FRAME,
        c=SOUND_M_S,
        num_src=sources,
        dim=3,
        azimuth=np.arange(grid.azimuths) * grid.azimuth_step_rad,
        colatitude=math.pi / 2 - np.radians(np.asarray(grid.elevations_deg)),
        frequency_normalization=True,
    )
    finder.locate_sources(spectrum.transpose(0, 2, 1), freq_bins=steerer.band)
    # Its grid goes from the zenith down.
    return steerer.as_map(finder.grid.values.reshape(grid.shape)[::-1])
