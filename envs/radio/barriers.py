"""What stands between radios: the primitives of a level as arrays, by their form."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import Box, Cylinder, Level, Mesh, Primitive, triangulate
from goldentime.envs.radio.materials import LIGHT_M_S, loss_db_m

__all__ = ["Barriers", "Hulls", "Slabs", "Tubes", "Turned", "barriers_of"]

Floats = NDArray[np.float64]


class Slabs(NamedTuple):
    """n boxes along the world's axes. Losses, here and below, are inside, in dB/m."""

    low: Floats
    """(3, n) [m]"""
    high: Floats
    """(3, n) [m]"""
    loss: Floats
    """(n,)"""


class Turned(NamedTuple):
    """n boxes turned about the vertical."""

    centre: Floats
    """(3, n) [m]"""
    half: Floats
    """(3, n) [m] half extents along their own axes."""
    cos: Floats
    """(n,) of the yaw."""
    sin: Floats
    loss: Floats


class Tubes(NamedTuple):
    """n upright cylinders; a frustum counts with its mean radius."""

    centre: Floats
    """(2, n) [m]"""
    low: Floats
    """(n,) [m] lower end."""
    high: Floats
    radius: Floats
    loss: Floats


class Hulls(NamedTuple):
    """n closed meshes of k triangles together, those of a mesh one after the other."""

    corner: Floats
    """(3, k) [m] their first corners."""
    right: Floats
    """(3, k) [m] from there to their second."""
    up: Floats
    """(3, k) [m] and to their third."""
    normal: Floats
    """(3, k) [m2] `right` times `up`, outwards."""
    first: NDArray[np.int64]
    """(n,) place of each mesh's first triangle."""
    around: Slabs
    """The boxes around the meshes, with the losses of the meshes."""


class Barriers(NamedTuple):
    """All that weakens radio in a level."""

    slabs: Slabs
    turned: Turned
    tubes: Tubes
    hulls: Hulls


def barriers_of(level: Level, frequency_hz: float) -> Barriers:
    """The barriers of a level.

    What is narrower than a wavelength in two of its dimensions, such as a pole, is left out: waves go round it.
    """
    wave_m = LIGHT_M_S / frequency_hz
    parts = [part for part in (*level.solids, *level.glass) if sorted(_extents(part))[1] >= wave_m]
    boxes = [part for part in parts if isinstance(part, Box)]

    def losses(some: Sequence[Primitive]) -> Floats:
        return np.array([loss_db_m(part, frequency_hz) for part in some], np.float64)

    straight = [box for box in boxes if _along_axes(box)]
    askew = [box for box in boxes if not _along_axes(box)]
    centre, half = _rows([b.centre for b in straight]), _rows([[0.5 * s for s in _extents(b)] for b in straight])
    yaw = np.array([box.yaw for box in askew], np.float64)
    tubes = [part for part in parts if isinstance(part, Cylinder)]
    base = _rows([tube.base for tube in tubes])
    radius = np.array([0.5 * _extents(tube)[0] for tube in tubes], np.float64)
    meshes = tuple(part for part in parts if isinstance(part, Mesh))
    return Barriers(
        slabs=Slabs(centre - half, centre + half, losses(straight)),
        turned=Turned(
            _rows([b.centre for b in askew]), 0.5 * _rows([b.size for b in askew]), np.cos(yaw), np.sin(yaw), losses(askew)
        ),
        tubes=Tubes(base[:2], base[2], base[2] + np.array([tube.height for tube in tubes]), radius, losses(tubes)),
        hulls=_hulls(meshes, losses(meshes)),
    )


def _hulls(meshes: tuple[Mesh, ...], loss: Floats) -> Hulls:
    soup = triangulate(meshes)
    low, high = (_rows([pick(np.array(mesh.vertices), 0) for mesh in meshes]) for pick in (np.min, np.max))
    a, b, c = soup.vertices[soup.faces].swapaxes(0, 1)
    first = np.searchsorted(soup.owner, np.arange(len(meshes)))
    right, up, normal = _rows(b - a), _rows(c - a), _rows(np.cross(b - a, c - a))
    return Hulls(_rows(a), right, up, normal, first, Slabs(low, high, loss))


def _rows(points: Floats | Sequence[Sequence[float] | Floats]) -> Floats:
    """Points as (3, n), contiguous by coordinate."""
    return np.ascontiguousarray(np.array(points, np.float64).reshape(-1, 3).T)


def _along_axes(box: Box) -> bool:
    return abs(math.sin(2.0 * box.yaw)) < 1e-9


def _extents(part: Primitive) -> list[float]:
    """Of a primitive along its own axes [m]; of a box by quarter turns along the world's."""
    if isinstance(part, Mesh):
        size: list[float] = np.ptp(np.array(part.vertices), axis=0).tolist()
        return size
    if isinstance(part, Cylinder):
        across = part.radius + (part.radius if part.radius_top is None else part.radius_top)
        return [across, across, part.height]
    x, y, z = part.size
    return [y, x, z] if _along_axes(part) and abs(math.sin(part.yaw)) > 0.5 else [x, y, z]
