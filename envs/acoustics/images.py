"""Image sources of a cuboid (J. B. Allen and D. A. Berkley, J. Acoust. Soc. Am. 65 (1979) 943)."""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Images", "face_gains", "images_of", "mirrored"]

Floats = NDArray[np.float64]


class Images(NamedTuple):
    """The images up to an order, in ascending order; the first is the source itself."""

    cell: NDArray[np.int64]
    """(i, 3) in which mirrored copy of the room each lies."""
    hits: Floats
    """(i, 6) how often its path meets each face: -x, +x, -y, +y, floor, ceiling."""
    order: NDArray[np.int64]
    """(i,) reflections of its path."""


@cache
def images_of(order: int) -> Images:
    """All images whose path is reflected at most so often."""
    span = np.arange(-order, order + 1)
    cell = np.stack(np.meshgrid(span, span, span, indexing="ij"), -1).reshape(-1, 3)
    cell = cell[np.abs(cell).sum(1) <= order]
    cell = cell[np.argsort(np.abs(cell).sum(1), kind="stable")]
    away = np.abs(cell)
    # A path into cell 1 meets the upper face, one into cell 2 then the lower one, and so on.
    few, many = away // 2, (away + 1) // 2
    lower, upper = np.where(cell < 0, many, few), np.where(cell < 0, few, many)
    hits = np.stack([lower, upper], -1).reshape(-1, 6)
    return Images(cell, hits.astype(np.float64), away.sum(1))


def mirrored(points: Floats, lower: Floats, size: Floats, cell: NDArray[np.int64]) -> Floats:
    """Where the images of points are.

    Args:
        points: (..., 3) [m]
        lower: (..., 3) [m] corner of the room that each point is in.
        size: (..., 3) [m] of that room.
        cell: (i, 3) see `Images`.

    Returns:
        (..., i, 3) [m]
    """
    inside = (points - lower)[..., None, :]
    turned = np.where(cell % 2 == 0, inside, size[..., None, :] - inside)
    placed: Floats = lower[..., None, :] + cell * size[..., None, :] + turned
    return placed


def face_gains(reflect: Floats, hits: Floats) -> Floats:
    """Pressure gain (..., i, 7) of paths that meet faces of reflection factors (..., 6, 7) so often (i, 6)."""
    gains: Floats = np.exp(hits @ np.log(np.maximum(reflect, 1e-12)))
    return gains
