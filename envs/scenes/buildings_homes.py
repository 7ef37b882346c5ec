"""Apartment block and row of shops."""

import math
from dataclasses import replace

import numpy as np

from goldentime.envs.scenes.buildings_civic import name_sign
from goldentime.envs.scenes.buildings_parts import (
    PALETTES,
    PROUD_M,
    Palette,
    Shell,
    Span,
    WindowGrid,
    add_windows,
    drawn,
    fitted_sign,
    pick,
    projecting_sign,
)
from goldentime.envs.scenes.scene import Pool
from goldentime.envs.signage.pose import PlacedSign
from goldentime.envs.signs import Language, SignKind, TextLine

__all__ = ["apartment", "shop_row"]

Rng = np.random.Generator
Size = tuple[float, float, float]


def apartment(shell: Shell, rng: Rng, pool: Pool) -> Size:
    """Tall, with a stack of balconies for each flat of a storey and the block's number on its sides."""
    colours = PALETTES[pool]
    wall, pane = pick(rng, colours.light + colours.walls), pick(rng, colours.windows)
    accent = pick(rng, tuple(name for name in colours.accents if name != "black_paint"))
    stacks = int(rng.integers(2, 4)) if pool == "train" else int(rng.integers(3, 5))
    flat = drawn(rng, (8.0, 10.0) if pool == "train" else (6.5, 8.0))
    storeys = int(rng.integers(8, 13)) if pool == "train" else int(rng.integers(6, 10))
    storey, depth = drawn(rng, (2.7, 2.9)), drawn(rng, (9.0, 12.0))
    width, top, lobby = stacks * flat, 3.9 + storeys * storey, 3.9
    y = (-0.5 * width, 0.5 * width)
    shell.block((-depth, 0.0), y, (0.0, top + 1.0), wall)
    grid = WindowGrid((-depth, 0.0), y, lobby, storey, storeys, 3 * stacks, wall, pane, pier=0.3, sides=False, head_m=0.35)
    add_windows(shell, grid)
    rail = pick(rng, (wall, accent, "white_paint"))
    for stack in range(stacks):
        start = y[0] + stack * flat
        for floor in range(storeys):
            z = lobby + floor * storey
            shell.block((-0.1, 1.2), (start + 0.35, start + flat - 1.6), (z - 0.15, z + 0.95), rail)
        _lobby(shell, start + 0.5 * flat, (accent, pane))
    for side in y:
        stripe = (side - PROUD_M, side + 0.3) if side < 0 else (side - 0.3, side + PROUD_M)
        shell.block((-0.68 * depth, -0.32 * depth), stripe, (0.0, top + 0.6), accent)
    shell.block((-0.7 * depth, -0.3 * depth), (-2.5, 2.5), (top + 1.0, top + 3.4), wall)
    shell.block((-depth - 0.1, 0.1), (y[0] - 0.1, y[1] + 0.1), (top + 0.6, top + 1.0), accent)
    _numbers(shell, rng, pool, (y, 0.32 * depth, top, y[0] + 0.5 * flat))
    return width, depth, top + 3.4


def _lobby(shell: Shell, y: float, materials: tuple[str, str]) -> None:
    accent, pane = materials
    shell.block((-0.5, 1.45), (y - 2.7, y + 2.7), (2.55, 3.42), accent)
    for post in (-2.5, 2.5):
        shell.block((1.2, 1.4), (y + post - 0.1, y + post + 0.1), (0.0, 2.55), accent)
    shell.block((-0.5, 0.07), (y - 1.0, y + 1.0), (0.0, 2.4), pane)


def _numbers(shell: Shell, rng: Rng, pool: Pool, at: tuple[Span, float, float, float]) -> None:
    """The block's number on both sides and on a board on the roof, the name of the estate over a door."""
    y, half_depth, top, door = at
    number = 101 + int(rng.integers(0, 19)) + 100 * int(rng.integers(0, 3))
    language = pick(rng, (Language.KO, Language.KO, Language.KO, Language.EN))
    text = f"{number}동" if language is Language.KO else f"BLOCK {number}"
    said = (language, (TextLine(text=text),))
    big = fitted_sign(SignKind.BUILDING, rng, pool, said, (2.0 * half_depth + 2.0, 2.6))
    middle = -1.5625 * half_depth  # of a depth of half_depth / 0.32
    for side, yaw in ((y[0] - PROUD_M, -0.5 * math.pi), (y[1] + PROUD_M, 0.5 * math.pi)):
        place = replace(big, height_m=round(top - 1.6, 3))
        shell.signs.append(PlacedSign(spec=place, anchor=(middle, side, 0.0), yaw=yaw))
    board = fitted_sign(SignKind.BUILDING, rng, pool, said, (6.4, 2.0))
    shell.block((-0.3, -0.1), (-3.5, 3.5), (top + 0.9, top + 3.3), "white_paint")
    shell.signs.append(PlacedSign(spec=replace(board, height_m=round(top + 2.15, 3)), anchor=(-0.1, 0.0, 0.0), yaw=0.0))
    name_sign(shell, "apartment", rng, pool, ((door - 2.6, door + 2.6), (2.62, 3.38), 1.45))


