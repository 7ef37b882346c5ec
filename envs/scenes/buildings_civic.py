"""Fire station, hospital, school and police box."""

from dataclasses import replace

import numpy as np

from goldentime.envs.scenes.buildings_parts import (
    PALETTES,
    PROUD_M,
    Shell,
    Span,
    WindowGrid,
    add_windows,
    drawn,
    fitted_sign,
    pick,
)
from goldentime.envs.scenes.scene import Pool
from goldentime.envs.signage.pose import PlacedSign
from goldentime.envs.signage.words import building_lines
from goldentime.envs.signs import Language, SignKind, TextLine

__all__ = ["fire_station", "hospital", "name_sign", "police_box", "school"]

Rng = np.random.Generator
Size = tuple[float, float, float]


def name_sign(shell: Shell, kind: str, rng: Rng, pool: Pool, at: tuple[Span, Span, float]) -> None:
    """The building's name on a free part of the front: its span along y, its span in z, and x of the wall there."""
    y, z, x = at
    language = pick(rng, (Language.KO, Language.KO, Language.EN, Language.MIXED))
    said = (language, building_lines(kind, language, rng, pool))
    spec = fitted_sign(SignKind.BUILDING, rng, pool, said, (y[1] - y[0], z[1] - z[0]))
    middle = 0.5 * (y[0] + y[1])
    shell.signs.append(
        PlacedSign(spec=replace(spec, height_m=round(0.5 * (z[0] + z[1]), 3)), anchor=(x, middle, 0.0), yaw=0.0)
    )


def _emergency_number(shell: Shell, rng: Rng, pool: Pool, at: tuple[float, float, float], width: float) -> None:
    said = (Language.KO, (TextLine(text="119"),))
    spec = fitted_sign(SignKind.BUILDING, rng, pool, said, (width, 0.6 * width))
    x, y, z = at
    shell.signs.append(PlacedSign(spec=replace(spec, height_m=z), anchor=(x, y, 0.0), yaw=0.0))


def fire_station(shell: Shell, rng: Rng, pool: Pool) -> Size:
    """Wide red doors for the engines, a red band above them, offices over it, and a tower to hang hoses in."""
    colours = PALETTES[pool]
    wall, red, pane = pick(rng, colours.light + colours.walls[:1]), pick(rng, colours.reds), pick(rng, colours.windows)
    doors = int(rng.integers(3, 6)) if pool == "train" else int(rng.integers(2, 5))
    door = drawn(rng, (3.5, 4.1) if pool == "train" else (4.1, 4.6))
    gap, high, depth = 0.6, drawn(rng, (3.9, 4.4)), drawn(rng, (10.0, 13.0))
    side = drawn(rng, (2.5, 4.0))
    width = doors * (door + gap) + gap + side
    storey, storeys = 3.4, int(rng.integers(1, 3))
    band = (high + 0.35, high + 1.65)
    top = band[1] + 0.2 + storeys * storey
    y = (-0.5 * width, 0.5 * width)
    shell.block((-depth, 0.0), y, (0.0, top), wall)
    shell.block((-depth - 0.15, 0.15), (y[0] - 0.15, y[1] + 0.15), (top, top + 0.5), wall)
    left = bool(rng.random() < 0.5)
    first = y[0] + gap + (side if left else 0.0)
    for number in range(doors):
        start = first + number * (door + gap)
        _garage_door(shell, (start, start + door), high, (red, pane))
    shell.block((-0.1, 0.3), (y[0] - 0.1, y[1] + 0.1), band, red)
    grid = WindowGrid((-depth, 0.0), y, band[1] + 0.2, storey, storeys, max(round(width / 3.0), 4), wall, pane)
    add_windows(shell, grid)
    office = (y[0] + 0.8, y[0] + side - 0.2) if left else (y[1] - side + 0.2, y[1] - 0.8)
    shell.block((-0.5, PROUD_M), office, (0.0, 2.4), pane)
    name_sign(
        shell,
        "fire_station",
        rng,
        pool,
        ((first + 0.2, first + doors * (door + gap) - gap), (band[0] + 0.15, band[1] - 0.15), 0.3),
    )
    tower = _hose_tower(shell, rng, pool, (y[0] if left else y[1], left, depth, top, wall, red))
    return width + 3.4, depth, tower


