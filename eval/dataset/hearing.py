"""The hearing data set: voices and noises at a drone's microphones, stored apart, so that a training can mix them anew.

One scene is one drone with its microphones' errors, in one place; in it stand several callers, each of whose sound at the
microphones is stored for itself, then the noise of the drone and of what else is there, and a calibration clip.
"""

from collections.abc import Sequence
from dataclasses import field
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.arrays import load_array
from goldentime.envs.acoustics.clip import sound_scene
from goldentime.envs.acoustics.ear import Ear, HearingSpec
from goldentime.envs.acoustics.snr import frame_powers
from goldentime.envs.acoustics.sounds import Sounding, Source
from goldentime.envs.airframe import load_airframe
from goldentime.eval.dataset.card import card_text, counted, table
from goldentime.eval.dataset.shards import Recipe, statement_of
from goldentime.eval.dataset.sounds import SoundConfig, body_direction, draw_stand_for, flight, load_bank, noises, source_of
from goldentime.files import write_atomic
from goldentime.missions.voices_place import PlaceConfig, Stand, rt60_s
from goldentime.records import canonical_json, record
from goldentime.rng import stream
from goldentime.types import WorldState

__all__ = ["HEARING", "HearingConfig"]

_SHARD = 10
_CLIPS_S = 4.0
"""Of each dry clip of the speech bank so much is stored."""
Signal = NDArray[np.float32]
Rng = np.random.Generator


@record
class HearingConfig:
    """What is made."""

    n: int = 300
    """Scenes."""
    seed: int = 0
    pool: str = "train"
    """`train` or `test`: they share no speaker and no room."""
    uttered: Literal["call", "talk"] = "call"
    """By the callers; banks of recordings often hold no calls for help."""
    callers: int = 4
    """Voices per scene."""
    duration_s: float = 2.0
    """Of each voice and noise."""
    hearing: HearingSpec = HearingSpec(calibration_s=1.5)
    """The array and its errors."""
    sound: SoundConfig = field(
        default_factory=lambda: SoundConfig(place=PlaceConfig(places=("open", "room")), difficulty=(0.3, 1.0))
    )
    """Place, what else is to be heard, and the speech bank; its levels are not used."""

    def __post_init__(self) -> None:
        if self.n < 1 or self.seed < 0 or self.callers < 1 or self.pool not in ("train", "test"):
            raise ValueError(f"expected n and callers >= 1, seed >= 0 and a pool train or test, got {self}")
        if not 0.5 <= self.duration_s <= 10.0 or self.hearing.calibration_s < 0.2:
            raise ValueError(f"expected duration_s in 0.5..10 and a calibration clip of at least 0.2 s, got {self}")


def _sizes(config: HearingConfig) -> list[int]:
    return [min(_SHARD, config.n - first) for first in range(0, config.n, _SHARD)]


def _make(config: HearingConfig, shard: int, folder: Path) -> dict[str, Any]:
    rows: dict[str, list[dict[str, Any]]] = {"voices": [], "noises": [], "drones": []}
    sounds: dict[str, list[Signal]] = {"voices": [], "noises": [], "drones": []}
    for number in range(shard * _SHARD, min((shard + 1) * _SHARD, config.n)):
        _scene(config, number, rows, sounds)
    for kind, signals in sounds.items():
        name = f"{kind}-{shard:05d}.npy"
        peaks = [max(float(np.abs(signal).max()), 1e-12) for signal in signals]
        stored = [np.rint(s * (32_767 / peak)).astype(np.int16) for s, peak in zip(signals, peaks, strict=True)]
        np.save(folder / name, np.stack(stored))
        for place, (row, peak) in enumerate(zip(rows[kind], peaks, strict=True)):
            row.update(file=name, place=place, scale=peak / 32_767)
    return rows


