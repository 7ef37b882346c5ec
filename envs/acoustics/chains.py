"""Which way through openings is the loudest, of all that lead from one room to another, in one go.

For each chain of openings the same is computed as for a single way in `paths`, at 1 kHz alone.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.air import BANDS_HZ
from goldentime.envs.acoustics.bending import WAVES_M, bend_loss_db
from goldentime.envs.acoustics.space import Space, normal_of, plane_of
from goldentime.envs.level import Opening

__all__ = ["loudest"]

Floats = NDArray[np.float64]
Chain = tuple[int, ...]

_KILOHERTZ = BANDS_HZ.index(1000.0)
_LEAST_M = 1e-3
_WAVE_M = float(WAVES_M[_KILOHERTZ])


class Batch(NamedTuple):
    """Chains of n openings between two rooms; c of them."""

    numbers: NDArray[np.intp]
    """(c,) places among the chains of the two rooms."""
    eastward: NDArray[np.bool_]
    """(n, c) whether an opening is passed along x; the others are along y."""
    plane: Floats
    """(n, c) where along that axis."""
    lower: Floats
    """(n, 3, c) corners of the rectangle in that plane."""
    upper: Floats
    centre: Floats
    """(n, 3, c)"""
    half: Floats
    area_m2: Floats
    """(n, c)"""
    leaves: Floats
    """(c,) pressure that all leaves of a chain let through."""


def loudest(space: Space, ends: tuple[int, int], source: Floats, ear: Floats) -> Chain | None:
    """The chain of openings by which a source (3,) is heard best at an ear (3,) [m]; None where there is none.

    Args:
        space: the level.
        ends: room of the source and room of the ear.
        source: (3,) [m]
        ear: (3,) [m]
    """
    if ends not in space.batches:
        space.batches[ends] = _batches(space, ends)
    best, most = None, -1.0
    for batch in space.batches[ends]:
        loud = _loud(batch, source, ear)
        place = int(loud.argmax())
        if loud[place] > most:
            best, most = int(batch.numbers[place]), float(loud[place])
    return None if best is None else space.chains[ends][best]


def _batches(space: Space, ends: tuple[int, int]) -> list[Batch]:
    """The chains between two rooms, by their length."""
    chains = space.chains.get(ends, [])
    found = []
    for length in sorted({len(chain) for chain in chains}):
        numbers = [i for i, chain in enumerate(chains) if len(chain) == length]
        openings = [[space.openings[chains[number][i]] for number in numbers] for i in range(length)]
        planes = np.array([_planes(space, chains[number], ends[0]) for number in numbers]).T
        through = np.array([space.through[list(chains[number]), _KILOHERTZ].prod() for number in numbers])
        found.append(_batch(numbers, openings, planes, np.sqrt(through)))
    return found


def _batch(numbers: list[int], openings: list[list[Opening]], planes: Floats, leaves: Floats) -> Batch:
    size = np.array([[o.size for o in row] for row in openings]).swapaxes(1, 2)
    centre = np.array([[o.centre for o in row] for row in openings]).swapaxes(1, 2)
    axis = np.array([[normal_of(o) for o in row] for row in openings])
    half = 0.5 * size
    lower, upper = centre - half, centre + half
    for corner in (lower, upper):
        np.put_along_axis(corner, axis[:, None], planes[:, None], 1)
    area = np.where(axis == 0, size[:, 1], size[:, 0]) * size[:, 2]
    return Batch(np.array(numbers), axis == 0, planes, lower, upper, centre, half, area, leaves)


def _planes(space: Space, chain: Chain, begin: int) -> list[float]:
    planes, room = [], begin
    for number in chain:
        opening = space.openings[number]
        room = opening.rooms[1] if opening.rooms[0] == room else opening.rooms[0]
        planes.append(plane_of(space, opening, room))
    return planes


def _loud(batch: Batch, source: Floats, ear: Floats) -> Floats:
    """(c,) pressure gain of each chain over the length of its way."""
    length, count = batch.plane.shape
    # One corner after another, each with its x, y and z in lines: a dozen chains are soon done, calls of NumPy are not.
    points = np.empty((length + 2, 3, count))
    points[0], points[1:-1], points[-1] = source[:, None], batch.centre, ear[:, None]
    for _ in range(1 if length == 1 else 4):
        for i in range(length):
            _cross(batch, i, points)
    legs = _lengths(points[1:] - points[:-1])
    gain = batch.leaves
    for passed in _apertures(batch, points, legs):
        gain = gain * passed
    return np.asarray(gain / (legs.sum(0) + _LEAST_M))


def _lengths(arrows: Floats) -> Floats:
    """(n, c) of arrows (n, 3, c), which are lost."""
    np.multiply(arrows, arrows, out=arrows)
    return np.asarray(np.sqrt(arrows[:, 0] + arrows[:, 1] + arrows[:, 2]))


def _along(eastward: NDArray[np.bool_], values: Floats) -> Floats:
    """(..., c) the coordinate of values (..., 3, c) along each one's axis."""
    return np.where(eastward, values[..., 0, :], values[..., 1, :])


def _cross(batch: Batch, i: int, points: Floats) -> None:
    """Put corner i + 1 to where the line between its neighbours passes the opening, or as near to that as it can be."""
    before, x = points[i], batch.eastward[i]
    gap = points[i + 2] - before
    along = _along(x, gap)
    even = np.abs(along) <= 1e-9
    along[even] = 1.0
    share = (batch.plane[i] - _along(x, before)) / along
    share[even] = 0.5
    gap *= np.minimum(np.maximum(share, 0.0), 1.0)
    gap += before
    np.maximum(gap, batch.lower[i], out=gap)
    np.minimum(gap, batch.upper[i], out=points[i + 1])


def _apertures(batch: Batch, points: Floats, legs: Floats) -> Floats:
    """(n, c) as `paths.aperture` has it."""
    first, second = legs[:-1], legs[1:]
    straight = _lengths(points[2:] - points[:-2])
    detour = first + second - straight
    free = detour < 1e-6
    if free.any():
        detour = np.where(free, -_edge_detour(batch, points, straight), detour)
    near, far = np.maximum(first, 0.05), np.maximum(second, 0.05)
    passed = np.minimum(batch.area_m2 / (_WAVE_M * near * far / (near + far)), 1.0)
    return np.asarray(passed * 10.0 ** (-0.05 * bend_loss_db(detour, _WAVE_M)))


def _edge_detour(batch: Batch, points: Floats, straight: Floats) -> Floats:
    """(n, c) how much longer the way over the closest edge of an opening is than the straight one through it."""
    at, half, x = points[1:-1], batch.half, batch.eastward
    less, more = half - (at - batch.centre), half + (at - batch.centre)
    # Across an opening along x lies y.
    gaps = np.stack([_along(~x, less), _along(~x, more), less[:, 2], more[:, 2]])
    side = gaps.argmin(0)
    reach = half.copy()
    reach *= np.where(side % 2 == 0, 1.0, -1.0)[:, None]
    reach += batch.centre
    edge = at.copy()
    for axis, chosen in enumerate(((side < 2) & ~x, (side < 2) & x, side >= 2)):
        np.copyto(edge[:, axis], reach[:, axis], where=chosen)
    return np.asarray(_lengths(edge - points[:-2]) + _lengths(points[2:] - edge) - straight)
