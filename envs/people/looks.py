"""What of a person is to be seen and heard where they are now: the asset of their posture, and their mouth."""

import math
from functools import lru_cache

import numpy as np

from goldentime.envs.assets.library import load_asset
from goldentime.envs.people.person import Person
from goldentime.types import PersonState, Vec3

__all__ = ["TAG_COLOURS", "asset_of", "mouth_of", "start_of"]

TAG_COLOURS = {"non_urgent": "green", "urgent": "yellow", "immediate": "red", "dead": "black"}
"""Of triage tags by condition (START: Benson, Koenig and Schultz, Disaster triage: START, then SAVE, Prehospital and
Disaster Medicine 11, 1996)."""


def asset_of(person: Person, posture: str) -> str:
    """The asset that shows a person in a posture; one that they have none of is shown as lying or as they were at first."""
    if posture in person.assets:
        return person.assets[posture]
    return person.assets["lying_side" if posture.startswith("lying") else person.posture]


def start_of(person: Person) -> PersonState:
    """How a person is before anything happens, as far as one can see it."""
    return PersonState(
        position_m=person.position,
        yaw_rad=person.yaw,
        posture=person.posture,
        condition="non_urgent",
        fed=0.0,
        fed_heat=0.0,
        voice_db=0.0,
        hooded=False,
        tag="",
        injury=person.injury,
    )


def mouth_of(person: Person, state: PersonState) -> Vec3:
    """Where a person's mouth is now, world position [m]."""
    ahead, left, up = (person.scale * part for part in _face(asset_of(person, state.posture)))
    cos, sin = math.cos(state.yaw_rad), math.sin(state.yaw_rad)
    x, y, z = state.position_m
    return x + cos * ahead - sin * left, y + sin * ahead + cos * left, z + up


@lru_cache(maxsize=512)
def _face(asset: str) -> Vec3:
    """The middle between the eyes in an asset's own frame, which is a hand's breadth off the mouth; the top where it has no
    eyes."""
    mesh = load_asset(asset)
    names = [name for name, _ in mesh.regions]
    eyes = mesh.faces[mesh.region == names.index("eyes")] if "eyes" in names else mesh.faces[:0]
    if len(eyes):
        ahead, left, up = np.unique(mesh.vertices[eyes].reshape(-1, 3), axis=0).mean(0).tolist()
        return ahead, left, up
    return 0.0, 0.0, 0.9 * float(mesh.vertices[:, 2].max())
