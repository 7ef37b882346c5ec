"""The ways that sound takes from a source to where the microphones are: in one room, through openings, through walls.

Each way ends in the room of the microphones with a point that it seems to come from, which has images there like a source.
"""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.air import BANDS_HZ
from goldentime.envs.acoustics.bending import WAVES_M, bend_loss_db
from goldentime.envs.acoustics.chains import loudest
from goldentime.envs.acoustics.space import Space, normal_of, plane_of, room_at
from goldentime.envs.level import OUTSIDE, Opening

__all__ = ["Way", "ways_between"]

Floats = NDArray[np.float64]

_FAINT_DB = 80.0
"""What loses more in walls is not followed."""
_ONES = np.ones(len(BANDS_HZ))
_ZEROS = np.zeros(len(BANDS_HZ))


class Way(NamedTuple):
    """One way of sound."""

    key: tuple[object, ...]
    """`("room", r)`, `("opening", r, o1, o2, ...)` or `("wall", r)`; r is the room of the microphones."""
    room: int
    point: Floats
    """(3,) [m] the source itself, or where the sound enters the room."""
    extra_m: float
    """Way from the source to that point; the sound falls off with the whole way."""
    gains: Floats
    """(7,) pressure gain by octave band, besides that fall and the air."""
    baffle: Floats
    """(7,) by how much an image that coincides with the point, in the wall of the opening, raises the pressure; it is part
    of `gains`. 1 without one."""
    tail: Floats
    """(7,) pressure gain of what feeds the room's reverberation, against a source in the room itself."""

    @property
    def from_source(self) -> bool:
        """Whether the point is the source itself."""
        return self.key[0] != "opening"

    @property
    def echoes(self) -> bool:
        """Whether its reflections in the room count."""
        return self.key[0] != "wall"


def ways_between(space: Space, source: Floats, ear: Floats, ear_room: int | None = None) -> list[Way]:
    """The ways from a source (3,) to the middle of the microphones (3,), all [m]: the direct one where both are in one
    room or both outside; otherwise the best one through openings, if any, and the one straight through the walls.
    `ear_room` is that of the microphones, where it is known already."""
    begin = room_at(space, source)
    end = room_at(space, ear) if ear_room is None else ear_room
    if begin == end:
        return [Way(("room", end), end, source, 0.0, _ONES, _ONES, _ONES if end != OUTSIDE else _ZEROS)]
    best = loudest(space, (begin, end), source, ear)
    ways = [] if best is None else [_through_openings(space, best, begin, source, ear)]
    loss = _walls_db(space, source, ear)
    if loss is not None and loss.min() < _FAINT_DB:
        ways.append(Way(("wall", end), end, source, 0.0, 10.0 ** (-0.05 * loss), _ONES, _ZEROS))
    return ways


def _through_openings(space: Space, chain: tuple[int, ...], begin: int, source: Floats, ear: Floats) -> Way:
    rooms, openings = [begin], [space.openings[i] for i in chain]
    for opening in openings:
        rooms.append(opening.rooms[1] if opening.rooms[0] == rooms[-1] else opening.rooms[0])
    points = _shortest(space, openings, rooms, source, ear)
    gains, power = np.ones(len(BANDS_HZ)), np.ones(len(BANDS_HZ))
    for i, opening in enumerate(openings):
        before, at, after = points[i], points[i + 1], points[i + 2]
        passed = space.through[chain[i]]
        gains = gains * np.sqrt(passed) * _aperture(opening, before, at, after)
        power = power * passed * _caught(space, opening, rooms[i], before, at)
    extra = sum(math.dist(a, b) for a, b in pairwise(points[:-1]))
    room = rooms[-1]
    key = ("opening", room, *chain)
    if room == OUTSIDE:
        return Way(key, room, points[-2], extra, gains, _ONES, _ZEROS)
    baffle = 1.0 + _wall_reflection(space, openings[-1], room, points[-2])
    return Way(key, room, points[-2], extra, gains, baffle, np.sqrt(power))


