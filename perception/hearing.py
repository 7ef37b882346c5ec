"""Ears for a drone: who calls, man, woman or child, from where, and since when.

    hearer = Hearer(positions_m, sample_rate_hz=16_000, calibration=Calibration(clip=clip, rotor_speeds_rad_s=speeds))
    for chunk, speeds in steps:  # one chunk of sound per step, of any length
        for heard in hearer.hear(chunk, speeds):
            ...

It listens in windows of half a second that move on by a step. Nothing here needs the simulator; the networks, which are the
better ears, need PyTorch (`load_hearer`); without them classical methods are used.
"""

import math
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldentime.errors import ConfigError
from goldentime.perception.hearing_directions import Peak, bearing_of, find_peaks, towards
from goldentime.perception.hearing_doa import Steerer, noise_beam_map
from goldentime.perception.hearing_noise import OwnNoise, mvdr, rotor_lines
from goldentime.perception.hearing_position import turned
from goldentime.perception.hearing_spectra import RATE_HZ, covariances, microphones_at, resampled, spectra, waveform
from goldentime.perception.hearing_tracks import VoiceTrack, VoiceTracker, VoiceTrackerConfig
from goldentime.perception.hearing_voice import VOICES, speech_evidence
from goldentime.perception.weights import require_networks
from goldentime.records import record

__all__ = ["Calibration", "Finder", "Heard", "Hearer", "HearerConfig", "VoiceTeller", "load_hearer"]

Floats = NDArray[np.float64]
Complex = NDArray[np.complex64]
_LEVEL = (0.0, 0.0, 0.0, 1.0)


@record
class Calibration:
    """A clip of the drone's own noise."""

    clip: NDArray[np.float32]
    """(mics, samples), rotors alone, at the sample rate of the chunks."""
    rotor_speeds_rad_s: NDArray[np.float64] | None = None
    """(rotors,) or (steps, rotors) meanwhile."""


@record
class Heard:
    """A voice that is heard in this step, or (`ended`) has just fallen silent; then it is told for the last time."""

    number: int
    """The same voice has the same number in every step."""
    onset_s: float
    """When it began, in the hearer's time: seconds of sound since `reset`."""
    last_s: float
    """When it was heard last."""
    azimuth_rad: float
    """In the body's frame of this step, counter-clockwise from the nose, (-pi, pi]."""
    elevation_rad: float
    voice: str
    """`man`, `woman` or `child`; empty while it is not known."""
    voice_scores: dict[str, float]
    """Of the three, summing to 1."""
    confidence: float
    """That there is a voice, in [0, 1]."""
    ended: bool = False


@record
class HearerConfig:
    """How a hearer listens."""

    voices: int = 3
    """So many at a time at most."""
    window_s: float = 0.5
    apart_rad: float = math.radians(20.0)
    """Least angle between two voices."""
    tracks: VoiceTrackerConfig = VoiceTrackerConfig()
    classify_every_s: float = 0.2
    """How often a voice's class is asked for anew; the answers are averaged."""

    def __post_init__(self) -> None:
        """Refuse what can't be."""
        if self.voices < 1 or not 0.1 <= self.window_s <= 4:
            raise ConfigError(f"hearer: expected voices >= 1 and 0.1 <= window_s <= 4, got {self.voices}, {self.window_s}")


class Finder(Protocol):
    """Finds directions in a window; `NetFinder` of `hearing_net` is another."""

    def find(self, spectrum: Complex, noise: Complex, count: int, lines: NDArray[np.float32] | None = None) -> list[Peak]:
        """Directions in which somebody may speak, best first; the peaks' values are evidence in [0, 1].

        Args:
            spectrum: (mics, frames, bins) of the window.
            noise: (bins, mics, mics) expected covariance of the drone's own noise.
            count: so many at most.
            lines: (bins,) how much of each lies on the rotors' harmonics; None where their speeds are not known.
        """


