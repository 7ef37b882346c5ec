"""From the network's cells to boxes: choose, place, and keep one of those that overlap."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from goldentime.perception.boxes import keep_best
from goldentime.perception.detection_net import Cells, centres_px

__all__ = ["Found", "decode"]

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


def decode(cells: Cells, height: int, width: int, least_score: float, overlap: float) -> list[Found]:
    """The boxes of each picture.

    Args:
        least_score: boxes below are left out.
        overlap: of two boxes of one category with a larger intersection over union the better one stays.
    """
    centres = centres_px(height, width)
    scores = cells.scores.sigmoid()
    return [
        _decode(Cells(*(part[i] for part in cells)), s, centres, (height, width), (least_score, overlap))
        for i, s in enumerate(scores)
    ]


def _decode(
    cells: Cells, scores: torch.Tensor, centres: torch.Tensor, size: tuple[int, int], limits: tuple[float, float]
) -> Found:
    least_score, overlap = limits
    flat = scores.flatten()
    best, place = flat.topk(min(_MOST, flat.numel()))
    place = place[best > least_score]
    cell, category = place // scores.shape[1], place % scores.shape[1]
    centre, reach = centres[cell], cells.reaches[cell]
    corners = torch.cat([centre - reach[:, :2], centre + reach[:, 2:]], 1)
    corners[:, 0::2].clamp_(0, size[1])
    corners[:, 1::2].clamp_(0, size[0])
    score, boxes, kinds = flat[place].numpy(), corners.numpy(), category.numpy()
    kept = keep_best(boxes, kinds, overlap)
    chosen = cell[torch.from_numpy(kept)]
    return Found(kinds[kept], score[kept], boxes[kept], cells.features[chosen].numpy())
