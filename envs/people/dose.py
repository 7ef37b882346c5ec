"""What smoke and heat do to people: fractional effective doses (FED) of asphyxiant gases and of heat.

A dose of 1 is what incapacitates the median person. Gases and heat have a dose each, as in ISO 13571:2012, and the first to
reach 1 counts. Where nothing else is said, equations are Purser's: D. A. Purser and J. L. McAllister, Assessment of Hazards
to Occupants from Smoke, Toxic Gases, and Heat, SFPE Handbook of Fire Protection Engineering, 5th ed. 2016, p. 2308.
Hydrogen cyanide, irritants and the washing out of carbon monoxide are left out. Arrays are (people,) float64.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.types import FireState

__all__ = ["AWAKE_L_MIN", "DEADLY_DOSE", "RESTING_L_MIN", "Air", "air_at", "breathing_height_m", "gas_per_min"]
__all__ += ["flame_w_m2", "heat_per_min"]

Floats = NDArray[np.float64]

AWAKE_L_MIN, RESTING_L_MIN = 25.0, 8.5
"""Air breathed in a minute at light work and at rest (Purser). That whoever is awake in a fire breathes as at light work is
our choice."""
_COHB_PERCENT = 30.0
"""Carboxyhaemoglobin at which light work ends (Purser): a gas dose of 1."""
DEADLY_DOSE = 5.0 / 3.0
"""Our choice for both doses. Of gas, it is 50 % carboxyhaemoglobin, commonly taken as lethal; of radiant heat, Purser's
ratio of a fatal exposure, 16.7 (kW/m2)^(4/3) min, to one that incapacitates, 10."""

HOOD_PASSES_CO = 0.05
"""Share of the carbon monoxide that the smoke hood of a relief kit lets through: our choice. It holds back all soot, but
gives no oxygen, keeps no carbon dioxide off and does not help against heat."""
_MOST_CO2_PERCENT = 10.0
"""Our choice: beyond, breathing is not driven any further."""
_ENOUGH_O2_PERCENT = 20.0
"""Hypoxia does not count above it, as in NIST's Fire Dynamics Simulator."""
_COOL_C = 40.0
"""Our choice: what the body sheds for hours."""
_LEAST_KW_M2 = 2.5
"""Radiant heat below it does not count (ISO 13571)."""
_BURNING = 10.0
"""[(kW/m2)^(4/3) min] radiant exposure that burns and incapacitates (Purser)."""
_SIGMA = 5.670374e-8
"""[W/(m2 K4)] Stefan-Boltzmann constant (CODATA 2018)."""
_SKIN_K = 310.0
_CELSIUS_K = 273.15
_RADIATED = 0.3
"""Share of a sooty flame's heat that is radiated; our choice among the 0.2 to 0.4 that are usual."""
_NEAREST_M = 0.5
"""Nobody counts as nearer to a flame, where a point is no model of it."""
_FRESH = np.array([[0.0], [0.0004], [0.209], [293.15], [0.0]])
"""(5, 1) Fresh air: carbon monoxide, carbon dioxide and oxygen as volume fractions, temperature [K], extinction [1/m]."""

_HEIGHTS_M = {
    "standing": 1.5, "walking": 1.5, "waving": 1.5, "seated": 1.15, "crouching": 0.9, "sitting": 0.75, "lying_back": 0.25,
    "lying_side": 0.25,
}  # fmt: skip
"""Of the mouth of an adult over the ground, as the figures of `envs.assets` have it."""
_CHILD = 0.73
"""The same of a child, as a share."""


class Air(NamedTuple):
    """What surrounds people; (people,) each."""

    co: Floats
    """Volume fraction, like those that follow."""
    co2: Floats
    o2: Floats
    kelvin: Floats
    """At the height of the mouth."""
    extinction_per_m: Floats
    """Of smoke at that height, for light."""
    radiant_w_m2: Floats
    """From the hot layer of the room."""


def breathing_height_m(posture: str, kind: str, scale: float = 1.0) -> float:
    """Height of somebody's mouth over the ground they are on."""
    return _HEIGHTS_M[posture] * scale * (_CHILD if kind == "child" else 1.0)


