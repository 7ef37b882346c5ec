"""What people and drones meet at a point in a fire: gas, heat and draught. Points outside all rooms are in the open air."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire import gas
from goldentime.envs.fire.fuels import Fuels, fuels_of
from goldentime.envs.fire.plan import FirePlan
from goldentime.envs.fire.plume import centreline_excess, centreline_m_s, width_m
from goldentime.envs.fire.radiation import STEFAN_W_M2K4, absorption_per_m, ceiling_factor, emissivity, point_gain
from goldentime.envs.fire.rooms import Rooms, room_of, rooms_of
from goldentime.envs.level import OUTSIDE, Level
from goldentime.types import FireState, Vec3

__all__ = ["Air", "Site", "conditions_at", "density_kg_m3", "draught_m_s", "heat_w_m2", "site_of"]

Array = NDArray[np.float64]

_JET_SHARE = 0.1
"""Of the height from fire to ceiling, how thick the jet below the ceiling is: 5 to 12 % (Alpert, SFPE Handbook)."""
_COLD_W = 1e3
"""Fires of less heat move no drone."""


class Site(NamedTuple):
    """What of level and plan these functions need, made once."""

    rooms: Rooms
    fuels: Fuels
    places_m: Array
    """(fuels, 3)"""
    outside_k: float


class Air(NamedTuple):
    """Well-mixed air of the layer around each point; arrays of the points' shape."""

    room: NDArray[np.intp]
    temperature_k: Array
    co: Array
    """Volume fraction, like those that follow."""
    co2: Array
    o2: Array
    extinction_per_m: Array


def site_of(level: Level, plan: FirePlan) -> Site:
    """Of a plan that fits its level, see `plan.check_plan`."""
    rooms = rooms_of(level)
    places = np.array([f.position for f in plan.fuels], dtype=np.float64).reshape(-1, 3)
    return Site(rooms, fuels_of(plan, rooms), places, plan.outside_k)


def conditions_at(site: Site, state: FireState, position_m: Array) -> Air:
    """The air at points (..., 3): of the upper layer above the border, else of the lower one."""
    point = np.asarray(position_m, dtype=np.float64)
    room = room_of(site.rooms, point)
    within, upper = room != OUTSIDE, point[..., 2] > state.layer_m[room]

    def pick(high: Array, low: Array, fresh: float) -> Array:
        found: Array = np.where(within, np.where(upper, high[room], low[room]), fresh)
        return found

    return Air(
        room,
        pick(state.upper_k, state.lower_k, site.outside_k),
        pick(state.upper_co, state.lower_co, 0.0),
        pick(state.upper_co2, state.lower_co2, gas.AIR_CO2),
        pick(state.upper_o2, state.lower_o2, gas.AIR_O2),
        pick(state.upper_extinction_per_m, state.lower_extinction_per_m, 0.0),
    )


def heat_w_m2(site: Site, state: FireState, position_m: Array) -> Array:
    """Radiation at points (..., 3): of the hot layer on a level surface below it, or from all around within, and of flames.

    What the air outside would radiate is not in it; flames count as points, and walls stop them.
    """
    point = np.asarray(position_m, dtype=np.float64)
    room, rooms = room_of(site.rooms, point), site.rooms
    lower, upper = rooms.lower_m[room], rooms.upper_m[room]
    thick = upper[..., 2] - state.layer_m[room]
    hot = state.upper_k[room]
    absorbing = absorption_per_m(state.upper_extinction_per_m[room], state.upper_co2[room], hot)
    glows = emissivity(absorbing, thick, rooms.area_m2[room], rooms.edge_m[room])
    sides = [point[..., 0] - lower[..., 0], upper[..., 0] - point[..., 0], point[..., 1] - lower[..., 1]]
    offsets = np.maximum(np.stack([*sides, upper[..., 1] - point[..., 1]]), 0.0)
    height = state.layer_m[room] - point[..., 2]
    seen = np.where(height > 0.0, ceiling_factor(offsets, np.maximum(height, 1e-3)), 1.0)
    layer = seen * glows * STEFAN_W_M2K4 * (hot**4 - site.outside_k**4)
    reached = room[..., None] == site.fuels.room
    away = np.linalg.norm(point[..., None, :] - site.places_m, axis=-1)
    flames = np.where(reached, point_gain(away), 0.0) @ (site.fuels.radiative * state.fuels_w)
    total: Array = np.where(room == OUTSIDE, 0.0, layer + flames)
    return np.maximum(total, 0.0)


def draught_m_s(site: Site, state: FireState, position_m: Vec3) -> Vec3:
    """Velocity of the air at a point: plumes of what burns in the room, and their jets along the ceiling.

    A plume is Gaussian about McCaffrey's axis with Heskestad's width. The jet has 0.96 (Q / H)^(1/3) within 0.15 H of the
    axis, 0.195 Q^(1/3) H^(1/2) / r^(5/6) beyond, Q in kW (Alpert, Fire Technology 8 (1972) 181-195), over a tenth of H.
    """
    east, north, up = 0.0, 0.0, 0.0
    for fuel, heat, top in _burning(site, state, position_m):
        x, y, z = site.places_m[fuel].tolist()
        dx, dy, rise, tall = position_m[0] - x, position_m[1] - y, position_m[2] - z, top - z
        away = math.hypot(dx, dy)
        if rise > (1.0 - _JET_SHARE) * tall:
            kilowatts = 1e-3 * heat
            near = 0.96 * (kilowatts / tall) ** (1.0 / 3.0)
            speed = near if away < 0.15 * tall else 0.195 * kilowatts ** (1.0 / 3.0) * tall**0.5 / away ** (5.0 / 6.0)
            east += speed * dx / max(away, 0.1)
            north += speed * dy / max(away, 0.1)
            continue
        _, shape = _plume(heat, rise, away)
        up += shape * float(centreline_m_s(np.float64(heat), np.float64(rise)))
    return float(east), float(north), float(up)


def density_kg_m3(site: Site, state: FireState, position_m: Vec3) -> float:
    """Of the air at a point, hot plumes included: what lifts a drone there."""
    around = float(conditions_at(site, state, np.array(position_m)).temperature_k)
    excess = 0.0
    for fuel, heat, _ in _burning(site, state, position_m):
        x, y, z = site.places_m[fuel].tolist()
        axis, shape = _plume(heat, position_m[2] - z, math.hypot(position_m[0] - x, position_m[1] - y))
        excess = max(excess, axis * shape)
    return gas.PRESSURE_PA / (gas.R_J_KG_K * max(around, site.outside_k * (1.0 + excess)))


def _burning(site: Site, state: FireState, position_m: Vec3) -> list[tuple[int, float, float]]:
    """Of fuels below a point and in its room: place, heat [W], height of the ceiling [m]."""
    room = int(room_of(site.rooms, np.array(position_m)))
    if room == OUTSIDE:
        return []
    below = (site.fuels.room == room) & (state.fuels_w > _COLD_W) & (site.fuels.base_m < position_m[2])
    top = float(site.rooms.upper_m[room, 2])
    return [(int(i), float(state.fuels_w[i]), top) for i in np.flatnonzero(below)]


def _plume(heat_w: float, rise_m: float, away_m: float) -> tuple[float, float]:
    """Excess of temperature on a plume's axis as a share, and what of it there is so far from the axis."""
    excess = float(centreline_excess(np.float64(heat_w), np.float64(rise_m)))
    width = float(width_m(np.float64(excess), np.float64(rise_m)))
    return excess, math.exp(-math.log(2.0) * (away_m / width) ** 2)
