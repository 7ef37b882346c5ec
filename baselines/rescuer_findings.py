"""What the rescuer has seen: people, what burns, cylinders and plates, each once, from many sightings."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.sign_votes import verdict
from goldentime.perception.detection import Detection
from goldentime.perception.landmarks import Landmark, LandmarkMap, Sighting
from goldentime.perception.reading import Reading
from goldentime.perception.sighting import Look, eye_of, place_box
from goldentime.perception.warm_people import WarmPerson, heights_m, seen_depth_m
from goldentime.perception.warmth import Box, carried, excess_k, flames, skin_k

Votes = dict[str, dict[str, float]]

__all__ = ["BOARD", "CYLINDER", "FAKES", "FIRE", "PERSON", "PLATE", "Detects", "Findings", "Reads", "Warms", "shared"]

PERSON, FIRE, CYLINDER, PLATE = "person", "fire", "gas_cylinder", "plate"
BOARD = "sign"
_GATES_M = {PERSON: 1.1, FIRE: 2.0, CYLINDER: 0.8, PLATE: 0.6, BOARD: 0.6}
FAKES = ("mannequin", "poster")
_SHARED = 0.6
_LEAST = {PERSON: 0.25, **dict.fromkeys(FAKES, 0.25), FIRE: 0.4, CYLINDER: 0.5}
"""Scores below which a detection is no sighting."""
_REACH_M, _READS_M = 8.0, 3.5
"""What seems farther is left for later; from how near a plate is read."""
_PLATE_WIDE_M, _LEAST_BOARD, _READING_S = 0.8, 0.4, 8.0
"""No plate is wider; how sure the detector must be of it; and for how long one tries to read it."""
_BEHIND_M, _EDGE_PX = 0.15, 2.0
_ENOUGH, _LOST_S, _PATIENCE_S = 7, 1.2, 5.0
"""So many sightings of somebody are enough; for how long one is looked for who is out of view, and looked at in all."""
_WARM_K, _FLAME_SCORE, _HOTTEST_K = 2.5, 0.9, 308.5
"""How much warmer than what is around someone alive is; the score of flames that the thermal camera sees; and nobody looks
as hot as that, though what is beside a fire does."""
_POSTURES = {"lying": "lying_back", "low": "sitting", "upright": "standing"}
_APART, _ALIKE, _SURE = 0.2, 0.4, 0.35
"""With so little in common two boxes are two things, with so much one; and how sure it must be of somebody whom only the
thermal camera sees."""
_LEAST_READ, _BLACK, _LIT, _LIT_TRUST = 0.3, 30.0, 60.0, 0.2
"""How sure a reading must be; in pictures no brighter than that nobody sees anything; and where it is so light, so much of
a warm body's score is left that only the thermal camera sees."""
_MATE_M = (1.2, 1.2, 0.8)
"""How far off, along each axis, another drone may seem to be from where it said it is."""
_PLATE = re.compile(r"^B?\d{3,4}(-\d)?( ?호)?( .*)?$")
"""A room's number, and perhaps what it is used for."""


class Detects(Protocol):
    """What the agent sees with; `perception.detection.Detector` is one."""

    def detect(self, rgb: NDArray[np.uint8]) -> Sequence[Detection]:
        """What is in a picture."""


class Warms(Protocol):
    """What the agent finds people with in the dark; `perception.warm_people.WarmPeople` is one."""

    def find(
        self, kelvin: NDArray[np.float32], depth_m: NDArray[np.float32], above_m: NDArray[np.float32]
    ) -> Sequence[WarmPerson]:
        """Who is in a thermal picture."""


class Reads(Protocol):
    """What the agent reads with; `perception.reading.Reader` is one."""

    def read(self, rgb: NDArray[np.uint8]) -> Sequence[Reading]:
        """All signs in a picture."""


