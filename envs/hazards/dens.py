"""How far a fire shines: over its room, and through that room's doors and windows.

Nothing else casts a shadow. Without this a fire would light and warm what lies behind the walls of its room.
"""

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire.plan import FirePlan
from goldentime.envs.hazards.flames import Flame
from goldentime.envs.level import Level, Opening

__all__ = ["ANYWHERE", "HOLES", "dens_of", "shines_on"]

Numbers = NDArray[np.float64]

HOLES = 2
"""Of a room, the largest ones that are open."""

_FAR_M = 1e6
_SLACK_M = 0.03
"""A room's own walls belong to it, however they are rounded."""

_NOWHERE = np.array([[_FAR_M] * 3, [_FAR_M + 1.0] * 3])
ANYWHERE = np.concatenate([[[-_FAR_M] * 3, [_FAR_M] * 3], *[_NOWHERE] * HOLES])
"""(2 + 2 HOLES, 3) of what shines everywhere."""


def dens_of(
    level: Level, plan: FirePlan | None, flames: tuple[Flame, ...], hearths: tuple[tuple[int, ...], ...]
) -> Numbers:
    """(hearths, 2 + 2 HOLES, 3): the corners of each hearth's room and of its openings [m]."""
    found = np.tile(ANYWHERE, (len(hearths), 1, 1))
    for den, hearth in zip(found, hearths, strict=True):
        fuel = flames[hearth[0]].fuel
        if plan is not None and fuel >= 0:
            number = plan.fuels[fuel].room
            room = level.rooms[number]
            den[0], den[1] = np.array(room.lower) - _SLACK_M, np.array(room.upper) + _SLACK_M
            mine = [opening for opening in level.openings if number in opening.rooms and opening.open > 0.0]
            for i, opening in enumerate(sorted(mine, key=_area, reverse=True)[:HOLES]):
                half = 0.5 * np.array(opening.size)
                den[2 + 2 * i], den[3 + 2 * i] = np.array(opening.centre) - half, np.array(opening.centre) + half
    return found


def _area(opening: Opening) -> float:
    x, y, z = opening.size
    return opening.open * max(x, y) * z


def shines_on(dens: Numbers, at: Numbers, point: Numbers) -> NDArray[np.bool_]:
    """(n,) whether what stands `at` (n, 3) in `dens` (n, 2 + 2 HOLES, 3) shines on a point (3,); the shader's twin."""
    within = ((point > dens[:, 0]) & (point < dens[:, 1])).all(1)
    way = point - at
    way = np.where(np.abs(way) < 1e-6, 1e-6, way)
    one, other = (dens[:, 2::2] - at[:, None]) / way[:, None], (dens[:, 3::2] - at[:, None]) / way[:, None]
    enter, leave = np.minimum(one, other).max(2), np.maximum(one, other).min(2)
    through = (np.minimum(leave, 1.0) > np.maximum(enter, 0.0)).any(1)
    return np.asarray(within | through)
