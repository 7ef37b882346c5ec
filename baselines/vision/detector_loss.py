"""What the detector is taught: which cells answer for which box, and how wrong their answers are.

Cells are chosen by the network's own answers: those inside a box that both score its class and place it best (Feng et al.
2021, "TOOD: Task-aligned One-stage Object Detection", ICCV). Boxes are compared by the generalised intersection over union
with a penalty on distance (Zheng et al. 2020, "Distance-IoU Loss", AAAI).
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from goldentime.perception.detection_net import Cells

__all__ = ["Assigned", "Truth", "assign", "detection_loss", "pair_iou"]

_CELLS_PER_BOX = 10
_SCORE_POWER, _PLACE_POWER = 0.5, 6.0
"""As in the paper's successors: places count far more than scores."""
_SMALLEST_PX = 12.0
"""Boxes are taken for at least this wide and high when cells are looked for inside, so that each finds some."""
_BOX_WEIGHT = 5.0


class Truth(NamedTuple):
    """The boxes of a batch, filled up to the same number."""

    corners_px: Tensor
    """(n, boxes, 4) float32 left, upper, right, lower."""
    category: Tensor
    """(n, boxes) int64; -1 for filling."""
    ignored: Tensor
    """(n, boxes) bool: too small, too faint or too hidden to be taught either way."""


class Assigned(NamedTuple):
    """Which box each cell answers for."""

    box: Tensor
    """(n, cells) int64, meaningful where `quality` is more than 0."""
    quality: Tensor
    """(n, cells) float32 in [0, 1]: the score that the cell should give its class; 0 for cells without a box."""


def pair_iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of boxes by their corners, (..., 4) each, broadcast."""
    sides = torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])
    shared = sides.clamp_min(0).prod(-1)
    area = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1)
    return shared / (area - shared).clamp_min(1e-6)


def assign(cells: Cells, corners: Tensor, centres: Tensor, truth: Truth) -> Assigned:
    """Give each box its best cells, and each cell at most one box.

    Args:
        cells: of the network, detached.
        corners: (n, cells, 4) the boxes that they stand for.
        centres: (cells, 2) [px].
    """
    real = (truth.category >= 0) & ~truth.ignored
    iou = pair_iou(truth.corners_px[:, :, None], corners[:, None]) * real[..., None]  # (n, boxes, cells)
    category = truth.category.clamp_min(0)
    wanted = category[:, :, None].expand(-1, -1, len(centres))
    score = cells.scores.sigmoid().transpose(1, 2).gather(1, wanted)
    fit = score**_SCORE_POWER * iou**_PLACE_POWER
    # So that a box that no cell fits yet, as in the first steps, is given cells all the same.
    fit = (fit + 1e-9) * (_inside(truth.corners_px, centres) & real[..., None])
    best = fit.topk(min(_CELLS_PER_BOX, fit.shape[-1]), -1)
    chosen = torch.zeros_like(fit).scatter_(-1, best.indices, best.values)
    # Cells that several boxes want go to the one that they overlap most.
    claim = torch.where(chosen > 0, iou + 1e-6, 0.0)
    most, box = claim.max(1)
    mine = torch.zeros_like(chosen).scatter_(1, box[:, None], 1.0) * (chosen > 0)
    fit, iou = fit * mine, iou * mine
    scale = iou.amax(-1, keepdim=True) / fit.amax(-1, keepdim=True).clamp_min(1e-12)
    quality = (fit * scale).amax(1)
    return Assigned(box, torch.where(most > 0, quality, 0.0))


def _inside(corners: Tensor, centres: Tensor) -> Tensor:
    """(n, boxes, cells) whether a cell's centre lies in a box."""
    middle = (corners[..., :2] + corners[..., 2:]) / 2
    half = ((corners[..., 2:] - corners[..., :2]) / 2).clamp_min(_SMALLEST_PX / 2)
    away = (centres[None, None] - middle[:, :, None]).abs()
    return (away < half[:, :, None]).all(-1)


def detection_loss(cells: Cells, centres: Tensor, truth: Truth) -> tuple[Tensor, dict[str, float]]:
    """The sum of all losses, and its parts.

    Args:
        cells: of the network.
        centres: (cells, 2) [px].
    """
    corners = torch.cat([centres - cells.reaches[..., :2], centres + cells.reaches[..., 2:]], -1)
    with torch.no_grad():
        found = assign(cells, corners.detach(), centres, truth)
    picture, cell = torch.nonzero(found.quality > 0, as_tuple=True)
    box, quality = found.box[picture, cell], found.quality[picture, cell]
    total = quality.sum().clamp_min(1.0)
    category = truth.category[picture, box]
    target = torch.zeros_like(cells.scores)
    target[picture, cell, category] = quality
    weight = _taught(centres, truth, cells.scores.shape[-1])
    weight[picture, cell] = 1.0
    what = binary_cross_entropy_with_logits(cells.scores, target, weight, reduction="sum") / total
    where = (_misplacement(corners[picture, cell], truth.corners_px[picture, box]) * quality).sum() / total
    loss = what + _BOX_WEIGHT * where
    return loss, {"what": float(what.detach()), "where": float(where.detach())}


def _taught(centres: Tensor, truth: Truth, categories: int) -> Tensor:
    """(n, cells, categories): 0 where a box that is ignored has its class, else 1."""
    weight = torch.ones(len(truth.category), len(centres), categories)
    hidden = _inside(truth.corners_px, centres) & (truth.ignored & (truth.category >= 0))[..., None]
    picture, box, cell = torch.nonzero(hidden, as_tuple=True)
    weight[picture, cell, truth.category[picture, box]] = 0.0
    return weight


def _misplacement(found: Tensor, true: Tensor) -> Tensor:
    """1 - IoU, plus the squared distance of the centres over the squared diagonal of the box around both."""
    low, high = torch.minimum(found[:, :2], true[:, :2]), torch.maximum(found[:, 2:], true[:, 2:])
    apart = (found[:, :2] + found[:, 2:] - true[:, :2] - true[:, 2:]).square().sum(-1) / 4
    return 1 - pair_iou(found, true) + apart / (high - low).square().sum(-1).clamp_min(1e-6)
