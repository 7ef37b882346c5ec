"""Walls, floors and ceilings as heat goes into them: one slab per layer of a room, by finite volumes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire.plan import Lining

__all__ = ["LININGS", "Material", "Slab", "convection_w_m2k", "slab_of"]


class Material(NamedTuple):
    """What a slab is made of."""

    conductivity_w_mk: float
    heat_j_kgk: float
    density_kg_m3: float
    thickness_m: float


LININGS: dict[Lining, Material] = {
    "concrete": Material(1.6, 750.0, 2400.0, 0.15),
    "brick": Material(0.8, 800.0, 2600.0, 0.1),
    "gypsum": Material(0.17, 1100.0, 960.0, 0.016),
}
"""Properties from Klote and Milke (1992) as in NUREG-1805, table 2-3; the thickness is our choice."""

_CELLS = 8
_GROWTH = 1.6
"""Each cell is so much thicker than the one before it: the surface changes fast, the depth slowly."""
_BEHIND_W_M2K = 10.0
"""From the far face to air that stays as it was; our choice."""


class Slab(NamedTuple):
    """One implicit step of conduction through a slab, ready to use."""

    step: NDArray[np.float64]
    """(cells, cells) what the cells' excess temperatures become without heat at the surface."""
    response: NDArray[np.float64]
    """(cells, 1) by how much a W/m2 at the surface raises them [K m2/W]."""


def slab_of(lining: Lining, dt_s: float) -> Slab:
    """A slab of a lining, its equation of heat in backward Euler steps of `dt_s`."""
    material = LININGS[lining]
    size: NDArray[np.float64] = _GROWTH ** np.arange(_CELLS, dtype=np.float64)
    size *= material.thickness_m / size.sum()
    between = 2.0 * material.conductivity_w_mk / (size[:-1] + size[1:])
    behind = 1.0 / (0.5 * size[-1] / material.conductivity_w_mk + 1.0 / _BEHIND_W_M2K)
    exchange = np.diag(between, 1) + np.diag(between, -1)
    exchange -= np.diag(exchange.sum(axis=1))
    exchange[-1, -1] -= behind
    capacity = material.heat_j_kgk * material.density_kg_m3 * size
    step = np.asarray(np.linalg.inv(np.eye(_CELLS) - dt_s * exchange / capacity[:, None]), dtype=np.float64)
    return Slab(step, np.asarray(step[:, :1] * (dt_s / capacity[0]), dtype=np.float64))


def convection_w_m2k(difference_k: NDArray[np.float64]) -> NDArray[np.float64]:
    """From gas to a surface: 1.52 |dT|^(1/3), turbulent free convection at plates (Holman, Heat Transfer, table 7-2).

    At least 10 by our choice, for the draught of a fire.
    """
    coefficient: NDArray[np.float64] = 1.52 * np.cbrt(np.abs(difference_k))
    return np.maximum(coefficient, 10.0)
