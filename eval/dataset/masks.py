"""Masks as COCO's run-length encoding, without a further dependency.

Runs alternate between background and mask, column by column from the upper left, background first. The compressed form
writes each run, from the third on as the difference to the last but one, in groups of five bits that begin with the lowest.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["decode_mask", "encode_mask"]


def encode_mask(columns: NDArray[Any], value: int, left: int, right: int) -> str:
    """The compressed runs of the pixels that have a value.

    Args:
        columns: (width, height) a transposed picture of numbers, C-contiguous.
        value: the number.
        left: first column that has it.
        right: one past the last column that has it.
    """
    width, height = columns.shape
    inside = np.zeros((right - left) * height + 2, np.int8)
    inside[1:-1] = columns[left:right].ravel() == value
    edges = np.flatnonzero(np.diff(inside)) + left * height
    runs = np.diff(np.concatenate([[0], edges, [width * height]]))
    if runs[-1] == 0:
        runs = runs[:-1]
    return _compress(runs)


def _compress(runs: NDArray[np.int64]) -> str:
    values = runs.copy()
    values[3:] -= runs[1:-2]
    out = bytearray()
    for run in values.tolist():
        value, more = run, True
        while more:
            low = value & 0x1F
            value >>= 5
            more = value != (-1 if low & 0x10 else 0)
            out.append((low | 0x20 if more else low) + 48)
    return out.decode("ascii")


def decode_mask(counts: str, height: int, width: int) -> NDArray[np.bool_]:
    """(height, width) bool, the inverse of `encode_mask`."""
    runs: list[int] = []
    value, shift = 0, 0
    for byte in counts.encode("ascii"):
        part = byte - 48
        value |= (part & 0x1F) << shift
        shift += 5
        if part & 0x20:
            continue
        if part & 0x10:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value, shift = 0, 0
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape(width, height).T
