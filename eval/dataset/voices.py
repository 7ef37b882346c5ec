"""The voices data set: short clips of a drone's microphones with who calls and from where, to train and test ears."""

from dataclasses import field, replace
from pathlib import Path
from typing import Any

import numpy as np

from goldentime.envs.acoustics.ear import HearingSpec
from goldentime.eval.dataset.card import SOUND, bands, card_text, counted, table
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
from goldentime.files import write_atomic
from goldentime.records import canonical_json, record
from goldentime.rng import stream

__all__ = ["VOICES", "VoicesSetConfig"]

_SHARD = 25


@record
class VoicesSetConfig:
    """What clips are made."""

    n: int = 2000
    """Clips."""
    seed: int = 0
    pool: str = "train"
    """`train` or `test`: they share no speaker and no room."""
    duration_s: float = 2.0
    callers: tuple[int, int] = (1, 2)
    """At a time; each calls once."""
    silent: float = 0.1
    """Share of the clips in which nobody calls."""
    hearing: HearingSpec = HearingSpec(calibration_s=1.0)
    """The array, its errors and what it is made to hear; the level of the calls is set by `sound.snr_db`."""
    sound: SoundConfig = field(default_factory=SoundConfig)

    def __post_init__(self) -> None:
        if self.n < 1 or self.seed < 0 or self.pool not in ("train", "test") or self.duration_s < 0.5:
            raise ValueError(f"expected n >= 1, seed >= 0, a pool train or test and duration_s >= 0.5, got {self}")


def _sizes(config: VoicesSetConfig) -> list[int]:
    return [min(_SHARD, config.n - first) for first in range(0, config.n, _SHARD)]


def _make(config: VoicesSetConfig, shard: int, folder: Path) -> dict[str, Any]:
    for name in ("audio", "calibration"):
        (folder / name).mkdir(exist_ok=True)
    rows = []
    for number in range(shard * _SHARD, min((shard + 1) * _SHARD, config.n)):
        clip, spec = _draw(config, number)
        name, rate = f"{number:06d}.wav", spec.sample_rate_hz
        (folder / "audio" / name).write_bytes(wav_bytes(clip.rendered.samples, rate))
        if clip.rendered.calibration is not None:
            (folder / "calibration" / name).write_bytes(wav_bytes(clip.rendered.calibration.samples, rate))
        rows.append({"id": number, "file_name": name, **clip_row(config.sound, spec, clip)})
    return {"clips": rows}


def _draw(config: VoicesSetConfig, number: int) -> tuple[Clip, HearingSpec]:
    rng, sound = stream(config.seed, f"dataset.voices.{config.pool}", number), config.sound
    count = 0 if rng.random() < config.silent else int(rng.integers(config.callers[0], config.callers[1] + 1))
    stand = draw_stand_for(sound, config.pool, count, rng)
    sources = []
    for seat in stand.seats[:count]:
        kind = seat.voice or sound.kinds[int(rng.integers(len(sound.kinds)))]
        sources.append(utter(sound, config.pool, seat.mouth, kind, [(0.0, config.duration_s)], rng))
    sources += noises(sound, config.pool, stand, config.duration_s, rng)
    spec = replace(config.hearing, snr_db=draw_snr_db(sound, rng) if count else None, speech=sound.bank)
    return render(sound, stand, sources, spec, config.duration_s, rng), spec


def clip_row(sound: SoundConfig, spec: HearingSpec, clip: Clip) -> dict[str, Any]:
    """What is told of a clip."""
    calls = []
    for call in clip.calls:
        middle_s = 0.5 * (call.onset_s + call.offset_s)
        azimuth, elevation, away_m = body_direction(sound, spec, clip.states, clip.sources[call.source], middle_s)
        calls.append(
            {
                **{key: value for key, value in call._asdict().items() if key not in ("distance_m", "source")},
                "onset_s": round(call.onset_s, 4),
                "offset_s": round(call.offset_s, 4),
                "snr_db": round(call.snr_db, 2),
                "azimuth_deg": round(azimuth, 2),
                "elevation_deg": round(elevation, 2),
                "distance_m": round(away_m, 3),
            }
        )
    speeds = np.array([state.drones[0].rotor_speed_rad_s for state in clip.states]).round(2)
    calibration = clip.rendered.calibration
    return {
        "place": clip.stand.place,
        "rt60_s": round(clip.rt60_s, 3),
        "room_m": [list(room.upper) for room in clip.stand.level.rooms[:1]],
        "others": sorted(source.kind for source in clip.sources if not source.calls),
        "calls": calls,
        "rotor_speed_rad_s": speeds.tolist(),
        "calibration_rotor_speed_rad_s": calibration.rotor_speed_rad_s.round(2).tolist() if calibration else [],
    }