class VoiceTeller(Protocol):
    """Tells voices apart."""

    def tell(self, signal: NDArray[np.float32]) -> NDArray[np.float32]:
        """(3,) shares of man, woman and child in a signal (samples,) at 16 kHz."""


class BeamFinder:
    """Directions by beams that know the noise, evidence by the energy above the noise."""

    def __init__(self, steerer: Steerer, apart_rad: float = math.radians(20.0)) -> None:
        self._steerer, self._apart = steerer, apart_rad

    def find(self, spectrum: Complex, noise: Complex, count: int, lines: NDArray[np.float32] | None = None) -> list[Peak]:
        """As `Finder`; whitening takes care of the harmonics."""
        power = (np.abs(spectrum) ** 2).mean(0)
        level = np.diagonal(noise, axis1=1, axis2=2).real.mean(1)
        there = 1 - math.exp(-2 * float(np.percentile(speech_evidence(power, level), 75)))
        if there < 0.2:
            return []
        values = noise_beam_map(covariances(spectrum), self._steerer, noise)
        values = values - np.median(values)
        peaks = find_peaks(values, self._steerer.grid, count, self._apart)
        best = max(peaks[0].value, 1e-9)
        return [
            Peak(azimuth_rad=p.azimuth_rad, elevation_rad=p.elevation_rad, value=there * p.value / best)
            for p in peaks
            if p.value >= 0.7 * best
        ]


