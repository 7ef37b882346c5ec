"""Following things from picture to picture.

Detections are joined to tracks in two rounds, sure ones first and doubtful ones to what is left (Zhang et al. 2022,
"ByteTrack", ECCV). Boxes are predicted at constant velocity and moved with the picture where its motion is given (Aharon et
al. 2022, "BoT-SORT"). A thing that left the picture and came back is another track: `reunion` finds out.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from goldentime.errors import ConfigError
from goldentime.perception.boxes import corners_of, overlaps, widened
from goldentime.perception.detection import Detection
from goldentime.records import record

__all__ = ["Sighting", "Track", "Tracker", "TrackerConfig", "likeness"]

Floats = NDArray[np.float64]
_NEVER = 1e6
_RIVAL_OVERLAP = 0.5


@record
class TrackerConfig:
    """When detections are the same thing."""

    sure_score: float = 0.35
    """Detections from here on begin tracks and are joined first."""
    least_score: float = 0.1
    """Detections below are not looked at."""
    least_overlap: float = 0.15
    """Of a detection and a track's predicted box, both widened; less is never joined."""
    widening: float = 0.5
    """By which share of its size a box is widened on all sides ..."""
    widening_px: float = 6.0
    """... and by how much more: small boxes jump by more than their size."""
    looks_weight: float = 0.5
    """Of the likeness of appearance against the overlap of boxes."""
    lost_after_s: float = 0.7
    """A track ends when it was not detected for longer."""

    def __post_init__(self) -> None:
        """Refuse thresholds in the wrong order."""
        if self.least_score > self.sure_score:
            raise ConfigError(f"tracker: expected least_score <= sure_score, got {self.least_score} > {self.sure_score}")


class Sighting(NamedTuple):
    """One detection of a track."""

    time_s: float
    detection: Detection
    rival: float
    """Best score of another category in the same place, 0 if there is none."""


@record
class Track:
    """One thing over time."""

    number: int
    category: str
    sightings: tuple[Sighting, ...]
    """At least one, by time."""

    @property
    def first_s(self) -> float:
        """When it was first seen."""
        return self.sightings[0].time_s

    @property
    def last_s(self) -> float:
        """When it was last seen."""
        return self.sightings[-1].time_s

    @property
    def box(self) -> tuple[float, float, float, float]:
        """[px] left, upper, width, height, where it was last seen."""
        return self.sightings[-1].detection.box

    @property
    def best(self) -> Detection:
        """The one of the highest score."""
        return max((seen.detection for seen in self.sightings), key=lambda detection: detection.score)

    @property
    def looks(self) -> Floats:
        """The mean of the embeddings, weighted by scores, of length 1; empty where there are none."""
        total = np.sum([d.score * d.embedding.astype(np.float64) for _, d, _ in self.sightings], axis=0)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), np.float64)

    @property
    def kind_scores(self) -> dict[str, float]:
        """Of a person, the mean over its sightings, weighted by their scores."""
        total: dict[str, float] = {}
        for _, detection, _ in self.sightings:
            for name, share in detection.kind_scores.items():
                total[name] = total.get(name, 0.0) + detection.score * share
        weight = sum(detection.score for _, detection, _ in self.sightings)
        return {name: value / weight for name, value in total.items()}

    @property
    def kind(self) -> str:
        """The likeliest kind of a person; empty for other things."""
        shares = self.kind_scores
        return max(shares, key=lambda name: shares[name]) if shares else ""


class _Live:
    """A track while it is followed: centre and size [px] with their rates [px/s]."""

    def __init__(self, number: int, sighting: Sighting) -> None:
        detection = sighting.detection
        self.number, self.category = number, detection.category
        self.state = np.stack([_middle(detection.box), np.zeros(4)], 1)
        size = float(np.mean(detection.box[2:]))
        self.cov = np.diag([(0.1 * size) ** 2, (1.0 * size) ** 2])
        self.now_s = sighting.time_s
        self.sightings = [sighting]
        self.looks = detection.embedding.astype(np.float64)

    @property
    def last_s(self) -> float:
        return self.sightings[-1].time_s

    def predict(self, time_s: float, motion: Floats | None) -> None:
        """Go on at constant velocity, and along with the picture."""
        dt = time_s - self.now_s
        step = np.array([[1.0, dt], [0.0, 1.0]])
        size = float(np.mean(np.maximum(self.state[2:, 0], 4.0)))
        self.state = self.state @ step.T
        self.cov = step @ self.cov @ step.T + np.diag([(0.05 * size) ** 2 * dt, (2.0 * size) ** 2 * dt])
        if motion is not None:
            turn, scale = motion[:, :2], float(np.sqrt(abs(np.linalg.det(motion[:, :2]))))
            self.state[:2, 0] = turn @ self.state[:2, 0] + motion[:, 2]
            self.state[2:, 0] *= scale
        self.now_s = time_s

    def join(self, sighting: Sighting) -> None:
        """Correct the state by a detection, and remember it."""
        detection = sighting.detection
        noise = (0.08 * float(np.mean(detection.box[2:]))) ** 2
        gain = self.cov[:, 0] / (self.cov[0, 0] + noise)
        self.state = self.state + np.outer(_middle(detection.box) - self.state[:, 0], gain)
        self.cov = self.cov - np.outer(gain, self.cov[0])
        self.sightings.append(sighting)
        if self.looks.size:
            self.looks = 0.9 * self.looks + 0.1 * detection.embedding
            self.looks /= max(float(np.linalg.norm(self.looks)), 1e-9)

    def corners(self) -> Floats:
        middle, size = self.state[:2, 0], np.maximum(self.state[2:, 0], 1.0)
        return np.concatenate([middle - size / 2, middle + size / 2])

    def as_track(self) -> Track:
        return Track(number=self.number, category=self.category, sightings=tuple(self.sightings))


