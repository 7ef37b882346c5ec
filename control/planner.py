"""Shortest paths of a body through a voxel map: inflate the obstacles, flood from the start, pull the string tight.

Pure NumPy and SciPy. A `Grid` says what is occupied; `inflate` turns it into the `Space` that the body's centre may use;
`plan` finds the path. The flood is Dial's bucketed form of Dijkstra's algorithm over the 26 neighbours, a whole bucket at a
time: no step costs less than a cell's width, so all cells within one width of the wave front are final together.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.types import Vec3

__all__ = ["Grid", "Path", "Space", "clearance", "flood", "inflate", "plan", "shorten", "tighten", "trace"]

_STEPS = np.array([(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1) if (x, y, z) != (0, 0, 0)])
_STEP_LENGTHS = np.sqrt((_STEPS**2).sum(1)).astype(np.float32)
_BLOCKED = np.float32(-1.0)


class Grid(NamedTuple):
    """A map of cubes. Cell (i, j, k) spans `origin_m + cell_m * [(i, j, k), (i + 1, j + 1, k + 1)]`."""

    origin_m: Vec3
    """Lower corner of cell (0, 0, 0)."""
    cell_m: float
    occupied: NDArray[np.bool_]
    """Shape (nx, ny, nz)."""


class Space(NamedTuple):
    """Where the centre of a body may be, and how dear each place is."""

    origin_m: Vec3
    """Lower corner of cell (0, 0, 0)."""
    cell_m: float
    free: NDArray[np.bool_]
    """Shape (nx, ny, nz)."""
    cost: NDArray[np.float32] | None = None
    """Price of a metre in each cell, at least 1; None means 1 everywhere."""


class Path(NamedTuple):
    """A polyline from start to goal."""

    points_m: NDArray[np.float64]
    """Shape (n, 3), n >= 2."""
    length_m: float


def clearance(grid: Grid, vertical_scale: float = 1.0) -> NDArray[np.float32]:
    """Distance [m] of each cell's centre from the nearest occupied cell's centre.

    Args:
        grid: the map.
        vertical_scale: how much farther a vertical metre counts; radius over half height for a flat body.
    """
    if not grid.occupied.any():
        return np.full(grid.occupied.shape, np.inf, np.float32)
    # Imported here: it takes a third of a second, and only maps that a drone has made itself need it.
    from scipy import ndimage

    sampling = (grid.cell_m, grid.cell_m, grid.cell_m * vertical_scale)
    distance: NDArray[np.float64] = ndimage.distance_transform_edt(~grid.occupied, sampling=sampling)
    return distance.astype(np.float32)


def inflate(grid: Grid, radius_m: float, half_height_m: float, *, prefer_m: float = 0.0, weight: float = 0.0) -> Space:
    """The space for the centre of an upright spheroid that encloses the body.

    Distances count from the occupied cells' centres: a thing in a cell's corner is up to half a cell's diagonal nearer,
    which the margin has to cover.

    Args:
        grid: the map.
        radius_m: horizontal half axis, margin included.
        half_height_m: vertical half axis, margin included.
        prefer_m: within this horizontal distance beyond the radius a cell costs more,
        weight: linearly up to 1 + `weight` times at the radius.
    """
    away = clearance(grid, radius_m / half_height_m) - np.float32(radius_m)
    free = away > 0.0
    if prefer_m <= 0.0 or weight <= 0.0:
        return Space(grid.origin_m, grid.cell_m, free)
    cost = 1.0 + weight * np.clip(1.0 - away / np.float32(prefer_m), 0.0, 1.0)
    return Space(grid.origin_m, grid.cell_m, free, cost.astype(np.float32))


def plan(space: Space, start: Vec3, goal: Vec3, *, snap_m: float = 0.0) -> Path | None:
    """The cheapest path, pulled tight, or None where there is none.

    Args:
        space: where the centre may be.
        start: [m]
        goal: [m]
        snap_m: a start or goal outside the free space moves to the nearest free cell's centre within this distance; the
            path still begins at `start` itself.
    """
    first, last = _nearest_free(space, start, snap_m), _nearest_free(space, goal, snap_m)
    if first is None or last is None:
        return None
    return trace(space, flood(space, first, until=last), last, start=start)


def flood(space: Space, source: Vec3, *, until: Vec3 | None = None) -> NDArray[np.float32]:
    """Cost of the cheapest way from `source` to each cell, shape (nx, ny, nz), inf where there is none.

    Args:
        space: where the centre may be; the source's cell must be free.
        source: [m]
        until: the flood stops when this point's cost is known; cells beyond it stay at inf or too high.
    """
    # A blocked rim spares every bounds check; blocked cells carry a cost that nothing undercuts.
    shape = tuple(n + 2 for n in space.free.shape)
    costs = np.full(shape, _BLOCKED, np.float32)
    costs[1:-1, 1:-1, 1:-1][space.free] = np.inf
    price = None if space.cost is None else np.pad(space.cost, 1, constant_values=1.0).ravel()
    cell = _cell(space, source)
    if not _inside(cell, space.free.shape) or not space.free[cell]:
        return np.full(space.free.shape, np.inf, np.float32)
    begin = _flat(cell, shape)
    stop = -1 if until is None else _flat(_cell(space, until), shape)
    _spread(costs.reshape(-1), price, _Wave(shape, space.cell_m), begin, stop)
    result = costs[1:-1, 1:-1, 1:-1].copy()
    result[~space.free] = np.inf
    return result


def _spread(costs: NDArray[np.float32], price: NDArray[np.float32] | None, wave: "_Wave", begin: int, stop: int) -> None:
    """Fill `costs` (flat, rim included) outwards from `begin`."""
    width = np.float32(wave.cell_m)
    offsets = (_STEPS @ np.array(_strides(wave.shape)))[:, None]
    lengths = (_STEP_LENGTHS * width)[:, None]
    entry = np.zeros(costs.size, np.int64)
    waiting = np.zeros(costs.size, np.bool_)
    costs[begin] = 0.0
    pending = np.array([begin])
    while pending.size:
        values = costs[pending]
        least = values.min()
        if stop >= 0 and costs[stop] <= least:
            return
        near = values < least + width
        front, pending = pending[near], pending[~near]
        waiting[front] = False
        to = front + offsets
        new = costs[front] + (lengths if price is None else lengths * price[to])
        better = new < costs[to]
        to, new = to[better], new[better]
        np.minimum.at(costs, to, new)
        to = to[~waiting[to]]
        # Several of the front may reach one cell: keep one entry each.
        number = np.arange(to.size)
        entry[to] = number
        to = to[entry[to] == number]
        waiting[to] = True
        pending = np.concatenate([pending, to])


class _Wave(NamedTuple):
    """The rimmed grid that a flood runs on."""

    shape: tuple[int, ...]
    cell_m: float


def trace(space: Space, costs: NDArray[np.float32], goal: Vec3, *, start: Vec3 | None = None) -> Path | None:
    """The way back from `goal` down the costs of a `flood`, pulled tight, first point first.

    Args:
        space: the flood's.
        costs: from `flood`.
        goal: [m] in a cell that the flood reached, else the answer is None.
        start: [m] the exact first point; the source cell's centre without it.
    """
    at = _cell(space, goal)
    if not _inside(at, costs.shape) or not math.isfinite(costs[at]):
        return None
    cells = [at]
    padded = np.pad(costs, 1, constant_values=np.inf)
    flat, strides = padded.ravel(), _strides(padded.shape)
    price = None if space.cost is None else space.cost
    lengths = _STEP_LENGTHS * np.float32(space.cell_m)
    offsets = _STEPS @ np.array(strides)
    while costs[at] > 0.0:
        here = _flat(at, padded.shape)
        scale = np.float32(1.0) if price is None else price[at]
        best = int(np.argmin(flat[here + offsets] + lengths * scale))
        step = _STEPS[best]
        at = (at[0] + int(step[0]), at[1] + int(step[1]), at[2] + int(step[2]))
        cells.append(at)
    points = (np.array(cells[::-1]) + 0.5) * space.cell_m + np.array(space.origin_m)
    points[-1] = goal
    if start is not None:
        points[0] = start
    points = shorten(space, points)
    return Path(points, float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum()))


def shorten(space: Space, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out the points of a polyline (n, 3) that straight flight through free cells makes superfluous.

    Where the space has costs, a short cut may not run through dearer cells than the points that it replaces.
    """
    prices = _prices(space, points)
    keep, here, last = [0], 0, len(points) - 1
    while here < last:
        reach, stride = here + 1, 1
        # Double the stride while the view is clear, then halve it to the farthest point in view.
        while stride:
            ahead = reach + stride
            if ahead <= last and _clear(space, points[here], points[ahead], prices[here : ahead + 1]):
                reach, stride = ahead, stride * 2
            else:
                stride //= 2
        keep.append(reach)
        here = reach
    return points[keep]


