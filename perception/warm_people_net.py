"""The network that finds people in thermal pictures: a small encoder and decoder, one answer for every second pixel.

As in the detector each cell says how likely somebody lies, crouches or stands there and how far their box reaches to the
four sides (Tian et al. 2019, "FCOS", ICCV); coarser features come back to the finer ones (Ronneberger et al. 2015, "U-Net",
MICCAI).
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, softplus

from goldentime.perception.detection_layers import Residual, grid_px, rows_of, unit
from goldentime.perception.detection_net import Cells
from goldentime.perception.weights import read_weights, weights_bytes

__all__ = ["CHANNELS", "POSES", "STRIDE", "WarmPeopleNet", "cells_px", "net_bytes", "read_net"]

CHANNELS = 4
POSES = ("lying", "low", "upright")
STRIDE = 2
_WIDTHS = (16, 24, 48, 64)
"""Channels at strides 1, 2, 4 and 8."""
_FEATURES = 32
_PRIOR = 0.01
"""Score of every class before training."""
_FORMAT = "goldentime warm people 1"


class WarmPeopleNet(nn.Module):
    """(n, 4, height, width) as `warm_people.layers` makes it -> `Cells`, one for every second pixel."""

    def __init__(self) -> None:
        super().__init__()
        full, half, quarter, eighth = _WIDTHS
        self.stem = unit(CHANNELS, full)
        self.fine = nn.Sequential(unit(full, half, stride=2), Residual(half))
        self.middle = nn.Sequential(unit(half, quarter, stride=2), Residual(quarter))
        self.coarse = nn.Sequential(unit(quarter, eighth, stride=2), Residual(eighth), Residual(eighth))
        self.enter = nn.ModuleList([unit(width, _FEATURES, 1) for width in (half, quarter, eighth)])
        self.mix = nn.ModuleList([unit(_FEATURES, _FEATURES) for _ in range(2)])
        self.what, self.where = (unit(_FEATURES, _FEATURES) for _ in range(2))
        self.score, self.reach = nn.Conv2d(_FEATURES, len(POSES), 1), nn.Conv2d(_FEATURES, 4, 1)
        nn.init.constant_(self.score.bias, -float(torch.logit(torch.tensor(1 - _PRIOR))))  # type: ignore[arg-type]
        nn.init.constant_(self.reach.bias, 2.0)  # type: ignore[arg-type]  # both convolutions have a bias

    def forward(self, pictures: Tensor) -> Cells:
        half = self.fine(self.stem(pictures))
        quarter = self.middle(half)
        fine, middle, coarse = (
            enter(stage) for enter, stage in zip(self.enter, (half, quarter, self.coarse(quarter)), strict=True)
        )
        middle = self.mix[0](middle + interpolate(coarse, size=middle.shape[-2:], mode="nearest"))
        fine = self.mix[1](fine + interpolate(middle, size=fine.shape[-2:], mode="nearest"))
        what = self.what(fine)
        reach = STRIDE * softplus(self.reach(self.where(fine)).float())
        return Cells(rows_of(self.score(what)), rows_of(reach), rows_of(what))


def cells_px(height: int, width: int) -> Tensor:
    """The centres of all cells, (cells, 2) float32, x and y [px]."""
    return grid_px(height, width, STRIDE)


def net_bytes(weights: Mapping[str, Tensor]) -> bytes:
    """Weights as one safetensors file."""
    return weights_bytes(_FORMAT, weights)


def read_net(path: Path) -> WarmPeopleNet:
    """The network in a file of `net_bytes`, in evaluation mode.

    Raises:
        ConfigError: the file is missing, or is none of these.
    """
    weights, _ = read_weights(path, _FORMAT)
    net = WarmPeopleNet()
    net.load_state_dict(weights)
    return net.eval().requires_grad_(False)
