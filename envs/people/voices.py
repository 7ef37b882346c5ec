"""Draws the voices of people: who calls for help, knocks or coughs, when, and how loudly while they are well."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from goldentime.envs.acoustics.sounds import Sounding, Source, SourceKind, Waypoint
from goldentime.envs.people.dose import breathing_height_m
from goldentime.envs.people.person import Person
from goldentime.envs.people.triage import SENSELESS
from goldentime.records import record

__all__ = ["VoicesConfig", "draw_voices"]

Rng = np.random.Generator

_VOICES: dict[str, Literal["man", "woman", "child"]] = {
    "man": "man", "elderly_man": "man", "woman": "woman", "elderly_woman": "woman", "child": "child"
}  # fmt: skip
_TALKS_DB = -10.0
"""Rescuers talk so much less loudly than those who call; our choice."""


@record
class VoicesConfig:
    """Who is heard; pairs are the least and the most."""

    callers: float = 0.85
    """Share of those who are awake that make themselves heard."""
    wordless: float = 0.15
    """Share of these that can only cough or, trapped, knock."""
    talkers: float = 0.7
    """Share of the rescuers that talk."""
    level_db: tuple[float, float] = (78.0, 96.0)
    """At 1 m, somebody well. ANSI S3.5-1997 has 75 dB for a loud voice and 82 dB for a shout; people in need scream."""
    pause_s: tuple[float, float] = (4.0, 14.0)
    """Between two calls of one person."""
    split: Literal["train", "test"] = "test"
    """Of the speech bank, whose parts share no speaker."""
    bank: str = "default"
    """The speech bank, or a folder with one."""

    def __post_init__(self) -> None:
        for name in ("level_db", "pause_s"):
            low, high = getattr(self, name)
            if not 0.0 < low <= high:
                raise ValueError(f"{name}: expected 0 < least <= most, got {low:g} and {high:g}")


def draw_voices(
    people: Sequence[Person], config: VoicesConfig, time_limit_s: float, rng: Rng, *, first: int = 0
) -> tuple[tuple[Person, ...], tuple[Source, ...]]:
    """The people with the places of their voices, and the voices.

    A source stays where its person is at the start and calls all the time: `PersonState` says where and how loud it is
    meanwhile. Those who are unconscious from the start have none.

    Args:
        people: without voices.
        config: who is heard.
        time_limit_s: of the episode.
        rng: what is drawn with.
        first: how many sources there are before these in `Scenario.sounds`.
    """
    from goldentime.envs.speech.bank import load_bank

    bank = load_bank(config.bank)
    voiced: list[Person] = []
    sources: list[Source] = []
    for person in people:
        heard = person.injury <= SENSELESS and rng.random() < (config.callers if person.victim else config.talkers)
        source = _source(person, config, bank, time_limit_s, rng) if heard else None
        voiced.append(person if source is None else replace(person, sound=first + len(sources)))
        sources += [] if source is None else [source]
    return tuple(voiced), tuple(sources)


def _source(person: Person, config: VoicesConfig, bank: Any, time_limit_s: float, rng: Rng) -> Source | None:
    kind: SourceKind
    if not person.victim:
        kind = "woman" if rng.random() < 0.5 else "man"
        pick = bank.pick(rng, split=config.split, voice=kind, kind="talk")
    elif rng.random() < config.wordless:
        kind = "knock" if person.mobility == "trapped" else "cough"
        pick = bank.pick(rng, split=config.split, kind=kind)
    else:
        kind = _VOICES[person.kind]
        pick = bank.pick(rng, split=config.split, voice=kind, kind="call")
    clips = [clip for clip in bank.clips if clip.speaker == pick.speaker and clip.kind == pick.kind]
    level_db = float(rng.uniform(*config.level_db)) + (0.0 if person.victim else _TALKS_DB)
    soundings = _soundings(clips, level_db, config, time_limit_s, rng)
    x, y, z = person.position
    mouth = (x, y, round(z + breathing_height_m(person.posture, person.kind, person.scale), 3))
    path = (Waypoint(time_s=0.0, position=mouth),)
    return (
        Source(kind=kind, path=path, soundings=soundings, calls=person.victim, speaker=pick.speaker) if soundings else None
    )


def _soundings(
    clips: Sequence[Any], level_db: float, config: VoicesConfig, time_limit_s: float, rng: Rng
) -> tuple[Sounding, ...]:
    """One after another until the end."""
    found: list[Sounding] = []
    start_s = float(rng.uniform(0.5, config.pause_s[1]))
    while True:
        clip = clips[int(rng.integers(len(clips)))]
        if start_s + clip.duration_s > time_limit_s:
            return tuple(found)
        louder_db = 2.0 * math.tanh(float(rng.standard_normal()))
        found.append(
            Sounding(
                start_s=round(start_s, 3), duration_s=clip.duration_s, clip=clip.id, level_db=round(level_db + louder_db, 2)
            )
        )
        start_s += clip.duration_s + float(rng.uniform(*config.pause_s))
