"""Reading the `hearing` data set, and mixing its voices and noises to windows of any signal-to-noise ratio.

Voices and noises of one drone are stored apart, with the same errors of its microphones, so that every step of a training
can hear them in another mixture.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError
from goldentime.perception.hearing_noise import OwnNoise
from goldentime.perception.hearing_spectra import RATE_HZ, spectra
from goldentime.records import record

__all__ = ["HearingSet", "Mix", "MixConfig", "Window", "draw_mix", "frame_power", "gain_for"]

Signal = NDArray[np.float32]
_LOW_HZ, _MARGIN_DB = 100.0, 15.9
"""As `envs.acoustics.snr` has it: power above 100 Hz, active frames at most 15.9 dB below the mean."""


class Window(NamedTuple):
    """A voice as it reaches the microphones of a drone."""

    drone: int
    sound: NDArray[np.int16]
    """(mics, samples)."""
    truth: dict[str, Any]
    """`azimuth_rad`, `elevation_rad`, `voice`, `speaker`, ..."""


class HearingSet:
    """A folder of `goldentime dataset make hearing`; its sound stays on the disc until it is used.

    Raises:
        ConfigError: it is none, or it is not done.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "truth.json"
        if not path.is_file():
            raise ConfigError(f"{folder}: expected a data set of goldentime dataset make hearing, truth.json is missing")
        truth = json.loads(path.read_text("utf-8"))
        self.positions_m: NDArray[np.float64] = np.array(truth["positions_m"], np.float64)
        """(mics, 3) as the drone believes its microphones to be, body frame."""
        self.voices: list[dict[str, Any]] = truth["voices"]
        self.noises: list[dict[str, Any]] = truth["noises"]
        self.drones: list[dict[str, Any]] = truth["drones"]
        self.clips: list[dict[str, Any]] = truth["clips"]
        self._folder = folder
        self._open: dict[str, NDArray[np.int16]] = {}
        self._own: dict[int, OwnNoise] = {}
        by_drone = [[] for _ in self.drones]  # type: list[list[int]]
        for place, row in enumerate(self.noises):
            by_drone[row["drone"]].append(place)
        self._noises_of = [np.array(places) for places in by_drone]
        voices_of = [[] for _ in self.drones]  # type: list[list[int]]
        for place, row in enumerate(self.voices):
            voices_of[row["drone"]].append(place)
        self.voices_of = [np.array(places) for places in voices_of]
        """Numbers of each drone's voices."""

    def _array(self, row: dict[str, Any]) -> NDArray[np.int16]:
        name = row["file"]
        if name not in self._open:
            self._open[name] = np.load(self._folder / name, mmap_mode="r")
        return self._open[name]

    def sound(self, row: dict[str, Any]) -> Signal:
        """(mics, samples) or (samples,) of a row of `voices`, `noises`, `drones` or `clips`, in the converter's units."""
        stored = self._array(row)
        part = stored[row["start"] : row["start"] + row["length"]] if "length" in row else stored[row["place"]]
        return np.asarray(part, np.float32) * np.float32(row["scale"])

    def own_noise(self, drone: int) -> OwnNoise:
        """What a drone's calibration clip tells."""
        if drone not in self._own:
            row = self.drones[drone]
            self._own[drone] = OwnNoise(self.sound(row), RATE_HZ, row["rotor_speeds_rad_s"])
        return self._own[drone]

    def noise_of(self, drone: int, rng: np.random.Generator) -> dict[str, Any]:
        """One of a drone's noises."""
        places = self._noises_of[drone]
        return self.noises[int(places[int(rng.integers(len(places)))])]


def frame_power(signal: Signal) -> NDArray[np.float64]:
    """Mean square above 100 Hz, frame by frame, over the microphones; in arbitrary units."""
    spectrum = spectra(signal)
    low = round(_LOW_HZ / (RATE_HZ / 512))
    return np.asarray((np.abs(spectrum[..., low:]) ** 2).mean((0, 2)), np.float64)


def gain_for(voice: Signal, noise: Signal, snr_db: float) -> float:
    """By how much to amplify a voice for its active power to lie so far above the noise's mean power, above 100 Hz."""
    powers = frame_power(voice)
    mean = float(powers.max())
    for _ in range(20):
        mean = float(powers[powers >= mean * 10 ** (-_MARGIN_DB / 10)].mean())
    return float(np.sqrt(frame_power(noise).mean() / max(mean, 1e-30)) * 10 ** (snr_db / 20))


@record
class MixConfig:
    """What is in a window of a training."""

    snr_db: tuple[float, float] = (-15.0, 20.0)
    silent: float = 0.12
    """Share of windows without a voice."""
    two: float = 0.15
    """Share with two."""
    apart_rad: float = 0.6
    """Least angle between two."""


class Mix(NamedTuple):
    """A window to learn from."""

    sound: Signal
    """(mics, samples)."""
    noise: dict[str, Any]
    """Its row: drone, rotor speeds."""
    voices: list[dict[str, Any]]


def draw_mix(data: HearingSet, config: MixConfig, rng: np.random.Generator) -> Mix:
    """A window of one drone: its noise and no, one or two voices."""
    drone = int(rng.integers(len(data.drones)))
    noise = data.noise_of(drone, rng)
    sound = data.sound(noise)
    draw = rng.random()
    count = 0 if draw < config.silent else 2 if draw < config.silent + config.two else 1
    voices: list[dict[str, Any]] = []
    mixture = sound.copy()
    for place in rng.permutation(data.voices_of[drone]):
        if len(voices) == count:
            break
        row = data.voices[int(place)]
        if voices and _apart(row, voices[0]) < config.apart_rad:
            continue
        snr_db = float(rng.uniform(*config.snr_db)) if not voices else float(rng.uniform(0.0, 15.0))
        voice = data.sound(row)
        mixture += np.float32(gain_for(voice, sound, snr_db)) * voice
        voices.append(row)
    return Mix(mixture, noise, voices)


def _apart(one: dict[str, Any], other: dict[str, Any]) -> float:
    cosine = np.sin(one["elevation_rad"]) * np.sin(other["elevation_rad"]) + np.cos(one["elevation_rad"]) * np.cos(
        other["elevation_rad"]
    ) * np.cos(one["azimuth_rad"] - other["azimuth_rad"])
    return float(np.arccos(np.clip(cosine, -1, 1)))