def tighten(space: Space, points: NDArray[np.float64], rounds: int = 4) -> NDArray[np.float64]:
    """Pull a polyline (n, 3) tighter still: cut its corners between the points too, from both ends in turn.

    A path along the grid turns at cells only; this brings its length to within about a percent of the true shortest.
    """
    for _ in range(rounds):
        steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        counts = np.maximum(np.ceil(steps / space.cell_m).astype(int), 1)
        parts = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(points[:-1], points[1:], counts, strict=True)]
        points = shorten(space, np.concatenate([*parts, points[-1:]])[::-1])
    return points if rounds % 2 == 0 else points[::-1]


def _prices(space: Space, points: NDArray[np.float64]) -> NDArray[np.float32]:
    """What a metre costs at each point; inf in blocked cells."""
    index = ((points - np.array(space.origin_m)) / space.cell_m).astype(np.intp)
    np.clip(index, 0, np.array(space.free.shape) - 1, out=index)
    i, j, k = index.T
    ones = np.ones(len(points), np.float32) if space.cost is None else space.cost[i, j, k]
    return np.where(space.free[i, j, k], ones, np.float32(np.inf))


def _clear(space: Space, a: NDArray[np.float64], b: NDArray[np.float64], replaced: NDArray[np.float32]) -> bool:
    span = b - a
    count = int(np.abs(span).max() / (0.4 * space.cell_m)) + 2
    line = a + np.linspace(0.0, 1.0, count)[:, None] * span
    # A start that was snapped lies in a blocked cell; it says nothing about what the way is worth.
    dearest = replaced[np.isfinite(replaced)].max(initial=1.0)
    return bool(_prices(space, line[1:-1]).max(initial=0.0) <= dearest + 1e-4)