class Findings:
    """All that was seen.

    Args:
        sensors: of the brief, with `camera` and `depth`.
        floors_m: heights of the storeys' floors.
        detector: for people and things.
        reader: for plates.
        warms: for people in thermal pictures, where there is a thermal camera.
        hertz: how often a picture is looked at, and at most read.
    """

    def __init__(
        self,
        sensors: Mapping[str, Any],
        floors_m: Sequence[float],
        detector: Detects,
        reader: Reads,
        warms: Warms | None = None,
        hertz: tuple[float, float] = (2.0, 2.0),
    ) -> None:
        self._floors_m = np.array(floors_m, np.float64)
        self._eyes = (eye_of(sensors["camera"]["options"]), eye_of(sensors["depth"]["options"]))
        self._warm_eyes = (self._eyes[0], eye_of(sensors["thermal"]["options"])) if "thermal" in sensors else self._eyes
        self._detector, self._reader, self._warms = detector, reader, warms
        self._look_s, self._read_s = (1.0 / rate for rate in hertz)
        self._looked_s = self._was_read_s = -math.inf
        self._map = LandmarkMap(_GATES_M, 1.0)

    def see(
        self,
        observation: Mapping[str, NDArray[Any]],
        look: Look,
        time_s: float,
        mates_m: Sequence[NDArray[np.float64]] = (),
    ) -> None:
        """Look at a picture, if it is time to.

        Args:
            observation: of this step.
            look: where the body is.
            time_s: now.
            mates_m: where other drones are, (3,) each: what seems to be a person there is one of them.
        """
        if time_s - self._looked_s < self._look_s - 1e-6:
            return
        self._looked_s = time_s
        depth_m, thermal_k = observation["depth"], observation.get("thermal")
        dark = float(np.quantile(observation["camera"][::8, ::8], 0.98)) < _BLACK
        detections = [] if dark else _single(self._detector.detect(observation["camera"]))
        warm = self._warm_people(thermal_k, depth_m, look) if thermal_k is not None else []
        found = [self._sighting(one, (depth_m, thermal_k, look), warm) for one in detections]
        if thermal_k is not None:
            boxes = [one.box for one in detections if _alike(one.category) == PERSON]
            found += [
                self._seen(PERSON, box, one.score * _trust(observation["camera"], box), _warm_votes(one), (depth_m, look))
                for box, one in warm
                if one.score > _SURE and all(shared(box, other) < _APART for other in boxes) and self._within(box)
            ]
            found.append(self._flames(thermal_k, depth_m, look))
        boards = [self._board(one, depth_m, look) for one in detections if one.category == BOARD]
        found += boards
        if any(boards) and time_s - self._was_read_s >= self._read_s - 1e-6:
            self._was_read_s = time_s
            found += self._plates(observation["camera"], depth_m, look)
        self._map.add([one for one in found if one is not None and not _is_mate(one, mates_m)], time_s)

    def _board(self, one: Detection, depth_m: NDArray[np.float32], look: Look) -> Sighting | None:
        """A sign that is near and no larger than a plate."""
        seen = self._seen(BOARD, one.box, one.score, {}, (depth_m, look))
        if seen is None or seen.distance_m > _READS_M:
            return None
        wide_m = one.box[2] * seen.distance_m / self._eyes[0].focal_px
        return seen if wide_m < _PLATE_WIDE_M and one.score > _LEAST_BOARD else None

    def unread(self, place_m: NDArray[np.float64], time_s: float) -> Landmark | None:
        """A plate nearby, seen just now, that was not read twice yet."""
        plates = self.marks(PLATE, 2)
        for mark in self._map.near(place_m, [BOARD], _READS_M):
            read = any(np.linalg.norm(mark.position_m - plate.position_m) < _GATES_M[PLATE] for plate in plates)
            if not read and time_s - mark.last_s < _LOST_S and time_s - mark.first_s < _READING_S:
                return mark
        return None

    def _warm_people(
        self, thermal_k: NDArray[np.float32], depth_m: NDArray[np.float32], look: Look
    ) -> list[tuple[Box, WarmPerson]]:
        """Who is in the thermal picture, with their boxes in the other one."""
        if self._warms is None:
            return []
        eye = self._warm_eyes[1]
        depth_m = seen_depth_m(depth_m, (self._eyes[1], eye))
        floor_m = max((z for z in self._floors_m.tolist() if z < look.position_m[2]), default=float(self._floors_m[0]))
        above_m = heights_m(depth_m, eye, look) - np.float32(floor_m)
        found = [one for one in self._warms.find(thermal_k, depth_m, above_m) if skin_k(thermal_k, one.box) < _HOTTEST_K]
        return [(carried(one.box, eye, self._eyes[0]), one) for one in found]

    def _within(self, box: Box) -> bool:
        """Whether the thermal camera sees all of its width."""
        colour, warm = self._warm_eyes
        reach_px = 0.5 * warm.width * colour.focal_px / warm.focal_px - colour.focal_px / warm.focal_px
        return abs(box[0] - 0.5 * colour.width) < reach_px and abs(box[0] + box[2] - 0.5 * colour.width) < reach_px

    def _sighting(
        self,
        one: Detection,
        view: tuple[NDArray[np.float32], NDArray[np.float32] | None, Look],
        warm: Sequence[tuple[Box, WarmPerson]],
    ) -> Sighting | None:
        """A detection on the map, if it is good enough."""
        depth_m, thermal_k, look = view
        if one.score < _LEAST.get(one.category, 2.0) or not self._whole(one):
            return None
        votes = _votes(one)
        if _alike(one.category) == PERSON and thermal_k is not None:
            if self._warms is not None and self._within(one.box):
                felt = any(shared(one.box, box) > _ALIKE for box, _ in warm)
                votes["warm"] = {"yes" if felt else "no": 1.0}
            elif (more_k := excess_k(thermal_k, self._warm_eyes, one.box)) is not None:
                votes["warm"] = {"yes" if more_k > _WARM_K else "no": 1.0}
        return self._seen(_alike(one.category), one.box, one.score, votes, (depth_m, look))

    def _seen(
        self, category: str, box: Box, score: float, votes: Votes, view: tuple[NDArray[np.float32], Look]
    ) -> Sighting | None:
        place = self._place(box, *view)
        away_m = math.inf if place is None else float(np.linalg.norm(place - view[1].position_m))
        if place is None or away_m > _REACH_M:
            return None
        return Sighting(category=category, position_m=place, distance_m=away_m, score=score, votes=votes)

    def _flames(self, thermal_k: NDArray[np.float32], depth_m: NDArray[np.float32], look: Look) -> Sighting | None:
        box = flames(thermal_k, self._warm_eyes)
        return None if box is None else self._seen(FIRE, box, _FLAME_SCORE, {}, (depth_m, look))

    def marks(self, category: str, least: int = 1) -> list[Landmark]:
        """All of a category that were seen so often."""
        return [mark for mark in self._map.landmarks if mark.category == category and mark.sightings >= least]

    def doubtful(self, time_s: float) -> Landmark | None:
        """Somebody in view of whom more is to be seen."""
        here = [
            mark
            for mark in self.marks(PERSON)
            if mark.sightings < _ENOUGH and time_s - mark.last_s < _LOST_S and time_s - mark.first_s < _PATIENCE_S
        ]
        return max(here, key=lambda mark: mark.score, default=None)

    def _place(self, box: Box, depth_m: NDArray[np.float32], look: Look) -> NDArray[np.float64] | None:
        return place_box(box, self._eyes, depth_m, look, _BEHIND_M)

    def _whole(self, detection: Detection) -> bool:
        """Whether it does not go on beside the picture: the middle of what is seen would be beside its own."""
        left, _, width, _ = detection.box
        inside = left > _EDGE_PX and left + width < self._eyes[0].width - _EDGE_PX
        return inside or detection.category == FIRE

    def _plates(self, picture: NDArray[np.uint8], depth_m: NDArray[np.float32], look: Look) -> list[Sighting]:
        found = []
        for reading in self._reader.read(picture):
            text = " ".join(reading.text.split())
            if reading.confidence < _LEAST_READ or not _PLATE.match(text):
                continue
            corners = np.array(reading.quad, np.float64)
            (left, upper), (right, lower) = corners.min(axis=0), corners.max(axis=0)
            place = self._place((left, upper, right - left, lower - upper), depth_m, look)
            if place is not None:
                found.append(
                    Sighting(
                        category=PLATE, position_m=place, distance_m=float(np.linalg.norm(place - look.position_m)),
                        score=reading.confidence, votes={"text": {text: 1.0}},
                    )
                )  # fmt: skip
        return found

    def text(self, mark: Landmark) -> str:
        """What all readings of a plate come to."""
        return verdict(mark.votes["text"]).text


