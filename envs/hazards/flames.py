"""Flames as light: where they stand and how large they are; how fire spreads is not their business."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire.plan import FirePlan
from goldentime.records import record
from goldentime.types import FireState

__all__ = ["MAX_EMBERS", "Burning", "Flame", "flame_shares", "hearths"]

MAX_EMBERS = 64


@record
class Flame:
    """A tongue of fire that stands upright; a burning sofa has several."""

    position: tuple[float, float, float]
    """[m] the middle of its foot, world ENU."""
    radius_m: float = 0.3
    height_m: float = 1.0
    seed: int = 0
    """Of its flicker: flames of different seeds do not move together."""
    embers: int = 0
    """Sparks that rise from it at any time; they hide nothing and have no ids."""
    fuel: int = -1
    """Of the fire plan: the flame is as large as this item burns, and so large at its peak; -1 for one that burns on."""

    def __post_init__(self) -> None:
        if self.radius_m <= 0.0 or self.height_m <= 0.0 or not 0 <= self.seed < 2**16:
            raise ValueError(f"expected radius_m and height_m above 0 and a seed in [0, 65536), got {self}")
        if not 0 <= self.embers <= MAX_EMBERS:
            raise ValueError(f"expected embers in [0, {MAX_EMBERS}], got {self.embers}")


class Burning(NamedTuple):
    """All flames at an instant."""

    flames: tuple[Flame, ...]
    shares: NDArray[np.float64]
    """(flames,) as `flame_shares` gives them."""
    hearths: tuple[tuple[int, ...], ...]
    """As `hearths` gives them."""
    dens: NDArray[np.float64]
    """As `dens.dens_of` gives them."""


def hearths(flames: tuple[Flame, ...]) -> tuple[tuple[int, ...], ...]:
    """Places of flames that shine as one: those of one fuel, and each of the others by itself."""
    found: dict[int, list[int]] = {}
    for place, flame in enumerate(flames):
        found.setdefault(flame.fuel if flame.fuel >= 0 else -1 - place, []).append(place)
    return tuple(tuple(places) for places in found.values())


def flame_shares(flames: tuple[Flame, ...], plan: FirePlan | None, fire: FireState | None) -> NDArray[np.float64]:
    """(flames,) in [0, 1]: height and radius now over those at the peak; 0 where nothing burns.

    A flame's height goes with the 2/5 power of its heat release (G. Heskestad, Luminous heights of turbulent diffusion
    flames, Fire Safety Journal 5, 1983: L = 0.235 Q^(2/5) - 1.02 D). So does its width, for a fire grows by spreading: as
    long as Q / D^(5/2) stays the same, flames are alike in shape.
    """
    shares = np.ones(len(flames))
    if plan is None or fire is None:
        return shares
    fuels = np.array([flame.fuel for flame in flames], np.int64)
    peaks_w = np.array([fuel.peak_w for fuel in plan.fuels])
    bound = fuels >= 0
    shares[bound] = np.clip(fire.fuels_w[fuels[bound]] / peaks_w[fuels[bound]], 0.0, 1.0) ** 0.4
    return np.where(shares < _LEAST, 0.0, shares)


_LEAST = 0.05
"""A smaller share, at a 1800th of the peak, is smouldering and no flame."""
