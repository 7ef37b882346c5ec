"""Following things from picture to picture, so that each is counted once.

Detections are joined to tracks in two rounds, sure ones first and doubtful ones to what is left (Zhang et al. 2022,
"ByteTrack", ECCV). Boxes are predicted at constant velocity and moved with the picture where its motion is given (Aharon et
al. 2022, "BoT-SORT"). A track that was lost is taken up again by one that looks like it.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from goldentime.errors import ConfigError
from goldentime.perception.boxes import corners_of, overlaps, widened
from goldentime.perception.detection import Detection
from goldentime.records import record

__all__ = ["Track", "Tracker", "TrackerConfig"]

Floats = NDArray[np.float64]
_NEVER = 1e6
_RIM_PX = 2.0


@record
class TrackerConfig:
    """When detections are the same thing."""

    sure_score: float = 0.45
    """Detections from here on begin tracks and are joined first."""
    least_score: float = 0.15
    """Detections below are not looked at."""
    least_overlap: float = 0.15
    """Of a detection and a track's predicted box, both widened by `widening`; less is never joined."""
    widening: float = 0.25
    """By which share of its size a box is widened on all sides; small boxes jump by more than their size."""
    looks_weight: float = 0.5
    """Of the likeness of appearance against the overlap of boxes."""
    lost_after_s: float = 1.0
    """Without a detection a track is held for so long; then only its appearance can bring it back."""
    alike: float = 0.9
    """Least product of embeddings for a lost track to be taken up; above 1 never."""
    clear_score: float = 0.5
    """From here on a detection is clear, if also ..."""
    clear_px: float = 10.0
    """... the root of its area is at least this, and ..."""
    picture_px: tuple[int, int] | None = None
    """... it does not reach to the rim of a picture of this width and height, where there may be more of it."""
    least_clear: int = 3
    """Tracks of fewer clear detections are not counted: they are mistakes, or nobody saw much of them."""

    def __post_init__(self) -> None:
        """Refuse thresholds in the wrong order."""
        if self.least_score > self.sure_score:
            raise ConfigError(f"tracker: expected least_score <= sure_score, got {self.least_score} > {self.sure_score}")


@record
class Track:
    """One thing over time."""

    number: int
    category: str
    first_s: float
    last_s: float
    sightings: int
    clear: int
    """How many of the sightings were clear."""
    best: Detection
    """The one of the highest score."""
    box: tuple[float, float, float, float]
    """[px] left, upper, width, height, where it was last seen."""
    kind_scores: dict[str, float]
    """Of a person, the mean over its sightings, weighted by their scores."""

    @property
    def kind(self) -> str:
        """The likeliest kind of a person; empty for other things."""
        return max(self.kind_scores, key=lambda name: self.kind_scores[name]) if self.kind_scores else ""


class _Live:
    """A track while it is followed: centre and size [px] with their rates [px/s]."""

    def __init__(self, number: int, detection: Detection, time_s: float) -> None:
        self.number, self.category = number, detection.category
        self.state = np.stack([_middle(detection.box), np.zeros(4)], 1)
        size = float(np.mean(detection.box[2:]))
        self.cov = np.diag([(0.1 * size) ** 2, (1.0 * size) ** 2])
        self.first_s = self.last_s = self.now_s = time_s
        self.sightings, self.clear, self.best, self.box = 1, 0, detection, detection.box
        self.looks = detection.embedding.astype(np.float64)
        self.weight = detection.score
        self.kinds = {name: detection.score * share for name, share in detection.kind_scores.items()}

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

    def join(self, detection: Detection, time_s: float) -> None:
        """Correct the state by a detection, and remember it."""
        noise = (0.08 * float(np.mean(detection.box[2:]))) ** 2
        gain = self.cov[:, 0] / (self.cov[0, 0] + noise)
        self.state = self.state + np.outer(_middle(detection.box) - self.state[:, 0], gain)
        self.cov = self.cov - np.outer(gain, self.cov[0])
        self.remember(detection, time_s)

    def remember(self, detection: Detection, time_s: float) -> None:
        self.last_s, self.box = time_s, detection.box
        self.sightings += 1
        self.weight += detection.score
        if detection.score > self.best.score:
            self.best = detection
        for name, share in detection.kind_scores.items():
            self.kinds[name] = self.kinds.get(name, 0.0) + detection.score * share
        if self.looks.size:
            self.looks = 0.9 * self.looks + 0.1 * detection.embedding
            self.looks /= max(float(np.linalg.norm(self.looks)), 1e-9)

    def corners(self) -> Floats:
        middle, size = self.state[:2, 0], np.maximum(self.state[2:, 0], 1.0)
        return np.concatenate([middle - size / 2, middle + size / 2])

    def as_track(self) -> Track:
        return Track(
            number=self.number,
            category=self.category,
            first_s=self.first_s,
            last_s=self.last_s,
            sightings=self.sightings,
            clear=self.clear,
            best=self.best,
            box=self.box,
            kind_scores={name: value / self.weight for name, value in self.kinds.items()},
        )


