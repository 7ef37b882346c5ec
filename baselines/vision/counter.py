"""Counting in a clip: detector and tracker together, each thing once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError
from goldentime.perception.detection import Detection
from goldentime.perception.picture_motion import picture_motion
from goldentime.perception.tracking import Tracker, TrackerConfig
from goldentime.records import record

__all__ = ["CounterConfig", "count_clip", "read_frames", "track_clip"]

Detect = Callable[[NDArray[np.uint8]], list[Detection]]
"""Such as `Detector.detect`."""


@record
class CounterConfig:
    """How a clip is counted."""

    every: int = 3
    """Frames from one that is looked at to the next."""
    hz: float = 30.0
    """Frames per second of the clip."""
    tracker: TrackerConfig = TrackerConfig(sure_score=0.45, clear_score=0.45, least_clear=2)
    """Chosen on clips of pool `train`; the rim of the pictures is told by the clip."""

    def __post_init__(self) -> None:
        """Refuse a pace that can't be."""
        if self.every < 1 or not self.hz > 0:
            raise ConfigError(f"counter: expected every of at least 1 and hz above 0, got {self.every} and {self.hz}")


def read_frames(folder: Path, every: int = 1) -> Iterable[NDArray[np.uint8]]:
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


def track_clip(detect: Detect, frames: Iterable[NDArray[np.uint8]], config: CounterConfig) -> Tracker:
    """Follow everything through the frames that are looked at, which lie `every` apart."""
    tracker, before = Tracker(config.tracker), None
    for i, frame in enumerate(frames):
        if before is None:
            tracker = Tracker(replace(config.tracker, picture_px=(frame.shape[1], frame.shape[0])))
        motion = picture_motion(before, frame) if before is not None else None
        tracker.update(detect(frame), i * config.every / config.hz, motion)
        before = frame
    return tracker


def count_clip(detect: Detect, folder: Path, categories: Sequence[str], config: CounterConfig) -> list[int]:
    """How many things of each category a clip shows."""
    return track_clip(detect, read_frames(folder, config.every), config).count(categories)
