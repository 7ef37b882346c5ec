"""Radiation of flames and hot layers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire.gas import EXTINCTION_M2_KG

__all__ = ["STEFAN_W_M2K4", "absorption_per_m", "ceiling_factor", "emissivity", "point_gain"]

STEFAN_W_M2K4 = 5.670374e-8
_SOOT_KG_M3 = 1800.0
_GAS_PER_M = 1.5
"""Absorption of pure carbon dioxide with its water vapour [1/m], our choice: layers with a tenth of it and 1.5 m of beam
then emit 0.2 without soot."""
_NEAR_M = 0.3
"""Closer to a flame than this its heat grows no more: it is no point."""


def absorption_per_m(extinction: NDArray[Any], co2: NDArray[Any], temperature_k: NDArray[Any]) -> NDArray[np.float64]:
    """Absorption of a smoky gas for heat radiation.

    Of soot 3.72 C0 / C2 f T with C2 = 0.01439 m K and f its volume fraction, C0 between 2 and 6 (Tien, Lee and Stretton,
    SFPE Handbook, "Radiation heat transfer"); 5 is our choice. Soot follows from the extinction of light.
    """
    soot = extinction / (EXTINCTION_M2_KG * _SOOT_KG_M3)
    found: NDArray[np.float64] = (3.72 * 5.0 / 0.01439) * soot * temperature_k + _GAS_PER_M * co2
    return found


def emissivity(absorption: NDArray[Any], thickness_m: NDArray[Any], floor_m2: NDArray[Any], edge_m: NDArray[Any]) -> Any:
    """Of a cuboid layer: 1 - exp(-k L) with Hottel's mean beam length L of 3.6 volumes per surface.

    Args:
        absorption: (...) [1/m].
        thickness_m: (...) of the layer.
        floor_m2: (...) of the room.
        edge_m: (...) length of the room's walls.
    """
    beam = 3.6 * floor_m2 * thickness_m / (2.0 * floor_m2 + edge_m * thickness_m)
    return -np.expm1(-absorption * beam)


def ceiling_factor(offsets_m: NDArray[Any], height_m: NDArray[Any] | np.float64) -> NDArray[np.float64]:
    """View factor from a level spot to a level rectangle above it.

    The sum over the four rectangles that have a corner right above the spot (Howell, A Catalog of Radiation Heat Transfer
    Configuration Factors: small element to a parallel rectangle, the normal through a corner).

    Args:
        offsets_m: (4, ...) from the spot to the rectangle's sides at -x, +x, -y and +y, at least 0.
        height_m: (...) of the rectangle above the spot.
    """
    sides = offsets_m / np.maximum(height_m, 1e-3)
    root = np.sqrt(1.0 + np.square(sides))
    a, b = sides[:2, None], sides[None, 2:]
    ra, rb = root[:2, None], root[None, 2:]
    parts = a / ra * np.arctan(b / ra) + b / rb * np.arctan(a / rb)
    factor: NDArray[np.float64] = parts.sum(axis=(0, 1)) / (2.0 * np.pi)
    return factor


def point_gain(distance_m: NDArray[Any]) -> NDArray[np.float64]:
    """Flux per watt of radiated heat at a distance from a flame that counts as a point: 1 / (4 pi R^2) (Beyler, SFPE
    Handbook, "Fire hazard calculations for large, open hydrocarbon fires")."""
    gain: NDArray[np.float64] = 1.0 / (4.0 * np.pi * np.square(np.maximum(distance_m, _NEAR_M)))
    return gain
