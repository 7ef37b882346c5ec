"""How the rescuer changes storeys: through holes in ceilings that it has seen, or that others of its team have told."""

from collections.abc import Set
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.rescuer_flight import LEVEL_M, RescueFlight
from goldentime.baselines.rescuer_others import Others

__all__ = ["Change", "Storeys"]

Floats = NDArray[np.float64]

_CLIMB_S, _SHUT_M, _STEPS_M = 15.0, 0.5, 0.8
"""A climb that takes longer is given up, and so are all so near to it; and how high over its height on a storey it is there
all the same, where steps are below."""


class Change(NamedTuple):
    """A moment of changing storeys."""

    velocity_m_s: Floats
    upright: bool
    """Whether it only rises or sinks."""
    over: bool = False
    """Whether it is there, or gave up; `RescueFlight.storey` tells which."""


class Storeys:
    """The ways between storeys, and where it is about to change to.

    Args:
        flight: of the drone.
        others: who may know ways.
    """

    def __init__(self, flight: RescueFlight, others: Others) -> None:
        self._flight, self._others = flight, others
        self.shafts: dict[int, Floats] = {}
        """By storey: where it flies up from it, (2,)."""
        self.target: int | None = None
        """The storey it changes to."""
        self._closed: set[int] = set()
        self._climbing_s = 0.0

    def knows_way_up(self, storey: int) -> bool:
        """Whether it knows a way up from a storey; what others know it knows from now on."""
        told = self._others.shafts.get(storey)
        if storey not in self.shafts and told is not None and storey not in self._closed:
            self.shafts[storey] = told
        return storey in self.shafts

    def head_for(self, storeys: Set[int]) -> None:
        """Change towards the nearest of some storeys, unless it is on one of them or knows no way."""
        storey = self._flight.storey
        if self.target is not None or not storeys or storey in storeys:
            return
        step = 1 if min(storeys, key=lambda other: abs(other - storey)) > storey else -1
        if self.knows_way_up(min(storey, storey + step)):
            self.target = storey + step

    def change(self) -> Change:
        """On the way through the shaft between this storey and the target, the next up or down."""
        flight, storey = self._flight, self.target
        assert storey is not None
        gate = self.shafts[min(storey, flight.storey)]
        high_m = flight.floors_m[storey] + LEVEL_M
        off_m = float(np.hypot(*(gate - flight.fix.position_m[:2])))
        between = abs(flight.fix.position_m[2] - flight.level_m) > 0.5
        if not between and off_m > 0.3 and not flight.stuck:
            return Change(flight.towards(gate), upright=False)
        above_m = float(flight.fix.position_m[2]) - high_m
        # Over the foot of the stairs it can't sink to its height.
        if abs(above_m) < 0.2 or (flight.low and 0.0 < above_m < _STEPS_M):
            flight.enter(storey)
            self.target, self._climbing_s = None, 0.0
            return Change(flight.hold(), upright=False, over=True)
        self._climbing_s += flight.dt_s
        if self._climbing_s > _CLIMB_S and storey > flight.storey:
            # Something is in the way: not here.
            flight.map.shut(self.shafts.pop(flight.storey), _SHUT_M)
            self._closed.add(flight.storey)
            self.target, self._climbing_s = None, 0.0
            return Change(flight.hold(), upright=True, over=True)
        velocity = flight.hold(high_m)
        velocity[:2] += np.clip(0.8 * (gate - flight.fix.position_m[:2]), -0.3, 0.3)
        return Change(velocity, upright=True)
