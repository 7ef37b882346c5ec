"""The networks that hear: one weighs what beams in all directions show, the other tells man, woman and child apart.

**Directions.** What reaches the microphones is whitened by the covariance of the drone's own noise, as known from the
calibration clip. A mask net marks the cells of the spectrum that look like a voice; from the cells marked the power of the
noise-whitened beam in every direction follows, bin by bin (the likelihood ratio of one source in known Gaussian noise);
a second net weighs the bins; a third looks at the weighted maps, round in azimuth, and says where voices are. Geometry
enters through the beams alone, so the same weights serve any array. Masks before steered power: Pertila & Cakir 2017,
"Robust direction estimation with convolutional neural networks based steered response power" (ICASSP).

**Voices.** A small residual network on log-mel spectra.
"""

import json
import math
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import pad

from goldentime.perception.hearing_directions import DirectionGrid, Peak, angle_between, steering, towards
from goldentime.perception.hearing_spectra import BINS_HZ, microphones_at
from goldentime.perception.hearing_voice import VOICES, log_mel
from goldentime.perception.weights import read_weights, weights_bytes

__all__ = [
    "GRID",
    "DirectionNet",
    "NetFinder",
    "NetTeller",
    "VoiceNet",
    "beam_tables",
    "load_finder",
    "load_net",
    "load_teller",
    "net_bytes",
]

GRID = DirectionGrid(azimuths=48, elevations_deg=tuple(12.5 * k for k in range(-6, 4)))
"""What the direction net looks at: callers are below a drone or little above it, up to some 43 degrees."""
_LOW, _MIDDLE, _HIGH = (round(hz / BINS_HZ[1]) for hz in (250.0, 3000.0, 6000.0))
BAND: NDArray[np.int64] = np.r_[_LOW:_MIDDLE, _MIDDLE : _HIGH + 1 : 2]
"""Bins that it looks at: above 3 kHz every other one."""
_DIRECTIONS, _VOICES = "goldentime hearing directions 1", "goldentime hearing voices 1"
_SHIPPED = {_DIRECTIONS: "hearing_directions.safetensors", _VOICES: "hearing_voices.safetensors"}
_LOADING = 3e-3
_SILENT = -4.0
"""Logit of every cell before training: most directions are silent."""


def beam_tables(positions_m: NDArray[np.float64], grid: DirectionGrid = GRID) -> Tensor:
    """What turns a Hermitian matrix into beams' powers, `a^H M a` for all directions, as a product of real matrices.

    Returns:
        (bins, directions, 2 * mics * mics) float32, to be multiplied with the real and imaginary parts of the matrix.
    """
    phases = steering(microphones_at(positions_m), grid.units, BINS_HZ[BAND])
    outer = phases.conj()[..., :, None] * phases[..., None, :]
    flat = outer.reshape(*outer.shape[:2], -1)
    # Re(sum a* M a) = sum Re(a* a) Re(M) - Im(a* a) Im(M)
    return torch.from_numpy(np.concatenate([flat.real, -flat.imag], -1).astype(np.float32))


def _powers(tables: Tensor, matrices: Tensor) -> Tensor:
    """(n, bins, mics, mics) complex -> (n, bins, directions)."""
    flat = matrices.flatten(2)
    real = torch.cat([flat.real, flat.imag], -1)
    return torch.bmm(tables, real.permute(1, 2, 0)).permute(2, 0, 1)


