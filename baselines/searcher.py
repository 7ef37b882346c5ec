"""`Searcher`: plays the search mission with on-board sensing and a trained detector.

It patrols the route, looks around, puts what the detector finds on a map by the depth camera, and reports a thing once it
was seen often enough. At the end it names the one that fits the brief's description best, then lands.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.patrol import SENSES, Patrol
from goldentime.baselines.reporting import no_message, no_report, report_sheet
from goldentime.errors import ConfigError
from goldentime.perception.colours import colour_shares
from goldentime.perception.detection import Detection
from goldentime.perception.landmarks import Landmark, LandmarkMap, Sighting
from goldentime.perception.sighting import Look, depth_in, eye_of
from goldentime.types import Brief

__all__ = ["Detects", "Searcher"]

_PERSON = "person"
_LARGE = ("fire_station", "hospital", "school", "police_box", "apartment", "shop_row")
"""At most one of each is looked for, and from near they never fit into a picture."""
_GATES_M = {"car": 2.6, "bicycle": 1.4, "motorcycle": 1.4, **dict.fromkeys(_LARGE, 60.0)}
_GATE_M = 0.9
"""Sightings of one thing lie no farther apart."""
_APART = 1.3
"""Two finds of one category less than so many gates apart are taken for one."""
_DEPTHS_M = {"car": 0.9, "bicycle": 0.2, "motorcycle": 0.3}
_DEPTH_M = 0.15
"""How far behind its surface the middle of a thing is."""
_EDGE_PX = 2.0
_REACH_M = 14.0
"""What seems farther is left for later."""
_LEAST_SCORE = 0.35
_SEEN, _SEEN_LATE, _SURE = 4, 3, 0.45
"""So many sightings make a find, and so many at the end; their mean score must be at least the last."""
_SETTLED_S, _PLENTY, _CLOSING_S = 1.5, 12, 5.0
"""A thing is reported when it is out of view for so long, or was seen so often; all is when so little time is left."""
_TOP, _BOTTOM = (0.25, 0.45), (0.58, 0.80)
"""Where clothes are in the box of someone upright, as shares of its height."""
_UPRIGHT = ("standing", "walking", "waving")
_LOADS = ("backpack", "suitcase")
_Votes = dict[str, dict[str, float]]
_UNKNOWN = 0.1
"""Likelihood of what could not be seen of someone."""
_DESCRIBED = 0.25
"""Least share of the likelihood of all that the one has who is named as the described."""


class Detects(Protocol):
    """What the agent sees with; `perception.detection.Detector` is one."""

    def detect(self, rgb: NDArray[np.uint8]) -> Sequence[Detection]:
        """What is in a picture."""


class Searcher:
    """The reference agent of the search mission.

    Args:
        speed_m_s: along the route.
        turn_rad_s: how fast it looks around.
        checkpoint: weights of the detector, the shipped ones if not given.
        detector: another way to see, instead.
    """

    def __init__(
        self,
        speed_m_s: float = 0.7,
        turn_rad_s: float = 0.8,
        checkpoint: str | None = None,
        detector: Detects | None = None,
    ) -> None:
        self._speed_m_s, self._turn_rad_s = speed_m_s, turn_rad_s
        self._detector = detector if detector is not None else _load(checkpoint)

    def reset(self, brief: Brief) -> None:
        """Start an episode.

        Raises:
            ConfigError: the mission has no reports, or lacks a sensor.
        """
        sheet, sensors = report_sheet(brief), brief["sensors"]
        missing = sorted({"camera", "depth", *SENSES} - sensors.keys())
        if sheet is None or missing:
            raise ConfigError(f"agent searcher, mission {brief['mission']}: expected reports and sensors, lacks {missing}")
        self._sheet, self._kinds, self._silence = sheet, list(sheet["kinds"]), no_message(brief)
        self._sought, self._described = set(brief["sought"]), brief["described"]
        self._left, self._limit_s = int(brief["reports"]["budget"]), float(brief["time_limit_s"])
        self._patrol = Patrol(brief, self._speed_m_s, self._turn_rad_s)
        self._eye, self._depth_eye = (eye_of(sensors[name]["options"]) for name in ("camera", "depth"))
        self._every = round(brief["action_hz"] / sensors["camera"]["hz"])
        self._map = LandmarkMap(_GATES_M, _GATE_M)
        self._told: dict[int, Landmark] = {}
        self._named = self._described is None
        self._steps = 0

    def act(self, observation: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
        """One step of the patrol, and a report if there is one to make."""
        look = self._patrol.sense(observation)
        if self._steps % self._every == 0:
            self._map.add(self._sightings(observation, look), self._patrol.time_s)
        self._steps += 1
        arrived = self._patrol.arrived or self._limit_s - self._patrol.time_s < _CLOSING_S
        report = self._report(arrived) if self._left else None
        if report is not None:
            self._left -= 1
        done = arrived and report is None
        return {"motion": self._patrol.motion(land=done), "report": report or no_report(self._sheet), **self._silence}

    def _sightings(self, observation: Mapping[str, NDArray[Any]], look: Look) -> list[Sighting]:
        picture, depth_m = observation["camera"], observation["depth"]
        found = []
        detections = self._detector.detect(picture)
        for detection in detections:
            wanted = detection.category == _PERSON or detection.category in self._sought
            if wanted and detection.score >= _LEAST_SCORE and self._whole(detection):
                votes = _votes(detection, detections, picture) if detection.category == _PERSON else {}
                sighting = self._placed(detection, votes, depth_m, look)
                if sighting is not None and sighting.distance_m <= _REACH_M:
                    found.append(sighting)
        return found

    def _whole(self, detection: Detection) -> bool:
        """Whether it does not go on beside the picture: the middle of what is seen would be beside its own."""
        left, _, width, _ = detection.box
        inside = left > _EDGE_PX and left + width < self._eye.width - _EDGE_PX
        return inside or detection.category in _LARGE

    def _placed(self, detection: Detection, votes: _Votes, depth_m: NDArray[np.float32], look: Look) -> Sighting | None:
        left, upper, width, height = detection.box
        scale = self._depth_eye.focal_px / self._eye.focal_px
        # Both cameras sit in one place and look the same way; only their pictures' sizes differ.
        x = (left - 0.5 * self._eye.width) * scale + 0.5 * self._depth_eye.width
        y = (upper - 0.5 * self._eye.height) * scale + 0.5 * self._depth_eye.height
        away_m = depth_in(depth_m, (x, y, width * scale, height * scale))
        if away_m is None:
            return None
        ray = self._eye.rays(np.array([[left + 0.5 * width, upper + 0.5 * height]]))
        away_m += _DEPTHS_M.get(detection.category, _DEPTH_M)
        place = look.place(self._eye.position_m + away_m * ray)[0]
        distance_m = float(np.linalg.norm(place - look.position_m))
        return Sighting(
            category=detection.category, position_m=place, distance_m=distance_m, score=detection.score, votes=votes
        )

    def _report(self, arrived: bool) -> dict[str, Any] | None:
        """The next find; at the end the described one."""
        for mark in self._map.landmarks:
            if mark.number not in self._told and self._ready(mark, arrived):
                self._told[mark.number] = mark
                if not self._known(mark):
                    return self._say(mark, described=False)
        if arrived and not self._named:
            self._named = True
            likely = {number: self._likeness(mark) for number, mark in self._told.items()}
            best = max(likely, key=lambda number: likely[number], default=None)
            if best is not None and likely[best] > _DESCRIBED * sum(likely.values()):
                return self._say(self._told[best], described=True)
        return None

    def _ready(self, mark: Landmark, arrived: bool) -> bool:
        sure = mark.score >= _SURE * mark.sightings
        settled = arrived or mark.sightings >= _PLENTY or self._patrol.time_s - mark.last_s > _SETTLED_S
        return sure and settled and mark.sightings >= (_SEEN_LATE if arrived else _SEEN)

    def _known(self, mark: Landmark) -> bool:
        """Whether it was told before, under another number: means of sightings wander together."""
        gate_m = _APART * _GATES_M.get(mark.category, _GATE_M)
        others = self._map.near(mark.position_m, [mark.category], gate_m)
        return any(other.number != mark.number and other.number in self._told for other in others)

    def _say(self, mark: Landmark, *, described: bool) -> dict[str, Any]:
        kind = (mark.choice("kind") or _PERSON) if mark.category == _PERSON else mark.category
        place = mark.position_m.astype(np.float32)
        return {"kind": self._kinds.index(kind), "position_m": place, "described": int(described)}

    def _likeness(self, mark: Landmark) -> float:
        """How likely a landmark is the described one, in [0, 1]."""
        told = self._described
        if mark.category != _PERSON:
            return float(mark.category == told["kind"])
        likely = mark.share("kind", told["kind"])
        for question in ("top", "bottom", "posture", "carries"):
            if question in told:
                likely *= mark.share(question, told[question]) + 0.01 if question in mark.votes else _UNKNOWN
        return likely


def _votes(detection: Detection, others: Sequence[Detection], picture: NDArray[np.uint8]) -> _Votes:
    left, upper, width, height = detection.box
    votes = {"kind": dict(detection.kind_scores), "posture": {detection.posture: 1.0}}
    votes["carries"] = {
        other.category: other.score for other in others if other.category in _LOADS and _touches(detection, other)
    }
    votes["carries"][""] = max(1.0 - sum(votes["carries"].values()), 0.0)
    if detection.posture in _UPRIGHT:
        x0, x1 = int(left + 0.35 * width), int(left + 0.65 * width) + 1
        for question, (low, high) in (("top", _TOP), ("bottom", _BOTTOM)):
            y0, y1 = int(upper + low * height), int(upper + high * height) + 1
            cloth = picture[max(y0, 0) : y1, max(x0, 0) : x1]
            if cloth.size:
                votes[question] = colour_shares(cloth)
    return votes


def _touches(person: Detection, other: Detection) -> bool:
    """Whether the middle of a thing lies in the box of a person, or just beside it."""
    left, upper, width, height = person.box
    x, y = other.box[0] + 0.5 * other.box[2] - left, other.box[1] + 0.5 * other.box[3] - upper
    return -0.4 * width <= x <= 1.4 * width and 0.0 <= y <= height


def _load(checkpoint: str | None) -> Detects:
    from pathlib import Path

    from goldentime.perception.detection import load_detector

    return load_detector(Path(checkpoint) if checkpoint else None)
