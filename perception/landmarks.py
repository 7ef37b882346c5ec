"""Things on a map: sightings from many places brought together, so that each thing is there once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from goldentime.records import record

__all__ = ["Landmark", "LandmarkMap", "Sighting"]

Floats = NDArray[np.float64]

_SPREAD_M, _SPREAD_PER_M = 0.2, 0.05
"""How sure a place is: standard deviation, and how it grows with the distance."""


@record
class Sighting:
    """A thing seen once."""

    category: str
    position_m: Floats
    """(3,) on the map."""
    distance_m: float
    """From the eye."""
    score: float
    """In [0, 1]."""
    votes: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """What is to be decided by all sightings together: by question, such as the kind of a person, weights by answer."""


@dataclass
class Landmark:
    """A thing on the map."""

    number: int
    category: str
    position_m: Floats
    """(3,) mean of the sightings, near ones counting more."""
    weight: float
    first_s: float
    last_s: float
    sightings: int
    score: float
    """Sum over the sightings."""
    votes: dict[str, dict[str, float]]
    """Sums over the sightings, weighted by their scores."""

    def choice(self, question: str) -> str:
        """The answer with most votes; empty without any."""
        answers = self.votes.get(question, {})
        return max(answers, key=lambda name: answers[name]) if answers else ""

    def share(self, question: str, answer: str) -> float:
        """Of the votes on a question those for an answer, in [0, 1]; 0 without any."""
        answers = self.votes.get(question, {})
        return answers.get(answer, 0.0) / max(sum(answers.values()), 1e-9)


class LandmarkMap:
    """All landmarks.

    Args:
        gates_m: by category, how far apart two sightings of one thing may be; `default_m` for others.
    """

    def __init__(self, gates_m: Mapping[str, float], default_m: float) -> None:
        self._gates_m, self._default_m = dict(gates_m), default_m
        self.landmarks: list[Landmark] = []

    def add(self, sightings: Sequence[Sighting], time_s: float) -> None:
        """Take in what one picture shows. No two sightings of one picture are the same thing: the best choose first."""
        taken: set[int] = set()
        for sighting in sorted(sightings, key=lambda one: -one.score):
            landmark = self._nearest(sighting, taken)
            if landmark is None:
                landmark = self._begin(sighting, time_s)
            else:
                _join(landmark, sighting, time_s)
            taken.add(landmark.number)

    def near(self, position_m: Floats, categories: Iterable[str], reach_m: float) -> list[Landmark]:
        """Landmarks of some categories within a distance, the nearest first."""
        wanted = set(categories)
        found = [(float(np.linalg.norm(mark.position_m - position_m)), mark) for mark in self.landmarks]
        return [mark for away, mark in sorted(found, key=lambda x: x[0]) if away <= reach_m and mark.category in wanted]

    def _nearest(self, sighting: Sighting, taken: set[int]) -> Landmark | None:
        gate_m = self._gates_m.get(sighting.category, self._default_m)
        near = self.near(sighting.position_m, [sighting.category], gate_m)
        return next((mark for mark in near if mark.number not in taken), None)

    def _begin(self, sighting: Sighting, time_s: float) -> Landmark:
        landmark = Landmark(
            number=len(self.landmarks),
            category=sighting.category,
            position_m=sighting.position_m.copy(),
            weight=_weight(sighting),
            first_s=time_s,
            last_s=time_s,
            sightings=1,
            score=sighting.score,
            votes={},
        )
        _vote(landmark, sighting)
        self.landmarks.append(landmark)
        return landmark


def _weight(sighting: Sighting) -> float:
    return sighting.score / (_SPREAD_M + _SPREAD_PER_M * sighting.distance_m) ** 2


def _join(landmark: Landmark, sighting: Sighting, time_s: float) -> None:
    weight = _weight(sighting)
    landmark.weight += weight
    landmark.position_m += (weight / landmark.weight) * (sighting.position_m - landmark.position_m)
    landmark.last_s = time_s
    landmark.sightings += 1
    landmark.score += sighting.score
    _vote(landmark, sighting)


def _vote(landmark: Landmark, sighting: Sighting) -> None:
    for question, answers in sighting.votes.items():
        sums = landmark.votes.setdefault(question, {})
        for name, share in answers.items():
            sums[name] = sums.get(name, 0.0) + sighting.score * share
