"""The air of all rooms at one instant, as the parts of the model read it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire import gas
from goldentime.envs.fire.radiation import absorption_per_m, emissivity
from goldentime.envs.fire.rooms import Rooms

__all__ = ["FLOOR_SHARE", "Instant", "instant_of"]

Array = NDArray[np.float64]

FLOOR_SHARE = 0.005
"""Of a room's volume, what each layer keeps at least: about 1 cm below the ceiling before there is smoke. Heights leave it
out."""


class Instant(NamedTuple):
    """Two layers per room; the open air is the last column where there is one."""

    rooms: Rooms
    volume_m3: Array
    """(2, rooms)"""
    content: Array
    """(2, species, rooms) per volume [kg/m3]."""
    temperature_k: Array
    """(2, rooms + 1)"""
    density: Array
    """(2, rooms + 1) [kg/m3]"""
    layer_m: Array
    """(rooms + 1,) world height of the border."""
    emissivity: Array
    """(rooms,) of the upper layer."""

    def fraction(self, species: int) -> Array:
        """(2, rooms) by volume."""
        return gas.volume_fraction(species, self.content[:, species], self.content[:, gas.MASS])


def instant_of(rooms: Rooms, mass_kg: Array, upper_m3: Array, outside_k: float) -> Instant:
    """What follows from the masses (2, species, rooms) in the layers and the volume (rooms,) of the upper ones."""
    volume = np.array([rooms.volume_m3 - upper_m3, upper_m3])
    content = mass_kg / volume[:, None]
    ambient = gas.PRESSURE_PA / (gas.R_J_KG_K * outside_k)
    density = np.empty((2, len(upper_m3) + 1))
    density[:, :-1], density[:, -1] = content[:, gas.MASS], ambient
    temperature = gas.PRESSURE_PA / gas.R_J_KG_K / density
    kept = FLOOR_SHARE * rooms.volume_m3
    thick = np.maximum(upper_m3 - kept, 0.0) / (rooms.volume_m3 - 2.0 * kept) * rooms.height_m
    thick = np.minimum(thick, rooms.height_m)
    layer = np.zeros(len(thick) + 1)
    layer[:-1] = rooms.upper_m[:, 2] - thick
    co2 = gas.volume_fraction(gas.CO2, content[gas.UPPER, gas.CO2], density[gas.UPPER, :-1])
    smoky = gas.EXTINCTION_M2_KG * content[gas.UPPER, gas.SOOT]
    absorbing = absorption_per_m(smoky, co2, temperature[gas.UPPER, :-1])
    glows = emissivity(absorbing, thick, rooms.area_m2, rooms.edge_m)
    return Instant(rooms, volume, content, temperature, density, layer, glows)
