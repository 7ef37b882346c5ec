"""What a log keeps once a simulated second: people, the air in each room, what burns, kits, loads on ropes, radio contact.

Each is a table (n, 1 + width * things) float64 whose column 0 is the time [s]; the others are columns of the enumerations
below, one thing after the other. `things_of` gives the view (n, things, width). A log holds only the tables of what its
world has.
"""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from goldentime.types import FireState, LoadState, PersonState, WorldState

__all__ = [
    "CONDITIONS",
    "TRACK_WIDTHS",
    "AirColumn",
    "FuelColumn",
    "KitColumn",
    "LoadColumn",
    "PersonColumn",
    "RadioColumn",
    "Tracks",
    "holders_of",
    "things_of",
]

Table = NDArray[np.float64]

CONDITIONS = ("non_urgent", "urgent", "immediate", "dead")
"""What the numbers of `PersonColumn.CONDITION` and `TAG` mean; -1 is none."""


class PersonColumn(IntEnum):
    """One person in the table `people`."""

    X_M, Y_M, Z_M, YAW_RAD = 0, 1, 2, 3
    POSTURE = 4
    """Place in `Tracks.postures`."""
    CONDITION = 5
    """Place in `CONDITIONS`."""
    FED = 6
    FED_HEAT = 7
    VOICE_DB = 8
    HOODED = 9
    TAG = 10
    """Place in `CONDITIONS`, -1 without a tag."""


class AirColumn(IntEnum):
    """One room in the table `air`, as of `FireState`."""

    LAYER_M = 0
    UPPER_K = 1
    LOWER_K = 2
    UPPER_EXTINCTION_PER_M = 3
    LOWER_EXTINCTION_PER_M = 4
    UPPER_CO = 5
    LOWER_CO = 6


class FuelColumn(IntEnum):
    """One fuel in the table `fuels`."""

    HEAT_W = 0


class KitColumn(IntEnum):
    """One relief kit in the table `kits`."""

    X_M, Y_M, Z_M = 0, 1, 2
    CARRIER = 3
    """The drone that holds it, -1 once released."""


class LoadColumn(IntEnum):
    """One load in the table `loads`."""

    X_M, Y_M, Z_M = 0, 1, 2
    HELD = 3
    """By whose ropes: the sum of 2^i over the drones i, see `holders_of`."""


class RadioColumn(IntEnum):
    """One drone in the table `radio`."""

    HOPS = 0
    """Fewest hops to the base; -1 without contact."""
    POWER_DBM = 1
    """Received from the base; -inf where there is none."""


TRACK_WIDTHS: Mapping[str, int] = {
    "people": len(PersonColumn),
    "air": len(AirColumn),
    "fuels": len(FuelColumn),
    "kits": len(KitColumn),
    "loads": len(LoadColumn),
    "radio": len(RadioColumn),
}
"""All tables that there can be, in their fixed order, with the columns of one thing."""


def holders_of(held: float) -> tuple[int, ...]:
    """The drones that `LoadColumn.HELD` stands for."""
    bits = int(held)
    return tuple(drone for drone in range(bits.bit_length()) if bits >> drone & 1)


def things_of(table: Table, width: int) -> Table:
    """The view (n, things, width) of a table without its times."""
    return table[:, 1:].reshape(len(table), (table.shape[1] - 1) // width, width)


class Tracks:
    """The tables of one episode as they grow."""

    def __init__(self) -> None:
        self.postures: list[str] = []
        """Names in the order in which they first occurred."""
        self._rows: dict[str, array[float]] = {}
        self._widths: dict[str, int] = {}
        self._second = -1
        self._untold: WorldState | None = None

    def add(self, state: WorldState) -> None:
        """Keep a state if it is the first of its second, else remember it in case that it is the last of all."""
        # A clock of sums may stand an ulp short of the full second.
        second = math.floor(state.time_s + 1e-6)
        if second == self._second:
            self._untold = state
            return
        self._second = second
        self._keep(state)

    def close(self) -> None:
        """Keep the last state too."""
        if self._untold is not None:
            self._keep(self._untold)

    def tables(self) -> dict[str, Table]:
        """Those that hold something, in the order of `TRACK_WIDTHS`."""
        return {
            name: np.array(self._rows[name], dtype=np.float64).reshape(-1, self._widths[name])
            for name in TRACK_WIDTHS
            if name in self._rows
        }

    @classmethod
    def restore(cls, tables: Mapping[str, Table], postures: Sequence[str]) -> "Tracks":
        """The inverse of `tables` and `postures`."""
        tracks = cls()
        tracks.postures = [str(name) for name in postures]
        for name, table in tables.items():
            tracks._rows[name], tracks._widths[name] = array("d", table.astype("=f8").tobytes()), table.shape[1]
        return tracks

    def _keep(self, state: WorldState) -> None:
        self._untold = None
        if state.people:
            self._append("people", state.time_s, (x for person in state.people for x in self._person(person)))
        if state.fire is not None:
            self._append("air", state.time_s, _air(state.fire))
            if len(state.fire.fuels_w):
                self._append("fuels", state.time_s, state.fire.fuels_w.tolist())
        if state.kits:
            self._append("kits", state.time_s, (x for kit in state.kits for x in (*kit.position_m, float(kit.carrier))))
        if state.loads:
            self._append("loads", state.time_s, (x for load in state.loads for x in _load(load)))
        if state.radio is not None:
            hops, power_dbm = state.radio.hops[:-1, -1], state.radio.power_dbm[-1, :-1]
            self._append("radio", state.time_s, np.column_stack([hops, power_dbm]).ravel().tolist())

    def _append(self, name: str, time_s: float, numbers: Iterable[float]) -> None:
        rows = self._rows.setdefault(name, array("d"))
        before = len(rows)
        rows.append(time_s)
        rows.extend(numbers)
        self._widths[name] = len(rows) - before

    def _person(self, person: PersonState) -> tuple[float, ...]:
        if person.posture not in self.postures:
            self.postures.append(person.posture)
        numbers = (
            self.postures.index(person.posture),
            CONDITIONS.index(person.condition),
            person.fed,
            person.fed_heat,
            person.voice_db,
            person.hooded,
            CONDITIONS.index(person.tag) if person.tag else -1,
        )
        return (*person.position_m, person.yaw_rad, *map(float, numbers))


def _load(load: LoadState) -> tuple[float, ...]:
    return (*load.position_m, float(sum(1 << drone for drone in load.held)))


def _air(fire: FireState) -> list[float]:
    columns = (
        fire.layer_m,
        fire.upper_k,
        fire.lower_k,
        fire.upper_extinction_per_m,
        fire.lower_extinction_per_m,
        fire.upper_co,
        fire.lower_co,
    )
    numbers: list[float] = np.column_stack(columns).ravel().tolist()
    return numbers
