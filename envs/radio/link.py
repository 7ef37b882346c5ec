"""What one radio receives of another: sent power less the loss of the way and of what stands in it."""

import math

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.radio.barriers import Barriers, Hulls, Slabs, Tubes, Turned
from goldentime.envs.radio.config import RadioConfig
from goldentime.envs.radio.materials import LIGHT_M_S

__all__ = ["barrier_loss_db", "path_loss_db", "received_dbm"]

Floats = NDArray[np.float64]

_NEAR_M = 0.1
"""Nearer than this antennas do not lie in each other's far field."""
_TINY = 1e-12
_ASIDE_M = np.array([3.1e-7, 1.7e-7, 2.3e-7])
"""By so little lines are moved before they meet triangles: none runs exactly through an edge."""


def received_dbm(config: RadioConfig, barriers: Barriers, starts: Floats, ends: Floats) -> Floats:
    """(m,) Power that arrives over straight lines [dBm].

    Free-space or one-slope loss, and in each wall what its material takes over the length of the line in it: the sum of
    J. M. Keenan and A. J. Motley, Radio coverage in buildings, British Telecom Technology Journal 8 (1990), with lengths
    in place of a number of walls. Nothing is reflected, bent or scattered.

    Args:
        config: the radios.
        barriers: `barriers_of` the level.
        starts: (m, 3) [m] world ENU.
        ends: (m, 3) [m], one a start.
    """
    distance_m = np.linalg.norm(ends - starts, axis=-1)
    return config.tx_dbm - path_loss_db(config, distance_m) - barrier_loss_db(barriers, starts, ends)


def path_loss_db(config: RadioConfig, distance_m: Floats) -> Floats:
    """Loss of the way alone, of any shape [dB]; at 1 m after H. T. Friis, A note on a simple transmission formula,
    Proceedings of the IRE 34 (1946)."""
    at_1_m = config.reference_loss_db
    if at_1_m is None:
        at_1_m = 20.0 * math.log10(4.0 * math.pi * config.frequency_hz / LIGHT_M_S)
    loss: Floats = at_1_m + 10.0 * config.path_loss_exponent * np.log10(np.maximum(distance_m, _NEAR_M))
    return loss


def barrier_loss_db(barriers: Barriers, starts: Floats, ends: Floats) -> Floats:
    """(m,) What straight lines lose in all that they pass [dB]."""
    along = ends - starts
    loss_per_m = _in_slabs(barriers.slabs, starts, along) @ barriers.slabs.loss
    if len(barriers.turned.loss):
        loss_per_m += _in_turned(barriers.turned, starts, along) @ barriers.turned.loss
    if len(barriers.tubes.loss):
        loss_per_m += _in_tubes(barriers.tubes, starts, along) @ barriers.tubes.loss
    if len(barriers.hulls.first):
        loss_per_m += _in_hulls(barriers.hulls, starts, along) @ barriers.hulls.around.loss
    loss: Floats = loss_per_m * np.linalg.norm(along, axis=-1)
    return loss


# Each of the following gives the share of each line (m,) that lies in each thing (n,), as (m, n) in [0, 1].


def _between(low: Floats, high: Floats, begin: Floats, along: Floats) -> tuple[Floats, Floats]:
    """Where along a line, as a share of it, one coordinate enters and leaves an interval; of shapes that broadcast."""
    inverse = 1.0 / np.where(np.abs(along) < _TINY, _TINY, along)
    first, second = (low - begin) * inverse, (high - begin) * inverse
    return np.minimum(first, second), np.maximum(first, second)


def _common(spans: list[tuple[Floats, Floats]]) -> Floats:
    """The share of lines where all spans hold."""
    enter, leave = np.maximum(spans[0][0], 0.0), np.minimum(spans[0][1], 1.0)
    for low, high in spans[1:]:
        np.maximum(enter, low, out=enter)
        np.minimum(leave, high, out=leave)
    leave -= enter
    return np.maximum(leave, 0.0, out=leave)


def _in_slabs(slabs: Slabs, starts: Floats, along: Floats) -> Floats:
    spans = [_between(slabs.low[axis], slabs.high[axis], starts[:, axis, None], along[:, axis, None]) for axis in range(3)]
    return _common(spans)


def _in_turned(boxes: Turned, starts: Floats, along: Floats) -> Floats:
    x, y, z = (starts[:, axis, None] - boxes.centre[axis] for axis in range(3))
    dx, dy, dz = (along[:, axis, None] for axis in range(3))
    local = (boxes.cos * x + boxes.sin * y, boxes.cos * y - boxes.sin * x, z)
    turned = (boxes.cos * dx + boxes.sin * dy, boxes.cos * dy - boxes.sin * dx, dz)
    return _common([_between(-half, half, *pair) for half, *pair in zip(boxes.half, local, turned, strict=True)])


def _in_tubes(tubes: Tubes, starts: Floats, along: Floats) -> Floats:
    x, y = (starts[:, axis, None] - tubes.centre[axis] for axis in range(2))
    dx, dy = along[:, 0, None], along[:, 1, None]
    square = np.maximum(dx * dx + dy * dy, _TINY)
    middle = -(x * dx + y * dy) / square
    inside = middle * middle - (x * x + y * y - tubes.radius**2) / square
    reach = np.sqrt(np.maximum(inside, 0.0))
    return _common(
        [(middle - reach, middle + reach), _between(tubes.low, tubes.high, starts[:, 2, None], along[:, 2, None])]
    )


def _in_hulls(hulls: Hulls, starts: Floats, along: Floats) -> Floats:
    """By where lines go through the triangles; T. Moeller and B. Trumbore, Fast, minimum storage ray/triangle
    intersection, Journal of Graphics Tools 2 (1997). At most what lies in the boxes around them."""
    share = _in_slabs(hulls.around, starts, along)
    near = share.any(axis=1)
    if not near.any():
        return share
    x, y, z = ((starts[near, axis] + _ASIDE_M[axis])[:, None] - hulls.corner[axis] for axis in range(3))
    dx, dy, dz = (along[near, axis, None] for axis in range(3))
    facing = -_dot(hulls.normal, (dx, dy, dz))
    inverse = 1.0 / np.where(np.abs(facing) < _TINY, _TINY, facing)
    across = (y * dz - z * dy, z * dx - x * dz, x * dy - y * dx)
    u, v = _dot(hulls.up, across) * inverse, -_dot(hulls.right, across) * inverse
    hit = (u >= 0.0) & (v >= 0.0) & (u + v <= 1.0)
    at = np.clip(_dot(hulls.normal, (x, y, z)) * inverse, 0.0, 1.0)
    # Of a closed mesh, where the line leaves it less where it enters is what lies in it.
    signed = np.where(hit, -np.sign(facing) * at, 0.0)
    share[near] = np.minimum(share[near], np.abs(np.add.reduceat(signed, hulls.first, axis=1)))
    return share


def _dot(a: Floats, b: tuple[Floats, Floats, Floats]) -> Floats:
    product: Floats = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    return product
