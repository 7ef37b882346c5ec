"""Counting in a clip: detector, tracker and what tracks are worth together, each thing once.

Each picture is looked at twice: as it is, and enlarged where small things are, since a detector that learnt people of
24 pixels finds them at 12 when they are enlarged.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError
from goldentime.perception.boxes import overlaps, shares_within
from goldentime.perception.counting import CountModel, count_tracks
from goldentime.perception.detection import Detection, appearance
from goldentime.perception.picture_motion import picture_motion
from goldentime.perception.reunion import Flight
from goldentime.perception.tracking import Track, Tracker, TrackerConfig
from goldentime.records import record

__all__ = [
    "Boxes",
    "CounterConfig",
    "Finder",
    "Watched",
    "count_clip",
    "count_watched",
    "flight_of",
    "look",
    "merged",
    "read_frames",
    "tracks_of",
    "watch",
]

Picture = NDArray[np.uint8]
Floats = NDArray[np.float64]


@record
class CounterConfig:
    """How a clip is looked at."""

    every: int = 3
    """Frames from one whose motion is measured to the next."""
    looks: int = 2
    """Of those, each so many-th is looked at."""
    hz: float = 30.0
    """Frames per second of the clip."""
    band: tuple[float, float] = (64 / 240, 168 / 240)
    """Which part of the picture's height is looked at enlarged: of a camera that looks ahead and a bit down, from the
    horizon to where people are large enough."""
    zoom: int = 2
    """How much it is enlarged."""
    overlap: float = 0.5
    """Of two boxes of one category with a larger intersection over union only the better is kept, ..."""
    within: float = 0.8
    """... as of two of which the smaller lies with a larger share in the other."""
    tracker: TrackerConfig = TrackerConfig()

    def __post_init__(self) -> None:
        """Refuse a pace or a band that can't be."""
        if self.every < 1 or self.looks < 1 or self.zoom < 1 or not self.hz > 0:
            got = f"{self.every}, {self.looks}, {self.zoom} and {self.hz}"
            raise ConfigError(f"counter: expected every, looks and zoom of at least 1 and hz above 0, got {got}")
        if not 0.0 <= self.band[0] < self.band[1] <= 1.0:
            raise ConfigError(f"counter: expected a band of two rising shares of the height, got {self.band}")


class _Found(Protocol):
    """Of a picture, as `perception.detection_decode.Found`."""

    category: NDArray[np.int64]
    score: NDArray[np.float32]
    corners_px: NDArray[np.float32]
    feature: NDArray[np.float32]


class Finder(Protocol):
    """Such as `perception.detection.Detector`."""

    @property
    def categories(self) -> tuple[str, ...]:
        """Names of the categories."""
        ...

    def find(self, pictures: Sequence[Picture]) -> Sequence[_Found]:
        """The boxes of pictures of one size."""
        ...


class Boxes(NamedTuple):
    """What was found in one picture, before doubles are left out."""

    category: NDArray[np.int64]
    """(n,) places in the finder's categories."""
    score: NDArray[np.float32]
    """(n,)."""
    corners_px: NDArray[np.float32]
    """(n, 4) in the picture as it is."""
    looks: NDArray[np.float32]
    """(n, d) embeddings of length 1."""


class Watched(NamedTuple):
    """All that is kept of a clip."""

    size_px: tuple[int, int]
    """Width and height."""
    categories: tuple[str, ...]
    motions: list[Floats | None]
    """By step, how the picture moved since the last; the first is None."""
    boxes: list[Boxes | None]
    """By step; None where nothing was looked for."""


def read_frames(folder: Path, every: int = 1) -> Iterable[Picture]:
    """A clip's frames in the order of their names, (height, width, 3) uint8 RGB.

    Raises:
        ConfigError: the folder holds no JPEG files, or one can't be read.
    """
    paths = sorted(folder.glob("*.jpg"))[::every]
    if not paths:
        raise ConfigError(f"{folder}: expected a clip of JPEG files, found none")
    for path in paths:
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
        if picture is None:
            raise ConfigError(f"{path}: expected a picture, it can't be read")
        yield np.asarray(picture, np.uint8)


