"""The gas of the zone model: ideal, of constant specific heat, at the pressure of the atmosphere.

At one pressure the enthalpy of a cubic metre is the same at every temperature. Volumes therefore add up when gases mix,
and heat is volume: that is what the model's balances are written in.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "AIR_CO2",
    "AIR_O2",
    "CO",
    "CO2",
    "CP_J_KG_K",
    "EXTINCTION_M2_KG",
    "GAMMA",
    "GRAVITY_M_S2",
    "J_PER_M3",
    "LOWER",
    "MASS",
    "MOLAR_KG",
    "O2",
    "PRESSURE_PA",
    "R_J_KG_K",
    "SOOT",
    "SPECIES",
    "UPPER",
    "air_at",
    "volume_fraction",
]

LOWER, UPPER = 0, 1
"""Places of the two layers of a room."""

MASS, O2, CO2, CO, SOOT = range(5)
"""Places of what is carried: all gas, and its parts [kg]."""
SPECIES = 5

PRESSURE_PA = 101_325.0
R_J_KG_K = 287.05
GAMMA = 1.4
CP_J_KG_K = GAMMA / (GAMMA - 1.0) * R_J_KG_K
GRAVITY_M_S2 = 9.80665
J_PER_M3 = GAMMA / (GAMMA - 1.0) * PRESSURE_PA
"""Enthalpy of a cubic metre of gas at any temperature; so much heat makes a cubic metre more."""

MOLAR_KG = np.array([0.028965, 0.031999, 0.044010, 0.028010, 0.012011])
"""Per mole, in the order of the species; all gas counts as air."""
AIR_O2, AIR_CO2 = 0.2095, 0.0004
"""Volume fractions of fresh air."""

EXTINCTION_M2_KG = 8700.0
"""Light that a kilogram of soot from flames takes away: 8.7 m2/g at 633 nm (Mulholland and Croarkin, Fire and Materials
24 (2000) 227-230)."""


def air_at(temperature_k: float) -> NDArray[np.float64]:
    """(species,) what a cubic metre of fresh air holds [kg/m3]."""
    density = PRESSURE_PA / (R_J_KG_K * temperature_k)
    shares = np.array([1.0, AIR_O2, AIR_CO2, 0.0, 0.0]) * MOLAR_KG / MOLAR_KG[MASS]
    held: NDArray[np.float64] = density * shares
    return held


def volume_fraction(species: int, mass_kg: NDArray[Any], total_kg: NDArray[Any]) -> NDArray[np.float64]:
    """Of a species in a gas that counts as air otherwise; arrays of one shape."""
    share: NDArray[np.float64] = mass_kg / total_kg * (MOLAR_KG[MASS] / MOLAR_KG[species])
    return share
