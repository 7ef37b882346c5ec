"""Who calls, when and how loudly, and what else is to be heard."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from goldentime.envs.acoustics.sounds import Sounding, Source, SourceKind, Waypoint
from goldentime.envs.level import Point
from goldentime.errors import ScenarioError
from goldentime.missions.voices_calls import VOICES
from goldentime.missions.voices_place import Seat, Stand
from goldentime.records import record

__all__ = ["CastConfig", "cast"]

Rng = np.random.Generator

_FIRST_S, _LAST_S = 2.0, 3.0
"""Nobody calls so early, or so late that it could not be reported any more."""
_QUIETEST_DB, _LOUDEST_DB = 45.0, 120.0


@record
class CastConfig:
    """Who is there; pairs are the fewest and the most."""

    callers: tuple[int, int] = (2, 4)
    kinds: tuple[str, ...] = VOICES
    """Of callers whom nobody sees; in scenes those who stand there call."""
    repeats: tuple[int, int] = (2, 4)
    """Calls of each."""
    others: tuple[int, int] = (0, 1)
    """Of the callers, those who can only cough or knock."""
    overlap: float = 0.5
    """Share of the calls that begin before the last is over, at the hardest; 0 at the easiest."""
    distracting: float = 1.0
    """Scales how much of talk, fire, alarm and siren there is; 0 for none."""
    snr_db: float | None = None
    """Pins the level of every call over the drone's own noise where it starts; if not given, it follows from the
    difficulty: on the mean from `snr_span_db[0]` at 0 to `snr_span_db[1]` at 1."""
    snr_span_db: tuple[float, float] = (15.0, -10.0)
    snr_std_db: float = 3.0
    split: str = "test"
    """Of the speech bank: `train` or `test`, which share no speaker."""
    bank: str = "default"
    """The speech bank, or a folder with one."""

    def __post_init__(self) -> None:
        if self.split not in ("train", "test") or not self.kinds or not {*self.kinds} <= {*VOICES}:
            raise ValueError(f"expected a split train or test and kinds among {', '.join(VOICES)}, got {self}")
        for name, least in (("callers", 1), ("repeats", 1), ("others", 0)):
            low, high = getattr(self, name)
            if not least <= low <= high:
                raise ValueError(f"{name}: expected {least} <= fewest <= most, got {low} and {high}")


class Scale(NamedTuple):
    """What levels are measured against."""

    difficulty: float
    noise_db: float
    """Of the drone's own noise at the microphones."""
    time_limit_s: float


class _Caller(NamedTuple):
    kind: SourceKind
    mouth: Point
    clips: tuple[Any, ...]
    """Of the speech bank, one a call."""


def cast(config: CastConfig, stand: Stand, scale: Scale, rng: Rng) -> tuple[Source, ...]:
    """All that is to be heard, callers first.

    Raises:
        ScenarioError: nobody is there who could call.
    """
    from goldentime.envs.speech.bank import load_bank

    bank = load_bank(config.bank)
    count = min(int(rng.integers(config.callers[0], config.callers[1] + 1)), len(stand.seats))
    if not count:
        raise ScenarioError(f"voices: expected somebody who calls, got nobody in a place {stand.place!r}")
    mute = min(int(rng.integers(config.others[0], config.others[1] + 1)), count - 1)
    chosen = [stand.seats[i] for i in sorted(rng.permutation(len(stand.seats))[:count].tolist())]
    callers = [_caller(config, bank, seat, number < mute, rng) for number, seat in enumerate(chosen)]
    soundings = _schedule(config, callers, stand, scale, rng)
    found = [
        Source(
            kind=caller.kind,
            path=_still(caller.mouth),
            soundings=tuple(parts),
            calls=True,
            speaker=caller.clips[0].speaker,
        )
        for caller, parts in zip(callers, soundings, strict=True)
        if parts
    ]
    return (*found, *_distractions(config, bank, stand, scale, rng))


def _caller(config: CastConfig, bank: Any, seat: Seat, mute: bool, rng: Rng) -> _Caller:
    kind: Any
    if mute:
        kind = ("cough", "knock")[int(rng.integers(2))]
        first = bank.pick(rng, split=config.split, kind=kind)
    else:
        kind = seat.voice or config.kinds[int(rng.integers(len(config.kinds)))]
        first = bank.pick(rng, split=config.split, voice=kind, kind="call")
    theirs = [clip for clip in bank.clips if clip.speaker == first.speaker and clip.kind == first.kind]
    count = int(rng.integers(config.repeats[0], config.repeats[1] + 1))
    return _Caller(kind, seat.mouth, (first, *(theirs[int(rng.integers(len(theirs)))] for _ in range(count - 1))))