class _Ring(nn.Module):
    """A convolution over (elevations, azimuths), round in azimuth, with a residual."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        round_ = pad(pad(x, (1, 1, 0, 0), mode="circular"), (0, 0, 1, 1))
        return x + torch.relu(self.norm(self.conv(round_)))


class DirectionNet(nn.Module):
    """Whitened beams -> where voices are, on `GRID`."""

    def __init__(self, maps: int = 16, width: int = 24, depth: int = 4) -> None:
        super().__init__()
        self.sizes = {"maps": maps, "width": width, "depth": depth}
        bins = len(BAND)
        self.mask = nn.Sequential(
            nn.Conv2d(2, 8, (5, 3), padding=(2, 1)),
            nn.ReLU(inplace=True),
            nn.Conv2d(8, 8, (5, 3), padding=(2, 1)),
            nn.ReLU(inplace=True),
            nn.Conv2d(8, 1, (5, 3), padding=(2, 1)),
        )
        self.weigh = nn.Sequential(nn.Conv1d(5, 24, 5, padding=2), nn.ReLU(inplace=True), nn.Conv1d(24, maps, 5, padding=2))
        self.bands = nn.Parameter(_first_bands(maps, bins))
        self.enter = nn.Sequential(nn.Conv2d(maps + 2, width, 1), nn.BatchNorm2d(width), nn.ReLU(inplace=True))
        self.look = nn.Sequential(*(_Ring(width) for _ in range(depth)))
        self.leave = nn.Conv2d(width, 3, 1)
        with torch.no_grad():
            self.leave.weight.mul_(0.3)
            self.leave.bias.copy_(torch.tensor([_SILENT, 0.0, 0.0]))  # type: ignore[union-attr]  # it has a bias
        heights = torch.tensor([math.sin(math.radians(e)) for e in GRID.elevations_deg])
        self.register_buffer("heights", heights.view(1, 1, -1, 1).expand(1, 1, *GRID.shape).clone(), persistent=False)

    def forward(self, spectrum: Tensor, noise: Tensor, lines: Tensor, tables: Tensor) -> Tensor:
        """Look into all directions.

        Args:
            spectrum: (n, bins, mics, frames) complex64 of the bins `BAND`.
            noise: (n, bins, mics, mics) complex64 covariance of the drone's own noise there.
            lines: (n, bins) how much of each bin lies on the rotors' harmonics.
            tables: of `beam_tables`.

        Returns:
            (n, 3, elevations, azimuths): logits of a voice in each cell, and how far from the cell's centre upwards and to
            the left it is, in cells.
        """
        inverse, clean, energy = whitened(spectrum, noise)
        shade = lines[:, None, :, None].expand(-1, -1, -1, energy.shape[-1])
        mask = torch.sigmoid(self.mask(torch.cat([energy[:, None], shade], 1)))[:, 0]
        share = mask / (mask.sum(-1, keepdim=True) + 0.5)
        matrices = (clean * share[:, :, None]) @ clean.conj().transpose(2, 3)
        # Loudness is the sources', not the direction's: beams' powers relative to the noise that they let pass.
        let = _powers(tables, inverse).clamp_min(1e-6).reciprocal()
        beams = torch.log((_powers(tables, matrices) * let).clamp_min(0) + 0.1)
        weights = self._weights(beams, mask, energy, lines)
        maps = torch.bmm(weights, beams).reshape(len(beams), -1, *GRID.shape)
        best = maps.mean(1, keepdim=True)
        ranked = (best - best.mean((2, 3), keepdim=True)) / (best.std((2, 3), keepdim=True) + 0.05)
        x = torch.cat([maps, ranked, self.heights.expand(len(maps), -1, -1, -1)], 1)  # type: ignore[operator]
        return self.leave(self.look(self.enter(x)))  # type: ignore[no-any-return]

    def _weights(self, beams: Tensor, mask: Tensor, energy: Tensor, lines: Tensor) -> Tensor:
        """(n, maps, bins): how much each bin counts in each map, summing to about 1 in each."""
        mean, best = beams.mean(2), beams.amax(2)
        facts = torch.stack([mean, best - mean, mask.mean(-1), energy.amax(-1), lines], 1)
        told = self.weigh(facts) + self.bands
        return torch.softmax(told, -1)


def whitened(spectrum: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The inverse of the noise's covariance, the spectrum behind it, and the log energy of each cell relative to noise."""
    mics = noise.shape[-1]
    level = torch.diagonal(noise, dim1=2, dim2=3).real.mean(-1)
    eye = torch.eye(mics, dtype=noise.dtype)
    loaded = noise / level[..., None, None].clamp_min(1e-20) + _LOADING * eye
    inverse = torch.linalg.inv(loaded)
    plain = spectrum / level[..., None, None].clamp_min(1e-20).sqrt()
    clean = inverse @ plain
    energy = (plain.conj() * clean).real.sum(2).clamp_min(0) / mics
    return inverse, clean, torch.log(energy + 0.1)


