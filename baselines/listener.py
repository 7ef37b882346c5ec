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

from goldentime.baselines.listener_calls import KEPT_S, Utterance, agree, angle_between, likely, place_of
from goldentime.baselines.patrol import SENSES, Patrol
from goldentime.baselines.reporting import no_message, no_report, report_sheet
from goldentime.errors import ConfigError
from goldentime.perception.calibration import read_calibration
from goldentime.perception.hearing import Calibration, Heard, Hearer
from goldentime.perception.hearing_position import Bearing, turned
from goldentime.perception.hearing_spectra import microphones_at
from goldentime.types import Brief, Vec3

__all__ = ["Listener"]

Floats = NDArray[np.float64]

_LATE_S = 0.001
"""The microphones render everything so late."""
_PAUSE_S, _CLOSING_S = 0.7, 1.5
"""Silence after which a call is over; all is told when so little time is left."""
_CREW_RAD = math.radians(10.0)
"""What comes from so near to a rescuer's direction is their talk."""
_SAME_RAD = math.radians(20.0)
_SHORTEST_S, _LEAST = 0.2, 0.35
"""Shorter ones, and those less sure on the mean, are not reported."""
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
        names = [name for name, sensor in sensors.items() if sensor["kind"] == "microphones"]
        missing = [] if "attitude" in sensors else ["attitude"]
        if sheet is None or "azimuth_rad" not in sheet or not names or missing:
            lacks = missing + ([] if names else ["microphones"])
            raise ConfigError(
                f"agent listener, mission {brief['mission']}: expected reports with directions and sensors, lacks {lacks}"
            )
        self._sheet, self._kinds, self._ears, self._silence = sheet, list(sheet["kinds"]), names[0], no_message(brief)
        self._hearer = self._listening(brief)
        self._left, self._limit_s = int(brief["reports"]["budget"]), float(brief["time_limit_s"])
        self._dt_s = 1.0 / brief["action_hz"]
        self._yaw_rad, self._time_s = float(brief["start_yaw_rad"]), -self._dt_s
        self._crew = [np.array(place) for place in brief.get("crew_m", ())]
        self._start: Vec3 = (0.0, 0.0, float(brief["start_height_m"]))
        flies = self._speed_m_s > 0.0 and sensors.keys() >= {*SENSES}
        self._patrol = Patrol(brief, self._speed_m_s, 0.0) if flies else None
        self._open: list[Utterance] = []
        self._over: list[Utterance] = []
        self._heard: dict[int, Utterance] = {}
        self._callers: list[list[Bearing]] = []
        motion = brief["action"]["motion"]
        self._still = np.zeros(len(motion["names"]), np.float32)

    def _listening(self, brief: Brief) -> Hearer:
        told, options = brief["told"][self._ears], brief["sensors"][self._ears]["options"]
        places = np.array(told["microphone_m"])
        calibration = None
        if "calibration" in told:
            clip = read_calibration(told)
            calibration = Calibration(clip=clip.samples, rotor_speeds_rad_s=clip.rotor_speed_rad_s)
        self._across = (places[0] - places[1]) / np.linalg.norm(places[0] - places[1]) if len(places) == 2 else None
        finder = teller = None
        if self._networks:
            from pathlib import Path

            from goldentime.perception.hearing_net import load_finder, load_teller

            paths = [Path(path) if path else None for path in self._weights]
            # The network was taught in three dimensions; a pair of microphones hears in one.
            finder = load_finder(microphones_at(places), paths[0]) if self._across is None else None
            teller = load_teller(paths[1])
        return Hearer(places, options["sample_rate_hz"], calibration, finder=finder, teller=teller)

    def act(self, observation: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
        """One step of the way, and a report if a call is over."""
        self._time_s += self._dt_s
        at, motion = self._start, self._still
        if self._patrol is not None:
            x, y, z = self._patrol.sense(observation).position_m.tolist()
            at, motion = (x, y, z), self._patrol.motion()
        self._listen(observation, at)
        report = self._report() if self._left else None
        if report is not None:
            self._left -= 1
        return {"motion": motion, "report": report or no_report(self._sheet), **self._silence}

    def _listen(self, observation: Mapping[str, NDArray[Any]], at: Vec3) -> None:
        roll, pitch, yaw = observation["attitude"].astype(float).tolist()
        attitude = _quaternion(roll, pitch, yaw + self._yaw_rad)
        # The hearer's time counts its samples, the first of which came before the start.
        early_s = self._dt_s + _LATE_S
        for heard in self._hearer.hear(observation[self._ears], observation.get("rotor_speeds"), attitude):
            unit = turned(self._ahead(heard), attitude)
            onset_s, last_s = heard.onset_s - early_s, heard.last_s - early_s
            utterance = self._heard.get(heard.number)
            if utterance is None:
                utterance = self._heard[heard.number] = self._resumed(unit, onset_s) or Utterance(onset_s)
                if utterance not in self._open:
                    self._open.append(utterance)
            if not heard.ended:
                utterance.add(heard, unit, last_s, at)

    def _ahead(self, heard: Heard) -> Floats:
        """The direction in the body's frame; what a pair can't tell is taken to be level and ahead."""
        c = math.cos(heard.elevation_rad)
        unit = np.array([c * math.cos(heard.azimuth_rad), c * math.sin(heard.azimuth_rad), math.sin(heard.elevation_rad)])
        if self._across is None:
            return unit
        aside = float(np.clip(unit @ self._across, -1.0, 1.0))
        flat = np.array([self._across[1], -self._across[0], 0.0])
        return np.asarray(aside * self._across + math.sqrt(1.0 - aside * aside) * flat)

    def _resumed(self, unit: Floats, onset_s: float) -> Utterance | None:
        """The call that goes on after a short pause."""
        for utterance in self._open:
            if onset_s - utterance.last_s < _PAUSE_S and angle_between(utterance.unit, unit) < _SAME_RAD:
                return utterance
        return None

    def _report(self) -> dict[str, Any] | None:
        closing = self._limit_s - self._time_s < _CLOSING_S
        for utterance in list(self._open):
            if closing or self._time_s - utterance.last_s > _PAUSE_S:
                self._open.remove(utterance)
                long_enough = utterance.length_s >= _SHORTEST_S
                self._over.append(utterance)
                sure = utterance.confidence >= _LEAST and not self._is_crew(utterance)
                if long_enough and sure and likely(utterance, (*self._open, *self._over)):
                    return self._say(utterance, self._meet(utterance))
        self._over = [one for one in self._over if self._time_s - one.last_s < KEPT_S]
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


def _quaternion(roll: float, pitch: float, yaw: float) -> Floats:
    """(4,) x, y, z, w of a body turned by yaw, then pitch, then roll."""
    cr, cp, cy = (math.cos(0.5 * angle) for angle in (roll, pitch, yaw))
    sr, sp, sy = (math.sin(0.5 * angle) for angle in (roll, pitch, yaw))
    return np.array(
        [sr * cp * cy - cr * sp * sy, cr * sp * cy + sr * cp * sy, cr * cp * sy - sr * sp * cy, cr * cp * cy + sr * sp * sy]
    )