def _garage_door(shell: Shell, y: Span, high: float, materials: tuple[str, str]) -> None:
    red, pane = materials
    shell.block((-0.3, 0.10), (y[0] - 0.18, y[1] + 0.18), (0.0, high + 0.18), "white_paint")
    shell.block((-0.3, 0.16), y, (0.02, high), red)
    shell.block((-0.3, 0.20), (y[0] + 0.25, y[1] - 0.25), (0.52 * high, 0.68 * high), pane)
    for share in (0.2, 0.38, 0.84):
        shell.block((-0.3, 0.19), y, (share * high, share * high + 0.06), "crimson_paint")


def _hose_tower(shell: Shell, rng: Rng, pool: Pool, at: tuple[float, bool, float, float, str, str]) -> float:
    edge, left, depth, above, wall, red = at
    side, height = 3.4, above + drawn(rng, (3.5, 6.0) if pool == "train" else (5.5, 8.0))
    y = (edge - side, edge) if left else (edge, edge + side)
    x = (-0.5 * depth - 0.5 * side, -0.5 * depth + 0.5 * side) if pool == "test" else (-side - 0.4, -0.4)
    shell.block(x, y, (0.0, height), wall)
    shell.block((x[0] - 0.12, x[1] + 0.12), (y[0] - 0.12, y[1] + 0.12), (height - 1.1, height - 0.3), red)
    shell.block((x[0] - 0.2, x[1] + 0.2), (y[0] - 0.2, y[1] + 0.2), (height, height + 0.25), wall)
    middle = 0.5 * (y[0] + y[1])
    shell.block(
        (x[1] - 0.5, x[1] + PROUD_M), (middle - 0.45, middle + 0.45), (3.0, height - 4.2), PALETTES[pool].windows[0]
    )
    _emergency_number(shell, rng, pool, (x[1], middle, height - 2.4), 2.6)
    return height + 0.25


def hospital(shell: Shell, rng: Rng, pool: Pool) -> Size:
    """Wide and pale, with rows of windows, a canopy over the entrance and a cross high up."""
    colours = PALETTES[pool]
    wall, pane = pick(rng, colours.light), pick(rng, colours.windows)
    width = drawn(rng, (24.0, 32.0) if pool == "train" else (30.0, 38.0))
    depth, storey = drawn(rng, (12.0, 16.0)), drawn(rng, (3.4, 3.8))
    storeys = int(rng.integers(4, 6)) if pool == "train" else int(rng.integers(3, 5))
    ground, top = 4.6, 4.6 + storeys * storey
    y = (-0.5 * width, 0.5 * width)
    shell.block((-depth, 0.0), y, (0.0, top + 1.6), wall)
    add_windows(shell, WindowGrid((-depth, 0.0), y, ground, storey, storeys, round(width / 2.4), wall, pane, pier=0.3))
    shell.block((-depth - PROUD_M, PROUD_M), (y[0] + 1.0, y[1] - 1.0), (0.5, 3.0), pane)
    mark = pick(rng, ("red_paint", "green_paint") if pool == "train" else ("crimson_paint", "teal_paint"))
    entrance = drawn(rng, (-0.15 * width, 0.15 * width))
    _canopy(shell, entrance, (wall, mark, pane))
    # A stair tower carries the cross.
    middle = pick(rng, (-0.36, 0.36)) * width
    tower = (middle - 2.3, middle + 2.3)
    shell.block((-6.0, 0.35), tower, (0.0, top + 3.4), wall)
    _cross(shell, (0.35, middle, top + 1.3), 3.4, mark)
    shell.block((-6.2, 0.45), (tower[0] - 0.1, tower[1] + 0.1), (top + 3.4, top + 3.7), mark)
    free = (y[0] + 0.6, tower[0] - 0.4) if middle > 0 else (tower[1] + 0.4, y[1] - 0.6)
    name_sign(shell, "hospital", rng, pool, ((free[0], free[1]), (top - 0.4, top + 1.5), 0.0))
    name_sign(shell, "hospital", rng, pool, ((entrance - 3.6, entrance + 3.6), (3.45, 4.15), 4.5))
    return width, depth, top + 3.7