def air_at(fire: FireState, rooms: NDArray[np.intp], mouth_m: Floats, ceiling_m: Floats) -> Air:
    """What people breathe and feel.

    Args:
        fire: air of all rooms.
        rooms: (people,) where they are; `level.OUTSIDE` in fresh air.
        mouth_m: (people,) world height of their mouths.
        ceiling_m: (people,) world height of the ceilings over them.
    """
    layer, hot = fire.layer_m[rooms], fire.upper_k[rooms]
    outside = rooms < 0
    # In one go: this runs at every step.
    both = np.array(
        (
            (fire.lower_co, fire.upper_co), (fire.lower_co2, fire.upper_co2), (fire.lower_o2, fire.upper_o2),
            (fire.lower_k, fire.upper_k), (fire.lower_extinction_per_m, fire.upper_extinction_per_m),
        )
    )  # fmt: skip
    inhaled = both[:, (mouth_m >= layer).astype(np.intp), rooms]
    # A grey layer, as emissive for heat as it dims light, that fills the view above: both on the severe side, our choice.
    emissive = -np.expm1(-fire.upper_extinction_per_m[rooms] * np.maximum(ceiling_m - layer, 0.0))
    radiant = emissive * _SIGMA * np.maximum(hot**4 - _SKIN_K**4, 0.0)
    if outside.any():
        inhaled, radiant = np.where(outside, _FRESH, inhaled), np.where(outside, 0.0, radiant)
    co, co2, o2, kelvin, extinction = inhaled
    return Air(co, co2, o2, kelvin, extinction, radiant)


def gas_per_min(air: Air, breathed_l_min: Floats, hooded: NDArray[np.bool_]) -> Floats:
    """Growth of the gas dose [1/min]: carbon monoxide, faster with carbon dioxide, and the lack of oxygen.

    Carbon monoxide after R. D. Stewart as Purser has it: 3.317e-5 [ppm]^1.036 V / D with D = 30 % carboxyhaemoglobin; V
    grows by exp(0.1903 [% CO2] + 2.0004) / 7.1; lack of oxygen incapacitates within exp(8.13 - 0.54 (20.9 - [% O2]))
    minutes.
    """
    ppm = 1e6 * np.where(hooded, HOOD_PASSES_CO, 1.0) * np.maximum(air.co, 0.0)
    driven = np.exp(0.1903 * np.clip(100.0 * air.co2, 0.0, _MOST_CO2_PERCENT) + 2.0004) / 7.1
    lack = 20.9 - 100.0 * air.o2
    hypoxia = np.where(lack > 20.9 - _ENOUGH_O2_PERCENT, np.exp(0.54 * lack - 8.13), 0.0)
    rate: Floats = 3.317e-5 * ppm**1.036 * breathed_l_min / _COHB_PERCENT * driven + hypoxia
    return rate


def heat_per_min(air: Air, flame_w_m2: Floats) -> Floats:
    """Growth of the heat dose [1/min]: the convective and the radiant part add up (ISO 13571).

    Convective: clothed people bear 4.1e8 T^-3.61 minutes at T degrees Celsius (ISO 13571:2012, equation 9). Radiant: they
    bear 10 q^-1.33 minutes at q kW/m2 (Purser).

    Args:
        air: what surrounds them.
        flame_w_m2: (people,) radiant heat from flames, which adds to the layer's.
    """
    celsius = air.kelvin - _CELSIUS_K
    convective = np.where(celsius > _COOL_C, np.maximum(celsius, 1.0) ** 3.61 / 4.1e8, 0.0)
    flux = 1e-3 * (air.radiant_w_m2 + flame_w_m2)
    rate: Floats = convective + np.where(flux >= _LEAST_KW_M2, flux ** (4.0 / 3.0) / _BURNING, 0.0)
    return rate


def flame_w_m2(people_m: Floats, fuels_m: Floats, same_room: NDArray[np.bool_], fuels_w: Floats) -> Floats:
    """(people,) Radiant heat [W/m2] from the flames of the room: points that radiate to all sides, X Q / (4 pi r^2).

    Args:
        people_m: (people, 3)
        fuels_m: (fuels, 3) middle of what burns.
        same_room: (people, fuels) whether no wall is between.
        fuels_w: (fuels,) heat release.
    """
    away = people_m[:, None] - fuels_m
    square = np.maximum(np.einsum("pfi,pfi->pf", away, away), _NEAREST_M**2)
    flux: Floats = (same_room / square) @ (fuels_w * (_RADIATED / (4.0 * np.pi)))
    return flux
