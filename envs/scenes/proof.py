"""Proof that a scene can be flown through and seen: distances and lines of sight between points and solids.

Every solid counts as a box, turned about the vertical; round ones and meshes as the box around them.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import Box, Point, Primitive
from goldentime.envs.scenes.draft import solid_bounds

__all__ = ["Boxes", "boxes_of", "clearance_m", "sampled", "sees"]

Floats = NDArray[np.float64]


class Boxes(NamedTuple):
    """Solids as boxes; n of them."""

    centre: Floats
    """(n, 3) [m]."""
    half: Floats
    """(n, 3) [m] half extents along the boxes' own axes."""
    yaw: Floats
    """(n,) [rad]."""


def boxes_of(solids: Sequence[Primitive]) -> Boxes:
    """The boxes that hold the solids."""
    centre, half, yaw = np.zeros((len(solids), 3)), np.zeros((len(solids), 3)), np.zeros(len(solids))
    for i, solid in enumerate(solids):
        if isinstance(solid, Box):
            centre[i], half[i], yaw[i] = solid.centre, 0.5 * np.array(solid.size), solid.yaw
        else:
            room = solid_bounds(solid)
            centre[i], half[i] = room.centre, 0.5 * np.array(room.size)
    return Boxes(centre, half, yaw)


def sampled(polyline: Sequence[Point], step_m: float) -> Floats:
    """Points (n, 3) [m] along a polyline, no farther apart than a step."""
    points = np.array(polyline, np.float64)
    parts = [points[:1]]
    for a, b in pairwise(points):
        count = max(int(np.ceil(np.linalg.norm(b - a) / step_m)), 1)
        parts.append(a + np.linspace(0.0, 1.0, count + 1)[1:, None] * (b - a))
    return np.concatenate(parts)


def _local(boxes: Boxes, vectors: Floats) -> Floats:
    """Vectors (m, n, 3) turned into the frames of the boxes."""
    cos, sin = np.cos(boxes.yaw), np.sin(boxes.yaw)
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    return np.stack([cos * x + sin * y, cos * y - sin * x, z], -1)


def clearance_m(points: Floats, boxes: Boxes) -> Floats:
    """Distance [m] of each point (m, 3) from the nearest box; 0 inside one, inf without any."""
    if not len(boxes.yaw):
        return np.full(len(points), np.inf)
    away = np.abs(_local(boxes, points[:, None] - boxes.centre)) - boxes.half
    nearest: Floats = np.linalg.norm(np.clip(away, 0.0, None), axis=-1).min(1)
    return nearest


def sees(eyes: Floats, targets: Floats, boxes: Boxes, hides: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether no box stands between an eye and its target.

    Args:
        eyes: (m, 3) [m]
        targets: (m, 3) [m], one an eye.
        boxes: what may stand in between.
        hides: (m, n) which boxes count for which eye: what one looks at does not hide itself.

    Returns:
        (m,) bool.
    """
    if not len(boxes.yaw):
        return np.ones(len(eyes), np.bool_)
    begin = _local(boxes, eyes[:, None] - boxes.centre)
    along = _local(boxes, np.broadcast_to((targets - eyes)[:, None], begin.shape))
    # Where the line enters and leaves the slab between each pair of faces, as a share of its length.
    along = np.where(np.abs(along) < 1e-9, 1e-9, along)
    first, second = (-boxes.half - begin) / along, (boxes.half - begin) / along
    enter, leave = np.minimum(first, second).max(-1), np.maximum(first, second).min(-1)
    blocked: NDArray[np.bool_] = ((enter < leave) & (leave > 0.0) & (enter < 1.0) & hides).any(1)
    return ~blocked
