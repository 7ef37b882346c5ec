"""Which way through openings is the loudest, of all that lead from one room to another, in one go.

For each chain of openings the same is computed as for a single way in `paths`, at 1 kHz alone.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.air import BANDS_HZ
from goldentime.envs.acoustics.bending import WAVES_M, bend_loss_db
from goldentime.envs.acoustics.space import Space, normal_of, plane_of

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
    axis: NDArray[np.intp]
    """(c, n) along which each opening is passed."""
    centre: Floats
    """(c, n, 3)"""
    half: Floats
    plane: Floats
    """(c, n) where along the axis."""
    area_m2: Floats
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
        openings = [[space.openings[i] for i in chains[number]] for number in numbers]
        size = np.array([[o.size for o in row] for row in openings])
        axis = np.array([[normal_of(o) for o in row] for row in openings])
        found.append(
            Batch(
                np.array(numbers), axis, np.array([[o.centre for o in row] for row in openings]), 0.5 * size,
                np.array([_planes(space, chains[number], ends[0]) for number in numbers]),
                np.where(axis == 0, size[..., 1], size[..., 0]) * size[..., 2],
                np.sqrt(np.array([space.through[list(chains[number]), _KILOHERTZ].prod() for number in numbers])),
            )
        )  # fmt: skip
    return found


def _planes(space: Space, chain: Chain, begin: int) -> list[float]:
    planes, room = [], begin
    for number in chain:
        opening = space.openings[number]
        room = opening.rooms[1] if opening.rooms[0] == room else opening.rooms[0]
        planes.append(plane_of(space, opening, room))
    return planes


def _loud(batch: Batch, source: Floats, ear: Floats) -> Floats:
    """(c,) pressure gain of each chain over the length of its way."""
    count, length = batch.plane.shape
    points = np.empty((count, length + 2, 3))
    points[:, 0], points[:, 1:-1], points[:, -1] = source, batch.centre, ear
    for _ in range(1 if length == 1 else 4):
        for i in range(length):
            points[:, i + 1] = _crossings(batch, i, points[:, i], points[:, i + 2])
    legs = np.linalg.norm(np.diff(points, axis=1), axis=2)
    gain = batch.leaves.copy()
    for i in range(length):
        gain *= _apertures(batch, i, (points[:, i], points[:, i + 1], points[:, i + 2]))
    return np.asarray(gain / (legs.sum(1) + _LEAST_M))


def _picked(values: Floats, axis: NDArray[np.intp]) -> Floats:
    """(c,) the coordinate along each one's axis."""
    return np.asarray(np.take_along_axis(values, axis[:, None], 1)[:, 0])


def _crossings(batch: Batch, i: int, before: Floats, after: Floats) -> Floats:
    axis, plane = batch.axis[:, i], batch.plane[:, i]
    start, along = _picked(before, axis), _picked(after - before, axis)
    even = np.abs(along) <= 1e-9
    share = np.where(even, 0.5, np.clip((plane - start) / np.where(even, 1.0, along), 0.0, 1.0))
    low, high = batch.centre[:, i] - batch.half[:, i], batch.centre[:, i] + batch.half[:, i]
    points = np.clip(before + share[:, None] * (after - before), low, high)
    np.put_along_axis(points, axis[:, None], plane[:, None], 1)
    return np.asarray(points)


def _apertures(batch: Batch, i: int, points: tuple[Floats, Floats, Floats]) -> Floats:
    """(c,) as `paths.aperture` has it."""
    before, at, after = points
    first, second = np.linalg.norm(at - before, axis=1), np.linalg.norm(after - at, axis=1)
    straight = np.linalg.norm(after - before, axis=1)
    detour = first + second - straight
    free = detour < 1e-6
    if free.any():
        detour = np.where(free, -_edge_detour(batch, i, points, straight), detour)
    near, far = np.maximum(first, 0.05), np.maximum(second, 0.05)
    passed = np.minimum(batch.area_m2[:, i] / (_WAVE_M * near * far / (near + far)), 1.0)
    return np.asarray(passed * 10.0 ** (-0.05 * bend_loss_db(detour, _WAVE_M)))


def _edge_detour(batch: Batch, i: int, points: tuple[Floats, Floats, Floats], straight: Floats) -> Floats:
    """(c,) how much longer the way over the closest edge of an opening is than the straight one through it."""
    before, at, after = points
    axis, off, half = batch.axis[:, i], at - batch.centre[:, i], batch.half[:, i]
    flat = 1 - axis
    gaps = np.stack(
        [_picked(half - off, flat), _picked(half + off, flat), half[:, 2] - off[:, 2], half[:, 2] + off[:, 2]], 1
    )
    side = gaps.argmin(1)
    edge = at.copy()
    which = np.where(side < 2, flat, 2)
    sign = np.where(side % 2 == 0, 1.0, -1.0)
    reach = _picked(batch.centre[:, i], which) + sign * _picked(half, which)
    np.put_along_axis(edge, which[:, None], reach[:, None], 1)
    return np.asarray(np.linalg.norm(edge - before, axis=1) + np.linalg.norm(after - edge, axis=1) - straight)
