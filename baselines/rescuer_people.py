"""Whom the rescuer takes for somebody to be rescued, of what kind, and how they seem to be."""

import numpy as np

from goldentime.baselines.rescuer_findings import FAKES, PERSON, Findings
from goldentime.perception.landmarks import Landmark

__all__ = ["condition_of", "kind_of", "moves", "victims"]

_SIGHTINGS = 3
"""So many make a find,"""
_WEIGHT, _WEIGHT_WARM, _WEIGHT_ALONE, _WEIGHT_POST, _WEIGHT_UNFELT = 2.2, 1.1, 1.7, 4.5, 3.4
"""and of people, whom it is worth to guess, as many with at least this sum, less for those who are warm, but for those who
are nothing but warm, the more if they stand, as hot walls and lintels do, and for those at whom no thermal camera has
looked."""
_WARM_SHARE, _COLD_SHARE = 0.6, 0.6
"""Share of the looks that must say so; who is as cold as the room is a thing."""
_RESCUERS = ("firefighter", "medic", *FAKES)
_RESCUER_SHARE, _DOUBT = 0.4, 1.0
"""Who seems to be none to be rescued by so large a share of votes, to which so many for the contrary are added."""
_SITS = 0.6
_SETTLED_S, _PLENTY = 1.5, 8
"""A find is told when it is out of view for so long, or was seen so often."""
_SAME_M = 1.8
"""People who were seen no farther apart may be one who moved."""
_LYING, _LOW = ("lying_back", "lying_side"), ("sitting", "crouching")
_COMMON = {"man": 0.29, "woman": 0.29, "child": 0.22, "elderly_man": 0.1, "elderly_woman": 0.1}
"""How many of each kind there are; counts as much as one sighting."""
_SPEAKS = {"man": "man", "elderly_man": "man", "woman": "woman", "elderly_woman": "woman", "child": "child"}
_UNHEARD = 0.7
"""To what was heard of a voice so much is added for each answer."""


def condition_of(mark: Landmark) -> str:
    """How somebody seems to be, by how they lie, sit or stand; who lies and calls has all their wits."""
    if _lies(mark):
        return "urgent" if mark.votes.get("awake") else "immediate"
    return "urgent" if sum(mark.share("posture", name) for name in _LOW) > 0.4 else "non_urgent"


def _lies(mark: Landmark) -> bool:
    low, lying = (sum(mark.share("posture", name) for name in names) for names in (_LOW, _LYING))
    return lying > 0.5 or (lying >= low and lying > 0.34)


def kind_of(mark: Landmark) -> str:
    """The likeliest kind of somebody, by how they look and sound, and by how common it is."""
    looks, sounds = mark.votes.get("kind", {}), mark.votes.get("voice", {})
    weights = {
        kind: (looks.get(kind, 0.0) + common) * (sounds.get(_SPEAKS[kind], 0.0) + _UNHEARD)
        for kind, common in _COMMON.items()
    }
    return max(weights, key=lambda kind: weights[kind])


def _rests(mark: Landmark) -> bool:
    """Whether they lie or sit on the ground, as no rescuer at work does."""
    return _lies(mark) or mark.share("posture", "sitting") > _SITS


def victims(findings: Findings, time_s: float, *, last: bool = False) -> list[Landmark]:
    """People of whom it is sure enough that they are there and need help."""
    found: list[Landmark] = []
    for mark in findings.marks(PERSON, _SIGHTINGS):
        kinds = mark.votes.get("kind", {})
        other = sum(kinds.get(kind, 0.0) for kind in (FAKES if _rests(mark) else _RESCUERS))
        rescuer = other / (sum(kinds.values()) + _DOUBT)
        alone = _WEIGHT_POST if condition_of(mark) == "non_urgent" else _WEIGHT_ALONE
        warm = _WEIGHT_WARM if kinds else alone
        felt = _WEIGHT if mark.votes.get("warm") else _WEIGHT_UNFELT
        weight = warm if mark.share("warm", "yes") > _WARM_SHARE else felt
        rescuer = 1.0 if mark.share("warm", "no") > _COLD_SHARE else rescuer
        settled = last or mark.sightings >= _PLENTY or time_s - mark.last_s > _SETTLED_S
        sure = mark.score >= weight and rescuer < _RESCUER_SHARE
        if (
            sure
            and settled
            and all(
                np.linalg.norm(mark.position_m - other.position_m) > _SAME_M or mark.choice("kind") != other.choice("kind")
                for other in found
            )
        ):
            found.append(mark)
    return found


def moves(mark: Landmark) -> bool:
    """Whether somebody walks about."""
    return mark.share("posture", "walking") > 0.35
