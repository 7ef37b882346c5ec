"""Heat between layers, flames and the surfaces of rooms."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire import gas
from goldentime.envs.fire.instant import Instant
from goldentime.envs.fire.radiation import STEFAN_W_M2K4
from goldentime.envs.fire.walls import convection_w_m2k

__all__ = ["Exchange", "Holes", "exchange"]

Array = NDArray[np.float64]


class Exchange(NamedTuple):
    """(2, rooms) by layer."""

    gas_w: Array
    """What the layers gain; less than 0 where they lose."""
    surface_w_m2: Array
    """What goes into the surfaces that each layer touches."""


class Holes(NamedTuple):
    """Openings as radiation meets them; (vents,) unless stated."""

    rooms: NDArray[np.intp]
    """(2, vents) both sides, the open air last."""
    area_m2: Array
    """Open now."""


def exchange(air: Instant, surface_k: Array, flames_w: Array, holes: Holes, dt_s: float) -> Exchange:
    """Convection at all surfaces, radiation of the upper layer to them, radiation of flames to layer and surfaces.

    The lower layer lets radiation through; its surfaces take part through the border. What radiates out of an opening
    meets the lower surfaces of the room behind it or is lost outside. Half of what flames radiate goes up, by our choice,
    where the upper layer keeps its emissivity's share. What a layer loses is damped as in a backward Euler step.

    Args:
        air: the instant.
        surface_k: (2, rooms) of the surfaces.
        flames_w: (rooms,) radiated by flames.
        holes: openings.
        dt_s: step.
    """
    rooms, hot = air.rooms, air.temperature_k[:, :-1]
    border = air.layer_m[:-1]
    walls = rooms.edge_m * np.array([border - rooms.lower_m[:, 2], rooms.upper_m[:, 2] - border])
    area = rooms.area_m2 + walls
    capacity = gas.CP_J_KG_K * air.content[:, gas.MASS] * air.volume_m3 / dt_s
    touch = convection_w_m2k(hot - surface_k) * area
    convected = touch * (hot - surface_k) / (1.0 + touch / capacity)
    glow, top = STEFAN_W_M2K4 * air.emissivity, hot[gas.UPPER]
    seen = np.array([rooms.area_m2, area[gas.UPPER]])
    count = len(air.layer_m)
    gaps = np.bincount(holes.rooms.reshape(-1), np.tile(holes.area_m2, 2), count)[:-1]
    damped = glow / (1.0 + 4.0 * glow * top**3 * (seen[0] + seen[1] + gaps) / capacity[gas.UPPER])
    radiated = damped * seen * (top**4 - surface_k**4)
    beam = np.zeros(count)
    beam[:-1] = damped * (top**4 - air.temperature_k[gas.LOWER, -1] ** 4)
    let_in = np.bincount(holes.rooms.reshape(-1), (holes.area_m2 * beam[holes.rooms[::-1]]).reshape(-1), count)[:-1]
    kept = 0.5 * air.emissivity * flames_w
    flames = np.array([0.5 * flames_w, 0.5 * flames_w - kept])
    gained = -convected
    gained[gas.UPPER] += kept - radiated[0] - radiated[1] - gaps * beam[:-1]
    radiated[gas.LOWER] += let_in
    return Exchange(gained, (convected + radiated + flames) / area)
