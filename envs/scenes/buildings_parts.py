"""What buildings are put together from: blocks, window grids, signs; and what they are painted with.

A building's own frame: its front wall lies in the plane x = 0 and looks towards +x, y = 0 is the middle of the front, z = 0
the ground. Lengths are metres.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

import numpy as np

from goldentime.envs.level import Box, Cylinder, Mesh, Primitive
from goldentime.envs.scenes.scene import Pool
from goldentime.envs.signage.pose import PlacedSign
from goldentime.envs.signs import Language, Mounting, SignKind, SignSpec, SignVariety, TextLine, draw_sign, pool_fonts

__all__ = [
    "PALETTES",
    "PROUD_M",
    "Palette",
    "Shell",
    "Span",
    "WindowGrid",
    "add_windows",
    "drawn",
    "fitted_sign",
    "pick",
    "projecting_sign",
]

T = TypeVar("T")
Rng = np.random.Generator
Span = tuple[float, float]

PROUD_M = 0.05
"""By how much windows, bands and the like stand out of the wall, so that no two faces lie in one plane."""


class Palette(NamedTuple):
    """The materials of one pool."""

    light: tuple[str, ...]
    """Walls of what is white or pale in life."""
    walls: tuple[str, ...]
    reds: tuple[str, ...]
    blues: tuple[str, ...]
    accents: tuple[str, ...]
    windows: tuple[str, ...]


PALETTES: dict[Pool, Palette] = {
    "train": Palette(
        light=("white_render", "plaster"),
        walls=("brick", "cream_render", "sand_render", "salmon_render", "grey_render", "sky_render"),
        reds=("red_paint",),
        blues=("blue_paint",),
        accents=("orange_paint", "green_paint", "blue_paint", "yellow_paint", "black_paint"),
        windows=("window_dark", "window_blue"),
    ),
    "test": Palette(
        light=("ivory_render", "pale_render"),
        walls=("brown_brick", "yellow_brick", "mint_render", "lilac_render", "slate_render"),
        reds=("crimson_paint",),
        blues=("navy_paint",),
        accents=("teal_paint", "purple_paint", "crimson_paint", "navy_paint"),
        windows=("window_green", "window_brown"),
    ),
}


def pick(rng: Rng, items: Sequence[T]) -> T:
    """One of them."""
    return items[int(rng.integers(len(items)))]


def drawn(rng: Rng, span: Span) -> float:
    """A length within a span, to the centimetre."""
    return round(float(rng.uniform(*span)), 2)


class Shell:
    """Collects the parts of one building."""

    def __init__(self) -> None:
        self.solids: list[Primitive] = []
        self.glass: list[Box] = []
        self.signs: list[PlacedSign] = []

    def block(self, x: Span, y: Span, z: Span, material: str) -> None:
        """A cuboid between two values along each axis."""
        self.solids.append(_box(x, y, z, "building", material))

    def pane(self, x: Span, y: Span, z: Span) -> None:
        """A cuboid of glass."""
        self.glass.append(_box(x, y, z, "glass", "glass"))

    def post(self, foot: tuple[float, float, float], radius: float, height: float, material: str) -> None:
        """An upright cylinder."""
        self.solids.append(
            Cylinder(base=foot, radius=radius, height=height, semantic="building", material=material, facets=10)
        )

    def disc(self, centre: tuple[float, float, float], radius: float, material: str) -> None:
        """A thin upright disc that looks towards +x."""
        x, y, z = centre
        count = 20
        turns = [2.0 * math.pi * i / count for i in range(count)]
        rim = tuple((x, y + radius * math.cos(a), z + radius * math.sin(a)) for a in turns)
        faces = tuple((0, i, i + 1) for i in range(1, count - 1))
        self.solids.append(Mesh(vertices=rim, faces=faces, semantic="building", material=material))


def _box(x: Span, y: Span, z: Span, semantic: str, material: str) -> Box:
    centre = (0.5 * (x[0] + x[1]), 0.5 * (y[0] + y[1]), 0.5 * (z[0] + z[1]))
    size = (x[1] - x[0], y[1] - y[0], z[1] - z[0])
    return Box(centre=centre, size=size, semantic=semantic, material=material)


class WindowGrid(NamedTuple):
    """Rows of windows around a block."""

    x: Span
    """Of the block."""
    y: Span
    bottom: float
    """Height of the first storey's floor."""
    storey_m: float
    storeys: int
    bays: int
    """Windows in a row along the front."""
    wall: str
    pane: str
    pier: float = 0.45
    """Share of the row that is wall."""
    sill_m: float = 0.9
    head_m: float = 0.6
    """Wall above a window."""
    sides: bool = True


