"""`Listener`: plays the hearing mission with `perception.hearing` on board.

It flies slowly along the route, or hovers, and listens. A voice that has fallen silent for a moment is reported: its mean
direction in the mission frame, since when it was heard, whose it is, and where, if what was heard from several places along
the way meets in a point.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.listener_calls import Utterance, agree, angle_between, place_of
from goldentime.baselines.listener_ears import Ears, microphones_of
from goldentime.baselines.patrol import SENSES, Patrol
from goldentime.baselines.reporting import no_message, no_report, report_sheet
from goldentime.errors import ConfigError
from goldentime.perception.hearing_position import Bearing
from goldentime.types import Brief, Vec3

__all__ = ["Listener"]

Floats = NDArray[np.float64]

_CLOSING_S = 1.5
"""All is told when so little time is left."""
_CREW_RAD = math.radians(10.0)
"""What comes from so near to a rescuer's direction is their talk."""
_TOLD_APART = 0.45
"""A class with less evidence is not named, where a voice without a class can be reported."""


class Listener:
    """The reference agent of the hearing mission.

    Args:
        speed_m_s: along the route, where the drone has what it needs to fly it; 0 to hover.
        networks: whether directions and classes are the networks'; without them MUSIC finds directions and no class is
            told.
        finder: weights of the network for directions, the shipped ones if not given.
        teller: weights of the network for classes.
    """

    def __init__(
        self, speed_m_s: float = 0.25, networks: bool = True, finder: str | None = None, teller: str | None = None
    ) -> None:
        self._speed_m_s, self._networks, self._weights = speed_m_s, networks, (finder, teller)
        self._patrol: Patrol | None = None

    def reset(self, brief: Brief) -> None:
        """Start an episode.

        Raises:
            ConfigError: the mission has no reports of directions, or there are no microphones.
        """
        sheet, sensors = report_sheet(brief), brief["sensors"]
        name = microphones_of(brief)
        missing = [] if "attitude" in sensors else ["attitude"]
        if sheet is None or "azimuth_rad" not in sheet or name is None or missing:
            lacks = missing + ([] if name else ["microphones"])
            raise ConfigError(
                f"agent listener, mission {brief['mission']}: expected reports with directions and sensors, lacks {lacks}"
            )
        self._sheet, self._kinds, self._silence = sheet, list(sheet["kinds"]), no_message(brief)
        self._ears = Ears(brief, name, self._networks, self._weights)
        self._left, self._limit_s = int(brief["reports"]["budget"]), float(brief["time_limit_s"])
        self._dt_s = 1.0 / brief["action_hz"]
        self._yaw_rad, self._time_s = float(brief["start_yaw_rad"]), -self._dt_s
        self._crew = [np.array(place) for place in brief.get("crew_m", ())]
        self._start: Vec3 = (0.0, 0.0, float(brief["start_height_m"]))
        flies = self._speed_m_s > 0.0 and sensors.keys() >= {*SENSES}
        self._patrol = Patrol(brief, self._speed_m_s, 0.0) if flies else None
        self._callers: list[list[Bearing]] = []
        motion = brief["action"]["motion"]
        self._still = np.zeros(len(motion["names"]), np.float32)

    def act(self, observation: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
        """One step of the way, and a report if a call is over."""
        self._time_s += self._dt_s
        at, motion = self._start, self._still
        if self._patrol is not None:
            x, y, z = self._patrol.sense(observation).position_m.tolist()
            at, motion = (x, y, z), self._patrol.motion()
        roll, pitch, yaw = observation["attitude"].astype(float).tolist()
        self._ears.hear(observation, (roll, pitch, yaw + self._yaw_rad), at)
        report = self._report() if self._left else None
        if report is not None:
            self._left -= 1
        return {"motion": motion, "report": report or no_report(self._sheet), **self._silence}

    def _report(self) -> dict[str, Any] | None:
        closing = self._limit_s - self._time_s < _CLOSING_S
        while (call := self._ears.next_call(closing=closing)) is not None:
            if not self._is_crew(call):
                return self._say(call, self._meet(call))
        return None

    def _is_crew(self, utterance: Utterance) -> bool:
        """Whether it comes from where a rescuer stands."""
        at = np.array(utterance.bearings[-1].origin if utterance.bearings else self._start)
        away = [(place - at) / max(float(np.linalg.norm(place - at)), 1e-9) for place in self._crew]
        return any(angle_between(utterance.unit, unit) < _CREW_RAD for unit in away)

    def _meet(self, utterance: Utterance) -> Vec3 | None:
        """Where the caller is, by all that was heard of them from several places."""
        if self._patrol is None:
            return None
        for caller in self._callers:
            joint = [*caller, *utterance.bearings]
            if agree(joint, utterance):
                caller += utterance.bearings
                return place_of(caller)
        self._callers.append(list(utterance.bearings))
        return place_of(utterance.bearings)

    def _say(self, utterance: Utterance, place: Vec3 | None) -> dict[str, Any]:
        x, y, z = utterance.unit.tolist()
        return {
            "kind": self._kinds.index(self._kind(utterance)),
            "position_m": np.array(place or (0.0, 0.0, 0.0), np.float32),
            "placed": int(place is not None),
            "azimuth_rad": np.float32(math.atan2(y, x)),
            "elevation_rad": np.float32(math.asin(min(max(z, -1.0), 1.0))),
            "onset_s": np.float32(min(max(utterance.onset_s, 0.0), self._time_s)),
        }

    def _kind(self, utterance: Utterance) -> str:
        known = {name: share for name, share in utterance.scores.items() if name in self._kinds}
        best = max(known, key=lambda name: known[name], default=None)
        if best is not None and (known[best] >= _TOLD_APART or "voice" not in self._kinds):
            return best
        return "voice" if "voice" in self._kinds else "unclear"
