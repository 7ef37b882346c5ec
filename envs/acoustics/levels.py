"""How loud a source is at a place and where it seems to be, without its sound: for truth and signal-to-noise ratios."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.control.frames import to_body
from goldentime.envs.acoustics.air import SPEED_OF_SOUND_M_S
from goldentime.envs.acoustics.early import NEAREST_M, air_gains
from goldentime.envs.acoustics.paths import Way, ways_between
from goldentime.envs.acoustics.space import Space, room_at
from goldentime.envs.level import OUTSIDE
from goldentime.types import Quat

__all__ = ["SPEECH_DB", "Arrival", "arrival_of", "bearing"]

Floats = NDArray[np.float64]

SPEECH_DB = (50.0, 57.2, 59.8, 53.5, 48.8, 43.8, 38.6)
"""Octave-band levels of speech of normal effort at 1 m [dB], ANSI S3.5-1997, table 3; 125 Hz is not there and estimated."""

_IN_LINE_DB = 3.0


class Arrival(NamedTuple):
    """What reaches a place from a source at one instant."""

    source_room: int
    ear_room: int
    """Places in `Level.rooms`, or `OUTSIDE`."""
    distance_m: float
    """Straight from source to ear."""
    way_m: float
    """Length of the way by which most arrives; its sound is late by that over the speed of sound."""
    point: tuple[float, float, float]
    """[m] what that way seems to come from: the source, or the opening through which its sound enters."""
    in_line: bool
    """Whether nothing stands in that way: both in one room or outside, or straight through open doors."""
    direct_db: float
    """[dB re 20 uPa] of the direct path or what comes in its stead."""
    total_db: float
    """[dB re 20 uPa] with reflections and reverberation, by their mean energy."""


def arrival_of(
    space: Space, source: Floats, ear: Floats, level_db: float, spectrum_db: tuple[float, ...] = SPEECH_DB
) -> Arrival | None:
    """What reaches an ear from a source; None where no way is known.

    Args:
        space: `space_of` the level.
        source: (3,) [m] world ENU.
        ear: (3,) [m] the middle of the microphones.
        level_db: sound pressure level of the source at 1 m in the free field [dB re 20 uPa].
        spectrum_db: (7,) its octave-band levels, of which only the shape counts.
    """
    source, ear = np.asarray(source, np.float64), np.asarray(ear, np.float64)
    power = 10.0 ** (0.1 * np.array(spectrum_db))
    power = power / power.sum() * 10.0 ** (0.1 * level_db)
    found = []
    for way in ways_between(space, source, ear):
        length = way.extra_m + float(np.linalg.norm(way.point - ear))
        straight = np.square(way.gains * air_gains(space, np.array(length)) / max(length, NEAREST_M))
        found.append((float(power @ straight), float(power @ _echoes(space, way, ear)), length, way))
    if not found:
        return None
    direct, _, length, way = max(found, key=lambda one: one[0])
    total = sum(straight + echo for straight, echo, _, _ in found)
    free = way.key[0] != "wall" and _decibels(float(way.gains[3]) ** 2) > -_IN_LINE_DB
    x, y, z = way.point.tolist()
    return Arrival(
        source_room=room_at(space, source), ear_room=room_at(space, ear), distance_m=math.dist(source, ear), way_m=length,
        point=(x, y, z), in_line=free, direct_db=_decibels(direct), total_db=_decibels(total),
    )  # fmt: skip


def bearing(ear: Floats, orientation: Quat, point: Floats) -> tuple[float, float]:
    """Azimuth from the nose, counter-clockwise in (-pi, pi], and elevation of a point [rad] in a body's frame (FLU).

    Args:
        ear: (3,) [m] world ENU.
        orientation: of the body, (x, y, z, w), turns body vectors into world vectors.
        point: (3,) [m] world ENU.
    """
    x, y, z = to_body(orientation, (point[0] - ear[0], point[1] - ear[1], point[2] - ear[2]))
    return math.atan2(y, x), math.atan2(z, math.hypot(x, y))


def _echoes(space: Space, way: Way, ear: Floats) -> Floats:
    """(7,) Mean energy of reflections, for a source of energy 1 at 1 m: what comes after the direct sound in a decay
    4 pi c / V exp(-13.8 t / T) (M. Barron and L.-J. Lee, J. Acoust. Soc. Am. 84 (1988) 618); outside that of the ground."""
    away = float(np.linalg.norm(way.point - ear))
    if not way.echoes:
        return np.zeros(len(way.gains))
    if way.room == OUTSIDE:
        mirror = way.point * np.array([1.0, 1.0, -1.0])
        length = way.extra_m + float(np.linalg.norm(mirror - ear))
        ground: Floats = np.square(way.gains * space.reflect[OUTSIDE, 4] * air_gains(space, np.array(length)) / length)
        return ground
    rt60, volume = space.rt60_s[way.room], space.size[way.room].prod()
    rate = 6.0 * math.log(10.0) / rt60
    field = 4.0 * np.pi * SPEED_OF_SOUND_M_S / volume / rate * np.exp(-rate * away / SPEED_OF_SOUND_M_S)
    echo: Floats = np.square(way.tail) * field
    return echo


def _decibels(energy: float) -> float:
    return 10.0 * math.log10(max(energy, 1e-30))