def _canopy(shell: Shell, y: float, materials: tuple[str, str, str]) -> None:
    wall, mark, pane = materials
    shell.block((-0.5, 4.4), (y - 4.0, y + 4.0), (3.3, 4.3), wall)
    shell.block((-0.5, 4.5), (y - 4.1, y + 4.1), (3.3, 3.42), mark)
    shell.block((4.4, 4.5), (y - 3.8, y + 3.8), (3.42, 4.18), wall)
    for side in (-3.6, 3.6):
        shell.block((3.7, 4.1), (y + side - 0.2, y + side + 0.2), (0.0, 3.3), wall)
    shell.block((-0.5, 0.08), (y - 2.4, y + 2.4), (0.0, 3.0), "white_paint")
    for leaf in (-1.15, 1.15):
        shell.block((-0.5, 0.12), (y + leaf - 1.0, y + leaf + 1.0), (0.05, 2.8), pane)


def _cross(shell: Shell, centre: tuple[float, float, float], size: float, material: str) -> None:
    x, y, z = centre
    arm, third = 0.5 * size, size / 6.0
    shell.block((x - 0.1, x + 0.06), (y - arm - 0.3, y + arm + 0.3), (z - arm - 0.3, z + arm + 0.3), "white_paint")
    shell.block((x - 0.1, x + 0.14), (y - third, y + third), (z - arm, z + arm), material)
    shell.block((x - 0.1, x + 0.15), (y - arm, y + arm), (z - third, z + third), material)


def school(shell: Shell, rng: Rng, pool: Pool) -> Size:
    """Long rows of classroom windows, a middle bay with a clock, and a flag pole before it."""
    colours = PALETTES[pool]
    wall, pane = pick(rng, colours.walls), pick(rng, colours.windows)
    trim = pick(rng, tuple(name for name in colours.light + colours.walls if name != wall))
    width = drawn(rng, (34.0, 44.0) if pool == "train" else (42.0, 54.0))
    depth, storey, storeys = (
        drawn(rng, (9.0, 11.0)),
        drawn(rng, (3.2, 3.5)),
        int(rng.integers(3, 5) if pool == "train" else rng.integers(2, 4)),
    )
    top, y = storeys * storey, (-0.5 * width, 0.5 * width)
    shell.block((-depth, 0.0), y, (0.0, top + 0.8), wall)
    bays = round(width / drawn(rng, (1.9, 2.3)))
    add_windows(shell, WindowGrid((-depth, 0.0), y, 0.0, storey, storeys, bays, wall, pane, pier=0.22))
    for floor in range(1, storeys + 1):
        z = floor * storey
        shell.block((-depth - 0.1, 0.1), (y[0] - 0.1, y[1] + 0.1), (z - 0.14, z + 0.14), trim)
    middle = drawn(rng, (-0.12 * width, 0.12 * width))
    bay, out, ridge = drawn(rng, (3.2, 4.2)), 1.2, top + drawn(rng, (2.6, 3.4))
    shell.block((-depth, out), (middle - bay, middle + bay), (0.0, ridge), trim)
    shell.block((-depth, out + 0.15), (middle - bay - 0.15, middle + bay + 0.15), (ridge, ridge + 0.3), wall)
    _clock(shell, (out, middle, ridge - 1.35))
    for floor in range(1, storeys):
        z = floor * storey + 0.9
        if floor != 1:
            shell.block((0.0, out + PROUD_M), (middle - bay + 0.7, middle + bay - 0.7), (z, z + storey - 1.5), pane)
    shell.block((0.0, out + PROUD_M), (middle - 1.5, middle + 1.5), (0.0, 2.5), pane)
    shell.block((0.0, out + 1.4), (middle - 2.2, middle + 2.2), (2.7, 2.95), wall)
    name_sign(shell, "school", rng, pool, ((middle - bay + 0.3, middle + bay - 0.3), (storey + 0.3, 2 * storey - 0.3), out))
    _flag(shell, rng, (2.0, middle + pick(rng, (-1.0, 1.0)) * (bay + 2.5), drawn(rng, (8.0, 10.5))))
    return width, depth, ridge + 0.3


