"""The world of a logged episode at any time: what cameras and microphones need to see and hear it again.

A log holds neither rotor speeds nor angular rates: drones hover, as it were, and are only where they were. Between two
samples all moves evenly.
"""

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.airframe import load_airframe
from goldentime.envs.scenario import Scenario, scenario_from_json
from goldentime.errors import ConfigError, LogError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_tracks import (
    CONDITIONS,
    TRACK_WIDTHS,
    AirColumn,
    KitColumn,
    LoadColumn,
    PersonColumn,
    holders_of,
    things_of,
)
from goldentime.types import DroneState, FireState, KitState, LoadState, PersonState, Quat, Vec3, WorldState

__all__ = ["States"]

Floats = NDArray[np.float64]

_STILL: Vec3 = (0.0, 0.0, 0.0)
_AIR_O2, _AIR_CO2 = 0.2095, 0.0004
"""Volume fractions in clean air; logs don't hold them."""
_STEPPED = {
    "people": [PersonColumn.YAW_RAD, PersonColumn.POSTURE, PersonColumn.CONDITION, PersonColumn.HOODED, PersonColumn.TAG],
    "kits": [KitColumn.CARRIER],
    "loads": [LoadColumn.HELD],
}
"""Columns that change at once."""


class States:
    """A log as a world that can be asked.

    Raises:
        LogError: the log's scenario is of another version of the package.
    """

    def __init__(self, log: EpisodeLog) -> None:
        try:
            self.scenario: Scenario = scenario_from_json(log.header["scenario"])
        except (ConfigError, KeyError) as error:
            raise LogError(f"the log's scenario can't be read by this version: {error}") from None
        samples, self._tracks, self._postures = log.samples(), log.tracks(), log.postures
        self.time_s = samples.time_s
        """(n,) [s] of the states in the log."""
        self._table = np.concatenate(
            [samples.position_m, samples.velocity_m_s, samples.quaternion_xyzw, samples.state_of_charge[..., None]], axis=-1
        )
        airframes = [load_airframe(drone.airframe) for drone in self.scenario.drones]
        self._rotors = [(frame.hover_rotor_speed_rad_s,) * frame.layout.count for frame in airframes]

    def at(self, time_s: float) -> WorldState:
        """The world at a time [s]; before the first state as it was then, after the last one likewise."""
        before, share = _between(self.time_s, time_s)
        after = min(before + 1, len(self.time_s) - 1)
        first, second = self._table[before], self._table[after].copy()
        # The same turn has two quaternions: the way between two of one sign is the short one.
        second[:, 6:10] *= np.where((first[:, 6:10] * second[:, 6:10]).sum(-1) < 0.0, -1.0, 1.0)[:, None]
        drones = tuple(self._drone(i, row) for i, row in enumerate(first + share * (second - first)))
        kits, people, fire = self._kits(time_s), self._people(time_s), self._fire(time_s)
        return WorldState(time_s, drones, kits, people, fire, loads=self._loads(time_s))

    def _drone(self, number: int, row: Floats) -> DroneState:
        quaternion = row[6:10] / max(float(np.linalg.norm(row[6:10])), 1e-9)
        x, y, z, w = quaternion.tolist()
        turn: Quat = (x, y, z, w)
        return DroneState(
            position_m=_triple(row[0:3]),
            quaternion_xyzw=turn,
            velocity_m_s=_triple(row[3:6]),
            angular_velocity_rad_s=_STILL,
            acceleration_m_s2=_STILL,
            rotor_speed_rad_s=self._rotors[number],
            state_of_charge=float(row[10]),
            voltage_v=0.0,
            contacts=(),
            contact_s=0.0,
        )

    def _things(self, name: str, time_s: float) -> Floats:
        """(things, width) of a track at a time."""
        table = self._tracks[name]
        before, share = _between(table[:, 0], time_s)
        rows = things_of(table, TRACK_WIDTHS[name])
        first, second = rows[before], rows[min(before + 1, len(table) - 1)]
        with np.errstate(invalid="ignore"):  # a voice that falls silent goes to -inf
            now = np.where(np.isfinite(first) & np.isfinite(second), first + share * (second - first), first)
        now[:, _STEPPED.get(name, [])] = first[:, _STEPPED.get(name, [])]
        return np.asarray(now)

    def _kits(self, time_s: float) -> tuple[KitState, ...]:
        if "kits" not in self._tracks:
            return tuple(KitState(kit.size, _STILL, kit.carrier) for kit in self.scenario.kits)
        rows = self._things("kits", time_s)
        return tuple(KitState(_triple(row[:3]), _STILL, int(row[KitColumn.CARRIER])) for row in rows)

    def _loads(self, time_s: float) -> tuple[LoadState, ...]:
        if "loads" not in self._tracks:
            return tuple(LoadState(load.position, _STILL, load.drones) for load in self.scenario.loads)
        rows = self._things("loads", time_s)
        return tuple(LoadState(_triple(row[:3]), _STILL, holders_of(row[LoadColumn.HELD])) for row in rows)

    def _people(self, time_s: float) -> tuple[PersonState, ...]:
        if "people" not in self._tracks:
            return ()
        return tuple(self._person(row) for row in self._things("people", time_s))

    def _person(self, row: Floats) -> PersonState:
        tag = int(row[PersonColumn.TAG])
        return PersonState(
            position_m=_triple(row[:3]),
            yaw_rad=float(row[PersonColumn.YAW_RAD]),
            posture=self._postures[int(row[PersonColumn.POSTURE])],
            condition=CONDITIONS[int(row[PersonColumn.CONDITION])],
            fed=float(row[PersonColumn.FED]),
            fed_heat=float(row[PersonColumn.FED_HEAT]),
            voice_db=float(row[PersonColumn.VOICE_DB]),
            hooded=bool(row[PersonColumn.HOODED]),
            tag=CONDITIONS[tag] if tag >= 0 else "",
        )

    def _fire(self, time_s: float) -> FireState | None:
        if "air" not in self._tracks:
            return None
        air = self._things("air", time_s)
        column = {name.name.lower(): air[:, name].copy() for name in AirColumn}
        o2, co2 = np.full(len(air), _AIR_O2), np.full(len(air), _AIR_CO2)
        fuels = self._things("fuels", time_s)[:, 0] if "fuels" in self._tracks else np.zeros(0)
        return FireState(**column, upper_co2=co2, lower_co2=co2, upper_o2=o2, lower_o2=o2, fuels_w=fuels)


def _between(times: Floats, time_s: float) -> tuple[int, float]:
    """The last place at or before a time, and the share of the way to the next."""
    before = int(np.clip(np.searchsorted(times, time_s, side="right") - 1, 0, len(times) - 1))
    after = min(before + 1, len(times) - 1)
    gap = float(times[after] - times[before])
    return before, float(np.clip((time_s - times[before]) / gap, 0.0, 1.0)) if gap > 0.0 else 0.0


def _triple(row: Floats) -> Vec3:
    x, y, z = row.tolist()
    return x, y, z
