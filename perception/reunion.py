"""Finding out which tracks of a flight are the same thing, seen again after it left the picture.

How far the camera turned is read off the motion of the picture; where it flew is guessed from that, for the speed is not
known. So a thing has a bearing, and by its size a rough place, that are compared when something like it shows up again.
The weights of the comparison are those of a logistic regression on flights with truth (`baselines.vision.counter_fit`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.special import expit

from goldentime.perception.tracking import Sighting, Track, likeness
from goldentime.records import record

__all__ = ["PAIR_FEATURES", "Flight", "Piece", "ReunionModel", "pair_features", "pieces_of", "reunite"]

Floats = NDArray[np.float64]

PAIR_FEATURES = ("bearing", "far_bearing", "height", "growth", "likeness", "gap", "place", "size")
"""What two tracks are compared by."""
_END = 5
"""Sightings that tell where a track's thing is."""
_FARTHEST = 6.0
"""Of distances relative to what is to be expected."""


@record
class ReunionModel:
    """When two tracks are one thing."""

    weights: tuple[float, ...] = (0.0,) * (1 + len(PAIR_FEATURES))
    """A constant, then one for each of `PAIR_FEATURES`."""
    least: float = 0.65
    """Probability from which on they are joined."""
    fov_deg: float = 77.0
    """Horizontal."""
    speed_m_s: float = 1.2
    course_s: float = 2.5
    """Over which time the camera's turning averages to the course of flight: standard deviation of a Gaussian."""
    sizes_m: Mapping[str, float] = field(default_factory=dict)
    """By category, the root of the area of a box that fits around it, on the mean."""


class Flight(NamedTuple):
    """Where a camera went, guessed from the motion of its picture."""

    times_s: Floats
    """(n,)."""
    yaw: Floats
    """(n,) [rad], growing to the right."""
    places: Floats
    """(n, 2) [m] forward and right of the first."""
    focal_px: float
    middle_px: float

    @classmethod
    def guess(
        cls, times_s: Floats, motions: Sequence[Floats | None], size_px: tuple[int, int], model: ReunionModel
    ) -> "Flight":
        """From the motion of the picture before each instant; where it is None the last one goes on."""
        width, height = size_px
        focal = 0.5 * width / math.tan(math.radians(model.fov_deg) / 2)
        turns, turn = [], 0.0
        for motion in motions:
            if motion is not None:
                turn = -float(motion[0] @ [width / 2, height / 2, 1.0] - width / 2) / focal
            turns.append(turn)
        yaw = np.cumsum(turns)
        pace_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 1.0
        course = gaussian_filter1d(yaw, model.course_s / pace_s, mode="nearest")
        steps = model.speed_m_s * pace_s * np.stack([np.cos(course), np.sin(course)], 1)
        return cls(times_s, yaw, np.cumsum(steps, 0), focal, width / 2)

    def at(self, time_s: float) -> int:
        """The last instant that is not later."""
        return max(int(np.searchsorted(self.times_s, time_s + 1e-6)) - 1, 0)

    def bearing(self, sighting: Sighting) -> float:
        """[rad] of a thing from the first picture's axis, to the right."""
        left, _, width, _ = sighting.detection.box
        return float(self.yaw[self.at(sighting.time_s)]) + math.atan((left + width / 2 - self.middle_px) / self.focal_px)


class Piece(NamedTuple):
    """A track and what it is compared by."""

    track: Track
    looks: Floats
    ends: tuple[Floats, Floats]
    """Where it was first and last seen: bearing, height [rad], log of the size [rad], place [m] (2), distance [m]."""


def pieces_of(tracks: Sequence[Track], flight: Flight, model: ReunionModel) -> list[Piece]:
    """Tracks made ready for comparison."""
    return [_piece(track, flight, model) for track in tracks]


def _piece(track: Track, flight: Flight, model: ReunionModel) -> Piece:
    size_m = model.sizes_m.get(track.category, 1.0)
    first, last = track.sightings[:_END], track.sightings[-_END:][::-1]
    return Piece(track, track.looks, (_end(first, flight, size_m), _end(last, flight, size_m)))


def _end(sightings: Sequence[Sighting], flight: Flight, size_m: float) -> Floats:
    """Of the sightings next to an end, the outermost first."""
    places, ranges = [], []
    for sighting in sightings:
        away = size_m / _size(sighting, flight)
        bearing = flight.bearing(sighting)
        places.append(flight.places[flight.at(sighting.time_s)] + away * np.array([math.cos(bearing), math.sin(bearing)]))
        ranges.append(away)
    outer = sightings[0]
    height = (outer.detection.box[1] + outer.detection.box[3] / 2) / flight.focal_px
    start = [flight.bearing(outer), height, math.log(_size(outer, flight))]
    return np.array([*start, *np.median(places, 0), float(np.median(ranges))])


def _size(sighting: Sighting, flight: Flight) -> float:
    """[rad] root of the area of its box."""
    _, _, width, height = sighting.detection.box
    return math.sqrt(max(width * height, 16.0)) / flight.focal_px


def pair_features(first: Piece, second: Piece) -> list[float]:
    """`PAIR_FEATURES` of two tracks of one category, the second begun after the first ended."""
    a, b = first.ends[1], second.ends[0]
    gap_s = second.track.first_s - first.track.last_s
    size = math.exp(a[2])
    slack = 0.04 + 0.5 * size + 0.6 * gap_s / min(a[5], b[5])
    aside = abs(a[0] - b[0]) / slack
    place = float(np.hypot(a[3] - b[3], a[4] - b[4])) / (0.5 + 0.2 * (a[5] + b[5]) + 0.3 * gap_s)
    return [
        math.log1p(aside),
        min(aside, _FARTHEST),
        math.log1p(abs(a[1] - b[1]) / (0.04 + 0.5 * size)),
        abs(a[2] - b[2]),
        likeness(first.looks, second.looks),
        math.log1p(gap_s),
        min(place, _FARTHEST),
        math.log(size),
    ]


def reunite(tracks: Sequence[Track], flight: Flight, model: ReunionModel) -> list[Track]:
    """Tracks that are likely one thing made one, the likeliest first; by the number of their first part."""
    pieces = dict(enumerate(pieces_of(tracks, flight, model)))
    same = {(i, j): _same(pieces[i], pieces[j], model) for i in pieces for j in pieces if i != j}
    while same and same[pair := max(same, key=lambda pair: same[pair])] >= model.least:
        first, second = (pieces.pop(i).track for i in pair)
        same = {key: value for key, value in same.items() if not set(key) & set(pair)}
        sightings = (*first.sightings, *second.sightings)
        whole = Track(number=first.number, category=first.category, sightings=sightings)
        new, piece = max((*pieces, *pair)) + 1, _piece(whole, flight, model)
        for i, other in pieces.items():
            same[i, new], same[new, i] = _same(other, piece, model), _same(piece, other, model)
        pieces[new] = piece
    return sorted((piece.track for piece in pieces.values()), key=lambda track: track.number)


def _same(first: Piece, second: Piece, model: ReunionModel) -> float:
    """The probability that the second goes on with the first; 0 unless it was begun later."""
    if first.track.category != second.track.category or second.track.first_s <= first.track.last_s:
        return 0.0
    return float(expit(model.weights[0] + np.array(model.weights[1:]) @ pair_features(first, second)))
