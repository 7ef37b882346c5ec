"""Which figures and objects the scenes of a pool are drawn from."""

import numpy as np

from goldentime.envs.assets.objects import KINDS
from goldentime.envs.scenes.scene import Pool

__all__ = ["CONTEST", "FURNITURE", "PEOPLE", "TRIAGE_TAGS", "asset_pool", "draw_figure", "draw_object"]

Rng = np.random.Generator

PEOPLE = {
    "man": (7, 3), "woman": (8, 3), "child": (7, 3), "elderly_man": (6, 1), "elderly_woman": (6, 1), "firefighter": (5, 1),
    "medic": (7, 1), "mannequin": (3, 1),
}  # fmt: skip
"""Kinds of figures, how many builds each has, and the number of the one that is kept for the test pool."""

CONTEST = ("fire_extinguisher", "hydrant", "car", "bicycle", "motorcycle")
"""The classes of the real contest besides persons."""

FURNITURE = ("bed", "chair", "door", "shelf", "sofa", "table")
"""What rooms are furnished with; it is not counted among a scene's objects."""

TRIAGE_TAGS = ("triage_tag_red", "triage_tag_yellow", "triage_tag_green", "triage_tag_black")
"""They lie about or beside someone; they are not counted among a scene's objects either."""

_VARIANTS: dict[Pool, tuple[int, int]] = {"train": (0, 64), "test": (400, 424)}
"""Numbers of the objects. More would be as easy, but making one takes some milliseconds: these fit into a cache."""


def draw_figure(kind: str, posture: str, pool: Pool, rng: Rng) -> str:
    """The asset of a person or mannequin."""
    builds, kept = PEOPLE[kind]
    build = kept
    if pool == "train":
        build = int(rng.integers(builds - 1))
        build += build >= kept
    return f"{kind}-{build}-{posture}"


def draw_object(kind: str, pool: Pool, rng: Rng) -> str:
    """The asset of an object."""
    if kind.startswith("triage_tag"):
        return f"{kind}-0"
    low, high = _VARIANTS[pool]
    return f"{kind}-{int(rng.integers(low, high))}"


def asset_pool(name: str) -> Pool | None:
    """The pool that an asset belongs to; None for those that both use: triage tags and posters."""
    kind, number = name.rsplit("-", 1)
    if kind in KINDS:
        return None if kind.startswith("triage_tag") else "train" if int(number) < _VARIANTS["test"][0] else "test"
    parts = name.split("-")
    if parts[0] == "poster":
        return None
    return "test" if int(parts[1]) == PEOPLE[parts[0]][1] else "train"
