"""Flow through doors and windows that pressure drives.

Each side of a vent has two layers, so the difference of pressure over its height is a line with up to two bends. Between
bends Bernoulli's law has a closed integral, also where a neutral plane lies in between (Emmons, SFPE Handbook, "Vent
flows").
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire.gas import GRAVITY_M_S2, LOWER, UPPER
from goldentime.envs.level import OUTSIDE, Level

__all__ = ["CRACK", "DISCHARGE", "LEAK", "Flows", "Slabs", "Vents", "flows", "slabs", "vents_of"]

DISCHARGE = 0.7
"""Coefficient of doors and windows; 0.6 to 0.7 are measured."""
LEAK = 0.005
"""Share of its area that a closed leaf leaves open, our choice: 100 cm2 of a door of 2 m2."""
CRACK = 2e-4
"""Area of cracks per area of wall of a room without an opening to the open air, our choice: 60 cm2 of 30 m2."""
_SMALL_PA = 1e-3
"""Below about this difference flow grows linearly, as creeping flow does, so that its slope stays finite."""
_TINY = 1e-12

Array = NDArray[np.float64]


class Vents(NamedTuple):
    """All openings, then cracks; (vents,) arrays unless stated. The open air is the last room."""

    rooms: NDArray[np.intp]
    """(2, vents)"""
    sill_m: Array
    soffit_m: Array
    width_m: Array
    """When it is open in full."""
    incidence: Array
    """(vents, rooms) 1 at its first room, -1 at its second, without the open air."""


class Slabs(NamedTuple):
    """Stretches of vents between bends, from below."""

    drop_pa: Array
    """(4, vents) pressure of the first side less that of the second at their edges, with no difference at the floors."""
    middle_m: Array
    """(3, vents)"""
    upper: NDArray[np.bool_]
    """(2, 3, vents) whether each side has its upper layer there."""
    factor: Array
    """(2, 3, vents) volume flow out of each side per square root of pressure [m3/s/Pa^(1/2)]."""


class Flows(NamedTuple):
    """Volume flows [m3/s] out of the side they come from."""

    out: Array
    """(2, 3, vents) from the first side, and from the second."""
    net: Array
    """(vents,) from the first to the second."""
    slope: Array
    """(vents,) of `net` against the difference of pressure [m3/s/Pa], above 0."""


def vents_of(level: Level) -> Vents:
    """What of the openings flow depends on; they end where the lower of their rooms' ceilings and the higher floor is.

    After the openings come cracks: one from floor to ceiling in each room that has no opening to the open air, so that no
    room is sealed like a bomb.
    """
    n = len(level.rooms)
    aired = {room for o in level.openings if OUTSIDE in o.rooms for room in o.rooms}
    shut = [i for i in range(n) if i not in aired]
    cracks = [(i, level.rooms[i].lower, level.rooms[i].upper) for i in shut]
    pairs = [o.rooms for o in level.openings] + [(i, OUTSIDE) for i in shut]
    middle = np.array([o.centre[2] for o in level.openings] + [0.5 * (lo[2] + hi[2]) for _, lo, hi in cracks])
    half = 0.5 * np.array([o.size[2] for o in level.openings] + [hi[2] - lo[2] for _, lo, hi in cracks])
    edges = [CRACK * 2.0 * (hi[0] - lo[0] + hi[1] - lo[1]) for _, lo, hi in cracks]
    width = np.array([max(o.size[:2]) for o in level.openings] + edges, dtype=np.float64)
    floor = np.array([*(r.lower[2] for r in level.rooms), -np.inf])
    ceiling = np.array([*(r.upper[2] for r in level.rooms), np.inf])
    named = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    rooms = np.where(named == OUTSIDE, n, named)
    sill = np.maximum(middle - half, floor[rooms].max(axis=0, initial=-np.inf))
    soffit = np.maximum(np.minimum(middle + half, ceiling[rooms].min(axis=0, initial=np.inf)), sill)
    incidence = np.zeros((len(pairs), n + 1))
    incidence[np.arange(len(pairs)), rooms[0]] += 1.0
    incidence[np.arange(len(pairs)), rooms[1]] -= 1.0
    return Vents(rooms, sill, soffit, width, incidence[:, :n].copy())


def slabs(vents: Vents, width_m: Array, floor_m: Array, layer_m: Array, density: Array) -> Slabs:
    """Hydrostatic profiles on both sides.

    Pressures count from that of the open air at the same height.

    Args:
        vents: the openings.
        width_m: (vents,) open now.
        floor_m: (rooms + 1,) heights.
        layer_m: (rooms + 1,) heights of the borders between layers.
        density: (2, rooms + 1) [kg/m3] by layer; that outside in the last column.
    """
    border, floor = layer_m[vents.rooms], floor_m[vents.rooms]
    low, high = vents.sill_m, vents.soffit_m
    bends = np.sort(np.minimum(np.maximum(border, low), high), axis=0)
    edges = np.array([low, bends[0], bends[1], high])
    lift = GRAVITY_M_S2 * (density[LOWER, -1] - density)
    above = np.maximum(edges[:, None] - border, 0.0)
    profile = lift[LOWER][vents.rooms] * (edges[:, None] - above - floor) + lift[UPPER][vents.rooms] * above
    middle = 0.5 * (edges[1:] + edges[:-1])
    upper = middle >= border[:, None]
    source = np.where(upper, density[UPPER][vents.rooms][:, None], density[LOWER][vents.rooms][:, None])
    factor = (DISCHARGE * width_m * (edges[1:] - edges[:-1])) * np.sqrt(2.0 / source)
    return Slabs(profile[:, 0] - profile[:, 1], middle, upper, factor)


def flows(stretches: Slabs, difference_pa: NDArray[Any]) -> Flows:
    """Volume flows at a difference of pressure between the floors of the two sides, (vents,).

    The mean of the square root of a line from a to b, both above 0, is 2/3 (a + (a b)^(1/2) + b) / (a^(1/2) + b^(1/2)).
    Where the line passes 0 only the part on its side counts.
    """
    drop = stretches.drop_pa + difference_pa
    pushed = np.maximum(np.array([drop, -drop]), 0.0)
    root = pushed / np.sqrt(pushed + _SMALL_PA)
    first, last = root[:, :-1], root[:, 1:]
    total = pushed[:, :-1] + pushed[:, 1:]
    share = (total + _TINY) / (total[0] + total[1] + 2.0 * _TINY)
    both = first + last
    reach = stretches.factor * share
    out = reach * ((both * both - first * last) / (1.5 * (both + _TINY)))
    creep = 2.0 * _SMALL_PA
    slope = reach * ((total + 2.0 * creep) / ((total + creep) * np.sqrt(np.square(both) + 2.0 * creep)))
    through = out.sum(axis=1)
    return Flows(out, through[0] - through[1], slope.sum(axis=(0, 1)))
