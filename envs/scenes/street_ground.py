"""What a street lies on: road, pavements, kerbs and markings; trees and lamp posts along it."""

from typing import NamedTuple

import numpy as np

from goldentime.envs.level import Box, Cylinder, Point
from goldentime.envs.scenes.draft import Draft, solid_bounds

__all__ = ["MARGIN_M", "PAVING_M", "ROAD_M", "Street", "lay_ground", "plant", "slab"]

ROAD_M, PAVING_M = 0.04, 0.16
"""Height of the road and of the pavements above the ground."""
MARGIN_M = 12.0
"""The ground goes on so far beyond the street's ends."""


class Street(NamedTuple):
    """Measures of a street [m]."""

    length_m: float
    road_m: float
    """Half the road's width."""
    front_m: float
    """From the middle to where buildings may begin."""
    flight_m: float
    """Height of the route."""


def slab(x: tuple[float, float], y: tuple[float, float], z: tuple[float, float], semantic: str, material: str) -> Box:
    spans = (x, y, z)
    a, b, c = (round(0.5 * (low + high), 4) for low, high in spans)
    d, e, f = (round(high - low, 4) for low, high in spans)
    return Box(centre=(a, b, c), size=(d, e, f), semantic=semantic, material=material)


def lay_ground(draft: Draft, street: Street) -> None:
    look, (low, high) = draft.look, (-MARGIN_M, street.length_m + MARGIN_M)
    far = 40.0
    parts = [
        slab((low - far, high + far), (-60.0, 60.0), (0.0, 0.015), "ground", look.ground),
        slab((low, high), (-street.road_m, street.road_m), (0.0, ROAD_M), "ground", look.road),
    ]
    for side in (-1, 1):
        y = sorted((side * street.road_m, side * (street.front_m + 6.0)))
        parts.append(slab((low, high), (y[0], y[1]), (0.0, PAVING_M - 0.005), "ground", look.paving))
        kerb = sorted((side * (street.road_m - 0.12), side * (street.road_m + 0.06)))
        parts.append(slab((low, high), (kerb[0], kerb[1]), (0.0, PAVING_M), "ground", look.kerb))
    dash = 3.0
    for x in np.arange(low + 1.0, high - dash, 2.0 * dash).tolist():
        parts.append(slab((x, x + dash), (-0.07, 0.07), (0.01, ROAD_M + 0.006), "ground", "white_paint"))
    if draft.rng.random() < 0.6:
        x = float(draft.rng.uniform(5.0, street.length_m - 5.0))
        for y0 in np.arange(-street.road_m + 0.4, street.road_m - 0.6, 0.9).tolist():
            parts.append(slab((x - 1.6, x + 1.6), (y0, y0 + 0.45), (0.01, ROAD_M + 0.008), "ground", "white_paint"))
    draft.build(*parts, claim=False)


def plant(draft: Draft, street: Street) -> list[Point]:
    """Trees and lamp posts along the kerbs; the points below the lamps' heads [m]."""
    heads: list[Point] = []
    rng = draft.rng
    trees, lamps = int(rng.integers(0, 5)), int(rng.integers(1, 5))
    for number in range(trees + lamps):
        side = 1 if rng.random() < 0.5 else -1
        x, y = round(float(rng.uniform(1.0, street.length_m - 1.0)), 2), round(side * (street.road_m + 0.45), 2)
        tall, wide = float(rng.uniform(2.2, 2.8)), float(rng.uniform(0.8, 1.2))
        parts = _tree(x, y, tall, wide) if number < trees else _lamp(x, y, side)
        rooms = [solid_bounds(part) for part in parts]
        if all(draft.fits(room, 0.05) for room in rooms):
            draft.build(*parts)
            if number >= trees:
                heads.append((x, round(y - 0.9 * side, 3), 5.1))
    return heads


def _tree(x: float, y: float, trunk: float, crown: float) -> list[Box | Cylinder]:
    parts: list[Box | Cylinder] = [
        Cylinder(base=(x, y, 0.1), radius=0.11, height=round(trunk, 2), semantic="tree", material="wood", facets=8)
    ]
    z = trunk - 0.3
    for low, high, tall in ((0.75, 1.0, 0.7), (1.0, 0.8, 0.9), (0.8, 0.25, 0.9)):
        parts.append(
            Cylinder(
                base=(x, y, round(z, 2)), radius=round(low * crown, 2), radius_top=round(high * crown, 2), height=tall,
                semantic="tree", material="foliage", facets=9,
            )
        )  # fmt: skip
        z += tall
    return parts


def _lamp(x: float, y: float, side: int) -> list[Box | Cylinder]:
    return [
        Cylinder(base=(x, y, 0.1), radius=0.06, height=5.2, semantic="obstacle", material="steel", facets=8),
        Box(centre=(x, round(y - 0.5 * side, 3), 5.3), size=(0.12, 1.2, 0.08), semantic="obstacle", material="steel"),
    ]