def add_windows(shell: Shell, grid: WindowGrid) -> None:
    """Windows on the front and back and, with `sides`, all around.

    Each row is one dark box right through the building and each pier another, so that a grid of n rows and m columns costs
    n + m boxes and not n * m.
    """
    axes = [(grid.x, grid.y, grid.bays, False)]
    if grid.sides:
        width, depth = grid.y[1] - grid.y[0], grid.x[1] - grid.x[0]
        axes.append((grid.y, grid.x, max(round(grid.bays * depth / width), 2), True))
    top = grid.bottom + grid.storeys * grid.storey_m
    for through, along, bays, turned in axes:
        pitch = (along[1] - along[0]) / bays
        half = 0.5 * grid.pier * pitch
        for storey in range(grid.storeys):
            floor = grid.bottom + storey * grid.storey_m
            z = (floor + grid.sill_m, floor + grid.storey_m - grid.head_m)
            _through(shell, (through, PROUD_M), (along[0] + half, along[1] - half), z, (turned, grid.pane))
        for bay in range(1, bays):
            middle = along[0] + bay * pitch
            z = (grid.bottom + grid.sill_m - 0.1, top - grid.head_m + 0.1)
            _through(shell, (through, 1.6 * PROUD_M), (middle - half, middle + half), z, (turned, grid.wall))


def _through(shell: Shell, across: tuple[Span, float], along: Span, z: Span, how: tuple[bool, str]) -> None:
    (low, high), proud = across
    turned, material = how
    span = (low - proud, high + proud)
    shell.block(*((along, span) if turned else (span, along)), z, material)


def fitted_sign(
    kind: SignKind, rng: Rng, pool: Pool, said: tuple[Language, tuple[TextLine, ...]] | None, room: tuple[float, float]
) -> SignSpec:
    """A flat sign that fills a part of the wall, width and height [m], as far as its proportions let it.

    Args:
        said: language and text; drawn from the vocabulary of the kind when not given.
    """
    return _sized(SignKind(kind), rng, pool, (said, room, Mounting.FLAT))


def projecting_sign(rng: Rng, pool: Pool, room: tuple[float, float]) -> SignSpec:
    """A shop's sign that sticks out, at most so wide and high [m]."""
    return _sized(SignKind.SHOP, rng, pool, (None, room, Mounting.PROJECTING))


def _sized(
    kind: SignKind,
    rng: Rng,
    pool: Pool,
    wanted: tuple[tuple[Language, tuple[TextLine, ...]] | None, tuple[float, float], Mounting],
) -> SignSpec:
    said, room, mounting = wanted
    language, lines = said or (None, None)
    variety = SignVariety(covered=0.0, soot=(0.0, 0.15), fonts=pool_fonts(pool), words=pool)
    spec = draw_sign(kind, rng, variety, language=language, lines=lines)
    while spec.mounting is not mounting:
        spec = draw_sign(kind, rng, variety, language=language, lines=lines)
    width, height = spec.size_m
    grow = min(room[0] / width, room[1] / height)
    size = (round(width * grow, 3), round(height * grow, 3))
    return replace(spec, size_m=size, border_m=round(0.99 * spec.border_m * grow, 4))