def _first_bands(maps: int, bins: int) -> Tensor:
    """Logits of bands that overlap, narrower at low frequencies; training goes on from there."""
    centre = np.geomspace(4, bins - 4, maps)
    width = np.maximum(np.gradient(centre), 4.0)
    off = (np.arange(bins)[None] - centre[:, None]) / width[:, None]
    return torch.from_numpy(np.maximum(-0.5 * off**2, -4.0).astype(np.float32))


class VoiceNet(nn.Module):
    """(n, frames, MEL_BANDS) log-mel -> (n, 3) logits of man, woman and child."""

    def __init__(self, widths: tuple[int, ...] = (16, 32, 48, 64)) -> None:
        super().__init__()
        self.sizes = {"widths": widths}
        layers: list[nn.Module] = []
        for before, after in zip((1, *widths[:-1]), widths, strict=True):
            layers += [nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)]
            layers += [nn.MaxPool2d(2, ceil_mode=True)]
        self.body = nn.Sequential(*layers)
        self.gate = nn.Conv2d(widths[-1], 1, 1)
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(widths[-1] * 6, 64), nn.ReLU(), nn.Linear(64, len(VOICES)))

    def forward(self, mel: Tensor) -> Tensor:
        x = self.body(levelled(mel)[:, None])  # (n, channels, frames, bands)
        # Attention over time: frames without a voice tell nothing of it.
        gate = torch.softmax(self.gate(x).mean(3), 2)
        seen = (x * gate[..., None]).sum(2)
        parts = nn.functional.adaptive_avg_pool1d(seen, 6)
        return self.head(parts.flatten(1))  # type: ignore[no-any-return]


def levelled(mel: Tensor) -> Tensor:
    """Log-mel without the loudness: relative to the loudest parts, floored 60 dB below."""
    top = mel.flatten(1).quantile(0.98, dim=1)[:, None, None]
    return ((mel - top).clamp(-14.0, 2.0) + 6.0) / 4.0


def cells_of(spectrum: NDArray[np.complex64]) -> Tensor:
    """(..., mics, frames, all bins) as the net takes them: (..., bins of `BAND`, mics, frames)."""
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(spectrum[..., BAND], -1, -3)))


class NetFinder:
    """Directions by the network; a `Finder` of `hearing`.

    Args:
        net: in evaluation mode.
        positions_m: (mics, 3), body frame.
        least: evidence below is left out.
    """

    def __init__(
        self,
        net: DirectionNet,
        positions_m: NDArray[np.float64],
        apart_rad: float = math.radians(20.0),
        least: float = 0.15,
    ) -> None:
        self._net, self._tables = net.eval(), beam_tables(positions_m)
        self._apart, self._least = apart_rad, least

    def find(
        self,
        spectrum: NDArray[np.complex64],
        noise: NDArray[np.complex64],
        count: int,
        lines: NDArray[np.float32] | None = None,
    ) -> list[Peak]:
        """As `Finder`; `lines` of `rotor_lines` help."""
        shade = np.zeros(len(BINS_HZ), np.float32) if lines is None else lines
        with torch.inference_mode():
            cells = cells_of(spectrum)[None], torch.from_numpy(noise[BAND])[None], torch.from_numpy(shade[BAND])[None]
            answer = self._net(*cells, self._tables)[0].numpy()
        return [peak for peak in peaks_of(answer, count, self._apart) if peak.value >= self._least]


