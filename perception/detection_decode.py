"""From the network's cells to boxes: choose, place, and keep one of those that overlap."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from goldentime.perception.boxes import keep_best
from goldentime.perception.detection_net import Cells

__all__ = ["Choice", "Found", "decode"]

_MOST = 200
"""Boxes that are looked at per picture; pictures of our scenes hold up to 40 things."""

Floats = NDArray[np.float32]


class Found(NamedTuple):
    """The boxes of one picture, best first."""

    category: NDArray[np.int64]
    """(n) places in the specification's categories."""
    score: Floats
    """(n) in [0, 1]."""
    corners_px: Floats
    """(n, 4) left, upper, right, lower, within the picture."""
    feature: Floats
    """(n, features)."""


class Choice(NamedTuple):
    """Which boxes are kept."""

    least_score: float
    """Boxes below are left out."""
    overlap: float
    """Of two boxes with a larger intersection over union the better one stays."""
    alike: bool = False
    """Also of two boxes of different categories."""


def decode(cells: Cells, centres_px: torch.Tensor, size: tuple[int, int], choice: Choice) -> list[Found]:
    """The boxes of each picture.

    Args:
        cells: what the network says.
        centres_px: (cells, 2) where they are.
        size: height and width of the pictures.
        choice: what is kept.
    """
    scores = cells.scores.sigmoid()
    return [
        _decode(Cells(*(part[i] for part in cells)), s, (centres_px, size), choice) for i, s in enumerate(scores)
    ]  # fmt: skip


def _decode(cells: Cells, scores: torch.Tensor, grid: tuple[torch.Tensor, tuple[int, int]], choice: Choice) -> Found:
    (centres, (height, width)), flat = grid, scores.flatten()
    best, place = flat.topk(min(_MOST, flat.numel()))
    place = place[best > choice.least_score]
    cell, category = place // scores.shape[1], place % scores.shape[1]
    centre, reach = centres[cell], cells.reaches[cell]
    corners = torch.cat([centre - reach[:, :2], centre + reach[:, 2:]], 1)
    corners[:, 0::2].clamp_(0, width)
    corners[:, 1::2].clamp_(0, height)
    score, boxes, kinds = flat[place].numpy(), corners.numpy(), category.numpy()
    kept = keep_best(boxes, np.zeros_like(kinds) if choice.alike else kinds, choice.overlap)
    chosen = cell[torch.from_numpy(kept)]
    return Found(kinds[kept], score[kept], boxes[kept], cells.features[chosen].numpy())
