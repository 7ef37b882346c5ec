"""How furniture and luggage burn.

Heat release rates are of the order that V. Babrauskas gives for tested items ("Heat release rates", SFPE Handbook of Fire
Protection Engineering, 3rd edition, 2002, section 3, chapter 1): sofas of polyurethane foam up to some 3 MW, beds with
bedding around 1 MW, wooden bookcases and desks from some 100 kW to some MW, chairs with little upholstery below 300 kW.
The round figures, the classes of growth and the energies (burnable mass times 15 to 20 MJ/kg) are our choice. Yields of
soot and carbon monoxide are those of A. Tewarson (same handbook, section 3, chapter 4) for flaming wood (red oak: 0.015
and 0.004) and flexible polyurethane foam (around 0.13 to 0.23 and 0.01 to 0.03), and between the two for what is made of
both. Gas cylinders are no fuels here: they do not grow as t squared.
"""

from typing import NamedTuple

import numpy as np

from goldentime.envs.assets.library import load_asset
from goldentime.envs.fire.plan import Fuel, Growth
from goldentime.envs.level import Room
from goldentime.envs.scenario import Prop
from goldentime.envs.scenes.draft import prop_bounds

__all__ = ["BURNING", "Burning", "fuels_of"]

_SPREAD = 0.2
"""Items of a kind differ by up to this share in power and energy."""


class Burning(NamedTuple):
    """How things of a kind burn."""

    growth: Growth
    peak_w: float
    energy_j: float
    soot: float
    co: float


BURNING: dict[str, Burning] = {
    "sofa": Burning("fast", 2.4e6, 7.0e8, 0.13, 0.03),
    "bed": Burning("fast", 1.1e6, 4.5e8, 0.10, 0.02),
    "shelf": Burning("medium", 1.2e6, 6.0e8, 0.02, 0.006),
    "table": Burning("medium", 5.0e5, 3.5e8, 0.015, 0.004),
    "chair": Burning("medium", 1.8e5, 6.0e7, 0.07, 0.015),
    "suitcase": Burning("medium", 1.5e5, 8.0e7, 0.08, 0.02),
    "backpack": Burning("medium", 8.0e4, 2.5e7, 0.08, 0.02),
    "motorcycle": Burning("fast", 1.2e6, 5.0e8, 0.10, 0.03),
    "wheelchair": Burning("medium", 1.5e5, 6.0e7, 0.09, 0.02),
}
"""By kind of asset."""


def fuels_of(props: list[Prop], rooms: tuple[Room, ...], rng: np.random.Generator) -> tuple[list[Fuel], list[int]]:
    """What of the props can burn inside rooms, and the place of each among the props."""
    lower, upper = np.array([room.lower for room in rooms]), np.array([room.upper for room in rooms])
    fuels, places = [], []
    for number, prop in enumerate(props):
        burning = BURNING.get(load_asset(prop.asset).kind)
        at = np.array(prop.position) + np.array((0.0, 0.0, 0.05))
        inside = np.flatnonzero(((lower <= at) & (at <= upper)).all(1))
        if burning is None or not len(inside):
            continue
        bounds, size = prop_bounds(prop), float(rng.uniform(1.0 - _SPREAD, 1.0 + _SPREAD))
        x, y, _ = bounds.centre
        z = bounds.low[2] + 0.6 * (bounds.high[2] - bounds.low[2])
        fuels.append(
            Fuel(
                room=int(inside[0]), position=(round(x, 3), round(y, 3), round(z, 3)), growth=burning.growth,
                peak_w=round(size * burning.peak_w, -3), energy_j=round(size * burning.energy_j, -5),
                soot_yield=burning.soot, co_yield=burning.co,
            )
        )  # fmt: skip
        places.append(number)
    return fuels, places