class Tracker:
    """Joins the detections of a sequence of pictures to tracks."""

    def __init__(self, config: TrackerConfig | None = None) -> None:
        self._config = config or TrackerConfig()
        self._live: list[_Live] = []
        self._lost: list[_Live] = []
        self._next = 0
        self._now_s = -np.inf

    def update(self, detections: Sequence[Detection], time_s: float, motion: Floats | None = None) -> list[Track]:
        """Take in one picture's detections.

        Args:
            time_s: later than the last.
            motion: (2, 3) from `picture_motion`, where the last picture's points are now; None if that is unknown.

        Returns:
            the tracks that were seen in it.

        Raises:
            ConfigError: time does not advance.
        """
        if time_s <= self._now_s:
            raise ConfigError(f"tracker: expected a time after {self._now_s} s, got {time_s} s")
        self._now_s = time_s
        for track in self._live:
            track.predict(time_s, motion)
        config = self._config
        sure = [d for d in detections if d.score >= config.sure_score]
        doubtful = [d for d in detections if config.least_score <= d.score < config.sure_score]
        free, begun = self._join(self._live, sure, time_s)
        self._join(free, doubtful, time_s)
        for detection in begun:
            self._live.append(_Live(self._next, detection, time_s))
            self._live[-1].clear += self._is_clear(detection)
            self._next += 1
        self._let_go(time_s)
        return [track.as_track() for track in self._live if track.last_s == time_s]

    def tracks(self) -> list[Track]:
        """All tracks that were seen clearly, each thing once, by their numbers."""
        config = self._config
        merged = self._reunited()
        kept = [track for track in merged if track.clear >= config.least_clear]
        return sorted((track.as_track() for track in kept), key=lambda track: track.number)

    def count(self, categories: Sequence[str]) -> list[int]:
        """How many things of each category there were."""
        found = [track.category for track in self.tracks()]
        return [found.count(category) for category in categories]

    def _join(
        self, tracks: Sequence[_Live], detections: Sequence[Detection], time_s: float
    ) -> tuple[list[_Live], list[Detection]]:
        """Join what fits best; what is left of both."""
        if not tracks or not detections:
            return list(tracks), list(detections)
        rows, columns = linear_sum_assignment(cost := self._cost(tracks, detections))
        pairs = [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if cost[i, j] < _NEVER / 2]
        for i, j in pairs:
            tracks[i].join(detections[j], time_s)
            tracks[i].clear += self._is_clear(detections[j])
        used_tracks, used = {i for i, _ in pairs}, {j for _, j in pairs}
        left = [track for i, track in enumerate(tracks) if i not in used_tracks]
        return left, [detection for j, detection in enumerate(detections) if j not in used]

    def _cost(self, tracks: Sequence[_Live], detections: Sequence[Detection]) -> Floats:
        config = self._config
        a = widened(np.array([track.corners() for track in tracks]), config.widening)
        b = widened(np.array([corners_of(detection.box) for detection in detections]), config.widening)
        overlap = overlaps(a, b)
        alike = np.array([[_likeness(t.looks, d.embedding) for d in detections] for t in tracks])
        same = np.array([[t.category == d.category for d in detections] for t in tracks])
        cost = 1 - overlap + config.looks_weight * (1 - alike)
        return np.where(same & (overlap >= config.least_overlap), cost, _NEVER)

    def _is_clear(self, detection: Detection) -> bool:
        config = self._config
        left, upper, width, height = detection.box
        if detection.score < config.clear_score or width * height < config.clear_px**2:
            return False
        wide, high = config.picture_px or (math.inf, math.inf)
        inside = left > _RIM_PX and upper > _RIM_PX and left + width < wide - _RIM_PX and upper + height < high - _RIM_PX
        return inside or config.picture_px is None

    def _let_go(self, time_s: float) -> None:
        lost = [track for track in self._live if time_s - track.last_s > self._config.lost_after_s]
        self._lost += lost
        self._live = [track for track in self._live if track not in lost]

    def _reunited(self) -> list[_Live]:
        """Tracks that look alike and were never there at the same time, made one; the likest first."""
        import copy

        tracks = sorted(copy.deepcopy([*self._lost, *self._live]), key=lambda track: track.first_s)
        while (pair := self._likest(tracks)) is not None:
            first, second = pair
            _append(tracks[first], tracks[second])
            del tracks[second]
        return tracks

    def _likest(self, tracks: Sequence[_Live]) -> tuple[int, int] | None:
        best, pair = self._config.alike, None
        for i, first in enumerate(tracks):
            for j in range(i + 1, len(tracks)):
                second = tracks[j]
                apart = first.category == second.category and second.first_s > first.last_s
                if apart and (alike := _likeness(first.looks, second.looks)) >= best:
                    best, pair = alike, (i, j)
        return pair


def _append(first: _Live, second: _Live) -> None:
    """Let one track go on as another."""
    first.last_s, first.box = second.last_s, second.box
    first.looks = second.looks
    first.sightings += second.sightings
    first.clear += second.clear
    first.weight += second.weight
    for name, value in second.kinds.items():
        first.kinds[name] = first.kinds.get(name, 0.0) + value
    if second.best.score > first.best.score:
        first.best = second.best


def _middle(box: tuple[float, float, float, float]) -> Floats:
    left, upper, width, height = box
    return np.array([left + width / 2, upper + height / 2, width, height])


def _likeness(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """The product of two embeddings; 0 where there is none."""
    return float(a @ b) if a.size and a.size == b.size else 0.0
