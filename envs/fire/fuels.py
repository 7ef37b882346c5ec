"""Items that burn, as arrays: how much of each burns now, and when the next one catches fire."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire import burning, gas
from goldentime.envs.fire.instant import Instant
from goldentime.envs.fire.plan import FirePlan
from goldentime.envs.fire.plume import entrained_kg_s
from goldentime.envs.fire.radiation import STEFAN_W_M2K4, ceiling_factor, point_gain
from goldentime.envs.fire.rooms import Rooms

__all__ = ["Burn", "Fuels", "burn", "exposure_w_m2", "fuels_of"]

Array = NDArray[np.float64]

_DRAWN_SHARE = 0.25
"""Plumes take at most so much of a lower layer in one step; it binds only where a layer is a few centimetres thin."""
_SPARK = 0.01
"""Of what would burn in free air, what a starved fire still draws air with: it comes back when there is air."""
_BATHED_W_M2K = 10.0
"""Convection to an item inside a hot layer; our choice."""


class Fuels(NamedTuple):
    """(fuels,) arrays unless stated."""

    room: NDArray[np.intp]
    base_m: Array
    growth_w_s2: Array
    peak_w: Array
    energy_j: Array
    radiative: Array
    heat_j_kg: Array
    yields: Array
    """(species, fuels) mass given off per mass burnt: of all gas 1, of oxygen 0."""
    critical_w_m2: Array
    dose_w2s_m4: Array
    within: Array
    """(fuels, rooms) 1 where the fuel is in the room; sums over fuels."""
    gain_per_m2: Array
    """(fuels, fuels) flux at the first per watt that the second radiates; 0 for itself and through walls."""
    offsets_m: Array
    """(4, fuels) to the walls at -x, +x, -y and +y."""


class Burn(NamedTuple):
    """What burns at an instant; (fuels,) arrays."""

    heat_w: Array
    share: Array
    """Of what would burn in free air."""
    drawn_kg_s: Array
    """What plumes carry from the lower into the upper layer."""
    products_kg_s: Array
    """(species, fuels) given to the upper layer; less than 0 of oxygen."""


def fuels_of(plan: FirePlan, rooms: Rooms) -> Fuels:
    """Of a checked plan."""
    items = plan.fuels

    def each(name: str) -> Array:
        return np.array([getattr(f, name) for f in items], dtype=np.float64)

    room = np.array([f.room for f in items], dtype=np.intp)
    place = np.array([f.position for f in items], dtype=np.float64).reshape(-1, 3)
    gain = point_gain(np.linalg.norm(place[:, None] - place, axis=-1))
    gain[(room[:, None] != room) | np.eye(len(items), dtype=bool)] = 0.0
    yields = np.zeros((gas.SPECIES, len(items)))
    yields[gas.MASS], yields[gas.CO2], yields[gas.SOOT] = 1.0, each("co2_yield"), each("soot_yield")
    yields[gas.CO] = each("co_yield")
    low, high = rooms.lower_m[room], rooms.upper_m[room]
    offsets = np.stack(
        [place[:, 0] - low[:, 0], high[:, 0] - place[:, 0], place[:, 1] - low[:, 1], high[:, 1] - place[:, 1]]
    )
    return Fuels(
        room=room,
        base_m=place[:, 2].copy(),
        growth_w_s2=np.array([burning.GROWTH_W_S2[f.growth] for f in items], dtype=np.float64),
        peak_w=each("peak_w"),
        energy_j=each("energy_j"),
        radiative=each("radiative_share"),
        heat_j_kg=each("heat_j_kg"),
        yields=yields,
        critical_w_m2=each("critical_flux_w_m2"),
        dose_w2s_m4=each("ignition_dose_w2s_m4"),
        within=(room[:, None] == np.arange(len(rooms.area_m2))).astype(np.float64),
        gain_per_m2=gain,
        offsets_m=offsets,
    )


def burn(fuels: Fuels, air: Instant, wanted_w: Array, before_w: Array, dt_s: float) -> Burn:
    """What of the heat that fuels would release in free air (`wanted_w`) the oxygen around them lets happen.

    A plume brings oxygen from the lower layer and, above the border, from the upper one; what it can use of it depends on
    how much there is in that layer, as in CFAST (Jones and others, NIST SP 1026). How much air a plume draws depends on
    what burnt in the step before (`before_w`).
    """
    room, top = fuels.room, air.rooms.upper_m[:, 2]
    convective = (1.0 - fuels.radiative) * np.maximum(before_w, _SPARK * wanted_w)
    rise = air.layer_m[room] - fuels.base_m
    drawn, whole = entrained_kg_s(convective, np.array([rise, top[room] - fuels.base_m]))
    density = air.content[gas.LOWER, gas.MASS]
    taken = np.bincount(room, drawn, len(density)) / density
    bound = np.minimum(1.0, _DRAWN_SHARE * air.volume_m3[gas.LOWER] / (dt_s * taken + 1e-12))
    fed, drawn = wanted_w > 0.0, drawn * bound[room]
    usable = air.content[:, gas.O2] / air.content[:, gas.MASS] * burning.oxygen_share(air.fraction(gas.O2))
    below = burning.OXYGEN_J_KG * usable[gas.LOWER, room] * drawn
    above = burning.OXYGEN_J_KG * usable[gas.UPPER, room] * np.maximum(whole - drawn, 0.0)
    stock = 0.2 * burning.OXYGEN_J_KG * air.content[gas.UPPER, gas.O2] * air.volume_m3[gas.UPPER] / dt_s
    above *= np.minimum(1.0, stock / (np.bincount(room, above, len(density)) + 1e-9))[room]
    heat = np.minimum(wanted_w, below + above)
    hungry = np.minimum(wanted_w / np.maximum(below + above, 1.0), 5.0)
    yields = fuels.yields.copy()
    yields[gas.CO] = burning.co_yield(yields[gas.CO], hungry, air.temperature_k[gas.UPPER, room])
    products = yields * (heat / fuels.heat_j_kg)
    oxygen = heat / burning.OXYGEN_J_KG
    products[gas.O2] -= oxygen
    share = np.where(wanted_w > 1.0, heat / np.maximum(wanted_w, 1.0), 1.0)
    return Burn(heat, share, np.where(fed, drawn, 0.0), products)


def exposure_w_m2(fuels: Fuels, air: Instant, heat_w: Array) -> Array:
    """(fuels,) radiation that meets each item: from flames in its room, and from the hot layer above or around it."""
    height = air.layer_m[fuels.room] - fuels.base_m
    hot = air.temperature_k[gas.UPPER, fuels.room]
    glow = air.emissivity[fuels.room] * STEFAN_W_M2K4 * hot**4
    under = ceiling_factor(fuels.offsets_m, np.maximum(height, 1e-3)) * glow
    bathed = glow + _BATHED_W_M2K * (hot - air.temperature_k[gas.LOWER, -1])
    flux: Array = fuels.gain_per_m2 @ (fuels.radiative * heat_w) + np.where(height > 0.0, under, bathed)
    return flux
