"""How hot a drone's hull gets in hot gas and before flames: one lump of plastic and metal.

C dT/dt = h A (T_gas - T) + a A q. The figures are our own choice for a drone of 1.5 kg whose rotors keep air moving
around it: it flies through 150 degrees for about a minute and a half before its battery is too hot.
"""

import math

__all__ = ["HULL_LIMIT_K", "warmed_k"]

HULL_LIMIT_K = 343.15
"""Beyond this it falls: lithium polymer cells are rated up to 60 degrees, and lie within the hull."""

_CAPACITY_J_K = 400.0
_EXCHANGE_W_K = 1.5
_ABSORBING_M2 = 0.04


def warmed_k(hull_k: float, gas_k: float, flux_w_m2: float, dt_s: float) -> float:
    """The hull's temperature after a while.

    Args:
        hull_k: before.
        gas_k: around it.
        flux_w_m2: radiation that arrives.
        dt_s: how long.
    """
    goal = gas_k + _ABSORBING_M2 * flux_w_m2 / _EXCHANGE_W_K
    return goal + (hull_k - goal) * math.exp(-dt_s * _EXCHANGE_W_K / _CAPACITY_J_K)