def _clock(shell: Shell, centre: tuple[float, float, float]) -> None:
    x, y, z = centre
    shell.disc((x + 0.05, y, z), 1.05, "black_paint")
    shell.disc((x + 0.09, y, z), 0.93, "white_paint")
    shell.block((x + 0.05, x + 0.13), (y - 0.05, y + 0.05), (z, z + 0.78), "black_paint")
    shell.block((x + 0.05, x + 0.13), (y, y + 0.5), (z - 0.06, z + 0.06), "black_paint")


def _flag(shell: Shell, rng: Rng, at: tuple[float, float, float]) -> None:
    x, y, height = at
    shell.post((x, y, 0.0), 0.06, height, "steel")
    shell.block((x - 0.3, x + 0.3), (y - 0.3, y + 0.3), (0.0, 0.4), "concrete")
    length = drawn(rng, (1.3, 1.7))
    shell.block((x - 0.01, x + 0.01), (y + 0.06, y + 0.06 + length), (height - 1.1, height - 0.1), "white_paint")
    middle = y + 0.06 + 0.5 * length
    shell.block((x - 0.03, x + 0.03), (middle - 0.24, middle + 0.24), (height - 0.6, height - 0.36), "red_paint")
    shell.block((x - 0.03, x + 0.03), (middle - 0.24, middle + 0.24), (height - 0.84, height - 0.6), "blue_paint")


def police_box(shell: Shell, rng: Rng, pool: Pool) -> Size:
    """Small and of one storey, with a broad blue band under the roof and a lamp on it."""
    colours = PALETTES[pool]
    wall, blue, pane = pick(rng, colours.light), pick(rng, colours.blues), pick(rng, colours.windows)
    width = drawn(rng, (7.0, 9.5) if pool == "train" else (8.5, 11.0))
    depth, top = drawn(rng, (5.0, 7.0)), drawn(rng, (2.9, 3.3))
    y = (-0.5 * width, 0.5 * width)
    shell.block((-depth, 0.0), y, (0.0, top), wall)
    band = (top, top + drawn(rng, (0.95, 1.25)))
    out = drawn(rng, (0.5, 0.9))
    shell.block((-depth - 0.3, out), (y[0] - 0.3, y[1] + 0.3), band, blue)
    shell.block((-depth - 0.35, out + 0.05), (y[0] - 0.35, y[1] + 0.35), (band[1], band[1] + 0.12), "white_paint")
    shell.block((-depth - PROUD_M, PROUD_M), (y[0] - PROUD_M, y[1] + PROUD_M), (0.35, 0.75), blue)
    door = pick(rng, (-0.22, 0.0, 0.22)) * width
    shell.block((-0.5, 0.12), (door - 1.0, door + 1.0), (0.0, 2.45), "steel")
    for leaf in (-0.46, 0.46):
        shell.block((-0.5, 0.17), (door + leaf - 0.42, door + leaf + 0.42), (0.06, 2.3), pane)
    for start, end in ((y[0] + 0.5, door - 1.4), (door + 1.4, y[1] - 0.5)):
        if end - start > 0.8:
            shell.block((-0.5, 0.06), (start, end), (0.95, 2.3), "white_paint")
            shell.block((-0.5, 0.10), (start + 0.1, end - 0.1), (1.05, 2.2), pane)
    for side in (y[0] - PROUD_M, y[1] - 0.3):
        shell.block((-depth + 1.0, -1.0), (side, side + 0.3 + PROUD_M), (1.05, 2.2), pane)
    roof = band[1] + 0.12
    lamp = pick(rng, (-0.35, 0.0, 0.35)) * width
    shell.post((-0.4, lamp, roof), 0.28, 0.2, "steel")
    shell.post((-0.4, lamp, roof + 0.2), 0.24, 0.5, pick(rng, (*colours.reds, blue)))
    shell.post((-depth + 0.6, y[0] + 0.6, roof), 0.05, 3.0, "steel")
    name_sign(shell, "police_box", rng, pool, ((y[0] + 0.2, y[1] - 0.2), (band[0] + 0.12, band[1] - 0.12), out))
    return width + 0.7, depth, roof + 3.0
