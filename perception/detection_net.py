"""The detector's network: a small residual backbone, features at strides 8, 16 and 32, one shared head.

Each cell of each level says what lies there and how far its box reaches to the four sides (Tian et al. 2019, "FCOS", ICCV).
The levels exchange features downwards and upwards (Liu et al. 2018, "Path Aggregation Network", CVPR). Two small networks
of their own come with it: `close` tells kind and posture of each person that was found, `smoke` how thick the smoke is.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, softplus

from goldentime.errors import ConfigError
from goldentime.perception.detection_layers import Residual, grid_px, rows_of, unit
from goldentime.perception.detection_person import CloseNet
from goldentime.perception.detection_smoke import SmokeNet
from goldentime.perception.weights import read_weights, weights_bytes
from goldentime.records import dump, load, record

__all__ = [
    "STRIDES",
    "Cells",
    "DetectorNet",
    "NetSpec",
    "as_input",
    "begin_with",
    "centres_px",
    "channels_last",
    "load_net",
    "net_bytes",
    "read_net",
]

STRIDES = (8, 16, 32)
"""Pixels between the cells of each level."""
_PRIOR = 0.01
"""Score of every class before training: most cells hold nothing."""
_FORMAT = "goldentime detector 2"


@record
class NetSpec:
    """What a network tells apart, and its size."""

    categories: tuple[str, ...]
    kinds: tuple[str, ...]
    """Of persons."""
    postures: tuple[str, ...]
    widths: tuple[int, int, int, int, int] = (24, 40, 80, 128, 192)
    """Channels at strides 2, 4, 8, 16 and 32."""
    depths: tuple[int, int, int, int] = (1, 2, 2, 1)
    """Residual blocks at strides 4, 8, 16 and 32."""
    features: int = 64
    """Channels of the head."""
    close: tuple[int, int, int, int] = (16, 32, 64, 128)
    """Channels of the second look at strides 2, 4, 8 and 16."""
    smoke: tuple[int, int, int, int] = (16, 24, 48, 64)
    """Channels of the network for smoke at strides 4, 8, 16 and 32."""


class Cells(NamedTuple):
    """What the cells of all levels say, finest level first, row by row."""

    scores: Tensor
    """(n, cells, categories) float32, logits."""
    reaches: Tensor
    """(n, cells, 4) float32 [px], from the cell's centre to the left, upper, right and lower side."""
    features: Tensor
    """(n, cells, features) float32, what the class is told from."""


class _Neck(nn.Module):
    """Features of the three coarsest stages, each with a share of the others."""

    def __init__(self, widths: Sequence[int], features: int) -> None:
        super().__init__()
        self.enter = nn.ModuleList([unit(width, features, 1) for width in widths])
        self.down = nn.ModuleList([unit(features, features) for _ in range(2)])
        self.shrink = nn.ModuleList([unit(features, features, stride=2) for _ in range(2)])
        self.up = nn.ModuleList([unit(features, features) for _ in range(2)])

    def forward(self, stages: Sequence[Tensor]) -> list[Tensor]:
        fine, middle, coarse = (enter(stage) for enter, stage in zip(self.enter, stages, strict=True))
        middle = self.down[0](middle + _enlarged(coarse, middle))
        fine = self.down[1](fine + _enlarged(middle, fine))
        middle = self.up[0](middle + self.shrink[0](fine))
        coarse = self.up[1](coarse + self.shrink[1](middle))
        return [fine, middle, coarse]


def _enlarged(coarse: Tensor, fine: Tensor) -> Tensor:
    return interpolate(coarse, size=fine.shape[-2:], mode="nearest")


