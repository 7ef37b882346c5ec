"""The column of hot gas above a burning item: what it draws in, how tall the flame is, how fast and hot it rises."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire.gas import GRAVITY_M_S2

__all__ = ["centreline_excess", "centreline_m_s", "entrained_kg_s", "spilled_kg_s", "width_m"]

Numbers = NDArray[Any] | np.float64


def entrained_kg_s(convective_w: Numbers, rise_m: Numbers) -> NDArray[np.float64]:
    """Mass flow of an axisymmetric plume at a height above the fire's base.

    NFPA 92, axisymmetric plumes, after Heskestad: 0.071 Q^(1/3) z^(5/3) + 0.0018 Q above the limiting height 0.166 Q^(2/5),
    0.032 Q^(3/5) z below; Q is the convective heat in kW.
    """
    heat = np.maximum(convective_w, 1e-3) * 1e-3
    rise = np.maximum(rise_m, 0.0)
    third = np.cbrt(heat)
    far = 0.071 * third * np.cbrt(np.square(rise)) * rise + 0.0018 * heat
    near = 0.032 * heat**0.6 * rise
    flow: NDArray[np.float64] = np.where(rise > 0.166 * heat**0.4, far, near)
    return flow


def spilled_kg_s(flow_kg_s: NDArray[Any], excess_w: Numbers, rise_m: Numbers) -> NDArray[np.float64]:
    """What smoke that spills through an opening draws in on its way up, over and above itself.

    The far plume of `entrained_kg_s` from a virtual point source that lies so deep that the plume has its flow at the
    opening; CFAST (Jones and others, NIST SP 1026) goes the same way with another plume.

    Args:
        flow_kg_s: (...) through the opening.
        excess_w: (...) its enthalpy above that of the air it rises in.
        rise_m: (...) from the opening to the layer.
    """
    strength = 0.071 * np.cbrt(np.maximum(excess_w, 1e-3) * 1e-3)
    depth = (flow_kg_s / strength) ** 0.6
    high = depth + np.maximum(rise_m, 0.0)
    drawn: NDArray[np.float64] = strength * np.cbrt(np.square(high)) * high - flow_kg_s
    return np.maximum(drawn, 0.0)


def _regions(heat_kw: Numbers, rise_m: Numbers) -> tuple[Numbers, Any, Any]:
    """Scaled height, coefficient and exponent of McCaffrey's three regions: flame, intermittent flame, plume."""
    scaled = rise_m / heat_kw**0.4
    which = (scaled > 0.08).astype(np.intp) + (scaled > 0.2)
    return scaled, np.array([6.8, 1.9, 1.1])[which], np.array([0.5, 0.0, -1.0 / 3.0])[which]


def centreline_m_s(heat_w: Numbers, rise_m: Numbers) -> NDArray[np.float64]:
    """Speed of the gas on the axis: k (z / Q^(2/5))^n Q^(1/5), Q in kW (McCaffrey, NBSIR 79-1910, 1979)."""
    heat = np.maximum(heat_w, 1.0) * 1e-3
    scaled, factor, power = _regions(heat, np.maximum(rise_m, 1e-3))
    speed: NDArray[np.float64] = factor * scaled**power * heat**0.2
    return speed


def centreline_excess(heat_w: Numbers, rise_m: Numbers) -> NDArray[np.float64]:
    """Temperature of the gas on the axis above that around it, as a share of that around it.

    (k / 0.9)^2 (z / Q^(2/5))^(2 n - 1) / (2 g), Q in kW (McCaffrey, NBSIR 79-1910, 1979).
    """
    heat = np.maximum(heat_w, 1.0) * 1e-3
    scaled, factor, power = _regions(heat, np.maximum(rise_m, 1e-3))
    excess: NDArray[np.float64] = np.square(factor / 0.9) * scaled ** (2.0 * power - 1.0) / (2.0 * GRAVITY_M_S2)
    return excess


def width_m(excess: Numbers, rise_m: Numbers) -> NDArray[np.float64]:
    """Distance from the axis at which the excess is half: 0.12 (T0 / T)^(1/2) z (Heskestad, SFPE
    Handbook, "Fire plumes").

    At least 0.1 m by our choice, for the flame's own width at its base.
    """
    width: NDArray[np.float64] = 0.12 * np.sqrt(1.0 + excess) * rise_m
    return np.maximum(width, 0.1)