_WHAT = """\
Clips of the microphones of a hovering drone in which a man, a woman or a child calls for help, several do, or nobody does:
`audio/*.wav`, 16 bits, one channel per microphone. `calibration/*.wav` is the drone's own noise by the same microphones,
recorded before. `clips.jsonl` has a line per clip. Voices are those of the speech bank named below, by default synthetic
ones."""

_FIELDS = """\
- `calls`: `kind` (man, woman, child), `speaker`, `clip` (in the speech bank), `language`, `text`; `onset_s` and `offset_s`
  when the direct sound reaches the array; `azimuth_deg` counter-clockwise from the nose and `elevation_deg` up from the
  level of the body, `distance_m`, all from the middle of the array in the middle of the call; `snr_db` active level of the
  call over the mean of all else above 100 Hz, mean over the microphones.
- `place` (`open`, `room`, `floor`, `street`), `rt60_s` (at 500 and 1000 Hz, 0 in the open), `room_m` (size of a bare room).
- `others`: what else is to be heard; a voice among them talks and does not call.
- `rotor_speed_rad_s`: of each rotor every 100 ms, the first with the first sample; the same of the calibration clip."""

_LIMITS = """\
Made, not recorded: rotors, rooms and, by default, voices. Children's voices are altered women's. Levels of calls are set to
the wanted ratio, beyond what a throat can do where that is what it takes."""


def _finish(config: VoicesSetConfig, folder: Path, shards: list[dict[str, Any]]) -> None:
    rows = [row for shard in shards for row in shard["clips"]]
    write_atomic(folder / "clips.jsonl", b"".join(canonical_json(row) + b"\n" for row in rows))
    calls = [call for row in rows for call in row["calls"]]
    counts = (
        f"{len(rows)} clips of {config.duration_s:g} s at {config.hearing.sample_rate_hz} Hz by the array "
        f"{config.hearing.array}, {len(calls)} calls of {len({call['speaker'] for call in calls})} speakers, "
        f"{sum(not row['calls'] for row in rows)} clips without any."
    )
    parts = [
        ("What it is", _WHAT),
        ("Fields", _FIELDS),
        ("Counts", counts),
        ("By class", table(("class", "calls"), counted(calls, "kind"))),
        ("By language", table(("language", "calls"), counted(calls, "language"))),
        ("By place", table(("place", "clips"), counted(rows, "place"))),
        ("By level", table(("SNR [dB]", "calls"), bands(calls, "snr_db", (-100, -15, -10, -5, 0, 5, 10, 20, 100)))),
        ("By distance", table(("distance [m]", "calls"), bands(calls, "distance_m", (0, 2, 4, 6, 8, 100)))),
        ("By reverberation", table(("RT60 [s]", "clips"), bands(rows, "rt60_s", (0, 0.05, 0.3, 0.6, 1.0, 5.0)))),
        ("Limits", _LIMITS),
    ]
    write_atomic(folder / "card.md", card_text(VOICES.title, parts, statement_of(VOICES, config), SOUND))


VOICES = Recipe(
    name="voices",
    config=VoicesSetConfig,
    sizes=_sizes,
    make=_make,
    finish=_finish,
    title="Golden Time voices data set",
    about="Synthetic multichannel clips of a drone's microphones in which men, women and children call for help in rotor "
    "noise, fire and reverberation, with class, direction, distance and level of each call.",
    keywords=("sound source localisation", "speech", "drone", "rotor noise", "search and rescue", "synthetic"),
    unit="clips",
)
"""Makes sets of voices."""
