"""How much an item burns: growth, oxygen, and what it gives off."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire.plan import Growth

__all__ = ["GROWTH_W_S2", "OXYGEN_J_KG", "co_yield", "demand", "oxygen_share"]

GROWTH_W_S2: dict[Growth, float] = {
    "slow": 1.055e6 / 600.0**2,
    "medium": 1.055e6 / 300.0**2,
    "fast": 1.055e6 / 150.0**2,
    "ultrafast": 1.055e6 / 75.0**2,
}
"""Coefficients of t-squared fires [W/s2]: 1055 kW after 600, 300, 150 and 75 s (NFPA 72, annex B; NFPA 92)."""

OXYGEN_J_KG = 13.1e6
"""Heat per kilogram of oxygen used, nearly the same for all fuels (Huggett, Fire and Materials 4 (1980) 61-65)."""

OXYGEN_LIMIT = 0.135
"""Volume fraction of oxygen in which flames go out. Of common fuels it is 0.12 to 0.15 in air that is not hot; this value
in between is our choice."""
_LIMIT_WIDTH = 0.005
"""By our choice burning fades over about 2 % of oxygen, so that a step does not switch it."""

DECAY_SHARE = 0.3
"""Of the energy, what is left when an item begins to die down: burning then falls linearly in time (EN 1991-1-2, annex
E.4, where 70 % of the load has burnt)."""


def demand(growth_w_s2: NDArray[Any], age_s: NDArray[Any], peak_w: NDArray[Any], left: NDArray[Any]) -> NDArray[np.float64]:
    """Heat release with enough air [W]: t squared up to the peak, then dying down as energy runs out.

    A release that falls linearly in time is the square root of the energy that is left.

    Args:
        growth_w_s2: (fuels,) coefficient.
        age_s: (fuels,) since it began to burn.
        peak_w: (fuels,)
        left: (fuels,) share of the energy that is left.
    """
    free = np.minimum(growth_w_s2 * np.square(age_s), peak_w)
    faded: NDArray[np.float64] = free * np.sqrt(np.minimum(left / DECAY_SHARE, 1.0))
    return faded


def oxygen_share(fraction: NDArray[Any]) -> NDArray[np.float64]:
    """How much of the oxygen that reaches a flame it can use, by volume fraction: 1 in air, 0 below the limit."""
    share: NDArray[np.float64] = 0.5 + 0.5 * np.tanh((fraction - OXYGEN_LIMIT) / _LIMIT_WIDTH)
    return share


def co_yield(free: NDArray[Any], equivalence: NDArray[Any], upper_k: NDArray[Any]) -> NDArray[np.float64]:
    """Mass of carbon monoxide per mass of fuel [kg/kg]: that of free burning or, with too little air, more.

    Compartment fires: 0.19 / 180 * atan(10 (phi - 0.8)) + 0.095 where the layer has less than 800 K, 0.22 / 180 *
    atan(10 (phi - 1.25)) + 0.11 above 900 K, angles in degrees (Gottuk and Lattimer, SFPE Handbook, "Effect of
    combustion conditions on species production"). Linear in between.
    """
    cool = 0.19 / np.pi * np.arctan(10.0 * (equivalence - 0.8)) + 0.095
    hot = 0.22 / np.pi * np.arctan(10.0 * (equivalence - 1.25)) + 0.11
    heat = np.minimum(np.maximum((upper_k - 800.0) / 100.0, 0.0), 1.0)
    found: NDArray[np.float64] = np.maximum(free, cool + heat * (hot - cool))
    return found
