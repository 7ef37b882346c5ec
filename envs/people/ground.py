"""What stops those who leave their place, and what hides from them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import Level, Point

__all__ = ["EYE_M", "Ground", "blocked", "ground_of", "hidden", "near", "way_is_clear"]

Floats = NDArray[np.float64]

EYE_M = 1.5
_RADIUS_M, _KNEE_M, _CHEST_M = 0.22, 0.4, 1.2
_STOREY_M = 3.5


class Ground(NamedTuple):
    """Solids; n boxes, turned about the vertical."""

    centre: Floats
    """(n, 3) [m]"""
    half: Floats
    """(n, 3) [m] along the boxes' own axes."""
    cos: Floats
    """(n,) of their yaw, as is `sin`."""
    sin: Floats


def ground_of(level: Level, starts: Sequence[Point]) -> Ground:
    """The solids of a level without those that people stand in at the start, such as their own hulls."""
    # Late: only where somebody may leave their path.
    from goldentime.envs.scenes.proof import boxes_of

    boxes = boxes_of((*level.solids, *level.glass))
    ground = Ground(boxes.centre, boxes.half, np.cos(boxes.yaw), np.sin(boxes.yaw))
    own = np.zeros(len(boxes.yaw), np.bool_)
    for start in starts:
        own |= _hits(ground, _body(np.array(start)))
    return Ground(*(part[~own] for part in ground))


def near(ground: Ground, feet_m: Floats, reach_m: float) -> Ground:
    """Those about somebody, on their storey."""
    away = np.abs(ground.centre - feet_m)
    spread = np.hypot(ground.half[:, 0], ground.half[:, 1])
    close = (away[:, :2] - spread[:, None] <= reach_m).all(1) & (away[:, 2] - ground.half[:, 2] <= _STOREY_M)
    return Ground(*(part[close] for part in ground))


def blocked(ground: Ground, feet_m: Floats) -> bool:
    """Whether nobody can stand there."""
    return bool(_hits(ground, _body(feet_m)).any())


def way_is_clear(ground: Ground, begin_m: Point, end_m: Point) -> bool:
    """Whether one can walk straight from one point on the ground to another."""
    begin, end = np.array(begin_m), np.array(end_m)
    steps = max(int(np.linalg.norm(end - begin) / (0.5 * _RADIUS_M)), 2)
    return not any(blocked(ground, feet) for feet in np.linspace(begin, end, steps))


def hidden(ground: Ground, eye_m: Floats, target_m: Point) -> bool:
    """Whether a solid stands between an eye and what it looks at."""
    begin = _local(ground, eye_m - ground.centre)
    along = _local(ground, np.broadcast_to(np.array(target_m) - eye_m, begin.shape))
    along = np.where(np.abs(along) < 1e-9, 1e-9, along)
    # Where the line enters and leaves the slab between each pair of faces, as a share of its length.
    first, second = (-ground.half - begin) / along, (ground.half - begin) / along
    enter, leave = np.minimum(first, second).max(-1), np.maximum(first, second).min(-1)
    return bool(((enter < leave) & (leave > 0.0) & (enter < 1.0)).any())


def _body(feet_m: Floats) -> Floats:
    """Two points (2, 1, 3) that stand for one who walks."""
    return np.array([[(0.0, 0.0, _KNEE_M)], [(0.0, 0.0, _CHEST_M)]]) + feet_m


def _local(ground: Ground, vectors: Floats) -> Floats:
    """Vectors (..., n, 3) in the frames of the boxes."""
    x, y = vectors[..., 0], vectors[..., 1]
    return np.stack([ground.cos * x + ground.sin * y, ground.cos * y - ground.sin * x, vectors[..., 2]], -1)


def _hits(ground: Ground, points_m: Floats) -> NDArray[np.bool_]:
    """(n,) Whether each box is within a person's radius of any of the points (m, 1, 3)."""
    away = np.maximum(np.abs(_local(ground, points_m - ground.centre)) - ground.half, 0.0)
    hit: NDArray[np.bool_] = (np.einsum("mni,mni->mn", away, away) < _RADIUS_M**2).any(0)
    return hit