class Hearer:
    """Hears a stream of sound, step by step.

    Args:
        positions_m: (mics, 3) [m] of the microphones, body frame (forward, left, up).
        sample_rate_hz: of the chunks, at least 16,000.
        calibration: the drone's own noise; without it, what is heard at first is taken for it.
        finder: finds directions; beams that know the noise if none is given.
        teller: tells man, woman and child apart; without one the class stays empty.
    """

    def __init__(
        self,
        positions_m: ArrayLike,
        sample_rate_hz: int = RATE_HZ,
        calibration: Calibration | None = None,
        config: HearerConfig | None = None,
        *,
        finder: Finder | None = None,
        teller: VoiceTeller | None = None,
    ) -> None:
        self._config = config or HearerConfig()
        self._steerer = Steerer(np.asarray(positions_m, np.float64))
        self._mics = len(self._steerer.positions_m)
        self._rate = sample_rate_hz
        self._finder: Finder = finder or BeamFinder(self._steerer, self._config.apart_rad)
        self._teller = teller
        self._given = None
        if calibration is not None:
            self._given = OwnNoise(calibration.clip, sample_rate_hz, calibration.rotor_speeds_rad_s)
            if self._given.microphones != self._mics:
                raise ConfigError(
                    f"calibration clip: expected {self._mics} microphones as in positions_m, got {self._given.microphones}"
                )
        self.reset()

    def reset(self) -> None:
        """Forget what was heard; time begins at 0."""
        self._noise = self._given
        self._buffer = np.zeros((self._mics, 0), np.float32)
        self._samples = 0
        self._tracker = VoiceTracker(self._config.tracks)
        self._classes: dict[int, tuple[NDArray[np.float64], float]] = {}

    @property
    def time_s(self) -> float:
        """Seconds of sound heard since `reset`."""
        return self._samples / self._rate

    def hear(
        self,
        chunk: NDArray[np.floating],
        rotor_speeds_rad_s: ArrayLike | None = None,
        attitude: ArrayLike | None = None,
    ) -> list[Heard]:
        """Take one step's sound.

        Args:
            chunk: (mics, samples), the next piece without a gap; any length.
            rotor_speeds_rad_s: (rotors,) now.
            attitude: (4,) quaternion (x, y, z, w) of the body in the world now. With it voices are followed in the world,
                so that turning drones keep them; without it in the body's frame.

        Returns:
            voices heard in this step, and those that have just ended.

        Raises:
            ConfigError: the chunk has another number of microphones.
        """
        chunk = np.asarray(chunk, np.float32)
        if chunk.ndim != 2 or len(chunk) != self._mics:
            raise ConfigError(f"chunk: expected ({self._mics} microphones, samples), got {chunk.shape}")
        length = round(self._config.window_s * self._rate)
        self._buffer = np.concatenate([self._buffer, chunk], 1)[:, -length:]
        self._samples += chunk.shape[1]
        if self._noise is None and not self._learn_noise(length):
            return []
        assert self._noise is not None
        spectrum = spectra(resampled(self._buffer, self._rate))
        noise = self._noise.covariance(rotor_speeds_rad_s)
        lines = None if rotor_speeds_rad_s is None else rotor_lines(rotor_speeds_rad_s)
        peaks = self._finder.find(spectrum, noise, self._config.voices, lines)
        turn = np.array(_LEVEL if attitude is None else attitude, np.float64)
        units = np.array([turned(towards(p.azimuth_rad, p.elevation_rad), turn) for p in peaks]).reshape(-1, 3)
        tracks = self._tracker.update(self.time_s, units, [p.value for p in peaks])
        return [self._told(track, spectrum, noise, turn) for track in tracks]

    def _learn_noise(self, length: int) -> bool:
        """Without a calibration clip the first window stands for it."""
        if self._buffer.shape[1] < length or not self._buffer.any(axis=1).all():
            return False
        self._noise = OwnNoise(self._buffer, self._rate)
        return True

    def _told(self, track: VoiceTrack, spectrum: Complex, noise: Complex, turn: Floats) -> Heard:
        unit = turned(track.unit, turn * np.array([-1, -1, -1, 1]))
        scores = self._classify(track, unit, spectrum, noise)
        if track.ended:
            self._classes.pop(track.number, None)
        azimuth, elevation = bearing_of(unit)
        # A track begins in the first window that shows it, when the voice has filled a part of it.
        onset = max(track.onset_s - 0.3 * self._config.window_s, 0.0)
        return Heard(
            number=track.number,
            onset_s=onset,
            last_s=track.last_s,
            azimuth_rad=azimuth,
            elevation_rad=elevation,
            voice=max(scores, key=lambda name: scores[name]) if scores else "",
            voice_scores=scores,
            confidence=min(track.evidence, 1.0),
            ended=track.ended,
        )

    def _classify(self, track: VoiceTrack, unit: Floats, spectrum: Complex, noise: Complex) -> dict[str, float]:
        """The class of a voice, from the beam towards it, averaged over its windows."""
        if self._teller is None:
            return {}
        total, asked_s = self._classes.get(track.number, (np.zeros(len(VOICES)), -math.inf))
        if track.now and self.time_s - asked_s >= self._config.classify_every_s - 1e-9:
            beam = waveform(mvdr(spectrum, unit, self._steerer.positions_m, noise), (spectrum.shape[1] + 1) * 256)
            total = total + np.log(np.maximum(self._teller.tell(beam), 1e-4))
            self._classes[track.number] = total, self.time_s
        if not total.any():
            return {}
        shares = np.exp((total - total.max()) / 2)  # windows overlap, so their evidence is not independent
        shares /= shares.sum()
        return {name: float(share) for name, share in zip(VOICES, shares, strict=True)}


def load_hearer(
    positions_m: ArrayLike,
    sample_rate_hz: int = RATE_HZ,
    calibration: Calibration | None = None,
    config: HearerConfig | None = None,
) -> Hearer:
    """A hearer with the networks that come with the package; see `Hearer` for the arguments.

    Raises:
        MissingDependencyError: PyTorch or safetensors is not installed.
        ConfigError: an argument does not fit.
    """
    require_networks("the hearing networks")
    from goldentime.perception.hearing_net import load_finder, load_teller

    finder = load_finder(microphones_at(positions_m))
    return Hearer(positions_m, sample_rate_hz, calibration, config, finder=finder, teller=load_teller())
