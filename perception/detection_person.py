"""A second look at each person: the network that tells kind and posture from a crop of the picture.

The detector's cells see someone 40 pixels high in five steps of a row; here the same person fills a crop.
"""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from goldentime.perception.detection_layers import Residual, unit

__all__ = ["CROP", "CloseNet", "crop", "crop_matrix"]

CROP = (96, 72)
"""Height and width of a crop [px]."""
_MARGIN = 1.25
"""Of a box, so that its edges and a little of what is around it are seen."""


class CloseNet(nn.Module):
    """(n, 3, *CROP) as `detection_net.as_input` makes it -> (n, answers) logits.

    Args:
        answers: kinds and postures together.
        widths: channels at strides 2, 4, 8 and 16.
    """

    def __init__(self, answers: int, widths: Sequence[int]) -> None:
        super().__init__()
        parts: list[nn.Module] = [unit(3, widths[0], stride=2)]
        for fine, coarse in pairwise(widths):
            parts += [unit(fine, coarse, stride=2), Residual(coarse)]
        self.body = nn.Sequential(*parts, Residual(widths[-1]))
        self.drop = nn.Dropout(0.2)
        self.answer = nn.Linear(2 * widths[-1], answers)

    def forward(self, crops: Tensor) -> Tensor:
        seen = self.body(crops)
        pooled = torch.cat([seen.mean((2, 3)), seen.amax((2, 3))], 1)
        logits: Tensor = self.answer(self.drop(pooled)).float()
        return logits


def crop_matrix(corners_px: NDArray[np.float32], size: tuple[int, int] = CROP) -> NDArray[np.float64]:
    """The 2x3 matrix from places in the picture to places in the crop, both counted from the middle of the first pixel.

    The box lies in the middle, as large as fits with a margin; its proportions are kept, for they tell children.
    """
    left, upper, right, lower = (float(value) for value in corners_px)
    scale = min(size[1] / max(right - left, 1.0), size[0] / max(lower - upper, 1.0)) / _MARGIN
    x, y = (left + right - 1) / 2, (upper + lower - 1) / 2
    return np.array([[scale, 0, (size[1] - 1) / 2 - scale * x], [0, scale, (size[0] - 1) / 2 - scale * y]])


def crop(picture: NDArray[np.uint8], matrix: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(*CROP, 3) uint8; what lies beside the picture is grey."""
    # Linear interpolation alone would skip pixels of someone near, who is larger than the crop.
    scale = abs(float(matrix[1, 1]))
    source = cv2.blur(picture, (round(1 / scale),) * 2) if scale < 0.67 else picture
    beside = (127, 127, 127)
    found = cv2.warpAffine(
        source, matrix, CROP[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=beside
    )
    return np.asarray(found, np.uint8)
