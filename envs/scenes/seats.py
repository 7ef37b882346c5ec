"""Seats in a scene: chairs and sofas, benches, and how someone sits on one."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from goldentime.envs.assets.library import load_asset
from goldentime.envs.level import Box, Point, Primitive
from goldentime.envs.scenario import Prop
from goldentime.envs.scenes.draft import Draft, Seat, prop_room, solid_bounds

__all__ = ["SEATS", "add_bench", "seat_of", "seated"]

Rng = np.random.Generator

SEATS = {"chair": ("seat", 0.06), "sofa": ("cushions", 0.17)}
"""The part one sits on, and how far behind its rear edge's front the back comes [m]: chairs and sofas have a back."""
_SINK_M = 0.015
"""Cushions and clothes give."""
_HIGH_M = 0.05
"""So much above a low seat someone with long legs may be; nobody sees it."""
_GAP_M = 0.02
_BENCH_M = (1.5, 0.42, 0.45)
"""Width, depth and height of a bench's seat."""


class _Hips(NamedTuple):
    """Of a seated figure [m]."""

    back_m: float
    """x of the back of the hips."""
    under_m: float
    """Height above the soles of what rests on the seat."""


@lru_cache(maxsize=64)
def _hips(asset: str) -> _Hips:
    points = load_asset(asset).vertices
    low = points[points[:, 2] < 0.48 * points[:, 2].max()]
    back = float(low[:, 0].min())
    return _Hips(back, float(low[low[:, 0] < back + 0.2, 2].min()))


@lru_cache(maxsize=512)
def _surface(asset: str) -> tuple[float, float, float]:
    """Of a chair or sofa: x of the seat's rear edge, height of the seat, and half its width."""
    mesh = load_asset(asset)
    part, _ = SEATS[mesh.kind]
    faces = mesh.faces[mesh.region == [name for name, _ in mesh.regions].index(part)]
    a, b, c = (mesh.vertices[faces[:, i]].astype(np.float64) for i in range(3))
    up = np.cross(b - a, c - a)[:, 2]
    top = mesh.vertices[faces[up > 0.6 * up.max()]].reshape(-1, 3)
    return float(top[:, 0].min()), float(top[:, 2].mean()), float(0.5 * np.ptp(top[:, 1]))


def seat_of(prop: Prop, claims: range, thing: int) -> Seat:
    """The seat of a chair or sofa."""
    rear, high, half = _surface(prop.asset)
    kind = load_asset(prop.asset).kind
    x, cos, sin = rear + SEATS[kind][1], math.cos(prop.yaw), math.sin(prop.yaw)
    at = (prop.position[0] + cos * x, prop.position[1] + sin * x, prop.position[2] + high)
    return Seat(at, prop.yaw, max(half - 0.3, 0.0), prop.position[2], claims, thing)


def seated(draft: Draft, person: Prop) -> tuple[Prop, Seat] | None:
    """A sitting person moved to a seat that is free, or None.

    The seat is taken out of the draft; nothing else changes.
    """
    asset = person.asset.removesuffix("-sitting") + "-seated"
    hips = _hips(asset)
    for number in draft.rng.permutation(len(draft.seats))[:4].tolist():
        seat = draft.seats[number]
        low = seat.at[2] - person.scale * hips.under_m - _SINK_M
        if low < seat.ground_m - _HIGH_M:
            continue
        ahead, aside = -person.scale * hips.back_m, float(draft.rng.uniform(-1.0, 1.0)) * seat.aside_m
        cos, sin = math.cos(seat.yaw), math.sin(seat.yaw)
        at = (
            round(seat.at[0] + cos * ahead - sin * aside, 3),
            round(seat.at[1] + sin * ahead + cos * aside, 3),
            round(max(low, seat.ground_m), 3),
        )
        prop = Prop(asset=asset, position=at, yaw=round(seat.yaw, 3), scale=person.scale, colours=person.colours)
        if draft.fits(prop_room(prop), _GAP_M, but=seat.claims):
            del draft.seats[number]
            return prop, seat
    return None


def add_bench(draft: Draft, at: Point, yaw: float) -> bool:
    """A bench with a back, if there is room for it and before it; at is the ground below its middle."""
    wide, deep, high = _BENCH_M
    cos, sin = math.cos(yaw), math.sin(yaw)

    def part(x: float, y: float, z: float, size: tuple[float, float, float], material: str) -> Box:
        centre = (round(at[0] + cos * x - sin * y, 4), round(at[1] + sin * x + cos * y, 4), round(at[2] + z, 4))
        return Box(centre=centre, size=size, yaw=yaw, semantic="obstacle", material=material)

    parts: list[Primitive] = [part(0.0, 0.0, high - 0.02, (deep, wide, 0.04), "wood")]
    for z in (high + 0.17, high + 0.32):
        parts.append(part(-0.5 * deep + 0.02, 0.0, z, (0.03, wide, 0.1), "wood"))
    for y in (-0.5 * wide + 0.15, 0.5 * wide - 0.15):
        parts.append(part(0.0, y, 0.5 * (high - 0.04), (deep - 0.06, 0.05, high - 0.04), "steel"))
        parts.append(part(-0.5 * deep + 0.05, y, 0.5 * high + 0.18, (0.03, 0.05, high + 0.36), "steel"))
    rooms = [solid_bounds(solid) for solid in parts]
    if not all(draft.fits(room, 0.1) for room in rooms):
        return False
    first = draft.claims
    draft.build(*parts)
    back = -0.5 * deep + 0.08
    seat = (at[0] + cos * back, at[1] + sin * back, at[2] + high)
    draft.seats.append(Seat(seat, yaw, 0.5 * wide - 0.35, at[2], range(first, draft.claims), None))
    return True