def shop_row(shell: Shell, rng: Rng, pool: Pool) -> Size:
    """Narrow houses side by side, each with a shop window and a sign of its own."""
    colours = PALETTES[pool]
    shops = int(rng.integers(3, 5)) if pool == "train" else int(rng.integers(4, 6))
    span = (4.6, 6.2) if pool == "train" else (3.8, 5.0)
    widths = [drawn(rng, span) for _ in range(shops)]
    depth, start, highest = drawn(rng, (7.0, 9.0)), -0.5 * sum(widths), 0.0
    paints = rng.permutation(len(colours.walls + colours.light)).tolist()
    for place, width in enumerate(widths):
        wall = (colours.walls + colours.light)[paints[place % len(paints)]]
        y = (start, start + width)
        highest = max(highest, _shop(shell, rng, pool, (y, depth, wall)))
        start += width
    return sum(widths), depth, highest


def _shop(shell: Shell, rng: Rng, pool: Pool, at: tuple[Span, float, str]) -> float:
    y, depth, wall = at
    colours = PALETTES[pool]
    ground, storey, upper = drawn(rng, (3.5, 3.8)), drawn(rng, (2.8, 3.1)), int(rng.integers(0, 3))
    top = ground + upper * storey
    accent, pane = pick(rng, colours.accents), pick(rng, colours.windows)
    shell.block((-depth, -1.4), y, (0.0, ground), wall)
    shell.block((-depth, 0.0), y, (2.6, top + 0.02), wall)
    shell.block((-depth - 0.08, 0.08), y, (top, top + 0.45), accent if upper else wall)
    for edge in ((y[0], y[0] + 0.25), (y[1] - 0.25, y[1])):
        shell.block((-1.5, 0.0), edge, (0.0, 2.7), wall)
    _shop_window(shell, rng, (y[0] + 0.25, y[1] - 0.25), (accent, colours))
    fascia = (2.62, 3.45)
    shell.block((-0.2, 0.12), (y[0] + 0.08, y[1] - 0.08), fascia, accent)
    if upper:
        bays = max(round((y[1] - y[0]) / 1.7), 2)
        grid = WindowGrid((-depth, 0.0), y, ground, storey, upper, bays, wall, pane, pier=0.4, head_m=0.5, sides=False)
        add_windows(shell, grid)
    spec = fitted_sign(SignKind.SHOP, rng, pool, None, (y[1] - y[0] - 0.3, fascia[1] - fascia[0] - 0.12))
    height = round(0.5 * (fascia[0] + fascia[1]), 3)
    shell.signs.append(PlacedSign(spec=replace(spec, height_m=height), anchor=(0.12, 0.5 * (y[0] + y[1]), 0.0), yaw=0.0))
    if upper and rng.random() < 0.5:
        _projecting_sign(shell, rng, pool, (y[0] + 0.12, ground))
    if rng.random() < 0.4:
        shell.block((0.0, 1.1), (y[0] + 0.2, y[1] - 0.2), (2.42, 2.55), pick(rng, colours.accents))
    return top + 0.45


def _projecting_sign(shell: Shell, rng: Rng, pool: Pool, at: tuple[float, float]) -> None:
    """At right angles to the wall, on the first upper storey, for a shop upstairs."""
    y, floor = at
    spec = projecting_sign(rng, pool, (1.3, 2.0))
    height = round(floor + 0.4 + spec.size_m[1] / 2, 3)
    shell.signs.append(PlacedSign(spec=replace(spec, height_m=height), anchor=(1.6 * PROUD_M, y, 0.0), yaw=0.0))


def _shop_window(shell: Shell, rng: Rng, y: Span, how: tuple[str, Palette]) -> None:
    """Glass over a low wall, a door beside it, goods behind it."""
    accent, colours = how
    door = 1.1
    left = bool(rng.random() < 0.5)
    pane = (y[0] + door, y[1]) if left else (y[0], y[1] - door)
    entry = (y[0], y[0] + door) if left else (y[1] - door, y[1])
    shell.block((-0.15, -0.02), pane, (0.0, 0.5), accent)
    shell.pane((-0.09, -0.05), pane, (0.5, 2.6))
    shell.pane((-0.09, -0.05), entry, (0.05, 2.2))
    shell.block((-0.15, -0.02), entry, (2.2, 2.6), accent)
    mullion = pane[0] if left else pane[1]
    shell.block((-0.15, 0.0), (mullion - 0.05, mullion + 0.05), (0.0, 2.6), "steel")
    shell.block((-1.4, -0.05), y, (0.0, 0.04), "wood")
    count = 3
    pitch = (pane[1] - pane[0]) / count
    for place in range(count):
        start = pane[0] + place * pitch + 0.15
        high = drawn(rng, (0.8, 1.7))
        shell.block((-1.3, -0.9), (start, start + pitch - 0.3), (0.04, high), pick(rng, colours.accents + colours.walls))
