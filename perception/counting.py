"""How many things a flight showed, from its tracks: each counts with the probability that it is one to be counted.

A track may be a mistake, a second track of a thing that has one, or of something that was hardly seen. The weights are
those of a logistic regression on flights with truth (`baselines.vision.counter_fit`), so they depend on the detector.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from goldentime.errors import ConfigError
from goldentime.perception.reunion import Flight, ReunionModel, reunite
from goldentime.perception.tracking import Track
from goldentime.records import load_yaml, record

__all__ = ["TRACK_FEATURES", "CountModel", "count_tracks", "load_count_model", "track_features", "track_shares"]

Floats = NDArray[np.float64]

TRACK_FEATURES = ("sightings", "top", "clear_top", "clear_best", "clear_sum", "size", "rim", "rival", "clear_sure")
"""What the probability is told from."""
_SHIPPED = "counter.json"
_TOP = 5
_LEAST_LOGIT = -3.0
_CLEAR_SHARE = 11 / 320
"""Of the picture's width, root of the area of a box that is clear."""
_RIM_SHARE = 3 / 320
_SURE = 0.5


@record
class CountModel:
    """How tracks are counted."""

    reunion: ReunionModel = ReunionModel()
    weights: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """By category, a constant and one for each of `TRACK_FEATURES`; categories that are not here are not counted."""

    def __post_init__(self) -> None:
        """Refuse a wrong number of weights."""
        for name, row in self.weights.items():
            if len(row) != 1 + len(TRACK_FEATURES):
                raise ConfigError(f"weights.{name}: expected {1 + len(TRACK_FEATURES)} numbers, got {len(row)}")


def load_count_model(path: Path | None = None) -> CountModel:
    """A model from its file, the shipped one if none is named.

    Raises:
        ConfigError: the file is missing or holds something else.
    """
    return load_yaml(CountModel, path or Path(str(files("goldentime") / "baselines" / "checkpoints" / _SHIPPED)))


def track_features(track: Track, size_px: tuple[int, int]) -> list[float]:
    """`TRACK_FEATURES` of a track in pictures of this width and height.

    A sighting is clear if its box is large enough and does not reach to the picture's rim, where there may be more of it.
    """
    width, height = size_px
    boxes = np.array([sighting.detection.box for sighting in track.sightings])
    score = np.array([sighting.detection.score for sighting in track.sightings])
    sizes = np.sqrt(boxes[:, 2] * boxes[:, 3]) / width
    rim = _RIM_SHARE * width
    ends = boxes[:, :2] + boxes[:, 2:]
    cut = (boxes[:, :2] < rim).any(1) | (ends > np.array([width, height]) - rim).any(1)
    clear = ~cut & (sizes >= _CLEAR_SHARE)
    top, clear_top = _best(score), _best(score[clear])
    return [
        math.log(len(score)),
        float(top.mean()),
        float(clear_top.mean()),
        float(clear_top[0]),
        math.log1p(2.0 * float(score[clear].sum())),
        math.log(float(np.median(sizes))),
        float(cut.mean()),
        float(np.mean([sighting.rival for sighting in track.sightings])),
        math.log1p(float((score[clear] > _SURE).sum())),
    ]


def _best(score: Floats) -> Floats:
    """(5,) the log-odds of the highest scores, best first, filled up with low ones."""
    bound = np.clip(score, 1e-3, 1 - 1e-3)
    odds = np.sort(np.concatenate([np.log(bound / (1 - bound)), np.full(_TOP, _LEAST_LOGIT)]))
    return np.asarray(odds[::-1][:_TOP], np.float64)


def track_shares(tracks: Sequence[Track], size_px: tuple[int, int], model: CountModel) -> Floats:
    """(n,) the probability of each track that it is a thing to be counted, and not another track's."""
    shares = [_share(track, size_px, model.weights[track.category]) for track in tracks if track.category in model.weights]
    return np.array(shares)


def _share(track: Track, size_px: tuple[int, int], weights: Sequence[float]) -> float:
    return float(expit(weights[0] + np.array(weights[1:]) @ track_features(track, size_px)))


def count_tracks(
    tracks: Sequence[Track], flight: Flight, size_px: tuple[int, int], categories: Sequence[str], model: CountModel
) -> list[int]:
    """How many things of each category there were: the expected numbers, rounded."""
    counted = reunite([track for track in tracks if track.category in model.weights], flight, model.reunion)
    own = np.array([track.category for track in counted])
    shares = track_shares(counted, size_px, model)
    return [round(float(shares[own == category].sum())) if len(own) else 0 for category in categories]
