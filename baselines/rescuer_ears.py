"""What the rescuer hears: who of those that it has found calls, and with what voice."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.listener_calls import Utterance
from goldentime.baselines.listener_ears import Ears, microphones_of
from goldentime.perception.landmarks import Landmark
from goldentime.perception.navigation import Fix
from goldentime.types import Brief

__all__ = ["Call", "RescueEars", "ears_of"]

Floats = NDArray[np.float64]

_EVERY = 2
"""It listens once in so many steps."""
_SHORTEST_S = 0.45
"""What is shorter is the rotors more often than not."""
_SAME_RAD, _REACH_M, _RISE_M = math.radians(25.0), 8.0, 1.5
"""A call from so near to the direction of somebody is theirs, if they are no farther off, and no more above or below."""


_MATE_RAD, _MATE_M = math.radians(45.0), 10.0
"""What seems to call from so near to the direction of another drone, if that is no farther off, is its rotors."""


class Call(NamedTuple):
    """Somebody who was found has called."""

    over_s: float
    """When it was over."""
    caller: Landmark
    """Who it was."""


class RescueEars:
    """Listens, and votes on the people who were found: `awake`, and whose `voice` it is.

    Args:
        ears: of the drone.
    """

    def __init__(self, ears: Ears) -> None:
        self._ears = ears
        self.calls: list[Call] = []
        """Of those who were found, all that were heard."""

    def listen(
        self,
        observation: Mapping[str, NDArray[Any]],
        fix: Fix,
        people: Sequence[Landmark],
        mates_m: Sequence[Floats] = (),
    ) -> None:
        """Take in one step's sound.

        Args:
            observation: of this step.
            fix: where the drone is.
            people: who may be who calls.
            mates_m: where other drones are, (3,) each.
        """
        roll, pitch, _ = observation["attitude"].astype(float).tolist()
        x, y, z = fix.position_m.tolist()
        self._ears.hear(observation, (roll, pitch, fix.yaw_rad), (x, y, z))
        while (call := self._ears.next_call()) is not None:
            azimuth_rad, origin = math.atan2(float(call.unit[1]), float(call.unit[0])), np.array(call.bearings[-1].origin)
            mates = (_off_rad(azimuth_rad, mate - origin) for mate in mates_m if math.dist(mate, origin) < _MATE_M)
            if call.length_s < _SHORTEST_S or min(mates, default=math.pi) < _MATE_RAD:
                continue
            if (caller := _caller(azimuth_rad, origin, people)) is not None:
                self.calls.append(Call(call.last_s, caller))
                _vote(caller, call)


def _off_rad(azimuth_rad: float, away_m: Floats) -> float:
    """Between an azimuth and the direction of something."""
    return abs(math.remainder(math.atan2(float(away_m[1]), float(away_m[0])) - azimuth_rad, 2.0 * math.pi))


def _caller(azimuth_rad: float, origin: Floats, people: Sequence[Landmark]) -> Landmark | None:
    """Whose call it is, of those whose places are known."""
    near: list[tuple[float, int, Landmark]] = []
    for mark in people:
        x, y, rise = (mark.position_m - origin).tolist()
        off = _off_rad(azimuth_rad, mark.position_m - origin)
        if off < _SAME_RAD and math.hypot(x, y) < _REACH_M and -_RISE_M - 0.5 < rise < _RISE_M:
            near.append((off, mark.number, mark))
    return min(near)[2] if near else None


def _vote(mark: Landmark, call: Utterance) -> None:
    awake = mark.votes.setdefault("awake", {"yes": 0.0})
    awake["yes"] += call.confidence
    sums = mark.votes.setdefault("voice", {})
    for voice, share in call.scores.items():
        sums[voice] = sums.get(voice, 0.0) + share


def ears_of(brief: Brief) -> RescueEars | None:
    """For a drone with microphones and an attitude to hear by; None for others."""
    name = microphones_of(brief)
    return RescueEars(Ears(brief, name, every=_EVERY)) if name is not None else None
