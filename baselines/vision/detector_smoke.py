"""What the detector is taught of smoke: pictures with their truth, and how wrong an answer is."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, smooth_l1_loss

from goldentime.perception.detection_smoke import CELL_PX, THIN_PER_M
from goldentime.records import record

__all__ = ["SmokeBatch", "SmokeConfig", "in_cells", "read_smoke", "smoke_batch", "smoke_loss"]

Floats = NDArray[np.float32]

_UNTOLD = np.full((2, 1, 1), np.nan, np.float32)
_SMOKY_PER_M = 0.01


@record
class SmokeConfig:
    """How pictures are drawn."""

    pictures: int = 12
    """In a step; half of them smoky, if there are such."""
    light: float = 0.1
    """How much brighter or darker, on a logarithmic scale."""


class SmokeBatch(NamedTuple):
    """What a step sees."""

    pictures: Tensor
    """(n, height, width, 3) uint8."""
    truth: Tensor
    """(n, 2, rows, columns) float32, extinction [1/m] and transmittance."""


def read_smoke(images: Sequence[Mapping[str, Any]]) -> tuple[Floats, ...]:
    """Extinction [1/m] and transmittance in the cells of each picture, (2, rows, columns); NaN where the set tells none."""
    grids = [image.get("smoke_grid") for image in images]
    return tuple(
        _UNTOLD if grid is None else np.array([grid["extinction_per_m"], grid["transmittance"]], np.float32)
        for grid in grids
    )


def in_cells(smoke: Floats, height: int, width: int) -> Floats:
    """The smoke of a picture [px] in the network's cells, (2, rows, columns)."""
    rows, columns = smoke.shape[1:]
    across = (np.arange(-(-width // CELL_PX)) + 0.5) * CELL_PX / width * columns - 0.5
    down = (np.arange(-(-height // CELL_PX)) + 0.5) * CELL_PX / height * rows - 0.5
    x, y = (np.asarray(part, np.float32) for part in np.meshgrid(across, down))
    parts = [cv2.remap(part, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for part in (smoke[0], smoke[1])]
    return np.asarray(parts, np.float32)


def smoke_batch(
    pictures: NDArray[np.uint8], smoke: Sequence[Floats], config: SmokeConfig, rng: np.random.Generator
) -> SmokeBatch:
    """Whole pictures, mirrored or not, in a little other light."""
    told = np.array([float(grid[0].mean()) for grid in smoke])
    pools = [pool for pool in (np.flatnonzero(told >= _SMOKY_PER_M), np.flatnonzero(told < _SMOKY_PER_M)) if len(pool)]
    shape = pictures.shape[1:3]
    count = config.pictures if pools else 0
    chosen = [int(rng.choice(pools[i % len(pools)])) for i in range(count)]
    out = np.empty((count, *shape, 3), np.uint8)
    truth = np.empty((count, 2, *(-(-side // CELL_PX) for side in shape)), np.float32)
    for i, number in enumerate(chosen):
        gain = np.exp(rng.normal(0, config.light) + rng.normal(0, 0.3 * config.light, 3))
        table = np.clip(np.arange(256)[None, :, None] * gain + 0.5, 0, 255).astype(np.uint8)
        picture, grid = cv2.LUT(pictures[number], table), in_cells(smoke[number], *shape)
        turn = -1 if rng.random() < 0.5 else 1
        out[i], truth[i] = picture[:, ::turn], grid[..., ::turn]
    return SmokeBatch(torch.from_numpy(out), torch.from_numpy(truth))


def smoke_loss(answer: Tensor, truth: Tensor) -> Tensor:
    """Of extinction on the network's scale, and of transmittance.

    Args:
        answer: (n, 2, rows, columns) of `SmokeNet`.
        truth: (n, 2, rows, columns) extinction [1/m] and transmittance.
    """
    extinction, through = truth.unbind(1)
    thick = smooth_l1_loss(answer[:, 0], (extinction / THIN_PER_M).log1p(), beta=0.5)
    loss: Tensor = thick + binary_cross_entropy_with_logits(answer[:, 1], through)
    return loss
