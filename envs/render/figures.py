"""The people who move: which model shows each of them at an instant, and where; and the triage tags beside them."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.people.looks import TAG_COLOURS, asset_of, start_of
from goldentime.envs.people.person import Person
from goldentime.types import PersonState, WorldState

__all__ = ["TAGS", "Figure", "figures", "tag_asset"]

TAGS = tuple(f"triage_tag_{colour}-0" for colour in TAG_COLOURS.values())
"""The assets of triage tags."""

_BESIDE_M = 0.6
"""From the middle of a person to their right, where a tag lies: beyond the arms of one who lies on the back."""


class Figure(NamedTuple):
    """One model as it stands at an instant."""

    kind: str
    """`"person"` or `"tag"`."""
    place: int
    """Of the person in `Scenario.people`."""
    asset: str
    pose: NDArray[np.float32]
    """(3, 4): turns and scales the model's points, then moves them to where it is."""
    scale: float


def figures(people: tuple[Person, ...], state: WorldState) -> list[Figure]:
    """All that is to be seen of the people; before anything is known of them they are where they start."""
    now = state.people or tuple(start_of(person) for person in people)
    found = []
    for place, (person, one) in enumerate(zip(people, now, strict=True)):
        pose = _pose(one.position_m, one.yaw_rad, person.scale)
        found.append(Figure("person", place, asset_of(person, one.posture), pose, person.scale))
        if one.tag:
            found.append(Figure("tag", place, tag_asset(one.tag), _beside(one, person.scale), 1.0))
    return found


def tag_asset(condition: str) -> str:
    """The asset of a condition's triage tag."""
    return f"triage_tag_{TAG_COLOURS[condition]}-0"


def _beside(one: PersonState, scale: float) -> NDArray[np.float32]:
    x, y, z = one.position_m
    away = _BESIDE_M * scale
    return _pose((x + away * math.sin(one.yaw_rad), y - away * math.cos(one.yaw_rad), z), one.yaw_rad, 1.0)


def _pose(position: tuple[float, float, float], yaw: float, scale: float) -> NDArray[np.float32]:
    cos, sin = scale * math.cos(yaw), scale * math.sin(yaw)
    x, y, z = position
    return np.array([(cos, -sin, 0.0, x), (sin, cos, 0.0, y), (0.0, 0.0, scale, z)], np.float32)
