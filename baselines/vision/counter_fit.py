"""The weights by which tracks are joined and counted, from clips of pool `train` with their truth.

Two logistic regressions: whether two tracks are the same thing, and whether a joined track is a thing that counts and that
no longer track shows. Both are penalised by the squares of the weights of standardised features.
"""

import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from goldentime.baselines.vision.counter import CounterConfig, Watched, flight_of, tracks_of
from goldentime.errors import ConfigError
from goldentime.eval.contest.track1 import CLASSES
from goldentime.perception.boxes import corners_of, overlaps
from goldentime.perception.counting import CountModel, track_features
from goldentime.perception.reunion import Flight, ReunionModel, pair_features, pieces_of, reunite
from goldentime.perception.tracking import Track

__all__ = ["ClipTruth", "Followed", "fit_counter", "fit_reunion", "followed", "logistic_weights", "read_truth", "things_of"]

Floats = NDArray[np.float64]

SIZES_M = {"person": 0.95, "fire_extinguisher": 0.35, "hydrant": 0.53, "car": 2.1, "bicycle": 1.1, "motorcycle": 1.2}
"""Median over 1,861 annotations of clips of pool `train` of the root of the box's area times distance over focal length."""
_OVERLAP = 0.35
"""Of a detection and a truth's box, to be the same."""
_MOST = 0.4
"""Share of a track's sightings that show a thing, for the track to be of it."""
_SHARED_PENALTY, _OWN_PENALTY = 10.0, 60.0
"""Of the weights that all classes share, and of what a class has apart; by cross-validation on clips of pool `train`."""


class ClipTruth(NamedTuple):
    """What a clip shows."""

    counted: dict[int, str]
    """The class of each thing that counts."""
    boxes: dict[int, list[tuple[int, Floats]]]
    """By frame, from 0, the things and their corners [px]."""


class Followed(NamedTuple):
    """A clip's tracks and its truth."""

    tracks: list[Track]
    flight: Flight
    size_px: tuple[int, int]
    truth: ClipTruth
    pace: float
    """Frames per second."""


def read_truth(folder: Path) -> dict[int, ClipTruth]:
    """The truth of a folder of `goldentime dataset make contest2019-track1`, by clip.

    Raises:
        ConfigError: a file is missing.
    """
    try:
        rule = json.loads((folder / "dataset.json").read_bytes())["config"]["rule"]
        details = json.loads((folder / "details.json").read_bytes())
        return {row["id"]: _clip_truth(folder, row, rule["least_frames"]) for row in details}
    except OSError as error:
        raise ConfigError(f"{error.filename}: can't be read ({error.strerror})") from None


def _clip_truth(folder: Path, row: Mapping[str, object], least_frames: int) -> ClipTruth:
    things = row["things"]
    assert isinstance(things, list)
    counted = {thing["thing"]: thing["class"] for thing in things if thing["frames"] >= least_frames}
    boxes: dict[int, list[tuple[int, Floats]]] = {}
    with (folder / "boxes" / f"t1_video_{row['id']:05d}.csv").open(newline="") as file:
        for line in csv.DictReader(file):
            left, upper, width, height = (float(line[name]) for name in ("left", "upper", "width", "height"))
            shown = int(line["thing"]), corners_of((left, upper, width, height))
            boxes.setdefault(int(line["frame"]) - 1, []).append(shown)
    return ClipTruth(counted, boxes)


def followed(watched: Watched, truth: ClipTruth, config: CounterConfig) -> Followed:
    """A clip's tracks of the contest's classes."""
    tracks = [track for track in tracks_of(watched, config) if track.category in CLASSES]
    return Followed(tracks, flight_of(watched, config, _begin()), watched.size_px, truth, config.hz)


def _begin() -> CountModel:
    return CountModel(reunion=ReunionModel(sizes_m=SIZES_M))


def things_of(tracks: Sequence[Track], clip: Followed) -> list[int | None]:
    """The thing that each track shows most; None if it shows none in enough of its sightings."""
    return [_thing(track, clip) for track in tracks]


def _thing(track: Track, clip: Followed) -> int | None:
    votes: Counter[int] = Counter()
    for sighting in track.sightings:
        shown = clip.truth.boxes.get(round(sighting.time_s * clip.pace), [])
        if shown:
            overlap = overlaps(corners_of(sighting.detection.box)[None], np.array([corners for _, corners in shown]))[0]
            if overlap.max() > _OVERLAP:
                votes[shown[int(overlap.argmax())][0]] += 1
    thing, times = votes.most_common(1)[0] if votes else (None, 0)
    return thing if times >= _MOST * len(track.sightings) else None


