"""Ways through what is not known yet: taken for free until it is seen not to be, as in Stentz 1994, "Optimal and efficient
path planning for partially-known environments", ICRA."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from goldentime.control.planner import Grid, Space, clearance, flood, trace
from goldentime.perception.slice_map import SliceMap

__all__ = ["first_leg"]

Floats = NDArray[np.float64]

_DEAR = 2.5
"""How much dearer a metre of the unknown is."""
_BESIDE_M, _SAMPLE_M = 1.2, 0.1
"""Places so near to the goal are as good; and how finely ways are looked at."""


def first_leg(
    plan: SliceMap, known_costs_m: NDArray[np.float32], here_m: Floats, goal_m: Floats, radius_m: float
) -> Floats:
    """How far one gets, on what is known, along the way that seems the shortest to a place no way to which is known.

    Args:
        plan: of the storey.
        known_costs_m: (nx, ny) of ways through what is known, inf where there is none.
        here_m: (2,) or (3,) where one is.
        goal_m: (2,) or (3,)
        radius_m: of the body with its margin.

    Returns:
        (2,) where to fly; where one is if no way seems to lead there.
    """
    origin = (float(plan.lower_m[0]), float(plan.lower_m[1]), 0.0)
    away = clearance(Grid(origin, plan.cell_m, plan.occupied[:, :, None]))
    reached = np.isfinite(known_costs_m)
    free = ((away > radius_m) & ~(plan.occupied | plan.hot)[:, :, None]) | reached[:, :, None]
    price = np.where(reached, 1.0, _DEAR).astype(np.float32)[:, :, None]
    space = Space(origin, plan.cell_m, free, price)
    middle = 0.5 * plan.cell_m
    costs = flood(space, (float(here_m[0]), float(here_m[1]), middle))
    near = np.where(plan.disc(goal_m, _BESIDE_M), costs[:, :, 0], np.inf)
    end = plan.middles(np.array([np.unravel_index(int(np.argmin(near)), near.shape)]))[0]
    way = trace(space, costs, (float(end[0]), float(end[1]), middle)) if np.isfinite(near).any() else None
    if way is None:
        return here_m[:2].copy()
    points = _sampled(way.points_m[:, :2])
    cells = plan.index(points)
    known = reached[cells[:, 0], cells[:, 1]]
    last = len(known) if known.all() else int(np.argmin(known))
    leg: Floats = points[max(last - 1, 0)]
    return leg


def _sampled(points_m: Floats) -> Floats:
    """A polyline (n, 2) in small steps."""
    parts = [
        np.linspace(a, b, max(int(np.ceil(np.linalg.norm(b - a) / _SAMPLE_M)), 1), endpoint=False)
        for a, b in pairwise(points_m)
    ]
    sampled: Floats = np.concatenate([*parts, points_m[-1:]])
    return sampled