def _nearest_free(space: Space, point: Vec3, snap_m: float) -> Vec3 | None:
    at = _cell(space, point)
    if _inside(at, space.free.shape) and space.free[at]:
        return point
    reach = int(snap_m / space.cell_m)
    low = [max(i - reach, 0) for i in at]
    window = space.free[tuple(slice(a, max(i + reach + 1, 0)) for a, i in zip(low, at, strict=True))]
    cells = np.argwhere(window)
    if not reach or not len(cells):
        return None
    centres = (cells + np.array(low) + 0.5) * space.cell_m + np.array(space.origin_m)
    away = np.linalg.norm(centres - np.array(point), axis=1)
    best = int(np.argmin(away))
    if away[best] > snap_m:
        return None
    x, y, z = centres[best].tolist()
    return x, y, z


def _cell(space: Space, point: Vec3) -> tuple[int, int, int]:
    i, j, k = (math.floor((p - o) / space.cell_m) for p, o in zip(point, space.origin_m, strict=True))
    return i, j, k


def _inside(cell: tuple[int, int, int], shape: tuple[int, ...]) -> bool:
    return all(0 <= i < n for i, n in zip(cell, shape, strict=True))


def _strides(shape: tuple[int, ...]) -> tuple[int, int, int]:
    return shape[1] * shape[2], shape[2], 1


def _flat(cell: tuple[int, int, int], shape: tuple[int, ...]) -> int:
    """Index of a cell in the flat rimmed grid."""
    return sum((i + 1) * stride for i, stride in zip(cell, _strides(shape), strict=True))