def _schedule(config: CastConfig, callers: Sequence[_Caller], stand: Stand, scale: Scale, rng: Rng) -> list[list[Sounding]]:
    """When they call: one after another, and the harder it is, the more often at once."""
    turns = [(i, clip) for i, caller in enumerate(callers) for clip in caller.clips]
    turns = [turns[i] for i in rng.permutation(len(turns)).tolist()]
    spoken_s = sum(clip.duration_s for _, clip in turns)
    pause_s = max((scale.time_limit_s - _FIRST_S - _LAST_S - spoken_s) / len(turns), 0.3)
    ends = [0.0] * len(callers)
    found: list[list[Sounding]] = [[] for _ in callers]
    start_s = _FIRST_S + float(rng.uniform(0.0, 0.5)) * pause_s
    for number, clip in turns:
        start_s = max(start_s, ends[number] + 0.5)
        if start_s + clip.duration_s > scale.time_limit_s - _LAST_S:
            break
        level_db = _level_db(config, scale, math.dist(callers[number].mouth, stand.start), rng)
        found[number].append(
            Sounding(start_s=round(start_s, 3), duration_s=clip.duration_s, clip=clip.id, level_db=level_db)
        )
        ends[number] = start_s + clip.duration_s
        if rng.random() < config.overlap * scale.difficulty:
            start_s += clip.duration_s * float(rng.uniform(0.2, 0.8))
        else:
            start_s = max(ends) + pause_s * float(rng.uniform(0.4, 1.4))
    return found


def _level_db(config: CastConfig, scale: Scale, distance_m: float, rng: Rng) -> float:
    snr_db = config.snr_db
    if snr_db is None:
        easy, hard = config.snr_span_db
        mean = easy + scale.difficulty * (hard - easy)
        snr_db = mean + config.snr_std_db * float(np.clip(rng.standard_normal(), -2.0, 2.0))
        return round(min(max(_at_1_m(snr_db, scale, distance_m), _QUIETEST_DB), _LOUDEST_DB), 2)
    return round(_at_1_m(snr_db, scale, distance_m), 2)


def _at_1_m(over_db: float, scale: Scale, distance_m: float) -> float:
    """The level at 1 m that is so much over the noise at a distance."""
    return scale.noise_db + over_db + 20.0 * math.log10(max(distance_m, 0.3))


def _still(at: Point) -> tuple[Waypoint, ...]:
    return (Waypoint(time_s=0.0, position=at),)


def _distractions(config: CastConfig, bank: Any, stand: Stand, scale: Scale, rng: Rng) -> list[Source]:
    """Rescuers who talk, fire, an alarm or a siren."""
    much = config.distracting * scale.difficulty
    found = []
    for mouth in stand.staff[: int(rng.integers(0, 2 + (much > 0.5)))] if much > 0.0 else ():
        found.append(_talk(config, bank, mouth, stand, scale, rng))
    flames = [flame.position for flame in stand.scene.flames][:2] if stand.scene else []
    if not flames and rng.random() < 0.6 * much:
        turn, away = float(rng.uniform(-math.pi, math.pi)), 2.0
        flames = [(stand.start[0] + away * math.cos(turn), stand.start[1] + away * math.sin(turn), stand.ground_m)]
    for foot in flames if much > 0.0 else ():
        found.append(_steady("fire", (foot[0], foot[1], foot[2] + 0.4), stand, scale, (-12.0, 85.0), rng))
    if rng.random() < 0.35 * much:
        inside = stand.place in ("room", "floor")
        x, y, z = stand.start
        at = (x, y, z + 0.7) if inside else (x + 15.0 * math.copysign(1.0, float(rng.uniform(-1, 1))), y, 2.0)
        found.append(_steady("alarm" if inside else "siren", at, stand, scale, (-6.0, 105.0), rng))
    return found


def _talk(config: CastConfig, bank: Any, mouth: Point, stand: Stand, scale: Scale, rng: Rng) -> Source:
    first = bank.pick(rng, split=config.split, kind="talk")
    theirs = [clip for clip in bank.clips if clip.speaker == first.speaker and clip.kind == "talk"]
    level_db = min(_level_db(config, scale, math.dist(mouth, stand.start), rng) - 6.0, 90.0)
    parts, start_s = [], float(rng.uniform(0.0, 6.0))
    while True:
        clip = theirs[int(rng.integers(len(theirs)))]
        if start_s + clip.duration_s > scale.time_limit_s:
            break
        parts.append(
            Sounding(start_s=round(start_s, 3), duration_s=clip.duration_s, clip=clip.id, level_db=round(level_db, 2))
        )
        start_s += clip.duration_s + float(rng.uniform(1.0, 8.0))
    return Source(kind=first.voice or "man", path=_still(mouth), soundings=tuple(parts), speaker=first.speaker)


def _steady(kind: SourceKind, at: Point, stand: Stand, scale: Scale, level: tuple[float, float], rng: Rng) -> Source:
    """What sounds all the time: its level over the noise at the start, and the most at 1 m."""
    over_db, most_db = level
    level_db = _at_1_m(over_db + float(rng.uniform(-4.0, 4.0)), scale, math.dist(at, stand.start))
    part = Sounding(start_s=0.0, duration_s=scale.time_limit_s, level_db=round(min(level_db, most_db), 2))
    return Source(kind=kind, path=_still(at), soundings=(part,))
