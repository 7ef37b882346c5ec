"""The two-zone model of fire and smoke in rooms: one hot and one cool layer each, in steps of a tenth of a second."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.fire import gas
from goldentime.envs.fire.burning import demand
from goldentime.envs.fire.exchange import Holes, exchange
from goldentime.envs.fire.fuels import Burn, burn, exposure_w_m2, fuels_of
from goldentime.envs.fire.instant import FLOOR_SHARE, Instant, instant_of
from goldentime.envs.fire.plan import FirePlan, check_plan
from goldentime.envs.fire.pressure import solve
from goldentime.envs.fire.rooms import rooms_of
from goldentime.envs.fire.transport import mixing, risen_share, spills, transfer, vent_moves
from goldentime.envs.fire.vents import LEAK, slabs, vents_of
from goldentime.envs.fire.walls import slab_of
from goldentime.envs.level import Level
from goldentime.errors import ConfigError
from goldentime.types import FireState

__all__ = ["Balance", "ZoneModel"]

Array = NDArray[np.float64]

_SPREAD_S = 0.5
"""How often it is looked what catches fire or breaks: that takes many seconds."""
_LEAD_DT_S = 0.4
"""What burnt before the episode is played through in steps so long; finer ones change little (tests of convergence)."""
_LEAVES_SHARE = 0.5
"""A layer gives away at most so much of itself in one step; it binds only where dt_s is far too long."""


class Balance(NamedTuple):
    """What all rooms hold and where it came from since the model began: `held - begun` is the sum of the others."""

    held_j: float
    begun_j: float
    burnt_j: float
    """Heat of all flames."""
    vapour_j: float
    """Enthalpy of the fuel that became gas."""
    surfaces_j: float
    """Into walls, floors and ceilings, and out of openings as radiation; less than 0 as the rooms lose it."""
    outside_j: float
    """Through openings, less than 0 where more leaves."""
    held_kg: Array
    """(species,) all gas, O2, CO2, CO, soot; like those that follow."""
    begun_kg: Array
    burnt_kg: Array
    """Given off by burning; less than 0 of oxygen."""
    outside_kg: Array


class ZoneModel:
    """Fire and smoke of a level.

    The air is at one pressure but for what drives flow through openings; both layers of a room are well mixed. After
    construction the time is 0, with all that burnt before played through.
    """

    def __init__(self, level: Level, plan: FirePlan, *, dt_s: float = 0.1) -> None:
        """Begin with fresh air everywhere.

        Args:
            level: its rooms and openings count.
            plan: what burns.
            dt_s: step [s].

        Raises:
            ConfigError: plan and level do not fit, or `dt_s` is not above 0.
        """
        check_plan(level, plan)
        if not dt_s > 0.0:
            raise ConfigError(f"dt_s: expected more than 0, got {dt_s}")
        self._plan = plan
        self._rooms, self._vents = rooms_of(level), vents_of(level)
        self._fuels = fuels_of(plan, self._rooms)
        lead_s = max(0.0, -min((i.time_s for i in plan.ignitions), default=0.0))
        self._pace(-lead_s, max(dt_s, _LEAD_DT_S))
        self._open, self._panes = np.ones(len(self._vents.width_m)), np.zeros(len(self._vents.width_m), dtype=bool)
        self._count = len(level.openings)
        self._open[: self._count] = [o.open if o.leaf else 1.0 for o in level.openings]
        self._panes[: self._count] = [o.leaf == "glass" and o.open == 0.0 for o in level.openings]
        self._fresh = gas.air_at(plan.outside_k)
        self._begin()
        for _ in range(math.ceil(lead_s / self.dt_s)):
            self.step()
        self._pace(0.0, dt_s)

    def _pace(self, start_s: float, dt_s: float) -> None:
        """Step so from a time on."""
        self.dt_s, self._start_s, self._number = dt_s, start_s, 0
        self._every = max(1, round(_SPREAD_S / dt_s))
        self._slab = slab_of(self._plan.lining, dt_s)

    def _begin(self) -> None:
        n, count = len(self._rooms.area_m2), len(self._plan.fuels)
        self._upper_m3 = FLOOR_SHARE * self._rooms.volume_m3
        volume = np.stack([self._rooms.volume_m3 - self._upper_m3, self._upper_m3])
        self._mass_kg = self._fresh[:, None] * volume[:, None]
        self._pressure_pa, self._guess_pa = np.zeros(n), np.zeros(n)
        self._walls_k = np.zeros((len(self._slab.step), 2 * n))
        self._floor_m = np.append(self._rooms.lower_m[:, 2], 0.0)
        self._lights_s = np.full(count, np.inf)
        for ignition in self._plan.ignitions:
            self._lights_s[ignition.fuel] = min(self._lights_s[ignition.fuel], ignition.time_s)
        self._age_s, self._dose = np.full(count, -1.0), np.zeros(count)
        self._left_j, self._heat_w = self._fuels.energy_j.copy(), np.zeros(count)
        self._out_kg_s = np.zeros((2, len(self._open)))
        self._begun_j, self._begun_kg = self._held_j(), self._mass_kg.sum(axis=(0, 2))
        self._energy, self._matter = np.zeros(4), np.zeros((2, gas.SPECIES))

    @property
    def time_s(self) -> float:
        """Since the episode began."""
        return self._start_s + self._number * self.dt_s

    def set_open(self, opening: int, share: float) -> None:
        """Open or close the leaf of an opening, a place in `Level.openings`, to a share in [0, 1]."""
        if not 0 <= opening < self._count:
            raise ConfigError(f"opening: expected one in [0, {self._count}), got {opening}")
        if not 0.0 <= share <= 1.0:
            raise ConfigError(f"openings.{opening}.open: expected a share in [0, 1], got {share}")
        self._open[opening] = share

    def open_shares(self) -> Array:
        """(openings,) how far each is open now; panes that broke are at 1."""
        return self._open[: self._count].copy()

    def step(self) -> None:
        """Advance by `dt_s`."""
        air = instant_of(self._rooms, self._mass_kg, self._upper_m3, self._plan.outside_k)
        flame = self._burn(air)
        made = self._warm(air, flame)
        matrix, moved = self._flow(air, flame, made)
        self._carry(air, flame, made, matrix)
        self._out_kg_s = moved
        if self._number % self._every == 0:
            self._spread(air)
        self._number += 1

    def _burn(self, air: Instant) -> Burn:
        """What burns in this step; ages and energies move on."""
        fuels, dt = self._fuels, self.dt_s
        lit = (self._age_s < 0.0) & (self._lights_s <= self.time_s + 1e-9)
        self._age_s[lit] = 0.0
        alight = self._age_s >= 0.0
        wanted = demand(fuels.growth_w_s2, self._age_s, fuels.peak_w, self._left_j / fuels.energy_j)
        wanted = np.where(alight, np.minimum(wanted, self._left_j / dt), 0.0)
        flame = burn(fuels, air, wanted, self._heat_w, dt)
        self._age_s = np.where(alight, self._age_s + dt * flame.share, self._age_s)
        self._left_j = np.maximum(self._left_j - dt * flame.heat_w, 0.0)
        self._heat_w = flame.heat_w
        return flame

    def _warm(self, air: Instant, flame: Burn) -> Array:
        """(2, rooms) volume that heat and burning make in each layer [m3/s]; walls move on."""
        n, fuels = len(self._rooms.area_m2), self._fuels
        sums = np.array([fuels.radiative * flame.heat_w, flame.heat_w, flame.products_kg_s[gas.MASS]]) @ fuels.within
        flames, total, vapour = sums[0], sums[1], sums[2] / self._fresh[gas.MASS]
        surface = self._walls_k[0].reshape(2, n) + self._plan.outside_k
        holes = Holes(self._vents.rooms, self._open * self._vents.width_m * (self._vents.soffit_m - self._vents.sill_m))
        gained = exchange(air, surface, flames, holes, self.dt_s)
        self._walls_k = self._slab.step @ self._walls_k + self._slab.response * gained.surface_w_m2.reshape(-1)
        made = gained.gas_w / gas.J_PER_M3
        made[gas.UPPER] += (total - flames) / gas.J_PER_M3 + vapour
        burnt, evaporated = total.sum(), gas.J_PER_M3 * vapour.sum()
        stays = gas.J_PER_M3 * made.sum() - evaporated
        self._energy += self.dt_s * np.array([burnt, evaporated, stays - burnt, 0.0])
        return made

    def _flow(self, air: Instant, flame: Burn, made: Array) -> tuple[Array, Array]:
        """The matrix of volume flows, and (2, openings) mass flows out of each side."""
        count, vents = len(self._rooms.area_m2) + 1, self._vents
        width = vents.width_m * (self._open + LEAK * (1.0 - self._open))
        stretches = slabs(vents, width, self._floor_m, air.layer_m, air.density)
        store = self._rooms.volume_m3 / (gas.GAMMA * gas.PRESSURE_PA * self.dt_s)
        # What is left of the balance goes into the pressures; the next search begins at what was found.
        self._guess_pa, moved = solve(vents, stretches, self._pressure_pa, store, made.sum(axis=0), self._guess_pa)
        risen = risen_share(vents, stretches, air)
        spilled, passed = spills(vents, stretches, moved.out, risen, air)
        plumes = np.bincount(self._fuels.room, flame.drawn_kg_s, count) / air.density[gas.LOWER]
        moves = vent_moves(vents, stretches, moved.out, risen, count)
        return transfer(moves, plumes + spilled, mixing(air), count), passed

    def _carry(self, air: Instant, flame: Burn, made: Array, matrix: Array) -> None:
        """Move masses and volumes; the last row and column of each layer are the open air."""
        n, dt = len(made[0]), self.dt_s
        volume = np.full((2, n + 1), np.inf)
        volume[:, :-1] = air.volume_m3
        matrix *= np.minimum(1.0, _LEAVES_SHARE * volume.reshape(-1) / (dt * matrix.sum(axis=0) + 1e-12))
        layers = np.empty((2, n + 1, gas.SPECIES))
        layers[:, :-1], layers[:, -1] = air.content.transpose(0, 2, 1), self._fresh
        content, leaves = layers.reshape(-1, gas.SPECIES), matrix.sum(axis=0)
        gained = dt * (matrix @ content - content * leaves[:, None])
        gained = gained.reshape(2, n + 1, gas.SPECIES).transpose(0, 2, 1)
        swollen = dt * (matrix.sum(axis=1) - leaves).reshape(2, n + 1)
        given = (dt * flame.products_kg_s) @ self._fuels.within
        self._mass_kg = self._mass_kg + gained[:, :, :-1]
        self._mass_kg[gas.UPPER] += given
        grown = swollen[:, :-1] + dt * made
        tight = gas.GAMMA * gas.PRESSURE_PA / self._rooms.volume_m3
        squeezed = grown.sum(axis=0)
        self._pressure_pa = self._pressure_pa + tight * squeezed
        upper = self._upper_m3 + grown[gas.UPPER] - squeezed * self._upper_m3 / self._rooms.volume_m3
        self._settle(upper)
        self._energy[3] -= gas.J_PER_M3 * swollen[:, -1].sum()
        self._matter[0] += given.sum(axis=1)
        self._matter[1] -= gained[:, :, -1].sum(axis=0)

    def _settle(self, upper_m3: Array) -> None:
        """Take over the volumes of upper layers; a layer below the least volume takes gas of the other."""
        total, least = self._rooms.volume_m3, FLOOR_SHARE * self._rooms.volume_m3
        kept = np.minimum(np.maximum(upper_m3, least), total - least)
        up = kept - upper_m3
        from_low = np.maximum(up, 0.0) / (total - upper_m3)
        from_high = np.maximum(-up, 0.0) / upper_m3
        moved = self._mass_kg[gas.LOWER] * from_low - self._mass_kg[gas.UPPER] * from_high
        self._mass_kg[gas.LOWER] -= moved
        self._mass_kg[gas.UPPER] += moved
        self._upper_m3 = kept

    def _spread(self, air: Instant) -> None:
        """Heat what does not burn yet, and panes."""
        fuels = self._fuels
        over = np.maximum(exposure_w_m2(fuels, air, self._heat_w) - fuels.critical_w_m2, 0.0)
        self._dose = self._dose + self._every * self.dt_s * np.square(over)
        caught = (self._dose >= fuels.dose_w2s_m4) & (self._age_s < 0.0)
        self._lights_s[caught] = np.minimum(self._lights_s[caught], self.time_s + self.dt_s)
        if self._panes.any():
            beside = self._vents.soffit_m > air.layer_m[self._vents.rooms]
            hot = (beside & (air.temperature_k[gas.UPPER][self._vents.rooms] > self._plan.glass_breaks_k)).any(axis=0)
            broken = self._panes & hot
            self._open[broken], self._panes = 1.0, self._panes & ~hot

    def read(self) -> FireState:
        """The air and the fire now."""
        air = instant_of(self._rooms, self._mass_kg, self._upper_m3, self._plan.outside_k)
        soot = gas.EXTINCTION_M2_KG * air.content[:, gas.SOOT]
        co, co2, o2 = (air.fraction(k) for k in (gas.CO, gas.CO2, gas.O2))
        return FireState(
            layer_m=air.layer_m[:-1],
            upper_k=air.temperature_k[gas.UPPER, :-1],
            lower_k=air.temperature_k[gas.LOWER, :-1],
            upper_extinction_per_m=soot[gas.UPPER],
            lower_extinction_per_m=soot[gas.LOWER],
            upper_co=co[gas.UPPER],
            lower_co=co[gas.LOWER],
            upper_co2=co2[gas.UPPER],
            lower_co2=co2[gas.LOWER],
            upper_o2=o2[gas.UPPER],
            lower_o2=o2[gas.LOWER],
            fuels_w=self._heat_w.copy(),
        )

    def vent_flows_kg_s(self) -> Array:
        """(2, openings) mass flow out of the first and out of the second side of each opening in the last step."""
        return self._out_kg_s[:, : self._count].copy()

    def pressures_pa(self) -> Array:
        """(rooms,) at the floor, against the open air at the same height."""
        return self._pressure_pa.copy()

    def balance(self) -> Balance:
        """Ledgers of energy and of matter."""
        burnt, vapour, surfaces, outside = self._energy.tolist()
        return Balance(
            held_j=self._held_j(),
            begun_j=self._begun_j,
            burnt_j=burnt,
            vapour_j=vapour,
            surfaces_j=surfaces,
            outside_j=outside,
            held_kg=self._mass_kg.sum(axis=(0, 2)),
            begun_kg=self._begun_kg.copy(),
            burnt_kg=self._matter[0].copy(),
            outside_kg=self._matter[1].copy(),
        )

    def _held_j(self) -> float:
        stored = (gas.PRESSURE_PA + self._pressure_pa) * self._rooms.volume_m3 / (gas.GAMMA - 1.0)
        return float(stored.sum())