def _shortest(space: Space, openings: list[Opening], rooms: list[int], source: Floats, ear: Floats) -> list[Floats]:
    """The corners of the shortest polyline from source to ear through the openings, both ends included."""
    points = [source, *(np.array(opening.centre) for opening in openings), ear]
    for _ in range(1 if len(openings) == 1 else 4):
        for i, opening in enumerate(openings):
            points[i + 1] = _crossing(space, opening, rooms[i + 1], points[i], points[i + 2])
    return points


def _crossing(space: Space, opening: Opening, room: int, before: Floats, after: Floats) -> Floats:
    """Where the line between two points passes an opening, or the point of it that is nearest to that, on the side of the
    room that it leads to."""
    axis, centre, half = normal_of(opening), np.array(opening.centre), 0.5 * np.array(opening.size)
    plane = plane_of(space, opening, room)
    along = after[axis] - before[axis]
    share = min(max((plane - before[axis]) / along, 0.0), 1.0) if abs(along) > 1e-9 else 0.5
    point: Floats = np.clip(before + share * (after - before), centre - half, centre + half)
    point[axis] = plane
    return point


def _aperture(opening: Opening, before: Floats, at: Floats, after: Floats) -> Floats:
    """(7,) Pressure gain of an opening: it bends what does not go straight, and it passes less of what is longer than it.

    On the axis of a hole of area S small against the first Fresnel zone, pressure is S / (wave length * L) of that in the
    free field, 1/L = 1/before + 1/after (M. Born and E. Wolf, Principles of Optics, 8.8).
    """
    near, far = max(math.dist(before, at), 0.05), max(math.dist(at, after), 0.05)
    axis, centre, half = normal_of(opening), np.array(opening.centre), 0.5 * np.array(opening.size)
    detour = math.dist(before, at) + math.dist(at, after) - math.dist(before, after)
    if detour < 1e-6:
        # Straight through: how near the closest edge is.
        sides = [(i, sign) for i in range(3) if i != axis for sign in (-1.0, 1.0)]
        side, sign = min(sides, key=lambda s: half[s[0]] - s[1] * (at[s[0]] - centre[s[0]]))
        edge = at.copy()
        edge[side] = centre[side] + sign * half[side]
        detour = -(math.dist(before, edge) + math.dist(edge, after) - math.dist(before, after))
    area = opening.size[1 - axis] * opening.size[2]
    passed = np.minimum(area / (WAVES_M * near * far / (near + far)), 1.0)
    gain: Floats = passed * 10.0 ** (-0.05 * bend_loss_db(detour))
    return gain


def _caught(space: Space, opening: Opening, room: int, before: Floats, at: Floats) -> Floats:
    """(7,) Share of a source's power that meets an opening of a room: straight, by the angle that it fills, and out of the
    room's diffuse field, S / A (H. Kuttruff, Room Acoustics, 5.1). The part that went into the walls first is neglected."""
    axis = normal_of(opening)
    area, away = opening.size[1 - axis] * opening.size[2], max(math.dist(before, at), 0.1)
    straight = min(area * abs(at[axis] - before[axis]) / (4.0 * np.pi * away**3), 0.5)
    caught: Floats = np.minimum(straight + area / space.area_m2[room], 1.0)
    return caught


def _wall_reflection(space: Space, opening: Opening, room: int, at: Floats) -> Floats:
    """(7,) Reflection factor of the face that an opening lies in: the image there coincides with the point itself."""
    axis = normal_of(opening)
    upper = at[axis] > space.lower[room, axis] + 0.5 * space.size[room, axis]
    factor: Floats = space.reflect[room, 2 * axis + int(upper)]
    return factor


def _walls_db(space: Space, source: Floats, ear: Floats) -> Floats | None:
    """(7,) What walls on the straight line take [dB]; None where there are none."""
    along = ear - source
    along = np.where(np.abs(along) < 1e-9, 1e-9, along)
    first, second = (space.walls[:, 0] - source) / along, (space.walls[:, 1] - source) / along
    enter, leave = np.minimum(first, second).max(1), np.maximum(first, second).min(1)
    hit = (enter < leave) & (leave > 0.0) & (enter < 1.0)
    return space.walls_db[hit].sum(0) if hit.any() else None
