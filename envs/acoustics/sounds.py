"""What can be heard in a scenario: who or what sounds, where, when and how loud."""

from typing import Literal

from goldentime.envs.level import Point
from goldentime.records import record

__all__ = ["Sounding", "Source", "SourceKind", "Waypoint"]

SourceKind = Literal["man", "woman", "child", "cough", "knock", "fire", "alarm", "siren"]
"""Voices and coughs and knocks play clips of a speech bank; the others are synthesised for as long as they sound."""


@record
class Waypoint:
    """Where a source is at a time; between two of them it moves in a straight line, before the first and after the last it
    stays."""

    time_s: float
    position: Point
    """[m] of the mouth or whatever sounds, world ENU."""


@record
class Sounding:
    """One stretch of sound."""

    start_s: float
    """When the source begins to sound; it is heard later, by its distance."""
    duration_s: float
    clip: str = ""
    """Of the speech bank, played once from its beginning; empty for synthesised kinds."""
    level_db: float = 65.0
    """Sound pressure level at 1 m in the free field [dB re 20 uPa], of the active parts of a clip."""


@record
class Source:
    """One thing that sounds."""

    kind: SourceKind
    path: tuple[Waypoint, ...]
    soundings: tuple[Sounding, ...]
    """In the order of their starts, not overlapping."""
    calls: bool = False
    """Whether it is somebody who calls for help; other voices, of rescuers or a radio, are not to be reported."""
    speaker: str = ""
    """Of the speech bank."""
    fuel: int = -1
    """Of the fire plan: the source is as loud as this item burns, and at `level_db` at its peak; -1 for one that is as loud
    as its soundings say."""
