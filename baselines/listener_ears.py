"""What a drone hears: the calls that are over, each with its mean direction in the mission frame and the bearings to it."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.listener_calls import KEPT_S, Utterance, angle_between, likely
from goldentime.perception.calibration import read_calibration
from goldentime.perception.hearing import Calibration, Heard, Hearer
from goldentime.perception.hearing_position import turned
from goldentime.perception.hearing_spectra import microphones_at
from goldentime.types import Brief, Vec3

__all__ = ["Ears", "microphones_of"]

Floats = NDArray[np.float64]

_LATE_S = 0.001
"""The microphones render everything so late."""
_PAUSE_S = 0.7
"""Silence after which a call is over."""
_SAME_RAD = math.radians(20.0)
_SHORTEST_S, _LEAST = 0.2, 0.35
"""Shorter ones, and those less sure on the mean, are no calls."""


def microphones_of(brief: Brief) -> str | None:
    """The name of the sensor that hears; None where there is none."""
    return next((name for name, sensor in brief["sensors"].items() if sensor["kind"] == "microphones"), None)


class Ears:
    """Listens to the microphones of one drone.

    Args:
        brief: of a mission.
        name: of the microphones.
        networks: whether directions and classes are the networks'; without them MUSIC finds directions and no class is
            told.
        weights: of the networks for directions and for classes, the shipped ones where not given.
        every: it listens once in so many steps, to all that came meanwhile.
    """

    def __init__(
        self,
        brief: Brief,
        name: str,
        networks: bool = True,
        weights: tuple[str | None, str | None] = (None, None),
        every: int = 1,
    ) -> None:
        self._name, self._every = name, every
        self._dt_s, self._time_s = 1.0 / brief["action_hz"], -1.0 / brief["action_hz"]
        self._hearer = self._listening(brief, networks, weights)
        self._chunks: list[NDArray[np.float32]] = []
        self._open: list[Utterance] = []
        self._over: list[Utterance] = []
        self._heard: dict[int, Utterance] = {}

    def _listening(self, brief: Brief, networks: bool, weights: tuple[str | None, str | None]) -> Hearer:
        told, options = brief["told"][self._name], brief["sensors"][self._name]["options"]
        places = np.array(told["microphone_m"])
        calibration = None
        if "calibration" in told:
            clip = read_calibration(told)
            calibration = Calibration(clip=clip.samples, rotor_speeds_rad_s=clip.rotor_speed_rad_s)
        self._across = (places[0] - places[1]) / np.linalg.norm(places[0] - places[1]) if len(places) == 2 else None
        finder = teller = None
        if networks:
            from pathlib import Path

            from goldentime.perception.hearing_net import load_finder, load_teller

            paths = [Path(path) if path else None for path in weights]
            # The network was taught in three dimensions; a pair of microphones hears in one.
            finder = load_finder(microphones_at(places), paths[0]) if self._across is None else None
            teller = load_teller(paths[1])
        return Hearer(places, options["sample_rate_hz"], calibration, finder=finder, teller=teller)

    def hear(self, observation: Mapping[str, NDArray[Any]], attitude_rad: tuple[float, float, float], at: Vec3) -> None:
        """Take one step's sound.

        Args:
            observation: of this step.
            attitude_rad: roll, pitch and yaw in the mission frame.
            at: [m] where the drone is, mission frame.
        """
        self._time_s += self._dt_s
        self._chunks.append(observation[self._name])
        if len(self._chunks) < self._every:
            return
        attitude = _quaternion(*attitude_rad)
        chunk, self._chunks = np.concatenate(self._chunks, axis=1), []
        # The hearer's time counts its samples, the first of which came before the start.
        early_s = self._dt_s + _LATE_S
        for heard in self._hearer.hear(chunk, observation.get("rotor_speeds"), attitude):
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

    def next_call(self, *, closing: bool = False) -> Utterance | None:
        """The next of the calls that are over, of those that somebody may have made; None if there is none.

        Args:
            closing: whether those that go on count as over.
        """
        for utterance in list(self._open):
            if closing or self._time_s - utterance.last_s > _PAUSE_S:
                self._open.remove(utterance)
                self._over.append(utterance)
                sure = utterance.length_s >= _SHORTEST_S and utterance.confidence >= _LEAST
                if sure and likely(utterance, (*self._open, *self._over)):
                    return utterance
        self._over = [one for one in self._over if self._time_s - one.last_s < KEPT_S]
        return None


def _quaternion(roll: float, pitch: float, yaw: float) -> Floats:
    """(4,) x, y, z, w of a body turned by yaw, then pitch, then roll."""
    cr, cp, cy = (math.cos(0.5 * angle) for angle in (roll, pitch, yaw))
    sr, sp, sy = (math.sin(0.5 * angle) for angle in (roll, pitch, yaw))
    return np.array(
        [sr * cp * cy - cr * sp * sy, cr * sp * cy + sr * cp * sy, cr * cp * sy - sr * sp * cy, cr * cp * cy + sr * sp * sy]
    )
