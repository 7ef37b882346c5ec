"""Recordings in the form of the 2019 IEEE Signal Processing Cup: eight channels on a flying drone, a direction per
window."""

import math
from dataclasses import field, replace
from pathlib import Path
from typing import Any

import numpy as np

from goldentime.envs.acoustics.ear import HearingSpec
from goldentime.envs.acoustics.hover import HOVER_STEP_S
from goldentime.envs.acoustics.sounds import Sounding, Source
from goldentime.eval.contest.spcup2019 import Directions, directions_bytes
from goldentime.eval.dataset.card import SOUND, bands, card_text, table
from goldentime.eval.dataset.shards import Recipe, statement_of
from goldentime.eval.dataset.sounds import (
    Clip,
    SoundConfig,
    body_direction,
    draw_snr_db,
    draw_stand_for,
    load_bank,
    noises,
    render,
    source_of,
    wav_bytes,
)
from goldentime.eval.dataset.voices import clip_row
from goldentime.files import pretty_json, write_atomic
from goldentime.records import record
from goldentime.rng import stream

__all__ = ["SPCUP2019", "SpCupConfig"]

Rng = np.random.Generator

_WINDOW_S, _HOP_S = 0.5, 0.25
_GAP_S = 0.05


@record
class SpCupConfig:
    """What recordings are made."""

    n: int = 36
    """Recordings, as many as the Cup had of speech in flight."""
    seed: int = 0
    pool: str = "test"
    """`train` or `test`: they share no speaker and no room."""
    duration_s: float = 4.0
    """15 windows, as in the Cup."""
    hearing: HearingSpec = HearingSpec(array="spcup2019", sample_rate_hz=44_100, calibration_s=2.0)
    sound: SoundConfig = field(default_factory=lambda: SoundConfig(snr_db=(-15.0, 5.0), fire=0.0, alarm=0.0, speed_m_s=0.5))

    def __post_init__(self) -> None:
        if self.n < 1 or self.seed < 0 or self.pool not in ("train", "test") or self.duration_s < _WINDOW_S:
            raise ValueError(f"expected n >= 1, seed >= 0, a pool train or test and duration_s >= 0.5, got {self}")


def _windows(config: SpCupConfig) -> int:
    return math.floor((config.duration_s - _WINDOW_S) / _HOP_S + 1e-9) + 1


def _sizes(config: SpCupConfig) -> list[int]:
    return [1] * config.n


def _make(config: SpCupConfig, shard: int, folder: Path) -> dict[str, Any]:
    for name in ("audio", "rotor_speeds", "calibration"):
        (folder / name).mkdir(exist_ok=True)
    clip, spec = _draw(config, shard)
    number = shard + 1
    (folder / "audio" / f"{number}.wav").write_bytes(wav_bytes(clip.rendered.samples, spec.sample_rate_hz))
    (folder / "rotor_speeds" / f"{number}.csv").write_text(_speeds(clip), encoding="utf-8")
    if clip.rendered.calibration is not None:
        wav = wav_bytes(clip.rendered.calibration.samples, spec.sample_rate_hz)
        (folder / "calibration" / f"{number}.wav").write_bytes(wav)
    truth = []
    for window in range(_windows(config)):
        middle_s = window * _HOP_S + 0.5 * _WINDOW_S
        azimuth, elevation, _ = body_direction(config.sound, spec, clip.states, clip.sources[0], middle_s)
        truth.append([round(azimuth, 3), round(elevation, 3)])
    row = clip_row(config.sound, spec, clip)
    snr_db = float(np.mean([call["snr_db"] for call in row["calls"]]))
    return {"id": number, "truth": truth, "snr_db": round(snr_db, 2), **row}


def _draw(config: SpCupConfig, number: int) -> tuple[Clip, HearingSpec]:
    rng, sound = stream(config.seed, f"dataset.spcup2019.{config.pool}", number), config.sound
    stand = draw_stand_for(sound, config.pool, 1, rng)
    seat = stand.seats[0]
    kind = seat.voice or sound.kinds[int(rng.integers(len(sound.kinds)))]
    sources = [_speech(config, seat.mouth, kind, rng), *noises(sound, config.pool, stand, config.duration_s, rng)]
    spec = replace(config.hearing, snr_db=draw_snr_db(sound, rng), speech=sound.bank)
    return render(sound, stand, sources, spec, config.duration_s, rng), spec


