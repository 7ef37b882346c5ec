"""Fires and smoke of a scene."""

import math
from typing import NamedTuple

import numpy as np

from goldentime.envs.hazards.flames import Flame
from goldentime.envs.hazards.smoke import SmokeLayer, SmokeLayers
from goldentime.envs.level import Box, Cylinder, Point, Primitive
from goldentime.envs.scenes.draft import Draft, fire_bounds, solid_bounds
from goldentime.envs.scenes.palette import near, paint
from goldentime.envs.scenes.scene import SceneConfig, Thing

__all__ = ["Air", "add_fire_on", "add_open_fire", "draw_flames", "draw_smoke"]

Rng = np.random.Generator


class Air(NamedTuple):
    """The room that smoke fills."""

    top_m: float
    """Of the smoke: the ceiling, or as high as it goes in the open."""
    clear_m: tuple[float, float]
    """Range of the lower edge of the dark layer."""


def draw_flames(at: Point, spread_m: float, most_m: float, rng: Rng) -> list[Flame]:
    """Two to five tongues around a place, the tallest up to `most_m`."""
    tall = float(rng.uniform(0.55, 1.0)) * most_m
    flames = []
    for number in range(int(rng.integers(2, 6))):
        angle, away = float(rng.uniform(-math.pi, math.pi)), spread_m * math.sqrt(float(rng.random()))
        height = tall * (1.0 if number == 0 else float(rng.uniform(0.4, 0.9)))
        flames.append(
            Flame(
                position=(
                    round(at[0] + away * math.cos(angle), 3),
                    round(at[1] + away * math.sin(angle), 3),
                    round(at[2], 3),
                ),
                radius_m=round(height * float(rng.uniform(0.24, 0.36)), 3),
                height_m=round(height, 3),
                seed=int(rng.integers(2**16)),
                embers=int(rng.integers(0, 12)),
            )
        )
    return flames


def draw_fuel(at: Point, rng: Rng) -> list[Primitive]:
    """What burns in the open: a bin, or a heap of charred boxes."""
    x, y, z = at
    char = paint(near((0.13, 0.11, 0.10), rng, 0.02, 0.03))
    if rng.random() < 0.5:
        tall, radius = round(float(rng.uniform(0.5, 0.8)), 2), round(float(rng.uniform(0.2, 0.28)), 2)
        return [Cylinder(base=at, radius=radius, height=tall, semantic="obstacle", material=char)]
    heap: list[Primitive] = []
    for _ in range(int(rng.integers(2, 5))):
        a, b, c = (round(float(rng.uniform(0.15, 0.5)), 2) for _ in range(3))
        angle, away = float(rng.uniform(-math.pi, math.pi)), 0.2 * float(rng.random())
        centre = (round(x + away * math.cos(angle), 3), round(y + away * math.sin(angle), 3), round(z + 0.3 * c, 3))
        heap.append(Box(centre=centre, size=(a, b, 0.6 * c), yaw=round(angle, 3), semantic="obstacle", material=char))
    return heap


def add_open_fire(draft: Draft, at: Point, most_m: float) -> bool:
    """Something that burns in one place, if there is room for it and its flames."""
    fuel = draw_fuel(at, draft.rng)
    top = max(solid_bounds(part).high[2] for part in fuel)
    flames = draw_flames((at[0], at[1], round(at[2] + 0.5 * (top - at[2]), 3)), 0.18, most_m, draft.rng)
    rooms = [fire_bounds(flames), *(solid_bounds(part) for part in fuel)]
    if not all(draft.fits(room, 0.05) for room in rooms):
        return False
    draft.build(*fuel)
    _note(draft, flames)
    return True


def add_fire_on(draft: Draft, at: Point, spread_m: float, most_m: float) -> None:
    """A fire on something that stands there already."""
    _note(draft, draw_flames(at, spread_m, most_m, draft.rng))


def _note(draft: Draft, flames: list[Flame]) -> None:
    draft.claim(fire_bounds(flames))
    first = len(draft.flames)
    draft.flames += flames
    number = tuple(range(first, first + len(flames)))
    draft.note(Thing(kind="fire", centre=(0.0, 0.0, 0.0), size=(0.0, 0.0, 0.0), flames=number))


def draw_smoke(config: SceneConfig, air: Air, rng: Rng) -> SmokeLayers | None:
    """None, haze, or a dark layer over a clearer one."""
    chance, layered = float(rng.random()), bool(rng.random() < 0.65)
    low, high = (math.log(value) for value in config.extinction_per_m)
    thick = round(math.exp(float(rng.uniform(low, high))), 4)
    grey = float(rng.uniform(0.16, 0.5))
    if chance >= config.smoky:
        return None
    if not layered:
        return SmokeLayers(layers=(_layer(0.0, air.top_m, thick, grey + 0.1),))
    edge = round(float(rng.uniform(*air.clear_m)), 2)
    soft = round(edge + 0.12 * (air.top_m - edge), 2)
    hot_k = round(float(rng.uniform(300.0, 500.0)), 1)
    thin = round(thick * float(rng.uniform(0.03, 0.2)), 4)
    return SmokeLayers(
        layers=(
            _layer(0.0, edge, thin, grey + 0.15),
            _layer(edge, soft, round(0.4 * thick, 4), grey),
            _layer(soft, air.top_m, thick, 0.8 * grey, hot_k),
        )
    )


def _layer(bottom: float, top: float, extinction: float, grey: float, heat_k: float = 293.15) -> SmokeLayer:
    tone = (round(grey, 3), round(0.98 * grey, 3), round(0.95 * grey, 3))
    return SmokeLayer(bottom_m=bottom, top_m=top, extinction_per_m=extinction, colour=tone, temperature_k=heat_k)
