"""What the networks of detection are made of."""

import torch
from torch import Tensor, nn

__all__ = ["Residual", "grid_px", "rows_of", "unit"]


def unit(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """A convolution with its normalisation and a smooth step."""
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.SiLU(inplace=True))


class Residual(nn.Module):
    """Two convolutions through half the channels, added to the input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.narrow, self.widen = unit(channels, channels // 2), unit(channels // 2, channels)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.widen(self.narrow(x))  # type: ignore[no-any-return]  # torch types calls of modules as Any


def rows_of(x: Tensor) -> Tensor:
    """(n, channels, height, width) -> (n, height * width, channels), float32."""
    return x.permute(0, 2, 3, 1).flatten(1, 2).float()


def grid_px(height: int, width: int, stride: int) -> Tensor:
    """The centres of cells so far apart, row by row, (cells, 2) float32, x and y [px]."""
    rows, columns = -(-height // stride), -(-width // stride)
    y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    return (torch.stack([x, y], -1).flatten(0, 1).float() + 0.5) * stride
