"""What a listener makes of the voices that it hears: calls, what is none of its kind, and where those who call are."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from goldentime.perception.hearing import Heard
from goldentime.perception.hearing_position import Bearing, locate
from goldentime.types import Vec3

__all__ = ["KEPT_S", "Utterance", "agree", "angle_between", "likely", "place_of"]

Floats = NDArray[np.float64]

_ELEVATION_RAD = (math.radians(-50.0), math.radians(40.0))
"""Nobody calls from straight below or above: what seems to is an echo from floor or ceiling, or the rotors."""
_GHOST, _ECHO_RAD, _SURE = 0.5, math.radians(35.0), 0.6
"""What sounds together with a call that has this much more evidence is its echo, if it is near it or not sure itself."""
_LONGEST_S = 4.0
"""Nobody calls so long without a breath: what does is a siren, a fire or an engine."""
KEPT_S = 20.0
_HUM_RAD, _HUM_S = math.radians(20.0), 5.0
"""From where something sounded for so long within the last `KEPT_S`, all is taken for more of it."""
_AWAKE_S = 0.3
"""What seems to sound from the very beginning is the drone itself."""
_SIGMA_RAD = 0.08
_MEET_RAD = math.radians(12.0)
_BASELINE_M, _UNSURE_M = 0.8, 1.5


class Utterance:
    """What was heard of one call, perhaps in several stretches."""

    def __init__(self, onset_s: float) -> None:
        self.onset_s = self.last_s = onset_s
        self.sum = np.zeros(3)
        self.weight, self.steps = 0.0, 0
        self.scores: dict[str, float] = {}
        self.bearings: list[Bearing] = []

    @property
    def unit(self) -> Floats:
        """(3,) mean direction, mission frame."""
        return np.asarray(self.sum / max(float(np.linalg.norm(self.sum)), 1e-9))

    @property
    def length_s(self) -> float:
        """From its onset to the last of it."""
        return self.last_s - self.onset_s

    @property
    def confidence(self) -> float:
        """Mean over its steps."""
        return self.weight / max(self.steps, 1)

    def add(self, heard: Heard, unit: Floats, last_s: float, at: Vec3) -> None:
        """One step more."""
        self.sum = self.sum + heard.confidence * unit
        self.weight, self.steps, self.last_s = self.weight + heard.confidence, self.steps + 1, last_s
        self.scores = dict(heard.voice_scores) or self.scores
        if not self.bearings or math.dist(self.bearings[-1].origin, at) > 0.05:
            self.bearings.append(_bearing(at, unit))


def likely(utterance: Utterance, lately: Sequence[Utterance]) -> bool:
    """Whether somebody may have called there: no echo of another call, no siren or fire, and not the drone itself.

    Args:
        lately: what was heard within the last `KEPT_S`, this one or not among it.
    """
    low, high = _ELEVATION_RAD
    if not low <= math.asin(min(max(float(utterance.unit[2]), -1.0), 1.0)) <= high or utterance.onset_s < _AWAKE_S:
        return False
    others = [other for other in lately if other is not utterance]
    alike = [other for other in others if angle_between(utterance.unit, other.unit) < _HUM_RAD]
    if utterance.length_s > _LONGEST_S or math.fsum(other.length_s for other in alike) > _HUM_S:
        return False
    return not any(_echoes(utterance, other) for other in others)


def _bearing(at: Vec3, unit: Floats) -> Bearing:
    x, y, z = unit.tolist()
    return Bearing(
        origin=at,
        azimuth_rad=math.atan2(y, x),
        elevation_rad=math.asin(min(max(z, -1.0), 1.0)),
        sigma_rad=_SIGMA_RAD,
    )


def _echoes(utterance: Utterance, call: Utterance) -> bool:
    """Whether something may be an echo of a call that sounds meanwhile."""
    shared_s = min(utterance.last_s, call.last_s) - max(utterance.onset_s, call.onset_s)
    if shared_s < 0.5 * utterance.length_s or call.length_s > _LONGEST_S or utterance.weight > _GHOST * call.weight:
        return False
    return angle_between(utterance.unit, call.unit) < _ECHO_RAD or utterance.confidence < _SURE


def angle_between(a: Floats, b: Floats) -> float:
    """Between two unit vectors (3,) [rad]."""
    return math.acos(min(max(float(a @ b), -1.0), 1.0))


def agree(bearings: Sequence[Bearing], utterance: Utterance) -> bool:
    """Whether all bearings may be of one caller: they meet in a point that the utterance's mean direction leads to."""
    fix = locate(bearings, 30.0)
    if fix is None:
        first = bearings[0]
        c = math.cos(first.elevation_rad)
        line = np.array([c * math.cos(first.azimuth_rad), c * math.sin(first.azimuth_rad), math.sin(first.elevation_rad)])
        return angle_between(line, utterance.unit) < _MEET_RAD
    away = np.array(fix.position) - np.array(utterance.bearings[-1].origin)
    return angle_between(np.asarray(away / max(float(np.linalg.norm(away)), 1e-9)), utterance.unit) < _MEET_RAD


def place_of(bearings: Sequence[Bearing]) -> Vec3 | None:
    """Where bearings from several places meet [m]; None where that is not known well enough."""
    origins = np.array([bearing.origin for bearing in bearings])
    if float(np.linalg.norm(np.ptp(origins, axis=0))) < _BASELINE_M:
        return None
    fix = locate(bearings, 30.0)
    if fix is None or math.sqrt(float(np.linalg.eigvalsh(fix.covariance)[-1])) > _UNSURE_M:
        return None
    return fix.position
