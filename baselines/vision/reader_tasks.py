"""What the reader's two networks learn: a task each for the training loop."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from goldentime.baselines.vision.loop import half_precision
from goldentime.baselines.vision.reader_frames import FrameBatch, FrameSource, frame_batch
from goldentime.baselines.vision.reader_lines import LineBatch, Sheets, line_batch
from goldentime.errors import ConfigError
from goldentime.eval.dataset.sign_sheets import read_sheets
from goldentime.perception.reading_net import FinderMaps, FinderNet, LineNet, channels_last
from goldentime.rng import stream

__all__ = ["FinderTask", "LineTask", "load_sheets", "spelled"]

_HELD_BACK = 600
"""Sheets that are checked on and never trained on."""
_MORE_COLUMNS = 4
"""How many more times lines that are written downwards come, which are few."""
_CHECKS = 8
"""Batches of a check."""


def load_sheets(folder: Path) -> tuple[Sheets, Sheets]:
    """The sheets to train on and those to check on.

    Raises:
        ConfigError: the folder holds too few.
    """
    pictures, notes = read_sheets(folder)
    kept = min(_HELD_BACK, len(notes) // 10)
    if kept < 1:
        raise ConfigError(f"{folder}: expected at least 10 sheets of signs, found {len(notes)}")
    cv2.setNumThreads(0)
    lines = [(sheet, line) for sheet, note in enumerate(notes) for line in range(len(note.lines))]
    lines += [(sheet, 0) for sheet, note in enumerate(notes) if note.vertical] * _MORE_COLUMNS
    parts = ([p for p in lines if p[0] >= kept], [p for p in lines if p[0] < kept])
    first, second = (Sheets(pictures, notes, part) for part in parts)
    return first, second


def spelled(model: nn.Module, batch: Sequence[Tensor]) -> list[tuple[int, ...]]:
    """The classes that a network reads in each line of a batch."""
    with torch.no_grad(), half_precision():
        best = model(batch[0]).argmax(-1)
    found = []
    for row, columns in zip(best, batch[1].tolist(), strict=True):
        part = torch.unique_consecutive(row[:columns])
        found.append(tuple(part[part > 0].tolist()))
    return found


def _truths(batch: Sequence[Tensor]) -> list[tuple[int, ...]]:
    return [tuple(part.tolist()) for part in torch.split(batch[2], batch[3].tolist())]


class LineTask:
    """Learn to read lines."""

    def __init__(self, train: Sheets, check: Sheets, seed: int) -> None:
        self.model: nn.Module = channels_last(LineNet())
        self._train, self._check, self._seed = train, check, seed

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Some lines of similar width."""
        return _tensors(line_batch(self._train, stream(self._seed, "reader.lines", step)))

    def loss(self, batch: Sequence[Tensor]) -> tuple[Tensor, Mapping[str, float]]:
        """CTC, per character."""
        pictures, columns, classes, lengths = batch
        with half_precision():
            chances = self.model(pictures.contiguous(memory_format=torch.channels_last))
        loss = functional.ctc_loss(chances.transpose(0, 1), classes, columns, lengths, zero_infinity=True)
        return loss, {"lines": float(len(lengths))}

    def check(self, model: nn.Module) -> Mapping[str, float]:
        """Share of the lines that are read without a fault."""
        right = total = 0
        for number in range(_CHECKS):
            batch = _tensors(line_batch(self._check, stream(self._seed, "reader.check", number)))
            answers = spelled(model, batch)
            right += sum(a == b for a, b in zip(answers, _truths(batch), strict=True))
            total += len(answers)
        return {"exact": right / total, "n": total}


def _tensors(batch: LineBatch | FrameBatch) -> tuple[Tensor, ...]:
    return tuple(torch.from_numpy(part) for part in batch)


class FinderTask:
    """Learn to find lines and faces."""

    def __init__(self, train: FrameSource, check: FrameSource, seed: int) -> None:
        self.model: nn.Module = channels_last(FinderNet())
        self._train, self._check, self._seed = train, check, seed

    def batch(self, step: int) -> tuple[Tensor, ...]:
        """Some composed frames."""
        return _tensors(frame_batch(self._train, stream(self._seed, "reader.frames", step)))

    def loss(self, batch: Sequence[Tensor]) -> tuple[Tensor, Mapping[str, float]]:
        """Cross entropy and overlap of the three masks, and relative error of the reach."""
        pictures, masks, reach = batch
        with half_precision():
            maps: FinderMaps = self.model(_ready(pictures))
        parts = {name: _mask_loss(maps[i], masks[:, i]) for i, name in enumerate(("across", "down", "face"))}
        text = (masks[:, 0] + masks[:, 1]).clamp(max=1.0)[:, None]
        parts["reach"] = (functional.smooth_l1_loss(maps.reach, reach, reduction="none", beta=0.1) * text).sum() / (
            2 * text.sum() + 1
        )
        total = torch.stack(list(parts.values())).sum()
        return total, {name: float(part.detach()) for name, part in parts.items()}

    def check(self, model: nn.Module) -> Mapping[str, float]:
        """Overlap of masks found and true, and the mean relative error of the reach."""
        sums = np.zeros(7)
        for number in range(_CHECKS):
            pictures, masks, reach = _tensors(frame_batch(self._check, stream(self._seed, "reader.check", number)))
            with torch.no_grad(), half_precision():
                maps: FinderMaps = model(_ready(pictures))
            for i in (0, 1, 2):
                found, true = maps[i] > 0, masks[:, i] > 0.5
                sums[2 * i] += float((found & true).sum())
                sums[2 * i + 1] += float((found | true).sum())
            text = (masks[:, 0] + masks[:, 1] > 0.5)[:, None]
            sums[6] += float(((maps.reach - reach).abs() * text).sum() / (2 * text.sum() + 1)) / _CHECKS
        names = ("across", "down", "face")
        return {**{n: sums[2 * i] / max(sums[2 * i + 1], 1) for i, n in enumerate(names)}, "reach": sums[6]}


def _ready(pictures: Tensor) -> Tensor:
    """(n, height, width, 3) uint8 as the network takes it; the memory stays as it lies."""
    return (pictures.float() / 255).permute(0, 3, 1, 2)


def _mask_loss(logit: Tensor, mask: Tensor) -> Tensor:
    chance = logit.sigmoid()
    overlap = (2 * (chance * mask).sum() + 1) / ((chance + mask).sum() + 1)
    return 3 * functional.binary_cross_entropy_with_logits(logit, mask) + 0.5 * (1 - overlap)
