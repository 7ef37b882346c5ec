"""The shortest way through a course, found by the planner on the level's geometry: proof that it can be flown at all."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from goldentime.control.planner import Space, flood, tighten, trace
from goldentime.envs.level import Box, Cylinder, Level, Mesh, Primitive
from goldentime.types import Vec3

__all__ = ["CELL_M", "flyable_space", "shortest_route"]

CELL_M = 0.2
_HEADROOM_M = 0.1
"""How far the drone's centre stays below the ceiling."""


def flyable_space(level: Level, radius_m: float, half_height_m: float, extra: Iterable[Primitive] = ()) -> Space:
    """Cells whose centre an upright cylinder may have without touching anything; meshes count as their bounding box.

    Args:
        level: solids and glass both block.
        radius_m: of the cylinder, margin included.
        half_height_m: of the cylinder, margin included.
        extra: further things in the way, such as a moving obstacle at one end of its swing.
    """
    low, high = np.array(level.bounds[0]), np.array(level.bounds[1])
    shape = np.ceil((high - low) / CELL_M - 1e-9).astype(int)
    axes = [start + (np.arange(count) + 0.5) * CELL_M for start, count in zip(low, shape, strict=True)]
    free = np.ones(tuple(shape), np.bool_)
    free[:, :, (axes[2] < half_height_m) | (axes[2] > high[2] - _HEADROOM_M)] = False
    for thing in (*level.solids, *level.glass, *extra):
        _carve(free, axes, thing, (radius_m, half_height_m))
    x, y, z = low.tolist()
    return Space((x, y, z), CELL_M, free)


Axes = list[NDArray[np.float64]]


def _carve(free: NDArray[np.bool_], axes: Axes, thing: Primitive, body: tuple[float, float]) -> None:
    """Block the cells where the body would touch: the footprint grown by its radius, the height by half its own."""
    centre, half, yaw, bottom, top = _prism(thing)
    reach = float(np.hypot(*half)) + body[0] if yaw else max(half) + body[0]
    i, j = (_span(axis, at - reach, at + reach) for axis, at in zip(axes[:2], centre, strict=True))
    k = _span(axes[2], bottom - body[1], top + body[1])
    dx, dy = axes[0][i, None] - centre[0], axes[1][None, j] - centre[1]
    if isinstance(thing, Cylinder):
        away = np.hypot(dx, dy) - half[0]
    else:
        cos, sin = np.cos(yaw), np.sin(yaw)
        across = np.maximum(np.abs(cos * dx + sin * dy) - half[0], 0.0)
        away = np.hypot(across, np.maximum(np.abs(cos * dy - sin * dx) - half[1], 0.0))
    free[i, j, k] &= (away >= body[0])[:, :, None]


def _span(axis: NDArray[np.float64], low: float, high: float) -> slice:
    return slice(int(np.searchsorted(axis, low)), int(np.searchsorted(axis, high)))


def _prism(thing: Primitive) -> tuple[tuple[float, float], tuple[float, float], float, float, float]:
    """Centre and half extents of the footprint, yaw, lower and upper end."""
    if isinstance(thing, Box):
        (x, y, z), (sx, sy, sz) = thing.centre, thing.size
        return (x, y), (0.5 * sx, 0.5 * sy), thing.yaw, z - 0.5 * sz, z + 0.5 * sz
    if isinstance(thing, Mesh):
        points = np.array(thing.vertices)
        low, high = points.min(0).tolist(), points.max(0).tolist()
        centre, half = (
            [(a + b) / 2 for a, b in zip(low, high, strict=True)],
            [(b - a) / 2 for a, b in zip(low, high, strict=True)],
        )
        return (centre[0], centre[1]), (half[0], half[1]), 0.0, low[2], high[2]
    x, y, z = thing.base
    # The compiled polygon circumscribes the circle.
    radius = max(thing.radius, thing.radius_top or 0.0) / float(np.cos(np.pi / thing.facets))
    return (x, y), (radius, radius), 0.0, z, z + thing.height


def shortest_route(space: Space, start: Vec3, over_box: Vec3, landing: Vec3) -> NDArray[np.float64] | None:
    """The shortest way from start over the open box to the landing pad as points (n, 3), None where there is none.

    The ends stand on pads, where the inflated space has no free cells: they are joined to the nearest free ones.
    """
    costs = flood(space, over_box)
    legs = [trace(space, costs, (x, y, _lowest_free(space, (x, y, z)))) for x, y, z in (start, landing)]
    if legs[0] is None or legs[1] is None:
        return None
    inward, outward = tighten(space, legs[0].points_m[::-1]), tighten(space, legs[1].points_m)
    return np.concatenate([[start], inward[:-1], [over_box], outward[1:], [landing]])


def _lowest_free(space: Space, point: Vec3) -> float:
    """Height of the lowest free cell centre above a point; the point's own height where there is none."""
    x, y, z = ((p - o) / space.cell_m for p, o in zip(point, space.origin_m, strict=True))
    above = np.flatnonzero(space.free[int(x), int(y), int(z) :])
    return space.origin_m[2] + (int(z) + int(above[0]) + 0.5) * space.cell_m if above.size else point[2]