def _scene(
    config: HearingConfig, number: int, rows: dict[str, list[dict[str, Any]]], sounds: dict[str, list[Signal]]
) -> None:
    """One drone: its voices, its noise, its calibration clip."""
    rng, spec, sound = stream(config.seed, f"dataset.hearing.{config.pool}", number), config.hearing, config.sound
    stand = draw_stand_for(sound, config.pool, config.callers, rng)
    sources = _callers(config, stand, rng)
    sources += noises(sound, config.pool, stand, config.duration_s, rng)
    states = flight(sound, stand, config.duration_s, rng)
    bank = load_bank(sound.bank)
    ear = Ear(spec, sound_scene(stand.level, tuple(sources), sound.airframe), 0, bank.audio, rng)
    calibration = ear.calibrate()
    assert calibration is not None
    calls, noise = _heard(ear, states, len(sources), spec.sample_rate_hz)
    drone = number
    rows["drones"].append({"rotor_speeds_rad_s": calibration.rotor_speed_rad_s.round(2).tolist()})
    sounds["drones"].append(calibration.samples * np.float32(spec.capsule.full_scale_pa))
    speeds = np.array([state.drones[0].rotor_speed_rad_s for state in states]).round(2)
    others = sorted(source.kind for source in sources if not source.calls)
    rows["noises"].append({"drone": drone, "rotor_speeds_rad_s": speeds.tolist(), "others": others})
    sounds["noises"].append(noise)
    for place, voice in calls.items():
        if not voice.any():
            continue
        rows["voices"].append(_voice_row(config, stand, states, sources[place]) | {"drone": drone} | _active(voice, spec))
        sounds["voices"].append(voice)


def _callers(config: HearingConfig, stand: Stand, rng: Rng) -> list[Source]:
    found, bank = [], load_bank(config.sound.bank)
    for seat in stand.seats[: config.callers]:
        kind = seat.voice or config.sound.kinds[int(rng.integers(len(config.sound.kinds)))]
        clip = bank.pick(rng, split=config.pool, voice=kind, kind=config.uttered)
        start_s = round(float(rng.uniform(0.0, max(config.duration_s - clip.duration_s, 0.0))), 3)
        duration_s = round(min(clip.duration_s, config.duration_s - start_s), 3)
        part = Sounding(start_s=start_s, duration_s=duration_s, clip=clip.id)
        found.append(source_of(kind, seat.mouth, [part], clip.speaker, calls=True))
    return found


def _heard(ear: Ear, states: Sequence[WorldState], sources: int, rate_hz: int) -> tuple[dict[int, Signal], Signal]:
    """Each caller's sound, and all noise, as the microphones render them [Pa]."""
    times = [round(state.time_s * rate_hz) for state in states]
    steps = [
        ear.hear(before, after, stop - start)
        for (before, after), (start, stop) in zip(pairwise(states), pairwise(times), strict=True)
    ]
    quiet = [np.zeros_like(step.hiss) for step in steps]
    calls = {
        source: ear.capsules.respond_anew(
            np.concatenate([step.calls.get(source, none) for step, none in zip(steps, quiet, strict=True)], 1)
        )
        for source in range(sources)
        if any(source in step.calls for step in steps)
    }
    outside = ear.capsules.respond_anew(np.concatenate([step.rotors + step.wind + step.other for step in steps], 1))
    return calls, outside + np.concatenate([step.hiss for step in steps], 1)


def _voice_row(config: HearingConfig, stand: Stand, states: list[WorldState], source: Source) -> dict[str, Any]:
    middle_s = config.duration_s / 2
    azimuth, elevation, away_m = body_direction(config.sound, config.hearing, states, source, middle_s)
    return {
        "azimuth_rad": round(float(np.radians(azimuth)), 5),
        "elevation_rad": round(float(np.radians(elevation)), 5),
        "distance_m": round(away_m, 3),
        "rt60_s": round(rt60_s(stand.level, stand.start), 3),
        "place_kind": stand.place,
        "voice": source.kind,
        "speaker": source.speaker,
        "clip": source.soundings[0].clip,
    }