def _trust(picture: NDArray[np.uint8], box: Box) -> float:
    """How far to believe in somebody whom only the thermal camera sees: hardly where there is light to see them by."""
    left, upper, width, height = (int(value) for value in box)
    part = picture[max(upper, 0) : max(upper + height, 1), max(left, 0) : max(left + width, 1)]
    return _LIT_TRUST if part.size and float(np.quantile(part, 0.9)) > _LIT else 1.0


def _warm_votes(one: WarmPerson) -> Votes:
    return {"warm": {"yes": 1.0}, "posture": {_POSTURES[one.pose]: 0.7}}


def _is_mate(one: Sighting, mates_m: Sequence[NDArray[np.float64]]) -> bool:
    """Whether what seems to be a person is where another drone is."""
    x, y, z = _MATE_M
    offsets = [np.abs(one.position_m - mate) for mate in mates_m] if one.category == PERSON else []
    return any(bool(offset[0] < x and offset[1] < y and offset[2] < z) for offset in offsets)


def _alike(category: str) -> str:
    """What only looks like a person may well be one."""
    return PERSON if category in FAKES else category


def _single(detections: Sequence[Detection]) -> list[Detection]:
    """Of boxes of people, and of what looks like them, that lie within one another only the best."""
    kept: list[Detection] = []
    for one in sorted(detections, key=lambda detection: -detection.score):
        person = _alike(one.category) == PERSON
        if not person or all(_alike(o.category) != PERSON or shared(one.box, o.box) < _SHARED for o in kept):
            kept.append(one)
    return kept


def shared(a: Box, b: Box) -> float:
    """What two boxes have in common, as a share of the smaller one."""
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    tall = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(wide, 0.0) * max(tall, 0.0) / max(min(a[2] * a[3], b[2] * b[3]), 1e-9)


def _votes(detection: Detection) -> Votes:
    if detection.category in FAKES:
        return {"kind": {detection.category: 1.0}}
    if detection.category != PERSON:
        return {}
    return {"kind": dict(detection.kind_scores), "posture": {detection.posture: 1.0}}
