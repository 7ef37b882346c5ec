"""A level as sound meets it: rooms with reflecting faces and a reverberation time, openings, and walls."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.absorption import absorption_of, transmission_loss_db
from goldentime.envs.acoustics.air import BANDS_HZ, SPEED_OF_SOUND_M_S, air_absorption
from goldentime.envs.level import OUTSIDE, UNSEEN, Box, Level, Opening, Room
from goldentime.errors import ConfigError

__all__ = ["Chains", "Space", "normal_of", "plane_of", "room_at", "space_of"]

Floats = NDArray[np.float64]
Chains = dict[tuple[int, int], list[tuple[int, ...]]]
"""For two rooms, in which orders one may go through openings (their places) from the first to the second."""

_MOST_OPENINGS = 3
_NEAR_M = 0.3
"""A point so near to a room counts as in it: on the threshold of a door one is in the wall."""
_GROUND = Room(lower=(0.0, 0.0, 0.0), upper=(1.0, 1.0, 1.0), materials=("", "", "", "", "ground", ""))
"""The open air as a room of which only the floor is there."""
_THICK_M = 0.05
"""Skirting boards and the like stop no sound."""
_SOLID = ("wall", "ceiling", "building", "door")


class Space(NamedTuple):
    """All arrays are float64. The last of the r rooms is the open air, so that `level.OUTSIDE` finds it."""

    lower: Floats
    """(r, 3) [m] corner of each room."""
    size: Floats
    """(r, 3) [m]"""
    reflect: Floats
    """(r, 6, 7) pressure reflected by each face, by octave band: the root of what is not absorbed."""
    area_m2: Floats
    """(r, 7) equivalent absorption area after Eyring with air and furniture; inf for the open air."""
    rt60_s: Floats
    """(r, 7) time in which sound falls by 60 dB; 0 for the open air."""
    openings: tuple[Opening, ...]
    chains: Chains
    through: Floats
    """(openings, 7) share of the power on an opening that passes it."""
    walls: Floats
    """(w, 2, 3) [m] corners of what may stand between rooms."""
    walls_db: Floats
    """(w, 7) [dB] what each of them takes from sound that goes through."""
    air_db_m: Floats
    """(7,) [dB/m] what air swallows."""
    batches: dict[tuple[int, int], Any]
    """Of `chains`, by the same keys: what `chains.loudest` makes of them when they are asked for."""


def space_of(level: Level) -> Space:
    """What sound needs to know of a level.

    Raises:
        ConfigError: a room without volume or an opening to a room that is not there.
    """
    for i, room in enumerate(level.rooms):
        if not all(low < high for low, high in zip(room.lower, room.upper, strict=True)):
            raise ConfigError(f"level room {i}: lower must be below upper, got {room.lower} and {room.upper}")
    for i, opening in enumerate(level.openings):
        if not all(OUTSIDE <= place < len(level.rooms) for place in opening.rooms):
            raise ConfigError(f"level opening {i}: rooms must lie in [-1, {len(level.rooms)}), got {opening.rooms}")
    rooms = (*level.rooms, _GROUND)
    through = np.array([_through(opening) for opening in level.openings]).reshape(-1, len(BANDS_HZ))
    lower, upper = np.array([room.lower for room in rooms]), np.array([room.upper for room in rooms])
    swallowed = np.array([_swallowed(level, i, through) for i in range(len(level.rooms))]).reshape(-1, 6, len(BANDS_HZ))
    outside = np.array([absorption_of(material, 1) for material in _GROUND.materials])
    absorption = np.concatenate([swallowed, outside[None]])
    air = air_absorption(np.array(BANDS_HZ))
    area, rt60 = _decay(upper - lower, absorption, air)
    solid = [
        s
        for s in level.solids
        if isinstance(s, Box) and s.semantic in _SOLID and s.material != UNSEEN and min(s.size) >= _THICK_M
    ]
    solid += [pane for pane in level.glass if not _in_opening(pane, level.openings)]
    # A box that is turned counts as the box around it.
    half = [_half(s) for s in solid]
    walls = np.array([(np.array(s.centre) - h, np.array(s.centre) + h) for s, h in zip(solid, half, strict=True)])
    losses = np.array([transmission_loss_db(s.material) for s in solid])
    return Space(
        lower=lower, size=upper - lower, reflect=np.sqrt(1.0 - absorption), area_m2=area, rt60_s=rt60,
        openings=level.openings, chains=_chains(level.openings), through=through,
        walls=walls.reshape(-1, 2, 3), walls_db=losses.reshape(-1, len(BANDS_HZ)),
        air_db_m=air, batches={},
    )  # fmt: skip


def room_at(space: Space, point: Floats) -> int:
    """The room that a point (3,) [m] is in or, in a wall, nearest to; `OUTSIDE` away from all."""
    lower, upper = space.lower[:-1], space.lower[:-1] + space.size[:-1]
    if not len(lower):
        return OUTSIDE
    away = np.linalg.norm(np.clip(np.maximum(lower - point, point - upper), 0.0, None), axis=1)
    nearest = int(away.argmin())
    return nearest if away[nearest] <= _NEAR_M else OUTSIDE


def normal_of(opening: Opening) -> int:
    """The axis along which one passes an opening: 0 or 1."""
    return 0 if opening.size[0] < opening.size[1] else 1


def plane_of(space: Space, opening: Opening, room: int) -> float:
    """Where along that axis one leaves an opening towards a room: on the side of it [m]."""
    axis = normal_of(opening)
    centre, half = opening.centre[axis], 0.5 * opening.size[axis]
    if room == OUTSIDE:
        other = opening.rooms[1] if opening.rooms[0] == OUTSIDE else opening.rooms[0]
        middle = float(space.lower[other, axis]) + 0.5 * float(space.size[other, axis])
        return centre + math.copysign(half, centre - middle)
    low = float(space.lower[room, axis])
    return min(max(centre, low), low + float(space.size[room, axis]))


def _chains(openings: tuple[Opening, ...]) -> Chains:
    """All ways through at most three openings that enter no room twice."""
    chains: Chains = {}
    places = {place for opening in openings for place in opening.rooms}
    grown: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((place,), ()) for place in sorted(places)]
    for _ in range(_MOST_OPENINGS):
        longer = []
        for rooms, chain in grown:
            for number, opening in enumerate(openings):
                if rooms[-1] not in opening.rooms:
                    continue
                after = opening.rooms[1] if opening.rooms[0] == rooms[-1] else opening.rooms[0]
                if after not in rooms:
                    longer.append(((*rooms, after), (*chain, number)))
                    chains.setdefault((rooms[0], after), []).append((*chain, number))
        grown = longer
    return chains


def _through(opening: Opening) -> Floats:
    closed = 10.0 ** (-0.1 * transmission_loss_db(opening.leaf)) if opening.leaf else np.zeros(len(BANDS_HZ))
    return opening.open + (1.0 - opening.open) * closed


def _half(box: Box) -> Floats:
    cos, sin = abs(np.cos(box.yaw)), abs(np.sin(box.yaw))
    x, y, z = (0.5 * part for part in box.size)
    return np.array([cos * x + sin * y, sin * x + cos * y, z])


def _in_opening(pane: Box, openings: tuple[Opening, ...]) -> bool:
    return any(all(abs(a - b) <= 0.5 * c for a, b, c in zip(pane.centre, o.centre, o.size, strict=True)) for o in openings)


def _swallowed(level: Level, place: int, through: Floats) -> Floats:
    """(6, 7) Absorption coefficients of a room's faces; holes in walls and furniture count among them."""
    room = level.rooms[place]
    lower, size = np.array(room.lower), np.array(room.upper) - np.array(room.lower)
    faces = np.array([absorption_of(m, (0, 0, 0, 0, 1, 2)[i]) for i, m in enumerate(room.materials)])
    area = np.prod(size) / np.repeat(size, 2)
    for opening, passed in zip(level.openings, through, strict=True):
        if place not in opening.rooms:
            continue
        normal = int(np.argmin(opening.size[:2]))
        face = 2 * normal + int(opening.centre[normal] > lower[normal] + 0.5 * size[normal])
        share = min(opening.size[1 - normal] * opening.size[2] / area[face], 1.0)
        leaf = absorption_of(opening.leaf) if opening.leaf else np.ones(len(BANDS_HZ))
        own = np.maximum(opening.open + (1.0 - opening.open) * leaf, passed)
        faces[face] = (1.0 - share) * faces[face] + share * own
    furniture = min(room.absorption_m2 / area.sum(), 0.9)
    swallowed: Floats = 1.0 - (1.0 - faces) * (1.0 - furniture)
    return swallowed


def _decay(size: Floats, absorption: Floats, air_db_m: Floats) -> tuple[Floats, Floats]:
    """Absorption areas and reverberation times (r, 7) after C. F. Eyring, J. Acoust. Soc. Am. 1 (1930) 217, with air:
    T = 24 ln 10 V / (c (4 m V - S ln(1 - a))), where m is the air's energy loss per metre."""
    area = np.repeat(size.prod(1)[:, None] / size, 2, axis=1)
    volume, surface = size.prod(1)[:, None], area.sum(1)[:, None]
    mean = np.clip((area[..., None] * absorption).sum(1) / surface, 1e-3, 0.999)
    total = -surface * np.log1p(-mean) + 4.0 * volume * air_db_m * np.log(10.0) / 10.0
    rt60 = 24.0 * np.log(10.0) * volume / (SPEED_OF_SOUND_M_S * total)
    total[-1], rt60[-1] = np.inf, 0.0
    return total, rt60
