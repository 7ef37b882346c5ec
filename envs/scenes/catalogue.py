"""Which figures and objects the scenes of a pool are drawn from."""

import numpy as np

from goldentime.envs.assets.objects import KINDS
from goldentime.envs.scenes.scene import Pool

__all__ = ["CONTEST", "FURNITURE", "PEOPLE", "TRIAGE_TAGS", "asset_pool", "draw_figure", "draw_object"]

Rng = np.random.Generator

PEOPLE = {
    "man": 4, "woman": 4, "child": 4, "elderly_man": 2, "elderly_woman": 2, "firefighter": 2, "medic": 2, "mannequin": 2,
}  # fmt: skip
"""Kinds of figures and how many builds each has; the last one is kept for the test pool."""

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
    builds = PEOPLE[kind]
    build = int(rng.integers(builds - 1)) if pool == "train" else builds - 1
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
    return "test" if int(parts[1]) == PEOPLE[parts[0]] - 1 else "train"
