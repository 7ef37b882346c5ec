"""The reader's two networks: one finds lines of text and faces of signs in a frame, the other reads a line."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from goldentime.perception.reading_alphabet import PLAIN, SCORES, letters_of_syllables
from goldentime.perception.weights import read_weights, weights_bytes

__all__ = [
    "COLUMN_PX",
    "LINE_PX",
    "MAP_PX",
    "FinderMaps",
    "FinderNet",
    "LineNet",
    "Networks",
    "channels_last",
    "networks_bytes",
    "read_networks",
]

_FORMAT = "goldentime-reader-1"

MAP_PX = 2
"""Pixels of the finder's input per cell of its maps."""
LINE_PX = 32
"""Height of a line's picture."""
COLUMN_PX = 4
"""Width of a column of the line's picture."""


class FinderMaps(NamedTuple):
    """What the finder sees, each (n, height / 2, width / 2)."""

    across: Tensor
    """Logit: the middle of a line that runs across."""
    down: Tensor
    """Logit: the middle of a column of characters below one another."""
    face: Tensor
    """Logit: the face of a sign."""
    reach: Tensor
    """(n, 2, ...) logarithm of the distance [cells] to a line's upper and lower edge, to a column's left and right."""


def _unit(inside: int, outside: int, stride: int | tuple[int, int] = 1, kernel: int | tuple[int, int] = 3) -> nn.Sequential:
    pad = kernel // 2 if isinstance(kernel, int) else (kernel[0] // 2, kernel[1] // 2)
    return nn.Sequential(
        nn.Conv2d(inside, outside, kernel, stride, pad, bias=False), nn.BatchNorm2d(outside), nn.ReLU(inplace=True)
    )


class _Residual(nn.Module):
    """A unit that adds to what came."""

    def __init__(self, channels: int, kernel: int | tuple[int, int] = 3) -> None:
        super().__init__()
        self.unit = _unit(channels, channels, 1, kernel)

    def forward(self, x: Tensor) -> Tensor:
        return x + cast(Tensor, self.unit(x))


class FinderNet(nn.Module):
    """Down to a sixteenth and back to half of the input's size, which is a multiple of 32."""

    def __init__(self) -> None:
        super().__init__()
        widths = (16, 32, 56, 80, 96)
        self.stem = nn.Sequential(_unit(3, widths[0], 2), _Residual(widths[0]))
        pairs = pairwise(widths)
        self.down = nn.ModuleList(nn.Sequential(_unit(a, b, 2), _Residual(b), _Residual(b)) for a, b in pairs)
        self.side = nn.ModuleList(nn.Conv2d(width, 24, 1) for width in widths)
        self.join = nn.ModuleList(_unit(24, 24) for _ in widths[1:])
        self.head = nn.Conv2d(24, 5, 3, padding=1)

    def forward(self, pictures: Tensor) -> FinderMaps:
        """Maps of RGB pictures (n, 3, height, width) in [0, 1]."""
        steps = [self.stem((pictures - 0.45) * 4.0)]
        for part in self.down:
            steps.append(part(steps[-1]))
        seen = self.side[-1](steps[-1])
        for level in reversed(range(len(self.join))):
            seen = functional.interpolate(seen, steps[level].shape[2:], mode="bilinear", align_corners=False)
            seen = self.join[level](seen + self.side[level](steps[level]))
        maps = self.head(seen).float()
        return FinderMaps(maps[:, 0], maps[:, 1], maps[:, 2], maps[:, 3:])


class LineNet(nn.Module):
    """Convolutions down to one row of columns, then along the row."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = nn.Sequential(
            _unit(1, 16),
            _unit(16, 48, 2),
            _Residual(48),
            _unit(48, 96, 2),
            _Residual(96),
            _Residual(96),
            _unit(96, 144, (2, 1)),
            _Residual(144),
        )
        self.flat = nn.Sequential(nn.Conv2d(144, 224, (4, 1), bias=False), nn.BatchNorm2d(224), nn.ReLU(inplace=True))
        self.row = nn.Sequential(*(_Residual(224, (1, 5)) for _ in range(3)))
        self.head = nn.Conv2d(224, SCORES, 1)
        self.register_buffer("letters", torch.from_numpy(letters_of_syllables()), persistent=False)

    def forward(self, lines: Tensor) -> Tensor:
        """Log probabilities (n, columns, CLASSES) of grey lines (n, 1, LINE_PX, width) of mean 0 and deviation 1."""
        scores = self.head(self.row(self.flat(self.picture(lines))))[:, :, 0].transpose(1, 2).float()
        plain, letters = scores[..., :PLAIN], scores[..., PLAIN:]
        syllables = functional.linear(letters, cast(Tensor, self.letters))
        return functional.log_softmax(torch.cat([plain, syllables], -1), -1)


class Networks(NamedTuple):
    """All that a reader needs, in evaluation mode."""

    finder: FinderNet
    line: LineNet


def channels_last(net: nn.Module) -> nn.Module:
    """Lay out a network's weights as convolutions on CPUs like them, and return it."""
    for weight in net.parameters():
        if weight.ndim == 4:
            weight.data = weight.data.contiguous(memory_format=torch.channels_last)
    return net


def _fold(net: nn.Module) -> None:
    """Merge each normalisation into its convolution."""
    for module in list(net.modules()):
        if isinstance(module, nn.Sequential) and len(module) == 3 and isinstance(module[1], nn.BatchNorm2d):
            module[0] = torch.nn.utils.fuse_conv_bn_eval(cast(nn.Conv2d, module[0]), module[1])
            module[1] = nn.Identity()
    channels_last(net)


def networks_bytes(finder: Mapping[str, Tensor], line: Mapping[str, Tensor]) -> bytes:
    """Both networks' weights as one safetensors file, rounded to half precision."""
    both = {f"finder.{key}": value for key, value in finder.items()} | {f"line.{key}": value for key, value in line.items()}
    return weights_bytes(_FORMAT, both)


def read_networks(path: Path) -> Networks:
    """The networks in a file of `networks_bytes`.

    Raises:
        ConfigError: the file is missing, or is none of these.
    """
    weights, _ = read_weights(path, _FORMAT)
    nets = Networks(FinderNet(), LineNet())
    for name, net in nets._asdict().items():
        own = {key.removeprefix(f"{name}."): value for key, value in weights.items() if key.startswith(f"{name}.")}
        net.load_state_dict(own)
        net.eval().requires_grad_(False)
        _fold(net)
    return nets
