"""Clips of the real contest's hearing track, from our scenes: names, truth and answer as they were."""

import math
from dataclasses import field, replace
from pathlib import Path
from typing import Any

import numpy as np

from goldentime.envs.acoustics.ear import HearingSpec
from goldentime.eval.contest.track3 import ANGLES, ANSWER_KEY, NOBODY, TRUTH_KEY, Call, calls_bytes
from goldentime.eval.dataset.card import SOUND, card_text, counted, table
from goldentime.eval.dataset.shards import Recipe, statement_of
from goldentime.eval.dataset.sounds import SoundConfig, draw_snr_db, draw_stand_for, noises, render, utter, wav_bytes
from goldentime.eval.dataset.voices import clip_row
from goldentime.files import pretty_json, write_atomic
from goldentime.missions.voices_place import PlaceConfig
from goldentime.records import record
from goldentime.rng import stream

__all__ = ["TRACK3", "Track3Config"]

_SHARD = 20
_GENDERS = {"man": "male", "woman": "female"}
_STAGES = {1: (10.0, 10.0), 2: (-5.0, 10.0)}
"""Level of the voice over the noise [dB], least and most."""
_AHEAD = PlaceConfig(places=("open",), ahead=True, distance_m=(2.0, 5.0))


@record
class Track3Config:
    """What clips are made. Their number, length, rate, distances and levels were never published; these are ours."""

    n: int = 100
    """Clips."""
    seed: int = 0
    pool: str = "test"
    """`train` or `test`: they share no speaker."""
    stage: int = 1
    """1: the angle, at 10 dB; 2: the gender too, at -5 to 10 dB, and other sounds."""
    duration_s: float = 3.0
    silent: float = 0.1
    """Share of the clips in which nobody calls."""
    hearing: HearingSpec = HearingSpec(array="stereo", calibration_s=0.0)
    snr_db: tuple[float, float] | None = None
    """Instead of the stage's."""
    sound: SoundConfig = field(default_factory=lambda: SoundConfig(place=_AHEAD, kinds=("man", "woman")))

    def __post_init__(self) -> None:
        if self.n < 1 or self.seed < 0 or self.stage not in _STAGES or self.pool not in ("train", "test"):
            raise ValueError(f"expected n >= 1, seed >= 0, stage 1 or 2 and a pool train or test, got {self}")
        if not {*self.sound.kinds} <= {*_GENDERS} or not self.sound.place.ahead:
            raise ValueError("expected sound.kinds of man and woman, and sound.place.ahead")


def _sizes(config: Track3Config) -> list[int]:
    return [min(_SHARD, config.n - first) for first in range(0, config.n, _SHARD)]


def _make(config: Track3Config, shard: int, folder: Path) -> dict[str, Any]:
    first = shard * _SHARD
    rows = []
    for number in range(first, min(first + _SHARD, config.n)):
        wav, row = _clip(config, number)
        (folder / _name(number)).write_bytes(wav)
        rows.append(row)
    return {"clips": rows}


def _name(number: int) -> str:
    return f"t3_audio_{number + 1:04d}.wav"


def _clip(config: Track3Config, number: int) -> tuple[bytes, dict[str, Any]]:
    rng = stream(config.seed, f"dataset.track3.{config.pool}", number)
    least, most = config.snr_db or _STAGES[config.stage]
    quiet = config.stage == 1
    sound = replace(config.sound, snr_db=(least, most), difficulty=(0.0, 0.0), speed_m_s=0.0)
    if quiet:
        sound = replace(sound, talk=0.0, fire=0.0, alarm=0.0)
    stand = draw_stand_for(sound, config.pool, 1, rng)
    silent = bool(rng.random() < config.silent)
    kind = sound.kinds[int(rng.integers(len(sound.kinds)))]
    sources = [] if silent else [utter(sound, config.pool, stand.seats[0].mouth, kind, [(0.0, config.duration_s)], rng)]
    sources += noises(sound, config.pool, stand, config.duration_s, rng)
    spec = replace(config.hearing, snr_db=None if silent else draw_snr_db(sound, rng), speech=sound.bank)
    clip = render(sound, stand, sources, spec, config.duration_s, rng)
    angle = NOBODY if silent else _angle(stand.yaw, stand.start, stand.seats[0].mouth)
    row = clip_row(sound, spec, clip)
    gender = "" if silent or config.stage == 1 else _GENDERS[kind]
    return wav_bytes(clip.rendered.samples, spec.sample_rate_hz), {"angle": angle, "gender": gender, **row}


