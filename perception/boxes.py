"""Boxes in pictures, by their corners: left, upper, right, lower [px]."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["corners_of", "keep_best", "overlaps", "shares_within", "widened"]

Floats = NDArray[np.float64]


def corners_of(box: tuple[float, float, float, float]) -> Floats:
    """(4,) of a box by left, upper, width and height."""
    left, upper, width, height = box
    return np.array([left, upper, left + width, upper + height])


def widened(corners: Floats, share: float) -> Floats:
    """(n, 4) boxes that reach further by a share of their size on every side."""
    rim = share * (corners[:, 2:] - corners[:, :2])
    return np.concatenate([corners[:, :2] - rim, corners[:, 2:] + rim], 1)


def overlaps(a: NDArray[np.floating], b: NDArray[np.floating]) -> Floats:
    """Intersection over union of each with each.

    Args:
        a: (n, 4).
        b: (m, 4).

    Returns:
        (n, m) in [0, 1]; 0 for boxes without area.
    """
    shared = _shared(a, b)
    area = _areas(a)[:, None] + _areas(b)
    return np.asarray(shared / np.maximum(area - shared, 1e-9), np.float64)


def shares_within(a: NDArray[np.floating], b: NDArray[np.floating]) -> Floats:
    """(n, m) of each (n, 4) with each (m, 4), which share of the smaller one lies in the other, in [0, 1]."""
    smaller = np.minimum(_areas(a)[:, None], _areas(b))
    return np.asarray(_shared(a, b) / np.maximum(smaller, 1e-9), np.float64)


def _areas(corners: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.asarray((corners[:, 2:] - corners[:, :2]).prod(-1))


def _shared(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.floating]:
    """(n, m) area of the intersections."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(-1))


def keep_best(corners: NDArray[np.floating], category: NDArray[np.int64], overlap: float) -> NDArray[np.int64]:
    """Which of the boxes, best first, no better one of their category overlaps: non-maximum suppression."""
    rival = (overlaps(corners, corners) > overlap) & (category[:, None] == category)
    alive = np.ones(len(corners), dtype=bool)
    for i in range(len(corners)):
        if alive[i]:
            alive[i + 1 :] &= ~rival[i, i + 1 :]
    return np.flatnonzero(alive)