def _speech(config: SpCupConfig, mouth: tuple[float, float, float], kind: str, rng: Rng) -> Source:
    """Somebody who never stops: one utterance after another."""
    bank = load_bank(config.sound.bank)
    first = bank.pick(rng, split=config.pool, voice=kind, kind="call")
    theirs = [clip for clip in bank.clips if clip.speaker == first.speaker and clip.kind in ("call", "talk")]
    parts, start_s = [], 0.0
    while start_s < config.duration_s - _GAP_S:
        clip = theirs[int(rng.integers(len(theirs)))]
        length_s = min(clip.duration_s, config.duration_s - start_s)
        parts.append(Sounding(start_s=round(start_s, 3), duration_s=round(length_s, 3), clip=clip.id))
        start_s += clip.duration_s + _GAP_S
    return source_of(kind, mouth, parts, first.speaker, calls=True)


def _speeds(clip: Clip) -> str:
    """Time [s] and the speed of each rotor [rad/s], a line per step."""
    rotors = len(clip.states[0].drones[0].rotor_speed_rad_s)
    lines = ["time_s," + ",".join(f"rotor_{i + 1}_rad_s" for i in range(rotors))]
    for step, state in enumerate(clip.states):
        speeds = ",".join(f"{speed:.2f}" for speed in state.drones[0].rotor_speed_rad_s)
        lines.append(f"{step * HOVER_STEP_S:.1f},{speeds}")
    return "\n".join(lines) + "\n"


_WHAT = """\
Recordings in the form of the 2019 IEEE Signal Processing Cup's flight task: `audio/1.wav` and on, eight channels of the
Cup's cube at 44.1 kHz, with somebody who speaks all the time. Asked is the direction in each window of 500 ms, every 250
ms. `SPCUP19_flight.mat` is the truth: `speech_azimuth` and `speech_elevation` [deg], a row per recording and a column per
window. `answer_nan.mat` shows an answer's form. `goldentime contest spcup2019 SPCUP19_flight.mat ANSWER.mat` gives the
share within 10 degrees; the Cup's own files are read by the same command. `rotor_speeds/*.csv` are the rotors' speeds,
`calibration/*.wav` the rotors alone in hover."""

_LIMITS = """\
Made, not recorded; the drone is ours, not the Cup's MikroKopter. Azimuth counts counter-clockwise from the nose,
elevation up from the level of the body, seen from the middle of the cube; the Cup's own axes may be turned against these.
`details.json` tells place, reverberation, distance and level."""


def _finish(config: SpCupConfig, folder: Path, shards: list[dict[str, Any]]) -> None:
    truth: Directions = {"speech": np.array([row["truth"] for row in shards], np.float64)}
    empty: Directions = {"speech": np.full_like(truth["speech"], np.nan)}
    write_atomic(folder / "SPCUP19_flight.mat", directions_bytes(truth))
    write_atomic(folder / "answer_nan.mat", directions_bytes(empty))
    write_atomic(folder / "details.json", pretty_json(shards))
    parts = [
        ("What it is", _WHAT),
        ("Counts", f"{len(shards)} recordings of {config.duration_s:g} s, {_windows(config)} windows each."),
        ("By level", table(("SNR [dB]", "recordings"), bands(shards, "snr_db", (-100, -15, -10, -5, 0, 5, 10, 100)))),
        ("By reverberation", table(("RT60 [s]", "recordings"), bands(shards, "rt60_s", (0, 0.05, 0.3, 0.6, 1.0, 5.0)))),
        ("Limits", _LIMITS),
    ]
    write_atomic(folder / "card.md", card_text(SPCUP2019.title, parts, statement_of(SPCUP2019, config), SOUND))


SPCUP2019 = Recipe(
    name="spcup2019",
    config=SpCupConfig,
    sizes=_sizes,
    make=_make,
    finish=_finish,
    title="Golden Time recordings in the form of the 2019 IEEE Signal Processing Cup",
    about="Synthetic recordings of eight microphones on a flying drone in which somebody speaks, with the direction in "
    "windows of half a second and the rotors' speeds.",
    keywords=("sound source localisation", "speech", "drone", "rotor noise", "synthetic"),
    unit="recordings",
)
"""Makes recordings."""
