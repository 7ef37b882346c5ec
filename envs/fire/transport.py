"""Where gas goes: one matrix of volume flows from each layer of each room into each."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire import gas
from goldentime.envs.fire.instant import Instant
from goldentime.envs.fire.plume import spilled_kg_s
from goldentime.envs.fire.vents import Slabs, Vents

__all__ = ["Moves", "mixing", "risen_share", "spills", "transfer", "vent_moves"]

Array = NDArray[np.float64]

_BLEND_K = 2.0
"""So much warmer than a layer, gas is wholly above it; less, in part."""
_OVERTURN_S = 10.0
"""A lower layer that is warmer than the upper one mixes with it in about this time; our choice."""


class Moves(NamedTuple):
    """Volume flows, flat arrays of one length. A layer of a room is number layer * (rooms + 1) + room."""

    source: NDArray[np.intp]
    target: NDArray[np.intp]
    flow_m3_s: Array


def risen_share(vents: Vents, stretches: Slabs, air: Instant) -> Array:
    """(2, 3, vents) how much of what leaves each side goes into the upper layer of the other.

    Hot gas joins the upper layer unless it is colder than the lower one there, cool gas the lower layer unless it is hotter
    than the upper one: the rule of CFAST (Jones and others, NIST SP 1026).
    """
    here, there = vents.rooms, vents.rooms[::-1]
    low, high = air.temperature_k[gas.LOWER], air.temperature_k[gas.UPPER]
    hot, cool = high[here] - low[there], low[here] - high[there]
    above = np.where(stretches.upper, hot[:, None], cool[:, None])
    share: Array = np.minimum(np.maximum(above / _BLEND_K, 0.0), 1.0)
    return share


def vent_moves(vents: Vents, stretches: Slabs, out_m3_s: Array, risen: Array, count: int) -> Moves:
    """Through the openings; `count` is that of rooms with the open air."""
    shape = stretches.upper.shape
    source = stretches.upper * count + vents.rooms[:, None]
    target = np.broadcast_to(vents.rooms[::-1][:, None], shape)
    up = out_m3_s * risen
    return Moves(
        np.concatenate([source.ravel(), source.ravel()]),
        np.concatenate([(target + count).ravel(), target.ravel()]),
        np.concatenate([up.ravel(), (out_m3_s - up).ravel()]),
    )


def spills(vents: Vents, stretches: Slabs, out_m3_s: Array, risen: Array, air: Instant) -> tuple[Array, Array]:
    """What smoke draws along as it rises from an opening into the upper layer behind it.

    Returns:
        (rooms + 1,) volume flow from the lower into the upper layer, and (2, vents) mass flow out of each side.
    """
    there, count = vents.rooms[::-1], len(air.layer_m)
    low, high = air.density[gas.LOWER], air.density[gas.UPPER]
    source = np.where(stretches.upper, high[vents.rooms][:, None], low[vents.rooms][:, None])
    up = out_m3_s * risen
    volume, mass = up.sum(axis=1), (up * source).sum(axis=1)
    middle = (up * stretches.middle_m).sum(axis=1) / (volume + 1e-12)
    around = low[there]
    # At one pressure the enthalpy of a volume is fixed, so the excess is what the mass lacks.
    excess = gas.J_PER_M3 * np.maximum(volume - mass / around, 0.0)
    drawn = np.where(excess > 1.0, spilled_kg_s(mass, excess, air.layer_m[there] - middle) / around, 0.0)
    summed = np.bincount(there.reshape(-1), drawn.reshape(-1), count).astype(np.float64, copy=False)
    return summed, (out_m3_s * source).sum(axis=1)


def mixing(air: Instant) -> Array:
    """(rooms,) volume that layers of the wrong order exchange [m3/s]."""
    excess = (air.temperature_k[gas.LOWER, :-1] - air.temperature_k[gas.UPPER, :-1]) / 10.0
    wrong = np.minimum(np.maximum(excess, 0.0), 1.0)
    exchanged: Array = wrong * air.volume_m3.min(axis=0) / _OVERTURN_S
    return exchanged


def transfer(moves: Moves, risen_m3_s: Array, mixed_m3_s: Array, count: int) -> Array:
    """(layers, layers) volume flow into the row from the column.

    Args:
        moves: through openings.
        risen_m3_s: (count,) from lower into upper layers.
        mixed_m3_s: (rooms,) both ways.
        count: of rooms with the open air.
    """
    size = 2 * count
    # Without openings NumPy counts in integers.
    summed = np.bincount(moves.target * size + moves.source, moves.flow_m3_s, size * size)
    matrix = summed.astype(np.float64, copy=False).reshape(size, size)
    place = np.arange(count - 1)
    matrix[place + count, place] += risen_m3_s[:-1] + mixed_m3_s
    matrix[place, place + count] += mixed_m3_s
    return matrix
