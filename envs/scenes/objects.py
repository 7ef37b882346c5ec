"""Objects in a scene: drawn, recoloured, put where they fit."""

import math
from collections.abc import Sequence

import numpy as np

from goldentime.envs.assets.library import Colour, load_asset
from goldentime.envs.level import Point
from goldentime.envs.scenario import Prop
from goldentime.envs.scenes.catalogue import draw_object
from goldentime.envs.scenes.draft import Draft, Place, prop_room
from goldentime.envs.scenes.palette import CLOTHES, near
from goldentime.envs.scenes.seats import SEATS, seat_of

__all__ = ["add_object", "draw_colours", "put_object"]

Rng = np.random.Generator

_TRIES = 25
_GAP_M = 0.05
# Parts whose colour says nothing about what the thing is; the others keep theirs but for a shade.
_FREE = {
    "backpack": ("bag", "pocket"), "bed": ("blanket",), "bicycle": ("frame",), "car": ("body",), "chair": ("seat",),
    "motorcycle": ("body",), "suitcase": ("shell",), "sofa": ("cover", "cushions"),
}  # fmt: skip
_SHADE = frozenset({"fire_extinguisher", "hydrant", "gas_cylinder", "cone", "relief_kit", "table", "shelf", "door"})
_REPAINTED = 0.6


def draw_colours(asset: str, rng: Rng) -> dict[str, Colour]:
    """Other colours for some parts of an object."""
    mesh = load_asset(asset)
    colours: dict[str, Colour] = {}
    for name, own in mesh.regions:
        if name in _FREE.get(mesh.kind, ()) and rng.random() < _REPAINTED:
            basic = list(CLOTHES.values())
            colours[name] = near(basic[int(rng.integers(len(basic)))], rng)
        elif mesh.kind in _SHADE:
            colours[name] = near(own, rng, 0.008, 0.04)
    return colours


def put_object(draft: Draft, asset: str, at: Point, yaw: float, gap_m: float = _GAP_M) -> bool:
    """An object in one place, if it fits there."""
    prop = Prop(asset=asset, position=at, yaw=round(yaw, 3))
    room = prop_room(prop)
    if not draft.fits(room, gap_m):
        return False
    colours, first = draw_colours(asset, draft.rng), draft.claims
    prop = Prop(asset=asset, position=at, yaw=round(yaw, 3), colours=colours)
    thing = draft.name(load_asset(asset).kind, [draft.put(prop, room)])
    if load_asset(asset).kind in SEATS:
        draft.seats.append(seat_of(prop, range(first, draft.claims), thing))
    return True


def add_object(draft: Draft, kind: str, place: Place, yaws: Sequence[float] = ()) -> bool:
    """An object somewhere; False where no room was found. Without `yaws` it may be turned at will."""
    asset = draw_object(kind, draft.pool, draft.rng)
    for _ in range(_TRIES):
        at = place(draft.rng)
        yaw = float(draft.rng.uniform(-math.pi, math.pi))
        if yaws:
            yaw = yaws[int(draft.rng.integers(len(yaws)))] + float(draft.rng.uniform(-0.05, 0.05))
        if put_object(draft, asset, at, yaw):
            return True
    return False