class DetectorNet(nn.Module):
    """(n, 3, height, width) as `as_input` makes it -> `Cells`; any height and width."""

    def __init__(self, spec: NetSpec) -> None:
        super().__init__()
        self.spec = spec
        widths, features = spec.widths, spec.features
        self.stem = unit(3, widths[0], stride=2)
        self.stages = nn.ModuleList(
            nn.Sequential(unit(fine, coarse, stride=2), *(Residual(coarse) for _ in range(depth)))
            for fine, coarse, depth in zip(widths[:-1], widths[1:], spec.depths, strict=True)
        )
        self.neck = _Neck(widths[2:], features)
        self.what, self.where = (unit(features, features) for _ in range(2))
        self.score = nn.Conv2d(features, len(spec.categories), 1)
        self.reach = nn.Conv2d(features, 4, 1)
        self.smoke = SmokeNet(spec.smoke)
        self.close = CloseNet(len(spec.kinds) + len(spec.postures), spec.close)
        nn.init.constant_(self.score.bias, -float(torch.logit(torch.tensor(1 - _PRIOR))))  # type: ignore[arg-type]
        nn.init.constant_(self.reach.bias, 2.0)  # type: ignore[arg-type]  # both convolutions have a bias

    def forward(self, pictures: Tensor) -> Cells:
        x = self.stem(pictures)
        stages = []
        for stage in self.stages:
            x = stage(x)
            stages.append(x)
        parts = [self._head(level, stride) for level, stride in zip(self.neck(stages[1:]), STRIDES, strict=True)]
        return Cells(*(torch.cat(part, 1) for part in zip(*parts, strict=True)))

    def _head(self, level: Tensor, stride: int) -> tuple[Tensor, ...]:
        what = self.what(level)
        reach = stride * softplus(self.reach(self.where(level)).float())
        return rows_of(self.score(what)), rows_of(reach), rows_of(what)

    def fold(self) -> "DetectorNet":
        """Merge each normalisation into its convolution, for faster use; only in evaluation mode, once."""
        for module in list(self.modules()):
            if not isinstance(module, nn.Sequential) or len(module) != 3:
                continue
            convolution, norm = module[0], module[1]
            if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                module[0] = torch.nn.utils.fuse_conv_bn_eval(convolution, norm)
                module[1] = nn.Identity()
        return self


def as_input(pictures: Tensor) -> Tensor:
    """(n, height, width, 3) uint8 -> (n, 3, height, width) float32 about 0, channels last in memory."""
    return pictures.permute(0, 3, 1, 2).float().sub_(127.5).div_(64.0)


def channels_last(net: nn.Module) -> None:
    """Lay the convolutions' weights out as `as_input` lays out pictures, which is the faster way on CPUs."""
    for weight in net.parameters():
        if weight.ndim == 4:
            weight.data = weight.data.contiguous(memory_format=torch.channels_last)


def centres_px(height: int, width: int) -> Tensor:
    """The centres of all cells in the order of `Cells`, (cells, 2) float32, x and y [px]."""
    return torch.cat([grid_px(height, width, stride) for stride in STRIDES])


def net_bytes(spec: NetSpec, weights: Mapping[str, Tensor]) -> bytes:
    """Weights and specification as one safetensors file; the weights are rounded to half precision."""
    return weights_bytes(_FORMAT, weights, {"spec": json.dumps(dump(spec))})


def begin_with(net: DetectorNet, path: Path) -> None:
    """Give a network the weights of a file of the same specification.

    Raises:
        ConfigError: the file is missing, or is of another network.
    """
    other = read_net(path)
    if other.spec != net.spec:
        raise ConfigError(f"{path}: expected weights of {net.spec}, got those of {other.spec}")
    net.load_state_dict(other.state_dict())


def read_net(path: Path) -> DetectorNet:
    """The network in a file of `net_bytes`, in evaluation mode.

    Raises:
        ConfigError: the file is missing, or is none of these.
    """
    weights, notes = read_weights(path, _FORMAT)
    return load_net(load(NetSpec, json.loads(notes["spec"]), str(path)), weights)


def load_net(spec: NetSpec, weights: Mapping[str, Tensor]) -> DetectorNet:
    """A network with these weights, in evaluation mode."""
    net = DetectorNet(spec)
    net.load_state_dict(dict(weights))
    return net.eval().requires_grad_(False)