def _active(voice: Signal, spec: HearingSpec) -> dict[str, Any]:
    """From which samples on half a second holds at least half as much of the voice as the best half second does."""
    powers = frame_powers(voice, spec.sample_rate_hz)
    sums = np.convolve(powers, np.ones(25), "valid")
    size = round(0.02 * spec.sample_rate_hz)
    return {"begins": [int(frame) * size for frame in np.flatnonzero(sums >= 0.5 * sums.max())[::2]]}


def _finish(config: HearingConfig, folder: Path, shards: list[dict[str, Any]]) -> None:
    truth: dict[str, Any] = {key: [row for shard in shards for row in shard[key]] for key in ("voices", "noises", "drones")}
    airframe = load_airframe(config.sound.airframe)
    truth["positions_m"] = load_array(config.hearing.array).body_m(airframe.rotor_plane_m).tolist()
    truth["sample_rate_hz"] = config.hearing.sample_rate_hz
    truth["clips"] = _clips(config, folder)
    write_atomic(folder / "truth.json", canonical_json(truth))
    voices = truth["voices"]
    speakers = len({voice["speaker"] for voice in voices})
    counts = f"{config.n} scenes, {len(voices)} voices of {speakers} speakers, {config.duration_s:g} s each."
    parts = [
        ("What it is", _WHAT),
        ("Files", _FILES),
        ("Counts", counts),
        ("By class", table(("class", "voices"), counted(voices, "voice"))),
        ("By place", table(("place", "voices"), counted(voices, "place_kind"))),
    ]
    write_atomic(folder / "card.md", card_text(HEARING.title, parts, statement_of(HEARING, config)))


def _clips(config: HearingConfig, folder: Path) -> list[dict[str, Any]]:
    """All clips of the pool's speakers as they were spoken, without a room."""
    bank, rate = load_bank(config.sound.bank), config.hearing.sample_rate_hz
    rows, parts, start = [], [], 0
    for clip in bank.clips:
        if clip.split != config.pool or clip.kind not in ("call", "talk") or not clip.voice:
            continue
        sound = bank.audio(clip.id, rate)[: round(_CLIPS_S * rate)]
        parts.append(np.rint(np.clip(sound * 2_000.0, -32_768, 32_767)).astype(np.int16))
        rows.append(
            {
                "file": "clips.npy",
                "start": start,
                "length": len(sound),
                "scale": 1 / 2_000.0,
                "voice": clip.voice,
                "speaker": clip.speaker,
                "language": clip.language,
                "synthetic": clip.synthetic,
            }
        )
        start += len(sound)
    np.save(folder / "clips.npy", np.concatenate(parts) if parts else np.zeros(0, np.int16))
    return rows


_WHAT = """\
What the microphones of a hovering drone hear of callers, and what they hear besides, stored apart, in pascal: add a noise
and voices of the same drone, at the ratio that you want. Directions are azimuth counter-clockwise from the nose and
elevation from the body's level, from the middle of the array, in the middle of the clip."""

_FILES = """\
- `voices-*.npy`, `noises-*.npy`, `drones-*.npy` (calibration clips: rotors alone): int16 (items, microphones, samples).
- `clips.npy`: the speech bank's clips as they were spoken, one after the other.
- `truth.json`: a row for each of them: `file`, `place` in it (or `start` and `length`), `scale` to pascal, `drone`; of
  voices direction, distance, RT60, class, speaker, and in which half seconds (`begins`, first samples) they speak; of
  noises and drones the rotor speeds every 100 ms; `positions_m` of the microphones by their data sheet, body frame."""


HEARING = Recipe(
    name="hearing",
    config=HearingConfig,
    sizes=_sizes,
    make=_make,
    finish=_finish,
    title="Golden Time hearing data set",
    about="Synthetic voices and noises at a drone's microphones, stored apart for training, with directions and classes.",
    keywords=("sound source localisation", "speech", "drone", "rotor noise", "microphone array", "synthetic"),
    unit="scenes",
)
"""Makes sets to train ears on."""
