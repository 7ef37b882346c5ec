"""What the detector is taught of smoke: its truth in a cut of a picture, and how wrong an answer is."""

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, smooth_l1_loss

from goldentime.perception.detection_net import STRIDES, THIN_PER_M

__all__ = ["cut_smoke", "read_smoke", "smoke_loss"]

Floats = NDArray[np.float32]

_UNTOLD = np.full((2, 1, 1), np.nan, np.float32)


def read_smoke(images: Sequence[Mapping[str, Any]]) -> tuple[Floats, ...]:
    """Extinction [1/m] and transmittance in the cells of each picture, (2, rows, columns); NaN where the set tells none."""
    grids = [image.get("smoke_grid") for image in images]
    return tuple(
        _UNTOLD if grid is None else np.array([grid["extinction_per_m"], grid["transmittance"]], np.float32)
        for grid in grids
    )


def cut_smoke(
    smoke: Floats, matrix: NDArray[np.float64], size: tuple[int, ...], cut: tuple[int, int], haze: float
) -> Floats:
    """The smoke in the network's coarsest cells of a cut, (2, rows, columns).

    Args:
        smoke: (2, rows, columns) of the whole picture.
        matrix: (2, 3) from places in the picture to places in the cut [px from the upper left corners].
        size: height and width of the picture.
        cut: height and width of the cut.
        haze: share of the light that was taken from all of the cut afterwards. It lowers the transmittance; the extinction
            cannot be told from it without the distance, and is NaN.
    """
    stride, cells = STRIDES[-1], smoke.shape[1:]
    x = (np.arange(-(-cut[1] // stride)) + 0.5) * stride
    y = (np.arange(-(-cut[0] // stride)) + 0.5) * stride
    across = ((x - matrix[0, 2]) / matrix[0, 0]) / size[1] * cells[1] - 0.5
    down = ((y - matrix[1, 2]) / matrix[1, 1]) / size[0] * cells[0] - 0.5
    x_map, y_map = (np.asarray(part, np.float32) for part in np.meshgrid(across, down))
    found = np.stack(
        [cv2.remap(part, x_map, y_map, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for part in (smoke[0], smoke[1])]
    )
    found[1] *= 1 - haze
    if haze > 0:
        found[0] = np.nan
    return np.asarray(found, np.float32)


def smoke_loss(answer: Tensor, truth: Tensor) -> Tensor:
    """Of extinction on the network's scale, and of transmittance; cells with NaN are left out.

    Args:
        answer: (n, 2, rows, columns) as in `Cells.smoke`.
        truth: (n, 2, rows, columns) extinction [1/m] and transmittance.
    """
    extinction, through = truth.unbind(1)
    told, seen = ~extinction.isnan(), ~through.isnan()
    scaled = (extinction[told] / THIN_PER_M).log1p()
    thick = smooth_l1_loss(answer[:, 0][told], scaled, reduction="sum", beta=0.5) / told.sum().clamp_min(1)
    passing = binary_cross_entropy_with_logits(answer[:, 1][seen], through[seen], reduction="sum")
    loss: Tensor = thick + passing / seen.sum().clamp_min(1)
    return loss
