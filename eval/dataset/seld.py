"""The SELD data set: longer clips with several callers, multichannel sound and DCASE's metadata."""

import math
from dataclasses import field, replace
from pathlib import Path
from typing import Any

import numpy as np

from goldentime.envs.acoustics.ear import HearingSpec
from goldentime.eval.contest.dcase import csv_lines
from goldentime.eval.dataset.card import SOUND, card_text, counted, table
from goldentime.eval.dataset.shards import Recipe, statement_of
from goldentime.eval.dataset.sounds import (
    Clip,
    SoundConfig,
    body_direction,
    draw_snr_db,
    draw_stand_for,
    noises,
    render,
    utter,
    wav_bytes,
)
from goldentime.eval.dataset.voices import clip_row
from goldentime.eval.score.seld import Heard
from goldentime.files import pretty_json, write_atomic
from goldentime.missions.voices_calls import VOICES
from goldentime.records import record
from goldentime.rng import stream

__all__ = ["SELD", "SeldConfig"]

_FRAME_S = 0.1
_TURN_S = 4.0
"""Each caller calls about so often."""


@record
class SeldConfig:
    """What clips are made."""

    n: int = 50
    """Clips."""
    seed: int = 0
    pool: str = "train"
    """`train` or `test`: they share no speaker and no room."""
    duration_s: float = 20.0
    callers: tuple[int, int] = (1, 3)
    hearing: HearingSpec = HearingSpec(array="tetrahedron", sample_rate_hz=24_000, calibration_s=0.0)
    sound: SoundConfig = field(default_factory=lambda: SoundConfig(snr_db=(0.0, 20.0), talk=0.3))

    def __post_init__(self) -> None:
        if self.n < 1 or self.seed < 0 or self.pool not in ("train", "test") or self.duration_s < 2.0:
            raise ValueError(f"expected n >= 1, seed >= 0, a pool train or test and duration_s >= 2, got {self}")


def _sizes(config: SeldConfig) -> list[int]:
    return [1] * config.n


def _make(config: SeldConfig, shard: int, folder: Path) -> dict[str, Any]:
    for name in ("mic", "metadata"):
        (folder / name).mkdir(exist_ok=True)
    clip, spec = _draw(config, shard)
    name = f"clip_{shard + 1:04d}"
    (folder / "mic" / f"{name}.wav").write_bytes(wav_bytes(clip.rendered.samples, spec.sample_rate_hz))
    rows = frames_of(config.sound, spec, clip, config.duration_s)
    (folder / "metadata" / f"{name}.csv").write_text(csv_lines(rows, VOICES), encoding="utf-8")
    busy = [sum(row.frame == frame for row in rows) for frame in {row.frame for row in rows}]
    return {
        "name": name,
        "frames": len(busy),
        "together": sum(count > 1 for count in busy),
        **clip_row(config.sound, spec, clip),
    }


def _draw(config: SeldConfig, number: int) -> tuple[Clip, HearingSpec]:
    rng, sound = stream(config.seed, f"dataset.seld.{config.pool}", number), config.sound
    count = int(rng.integers(config.callers[0], config.callers[1] + 1))
    stand = draw_stand_for(sound, config.pool, count, rng)
    turns = max(int(config.duration_s / _TURN_S), 1)
    edges = np.linspace(0.0, config.duration_s, turns + 1)
    sources = []
    for seat in stand.seats[:count]:
        kind = seat.voice or sound.kinds[int(rng.integers(len(sound.kinds)))]
        calls = [turn for turn in range(turns) if rng.random() < 0.7] or [int(rng.integers(turns))]
        spans = [(float(edges[turn]), float(edges[turn + 1])) for turn in calls]
        sources.append(utter(sound, config.pool, seat.mouth, kind, spans, rng))
    sources += noises(sound, config.pool, stand, config.duration_s, rng)
    spec = replace(config.hearing, snr_db=draw_snr_db(sound, rng), speech=sound.bank)
    return render(sound, stand, sources, spec, config.duration_s, rng), spec


def frames_of(sound: SoundConfig, spec: HearingSpec, clip: Clip, duration_s: float) -> list[Heard]:
    """Each call in each frame of which it fills at least a half, its direction in the middle of the frame."""
    rows = []
    for call in clip.calls:
        first, last = round(call.onset_s / _FRAME_S), round(min(call.offset_s, duration_s) / _FRAME_S)
        for frame in range(first, max(last, first + 1)):
            middle_s = (frame + 0.5) * _FRAME_S
            azimuth, elevation, _ = body_direction(sound, spec, clip.states, clip.sources[call.source], middle_s)
            rows.append(Heard(frame, call.kind, call.source, azimuth, elevation))
    frames = math.floor(duration_s / _FRAME_S + 1e-9)
    return [row for row in rows if row.frame < frames]


_WHAT = """\
Clips in the form of DCASE's task on localising and detecting sound events: `mic/*.wav`, four channels of a tetrahedral
array at 24 kHz, and `metadata/*.csv`, a line per source and 100 ms frame: frame, class (0 man, 1 woman, 2 child), track,
azimuth and elevation [deg]. `goldentime contest seld metadata ANSWERS` scores a folder of files of the same names."""

_LIMITS = """\
The capsules are free, not on a rigid ball as those of the real sets. Only calls are annotated: talk, fire and alarms are
there as well and are not to be found. Azimuth counts from the drone's nose to the left, elevation up from the level of
its body. Children's voices are altered women's; by default all voices are synthetic. The loudness of calls is set to the
wanted ratio."""


def _finish(config: SeldConfig, folder: Path, shards: list[dict[str, Any]]) -> None:
    write_atomic(folder / "details.json", pretty_json(shards))
    calls = [call for row in shards for call in row["calls"]]
    frames, together = (sum(row[name] for row in shards) for name in ("frames", "together"))
    counts = (
        f"{len(shards)} clips of {config.duration_s:g} s, {len(calls)} calls of {len({c['speaker'] for c in calls})} "
        f"speakers; "
        f"{frames} frames with a call, {together} of them with several."
    )
    parts = [
        ("What it is", _WHAT),
        ("Counts", counts),
        ("By class", table(("class", "calls"), counted(calls, "kind"))),
        ("By place", table(("place", "clips"), counted(shards, "place"))),
        ("Limits", _LIMITS),
    ]
    write_atomic(folder / "card.md", card_text(SELD.title, parts, statement_of(SELD, config), SOUND))


SELD = Recipe(
    name="seld",
    config=SeldConfig,
    sizes=_sizes,
    make=_make,
    finish=_finish,
    title="Golden Time SELD data set",
    about="Synthetic four-channel clips of a drone's microphones with calls of men, women and children, in the form of "
    "DCASE's task on sound event localisation and detection.",
    keywords=("sound event localisation and detection", "speech", "drone", "rotor noise", "synthetic"),
    unit="clips",
)
"""Makes SELD sets."""