class Tracker:
    """Joins the detections of a sequence of pictures to tracks."""

    def __init__(self, config: TrackerConfig | None = None) -> None:
        self._config = config or TrackerConfig()
        self._live: list[_Live] = []
        self._ended: list[_Live] = []
        self._next = 0
        self._now_s = -np.inf

    def skip(self, time_s: float, motion: Floats | None = None) -> None:
        """Take in how a picture moved in which nothing was looked for.

        Args:
            time_s: later than the last.
            motion: (2, 3) from `picture_motion`, where the last picture's points are now; None if that is unknown.

        Raises:
            ConfigError: time does not advance.
        """
        if time_s <= self._now_s:
            raise ConfigError(f"tracker: expected a time after {self._now_s} s, got {time_s} s")
        self._now_s = time_s
        for track in self._live:
            track.predict(time_s, motion)

    def update(self, detections: Sequence[Detection], time_s: float, motion: Floats | None = None) -> list[Track]:
        """Take in one picture's detections, time and motion as for `skip`.

        Returns:
            the tracks that were seen in it.

        Raises:
            ConfigError: time does not advance.
        """
        self.skip(time_s, motion)
        config = self._config
        rivals = _rivals(detections)
        seen = [Sighting(time_s, d, r) for d, r in zip(detections, rivals, strict=True) if d.score >= config.least_score]
        sure = [sighting for sighting in seen if sighting.detection.score >= config.sure_score]
        free, begun = self._join(self._live, sure)
        self._join(free, [sighting for sighting in seen if sighting.detection.score < config.sure_score])
        for sighting in begun:
            self._live.append(_Live(self._next, sighting))
            self._next += 1
        lost = [track for track in self._live if time_s - track.last_s > config.lost_after_s]
        self._ended += lost
        self._live = [track for track in self._live if track not in lost]
        return [track.as_track() for track in self._live if track.last_s == time_s]

    def tracks(self) -> list[Track]:
        """All tracks, by their numbers."""
        return [track.as_track() for track in sorted([*self._ended, *self._live], key=lambda track: track.number)]

    def _join(self, tracks: Sequence[_Live], seen: Sequence[Sighting]) -> tuple[list[_Live], list[Sighting]]:
        """Join what fits best; what is left of both."""
        if not tracks or not seen:
            return list(tracks), list(seen)
        rows, columns = linear_sum_assignment(cost := self._cost(tracks, [sighting.detection for sighting in seen]))
        pairs = [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if cost[i, j] < _NEVER / 2]
        for i, j in pairs:
            tracks[i].join(seen[j])
        used_tracks, used = {i for i, _ in pairs}, {j for _, j in pairs}
        left = [track for i, track in enumerate(tracks) if i not in used_tracks]
        return left, [sighting for j, sighting in enumerate(seen) if j not in used]

    def _cost(self, tracks: Sequence[_Live], detections: Sequence[Detection]) -> Floats:
        config = self._config
        rim = config.widening_px * np.array([-1.0, -1.0, 1.0, 1.0])
        a = widened(np.array([track.corners() for track in tracks]), config.widening) + rim
        b = widened(np.array([corners_of(detection.box) for detection in detections]), config.widening) + rim
        overlap = overlaps(a, b)
        alike = np.array([[likeness(t.looks, d.embedding) for d in detections] for t in tracks])
        same = np.array([[t.category == d.category for d in detections] for t in tracks])
        cost = 1 - overlap + config.looks_weight * (1 - alike)
        return np.where(same & (overlap >= config.least_overlap), cost, _NEVER)


def _rivals(detections: Sequence[Detection]) -> Floats:
    """(n,) the best score of another category that lies over each detection."""
    if not detections:
        return np.zeros(0)
    corners = np.array([corners_of(detection.box) for detection in detections])
    category = np.array([detection.category for detection in detections])
    score = np.array([detection.score for detection in detections])
    over = (overlaps(corners, corners) > _RIVAL_OVERLAP) & (category[:, None] != category)
    return np.asarray((over * score).max(1), np.float64)


def likeness(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """The product of two embeddings; 0 where there is none."""
    return float(a @ b) if a.size and a.size == b.size else 0.0


def _middle(box: tuple[float, float, float, float]) -> Floats:
    left, upper, width, height = box
    return np.array([left + width / 2, upper + height / 2, width, height])