def peaks_of(answer: NDArray[np.float32], count: int, apart_rad: float = math.radians(20.0)) -> list[Peak]:
    """Directions from the network's answer (3, elevations, azimuths), best first."""
    score = 1 / (1 + np.exp(-answer[0].astype(np.float64)))
    around = np.pad(np.pad(score, ((0, 0), (1, 1)), mode="wrap"), ((1, 1), (0, 0)), mode="edge")
    rows, columns = score.shape
    near = [around[1 + r : 1 + r + rows, 1 + c : 1 + c + columns] for r in (-1, 0, 1) for c in (-1, 0, 1)]
    tops = np.flatnonzero(score.ravel() >= np.max(near, 0).ravel())
    tops = tops[np.argsort(-score.ravel()[tops], kind="stable")]
    found: list[Peak] = []
    for top in tops:
        row, column = divmod(int(top), columns)
        up, left = (float(np.clip(answer[k, row, column], -1.5, 1.5)) for k in (1, 2))
        azimuth = math.remainder((column + left) * GRID.azimuth_step_rad, 2 * math.pi)
        elevation = math.radians(GRID.elevations_deg[row]) + up * GRID.elevation_step_rad
        elevation = max(-math.pi / 2, min(math.pi / 2, elevation))
        unit = towards(azimuth, elevation)
        if all(angle_between(unit, towards(p.azimuth_rad, p.elevation_rad)) >= apart_rad for p in found):
            found.append(Peak(azimuth_rad=azimuth, elevation_rad=elevation, value=float(score[row, column])))
        if len(found) == count:
            break
    return found


class NetTeller:
    """Man, woman or child by the network; a `VoiceTeller` of `hearing`."""

    def __init__(self, net: VoiceNet) -> None:
        self._net = net.eval()

    def tell(self, signal: NDArray[np.float32]) -> NDArray[np.float32]:
        """(3,) shares of a signal (samples,) at 16 kHz."""
        with torch.inference_mode():
            logits = self._net(torch.from_numpy(log_mel(signal))[None])[0]
            return np.asarray(torch.softmax(logits, -1).numpy(), np.float32)


def net_bytes(net: DirectionNet | VoiceNet) -> bytes:
    """A network as one file's content."""
    kind = _DIRECTIONS if isinstance(net, DirectionNet) else _VOICES
    return weights_bytes(kind, net.state_dict(), {"sizes": json.dumps(net.sizes)})


def load_finder(positions_m: NDArray[np.float64], path: Path | None = None, *, least: float = 0.15) -> NetFinder:
    """A finder for an array from a checkpoint, the shipped one if none is named.

    Raises:
        ConfigError: the file is missing or holds something else.
    """
    return NetFinder(load_net(path), positions_m, least=least)


def load_net(path: Path | None = None) -> DirectionNet:
    """The bare network, in evaluation mode.

    Raises:
        ConfigError: the file is missing or holds something else.
    """
    weights, sizes = _read(path, _DIRECTIONS)
    net = DirectionNet(**sizes)
    net.load_state_dict(weights)
    return net.eval()


def load_teller(path: Path | None = None) -> NetTeller:
    """What tells voices apart, from a checkpoint, the shipped one if none is named.

    Raises:
        ConfigError: the file is missing or holds something else.
    """
    weights, sizes = _read(path, _VOICES)
    net = VoiceNet(**sizes)
    net.load_state_dict(weights)
    return NetTeller(net)


def _read(path: Path | None, kind: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    if path is not None:
        weights, notes = read_weights(path, kind)
    else:
        with as_file(files("goldentime") / "baselines" / "checkpoints" / _SHIPPED[kind]) as shipped:
            weights, notes = read_weights(shipped, kind)
    return weights, json.loads(notes["sizes"])
