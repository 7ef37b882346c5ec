"""Following a polyline: pure pursuit with a speed that leaves room to stop (Coulter, CMU-RI-TR-92-01, 1992)."""

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["pursue"]


def pursue(
    path_m: NDArray[np.float64], position_m: NDArray[np.float64], lookahead_m: float, cruise_m_s: float, brake_m_s2: float
) -> NDArray[np.float64]:
    """The velocity that follows a path.

    Args:
        path_m: (n, 3) polyline, n >= 1; the vehicle stops at its end.
        position_m: (3,).
        lookahead_m: distance along the path to the point that is chased.
        cruise_m_s: greatest speed.
        brake_m_s2: deceleration that is counted on before corners and the end.

    Returns:
        (3,) velocity [m/s] in the path's frame.
    """
    foot, index = _nearest(path_m, position_m)
    points = np.concatenate([foot[None], path_m[index + 1 :]])
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    remaining = float(lengths.sum()) + float(np.linalg.norm(foot - position_m)) * 0.5
    target = _advance(points, lengths, lookahead_m)
    direction = target - position_m
    distance = float(np.linalg.norm(direction))
    if distance < 1e-6:
        return np.zeros(3)
    speed = min(cruise_m_s, math.sqrt(2.0 * brake_m_s2 * remaining), 1.5 * remaining + 0.02)
    speed = min(speed, _corner_speed(points, lengths, cruise_m_s, brake_m_s2))
    velocity: NDArray[np.float64] = direction * (speed / distance)
    return velocity


def _nearest(path: NDArray[np.float64], position: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """The nearest point of a polyline and the index of its segment's start."""
    if len(path) == 1:
        return path[0], 0
    start, along = path[:-1], np.diff(path, axis=0)
    square = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((position - start) * along).sum(axis=1) / square, 0.0, 1.0)
    feet = start + share[:, None] * along
    index = int(np.argmin(((feet - position) ** 2).sum(axis=1)))
    return feet[index], index


def _advance(points: NDArray[np.float64], lengths: NDArray[np.float64], distance: float) -> NDArray[np.float64]:
    for i, length in enumerate(lengths.tolist()):
        if distance <= length:
            ahead: NDArray[np.float64] = points[i] + (points[i + 1] - points[i]) * (distance / max(length, 1e-9))
            return ahead
        distance -= length
    end: NDArray[np.float64] = points[-1]
    return end


def _corner_speed(points: NDArray[np.float64], lengths: NDArray[np.float64], cruise: float, brake: float) -> float:
    """The speed from which each coming corner can be reached at a speed that falls with its angle."""
    allowed, travelled = cruise, 0.0
    for i in range(1, len(points) - 1):
        travelled += float(lengths[i - 1])
        before, after = points[i] - points[i - 1], points[i + 1] - points[i]
        scale = float(np.linalg.norm(before) * np.linalg.norm(after))
        cosine = float(before @ after) / scale if scale > 1e-9 else 1.0
        at_corner = cruise * max(0.25, 0.5 * (1.0 + cosine))
        allowed = min(allowed, math.sqrt(at_corner**2 + 2.0 * brake * travelled))
    return allowed
