"""How thick the smoke is: a small network of its own, since the one that finds things learns to see past the smoke."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, softplus

from goldentime.perception.detection_layers import Residual, unit

__all__ = ["CELL_PX", "THIN_PER_M", "SmokeNet"]

CELL_PX = 32
"""Sides of the parts of a picture that are told apart."""
THIN_PER_M = 0.02
"""[1/m] extinctions are told on a scale that is linear below this and logarithmic above."""


class SmokeNet(nn.Module):
    """(n, 3, height, width) as `detection_net.as_input` makes it -> (n, 2, rows, columns) float32.

    The first channel is log(1 + extinction / THIN_PER_M), the second the logit of the transmittance.

    Args:
        widths: channels at strides 4, 8, 16 and 32.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        parts: list[nn.Module] = [unit(3, widths[0], stride=2)]
        for fine, coarse in pairwise(widths):
            parts += [unit(fine, coarse, stride=2), Residual(coarse)]
        self.body = nn.Sequential(*parts)
        self.join = unit(2 * widths[-1], widths[-1])
        self.answer = nn.Conv2d(widths[-1], 2, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        seen = self.body(avg_pool2d(pictures, 2, ceil_mode=True))
        whole = seen.mean((2, 3), keepdim=True).expand_as(seen)  # the smoke of a place is much the same everywhere in it
        extinction, through = self.answer(self.join(torch.cat([seen, whole], 1))).float().split(1, 1)
        return torch.cat([softplus(extinction), through], 1)
