"""How the rescuer helps: to whom it brings a relief kit, and how it drops one beside them."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.rescuer_explore import beside
from goldentime.baselines.rescuer_flight import RescueFlight
from goldentime.baselines.rescuer_people import condition_of
from goldentime.perception.landmarks import Landmark
from goldentime.types import Brief

__all__ = ["FOREIGN", "Helper", "Serving", "kits_of", "wants_kit"]

Floats = NDArray[np.float64]

_BESIDE_M, _REACH_M, _ONTO_M, _STEADY_M_S = 0.25, 1.1, 0.14, 0.25
"""A kit is let go so far beside where somebody was seen, within so much of that, at such a speed; from how near one flies
straight there."""
_DROP_S, _WAIT_S, _LOST_M = 12.0, 0.4, 0.75
"""How long it tries to drop a kit at most, for how long it is steady before it does, and what is too far at last."""
_KEPT_S = 280.0
"""Those who lie may be past using a kit: so long the last one is kept for somebody who sits."""
_RISE_M_S, _GAZE_M = 0.6, (0.6, 2.5)
FOREIGN = 0.0
"""Weight of a landmark that another drone has found."""
_FAR_S = 90.0
"""How long it looks for a way to somebody whom another has found."""
_TRIES_S, _TRIES, _AGAIN_S = 30.0, 5, 4.0
"""How long it tries to get to somebody, how often, and after what time again."""
_FIRST = ("urgent", "immediate")


def wants_kit(mark: Landmark) -> bool:
    """Whether somebody seems to need one and to be able to use it."""
    return condition_of(mark) in _FIRST


class Serving(NamedTuple):
    """What to do for somebody now."""

    velocity_m_s: Floats
    turn_rad_s: float | None = None
    """None leaves it open."""
    release: bool = False


class Helper:
    """Brings the kits.

    Args:
        kits: that the drone carries.
        shares: whether others bring kits too, and there is one for everybody.
    """

    def __init__(self, kits: int, shares: bool = False) -> None:
        self._kits, self._shares = kits, shares
        self._served: set[int] = set()
        self._later: dict[int, tuple[int, float]] = {}
        self._patient: Landmark | None = None
        self._tried_s = self._near_s = self._still_s = 0.0

    @property
    def kits(self) -> int:
        """How many are left."""
        return self._kits

    @property
    def patient_m(self) -> Floats | None:
        """Where whoever it brings one now was seen."""
        return None if self._patient is None else self._patient.position_m

    @property
    def served(self) -> frozenset[int]:
        """Numbers of those who got one, or whom it gave up."""
        return frozenset(self._served)

    def serve(self, flight: RescueFlight, told: Mapping[int, Landmark]) -> Serving | None:
        """What to do for whoever needs a kit on this storey; None if nobody does.

        Args:
            flight: of the drone.
            told: people who were reported.
        """
        if self._patient is None:
            here = [m for m in self._wanting(flight, told) if flight.storey_of(m.position_m) == flight.storey]
            self._patient = min(here, key=_need, default=None)
        if self._patient is None:
            return None
        gap = self._patient.position_m[:2] - flight.fix.position_m[:2]
        self._tried_s += flight.dt_s
        if float(np.hypot(*gap)) > _REACH_M + 0.3 and self._near_s == 0.0:
            return self._approach(flight, self._patient, float(np.hypot(*gap)))
        return self._drop(flight, self._patient, gap)

    def storeys(self, flight: RescueFlight, told: Mapping[int, Landmark]) -> set[int]:
        """Where those are for whom it is worth to change storeys: the last kit only for who surely can use it; arguments as
        of `serve`."""
        worth = _FIRST if self._shares or self._kits > 1 else _FIRST[:1]
        wanting = self._wanting(flight, told)
        return {flight.storey_of(mark.position_m) for mark in wanting if condition_of(mark) in worth}

    def leave(self) -> None:
        """Whoever is being helped is not any more."""
        if self._patient is not None:
            self._served.add(self._patient.number)
        self._patient = None
        self._tried_s = self._near_s = self._still_s = 0.0

    def _wanting(self, flight: RescueFlight, told: Mapping[int, Landmark]) -> list[Landmark]:
        return [mark for mark in told.values() if self._kits and self._wants(mark, flight.time_s)]

    def _wants(self, mark: Landmark, time_s: float) -> bool:
        state, (_, from_s) = condition_of(mark), self._later.get(mark.number, (0, 0.0))
        scarce = not self._shares and self._kits < 2
        kept = state == "immediate" and scarce and time_s < _KEPT_S
        return wants_kit(mark) and not kept and mark.number not in self._served and time_s >= from_s

    def _approach(self, flight: RescueFlight, mark: Landmark, away_m: float) -> Serving:
        spot = beside(flight.map, flight.field(), mark.position_m, _REACH_M)
        if spot is None and self._tried_s <= (_FAR_S if mark.weight == FOREIGN else _TRIES_S):
            # Seen through a window, or found by another drone: the way there is still to be found.
            return Serving(flight.towards(mark.position_m[:2]))
        if spot is None or flight.stuck or self._tried_s > _TRIES_S:
            self._postpone(mark, flight.time_s)
            return Serving(flight.hold())
        return Serving(flight.go(spot), flight.gaze_rad_s(mark.position_m) if away_m < _GAZE_M[1] else None)

    def _postpone(self, mark: Landmark, time_s: float) -> None:
        """There is no way to them yet: perhaps there is one when more is known."""
        tries, _ = self._later.get(mark.number, (0, 0.0))
        self._later[mark.number] = (tries + 1, time_s + _AGAIN_S)
        served = self._served.copy()
        self.leave()
        if tries < _TRIES:
            self._served = served

    def _drop(self, flight: RescueFlight, mark: Landmark, gap: Floats) -> Serving:
        away_m = float(np.hypot(*gap))
        turn = flight.gaze_rad_s(mark.position_m) if away_m > _GAZE_M[0] else 0.0
        error = gap * max(1.0 - _BESIDE_M / max(away_m, 1e-6), 0.0)
        self._near_s += flight.dt_s
        still = float(np.hypot(*error)) < _ONTO_M and float(np.hypot(*flight.fix.velocity_m_s[:2])) < _STEADY_M_S
        self._still_s = self._still_s + flight.dt_s if still else 0.0
        late = self._near_s > _DROP_S
        release = self._still_s > _WAIT_S or (late and away_m < _LOST_M)
        if release or late:
            self._kits -= release
            self.leave()
        velocity = np.zeros(3)
        velocity[:2] = np.clip(1.2 * error, -0.5, 0.5)
        # Rising from the kit keeps it from striking the hull.
        velocity[2] = _RISE_M_S if release else flight.hold()[2]
        return Serving(velocity, turn, release)


def _need(mark: Landmark) -> tuple[int, int]:
    return _FIRST.index(condition_of(mark)), mark.number


def kits_of(brief: Brief) -> int:
    """Relief kits that this drone carries."""
    if "team" in brief:
        kits: list[str] = brief["team"][brief["drone"]]["kits"]
        return kits.count("relief")
    return int(brief["kits"]) if "release" in brief["action"] else 0