def fit_reunion(clips: Sequence[Followed]) -> ReunionModel:
    """From all pairs of tracks that could be one, except those that both show nothing."""
    model = ReunionModel(sizes_m=SIZES_M)
    rows, same = [], []
    for clip in clips:
        pieces, things = pieces_of(clip.tracks, clip.flight, model), things_of(clip.tracks, clip)
        for a, first in zip(things, pieces, strict=True):
            for b, second in zip(things, pieces, strict=True):
                apart = first.track.category == second.track.category and second.track.first_s > first.track.last_s
                if apart and not (a is None and b is None):
                    rows.append(pair_features(first, second))
                    same.append(a == b)
    weights = logistic_weights(np.array(rows), np.array(same, np.float64))
    return ReunionModel(weights=weights, sizes_m=SIZES_M)


def fit_counter(clips: Sequence[Followed]) -> CountModel:
    """Both regressions.

    Raises:
        ConfigError: the clips have no tracks.
    """
    reunion = fit_reunion(clips)
    rows: list[list[float]] = []
    names: list[str] = []
    counts: list[bool] = []
    for clip in clips:
        tracks = reunite(clip.tracks, clip.flight, reunion)
        rows += [track_features(track, clip.size_px) for track in tracks]
        names += [track.category for track in tracks]
        counts += _mains(tracks, clip)
    return CountModel(reunion=reunion, weights=_pooled_weights(np.array(rows), names, np.array(counts, np.float64)))


def _mains(tracks: Sequence[Track], clip: Followed) -> list[bool]:
    """Which tracks show a thing that counts, and are the longest that do."""
    things = things_of(tracks, clip)
    longest: dict[int, int] = {}
    for i, (track, thing) in enumerate(zip(tracks, things, strict=True)):
        if thing is None or clip.truth.counted.get(thing) != track.category:
            continue
        if thing not in longest or len(tracks[longest[thing]].sightings) < len(track.sightings):
            longest[thing] = i
    chosen = set(longest.values())
    return [i in chosen for i in range(len(tracks))]


def _pooled_weights(rows: Floats, names: Sequence[str], truth: Floats) -> dict[str, tuple[float, ...]]:
    """By class, `logistic_weights` that share what they can: all have one set of weights, and small ones of their own."""
    scaled, mean, spread = _standardised(rows)
    own = np.array(names)[:, None] == np.array(CLASSES)
    ones = np.ones((len(rows), 1))
    inputs = np.concatenate([ones, scaled, own, *(own[:, [i]] * scaled for i in range(len(CLASSES)))], 1)
    features = rows.shape[1]
    penalties = [0.0, *[_SHARED_PENALTY] * features, *[1.0] * len(CLASSES), *[_OWN_PENALTY] * len(CLASSES) * features]
    fitted = _fitted(inputs, truth, np.array(penalties))
    shared, constants, apart = np.split(fitted[1:], [features, features + len(CLASSES)])
    slopes = shared + apart.reshape(len(CLASSES), features)
    return {name: _unscaled(fitted[0] + constants[i], slopes[i], mean, spread) for i, name in enumerate(CLASSES)}


def logistic_weights(rows: Floats, truth: Floats, penalty: float = 1.0) -> tuple[float, ...]:
    """A constant and a weight for each feature.

    Args:
        rows: (n, features).
        truth: (n,) of 0 and 1.
        penalty: of half the sum of the squares of the standardised features' weights.

    Raises:
        ConfigError: there are no rows.
    """
    scaled, mean, spread = _standardised(rows)
    inputs = np.concatenate([np.ones((len(rows), 1)), scaled], 1)
    fitted = _fitted(inputs, truth, np.array([0.0, *[penalty] * rows.shape[1]]))
    return _unscaled(fitted[0], fitted[1:], mean, spread)


def _standardised(rows: Floats) -> tuple[Floats, Floats, Floats]:
    """Rows of mean 0 and deviation 1, and what was taken out."""
    if not len(rows):
        raise ConfigError("counter: expected clips in which something is found, got none")
    mean, spread = rows.mean(0), rows.std(0) + 1e-6
    return (rows - mean) / spread, mean, spread


def _unscaled(constant: float, slopes: Floats, mean: Floats, spread: Floats) -> tuple[float, ...]:
    """Weights for features as they are."""
    plain = slopes / spread
    return tuple(round(float(value), 5) for value in (constant - plain @ mean, *plain))


def _fitted(inputs: Floats, truth: Floats, penalties: Floats) -> Floats:
    """The weights of a penalised logistic regression."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = inputs @ weights
        value = (np.logaddexp(0.0, odds) - truth * odds).sum() + 0.5 * (penalties * weights**2).sum()
        return float(value), inputs.T @ (expit(odds) - truth) + penalties * weights

    return np.asarray(minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B").x, np.float64)