def look(finder: Finder, picture: Picture, config: CounterConfig) -> Boxes:
    """What is in a picture, and in its enlarged band."""
    upper, lower = (round(share * picture.shape[0]) for share in config.band)
    near = cv2.resize(picture[upper:lower], None, fx=config.zoom, fy=config.zoom, interpolation=cv2.INTER_CUBIC)
    whole, close = finder.find([picture])[0], finder.find([np.asarray(near, np.uint8)])[0]
    moved = close.corners_px / config.zoom + np.array([0, upper, 0, upper], np.float32)
    corners = np.concatenate([whole.corners_px, moved])
    features = np.concatenate([whole.feature, close.feature])
    return Boxes(
        np.concatenate([whole.category, close.category]),
        np.concatenate([whole.score, close.score]),
        corners,
        np.array([appearance(picture, _four(box), f) for box, f in zip(corners, features, strict=True)], np.float32),
    )


def _four(box: NDArray[np.float32]) -> tuple[float, float, float, float]:
    left, upper, right, lower = map(float, box)
    return left, upper, right, lower


def watch(finder: Finder, frames: Iterable[Picture], config: CounterConfig) -> Watched:
    """Look at frames that lie `every` apart."""
    size, before = (0, 0), None
    motions: list[Floats | None] = []
    boxes: list[Boxes | None] = []
    for step, frame in enumerate(frames):
        size = frame.shape[1], frame.shape[0]
        motions.append(picture_motion(before, frame) if before is not None else None)
        boxes.append(look(finder, frame, config) if step % config.looks == 0 else None)
        before = frame
    return Watched(size, finder.categories, motions, boxes)


def merged(boxes: Boxes, categories: Sequence[str], config: CounterConfig) -> list[Detection]:
    """The detections of both looks, each thing once, best first."""
    order = np.argsort(-boxes.score, kind="stable")
    order = order[boxes.score[order] >= config.tracker.least_score]
    corners, category = boxes.corners_px[order], boxes.category[order]
    double = (overlaps(corners, corners) > config.overlap) | (shares_within(corners, corners) > config.within)
    double &= category[:, None] == category
    alive = np.ones(len(order), np.bool_)
    for i in range(len(order)):
        if alive[i]:
            alive[i + 1 :] &= ~double[i, i + 1 :]
    return [_detection(boxes, int(i), categories) for i in order[alive]]


def _detection(boxes: Boxes, i: int, categories: Sequence[str]) -> Detection:
    left, upper, right, lower = _four(boxes.corners_px[i])
    box = (left, upper, right - left, lower - upper)
    name, score = categories[int(boxes.category[i])], float(boxes.score[i])
    return Detection(category=name, score=score, box=box, embedding=boxes.looks[i])


def tracks_of(watched: Watched, config: CounterConfig) -> list[Track]:
    """Everything followed through a clip."""
    tracker, motion = Tracker(config.tracker), None
    for step, (told, boxes) in enumerate(zip(watched.motions, watched.boxes, strict=True)):
        motion = told if told is not None else motion  # the camera turns on as it did
        time_s = step * config.every / config.hz
        if boxes is None:
            tracker.skip(time_s, motion)
        else:
            tracker.update(merged(boxes, watched.categories, config), time_s, motion)
    return tracker.tracks()


def flight_of(watched: Watched, config: CounterConfig, model: CountModel) -> Flight:
    """Where the camera went."""
    times_s = np.arange(len(watched.motions)) * config.every / config.hz
    return Flight.guess(times_s, watched.motions, watched.size_px, model.reunion)


def count_watched(watched: Watched, categories: Sequence[str], model: CountModel, config: CounterConfig) -> list[int]:
    """How many things of each category there were in what was watched."""
    flight = flight_of(watched, config, model)
    return count_tracks(tracks_of(watched, config), flight, watched.size_px, categories, model)


def count_clip(
    finder: Finder, folder: Path, categories: Sequence[str], model: CountModel, config: CounterConfig | None = None
) -> list[int]:
    """How many things of each category a clip shows."""
    config = config or CounterConfig()
    return count_watched(watch(finder, read_frames(folder, config.every), config), categories, model, config)
