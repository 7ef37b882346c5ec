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
from goldentime.perception.hearing_spectra import BINS_HZ, RATE_HZ, spectra
from goldentime.records import record

__all__ = ["WINDOW", "HearingSet", "Mix", "MixConfig", "draw_mix", "gain_for"]

Signal = NDArray[np.float32]
WINDOW = RATE_HZ // 2
"""[samples] that the networks look at."""
_LOW_BIN, _MARGIN_DB = round(100.0 / BINS_HZ[1]), 15.9
"""Of the ratio's definition in `envs.acoustics.snr`: power above 100 Hz, active frames at most 15.9 dB below the mean."""


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
        self._noises_of, self.voices_of = (_by_drone(rows, len(self.drones)) for rows in (self.noises, self.voices))
        """Numbers of each drone's voices."""

    def _array(self, row: dict[str, Any]) -> NDArray[np.int16]:
        name = row["file"]
        if name not in self._open:
            self._open[name] = np.load(self._folder / name, mmap_mode="r")
        return self._open[name]

    def sound(self, row: dict[str, Any], start: int = 0, length: int | None = None) -> Signal:
        """(mics, samples) or (samples,) of a row of `voices`, `noises`, `drones` or `clips` [Pa], or a part of it."""
        stored = self._array(row)
        stored = stored[row["start"] : row["start"] + row["length"]] if "length" in row else stored[row["place"]]
        stop = None if length is None else start + length
        return np.asarray(stored[..., start:stop], np.float32) * np.float32(row["scale"])

    def voice(self, row: dict[str, Any], rng: np.random.Generator, length: int = WINDOW) -> Signal:
        """A window that begins with half a second in which a voice speaks."""
        begins = row["begins"]
        start = begins[int(rng.integers(len(begins)))]
        return self.sound(row, min(start, self._array(row).shape[-1] - length), length)

    def noise(
        self, row: dict[str, Any], rng: np.random.Generator, length: int = WINDOW
    ) -> tuple[Signal, NDArray[np.float64]]:
        """A piece of a noise and the rotors' speeds (rotors,) in it."""
        start = int(rng.integers(self._array(row).shape[-1] - length + 1))
        speeds = np.array(row["rotor_speeds_rad_s"])
        steps = slice(start * 10 // RATE_HZ, (start + length) * 10 // RATE_HZ + 1)
        return self.sound(row, start, length), speeds[steps].mean(0)

    def own_noise(self, drone: int) -> OwnNoise:
        """What a drone's calibration clip tells."""
        if drone not in self._own:
            row = self.drones[drone]
            self._own[drone] = OwnNoise(self.sound(row), RATE_HZ, row["rotor_speeds_rad_s"])
        return self._own[drone]

    def noise_of(self, drone: int, rng: np.random.Generator, length: int = WINDOW) -> tuple[Signal, NDArray[np.float64]]:
        """A piece of a drone's noise, and its rotors' speeds."""
        places = self._noises_of[drone]
        return self.noise(self.noises[int(places[int(rng.integers(len(places)))])], rng, length)


def _by_drone(rows: list[dict[str, Any]], drones: int) -> list[NDArray[np.int64]]:
    places: list[list[int]] = [[] for _ in range(drones)]
    for place, row in enumerate(rows):
        places[row["drone"]].append(place)
    return [np.array(found, np.int64) for found in places]


def gain_for(voice: NDArray[np.complex64], noise: NDArray[np.complex64], snr_db: float) -> float:
    """By how much to amplify a voice for its active power to lie so far above the noise's mean power, above 100 Hz.

    Args:
        voice: (mics, frames, bins) spectra.
        noise: likewise.
    """
    powers, quiet = ((np.abs(part[..., _LOW_BIN:]) ** 2).mean((0, 2)) for part in (voice, noise))
    mean = float(powers.max())
    for _ in range(20):
        mean = float(powers[powers >= mean * 10 ** (-_MARGIN_DB / 10)].mean())
    return float(np.sqrt(float(quiet.mean()) / max(mean, 1e-30)) * 10 ** (snr_db / 20))


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

    spectrum: NDArray[np.complex64]
    """(mics, frames, bins)."""
    drone: int
    rotor_speeds_rad_s: NDArray[np.float64]
    """(rotors,)."""
    voices: list[dict[str, Any]]


def draw_mix(data: HearingSet, config: MixConfig, rng: np.random.Generator) -> Mix:
    """A window of one drone: its noise and no, one or two voices."""
    drone = int(rng.integers(len(data.drones)))
    noise, speeds = data.noise_of(drone, rng)
    draw = rng.random()
    count = 0 if draw < config.silent else 2 if draw < config.silent + config.two else 1
    voices: list[dict[str, Any]] = []
    quiet = spectra(noise)
    mixture = quiet.copy()
    for place in rng.permutation(data.voices_of[drone]):
        row = data.voices[int(place)]
        if len(voices) == count:
            break
        if voices and _apart(row, voices[0]) < config.apart_rad:
            continue
        snr_db = float(rng.uniform(*config.snr_db)) if not voices else float(rng.uniform(0.0, 15.0))
        voice = spectra(data.voice(row, rng))
        mixture += np.float32(gain_for(voice, quiet, snr_db)) * voice
        voices.append(row)
    return Mix(mixture, drone, speeds, voices)


def _apart(one: dict[str, Any], other: dict[str, Any]) -> float:
    cosine = np.sin(one["elevation_rad"]) * np.sin(other["elevation_rad"]) + np.cos(one["elevation_rad"]) * np.cos(
        other["elevation_rad"]
    ) * np.cos(one["azimuth_rad"] - other["azimuth_rad"])
    return float(np.arccos(np.clip(cosine, -1, 1)))