def _angle(yaw: float, start: tuple[float, float, float], mouth: tuple[float, float, float]) -> int:
    """The contest's angle of a seat: 0 on the right, 90 ahead, 180 on the left."""
    turn = math.remainder(math.atan2(mouth[1] - start[1], mouth[0] - start[0]) - yaw + 0.5 * math.pi, 2.0 * math.pi)
    angle = round(math.degrees(turn)) % 360
    assert angle in ANGLES, f"{angle} is none of the contest's angles"
    return angle


_WHAT = """\
Clips in the form of the real contest's hearing track (2019, stage 2 as in 2020): `t3_audio_0001.wav` and on, stereo. In
each a voice calls from one of ten angles, 0 (right) to 180 (left) degrees by 20, or nobody does. `track3_GT.json` is the
truth, `answer_zeros.json` shows an answer's form: -1 for nobody, and in stage 2 `gender`, `male` or `female`, where
somebody calls. `goldentime contest track3 track3_GT.json ANSWER.json` gives the figures."""

_OURS = """\
Unknown of the real track, hence ours: which of the ends is 0; the microphones' places (two, 20 cm apart across the nose),
rate and gains; the length of clips; levels and other sounds; the form of the gender in an answer. A pair of microphones in
a line can't tell front from back: all voices are ahead. `details.json` lists per clip what the truth leaves out, with the
rotors' speeds; an answer to be compared with others must not use it."""


def _finish(config: Track3Config, folder: Path, shards: list[dict[str, Any]]) -> None:
    rows = [row for shard in shards for row in shard["clips"]]
    truth = {clip: Call(row["angle"], row["gender"]) for clip, row in enumerate(rows, 1)}
    write_atomic(folder / "track3_GT.json", calls_bytes(TRUTH_KEY, truth))
    write_atomic(folder / "answer_zeros.json", calls_bytes(ANSWER_KEY, dict.fromkeys(truth, Call())))
    details = [{"id": clip, "file_name": _name(clip - 1), **row} for clip, row in enumerate(rows, 1)]
    write_atomic(folder / "details.json", pretty_json(details))
    calls = [call for row in rows for call in row["calls"]]
    counts = f"{len(rows)} clips of {config.duration_s:g} s at {config.hearing.sample_rate_hz} Hz, stage {config.stage}."
    angles = np.array([row["angle"] for row in rows])
    parts = [
        ("What it is", _WHAT),
        ("What is ours", _OURS),
        ("Counts", counts),
        ("By angle", table(("angle", "clips"), [(angle, int((angles == angle).sum())) for angle in (NOBODY, *ANGLES)])),
        ("By class", table(("class", "calls"), counted(calls, "kind"))),
    ]
    write_atomic(folder / "card.md", card_text(TRACK3.title, parts, statement_of(TRACK3, config), SOUND))


TRACK3 = Recipe(
    name="contest2019-track3",
    config=Track3Config,
    sizes=_sizes,
    make=_make,
    finish=_finish,
    title="Golden Time hearing clips in the form of the 2019 contest's track 3",
    about="Synthetic stereo clips of a drone's microphones in which somebody calls from one of ten angles, or nobody does.",
    keywords=("sound source localisation", "speech", "drone", "synthetic"),
    unit="clips",
)
"""Makes hearing clips."""
