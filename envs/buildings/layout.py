"""Draws the plan of a building: a corridor on each storey, rooms on both sides, stairwells through all storeys."""

from typing import NamedTuple

import numpy as np

from goldentime.envs.buildings.building import USES, BuildingConfig, Use
from goldentime.envs.buildings.doors import draw_doors, draw_windows
from goldentime.envs.buildings.naming import plate_lines
from goldentime.envs.buildings.plan import FRONT_M, Cell, Plan, StairPlan
from goldentime.envs.buildings.stairs import STAIR_M
from goldentime.envs.buildings.uses import HABITS, Habit
from goldentime.envs.scenes.walls import WALL_M, Span

__all__ = ["draw_plan"]

Rng = np.random.Generator

_HALL_M = (2.8, 3.6)
_LONG = 7
"""From so many rooms or flats on a storey on there are two stairwells."""
_SHORTEST_M = 10.0
_MISSING = 0.3
"""Share of the plates that is gone, at the highest difficulty."""


class _Size(NamedTuple):
    """How large the building is, before its rooms are."""

    use: Use
    counts: tuple[int, ...]
    """Rooms of each storey."""
    units: tuple[int, ...]
    """Doors of each storey's corridor: rooms or flats."""


class _Frame(NamedTuple):
    """What all storeys have in common [m]."""

    length_m: float
    front: Span
    corridor: Span
    back: Span
    """Spans in y, up to the middle of walls."""
    stairs: tuple[Span, ...]
    """Spans in x, at the back."""
    hall: Span
    """In x, at the front of the lowest storey."""


def draw_plan(config: BuildingConfig, rng: Rng) -> Plan:
    """Draw one; nothing is built yet."""
    use: Use = USES[int(rng.integers(len(USES)))] if config.use == "any" else config.use
    habit = HABITS[use]
    size = _size(config, use, rng)
    frame = _frame(size, habit, rng)
    height = round(float(rng.uniform(*habit.height_m)), 2)
    cells: list[Cell] = []
    top = len(size.counts) - 1
    for stair in frame.stairs:
        cells.append(Cell(stair, frame.back, (0, top), "stairs", ""))
    by_side = bool(rng.random() < 0.6)
    for storey, (rooms, units) in enumerate(zip(size.counts, size.units, strict=True)):
        cells.append(Cell((0.0, frame.length_m), frame.corridor, (storey, storey), "corridor", "corridor"))
        if storey == 0:
            cells.append(Cell(frame.hall, frame.front, (0, 0), "hall", "hall"))
        cells += _storey(config, (size.use, frame), (storey, rooms, units, by_side), rng)
    stairs = tuple(StairPlan(number, 1, -1) for number in range(len(frame.stairs)))
    doors, entrance = draw_doors(config, use, cells, rng)
    windows = draw_windows(cells, height, rng)
    return Plan(use, top + 1, height, tuple(cells), doors, windows, stairs, entrance)


def _size(config: BuildingConfig, use: Use, rng: Rng) -> _Size:
    d = config.difficulty
    rooms = config.rooms or int(rng.integers(round(4 + 12 * d), round(8 + 26 * d) + 1))
    most = min(HABITS[use].storeys, 1 + round(3.0 * d))
    drawn = int(rng.integers(max(most - 2, 1), most + 1))
    storeys = config.storeys or drawn
    rooms = rooms if config.rooms else max(rooms, 4 * storeys)
    storeys = min(storeys, rooms // 4)
    counts = [rooms // storeys + (i < rooms % storeys) for i in range(storeys)]
    units = [max((count + 1) // 2, min(count, 4)) if use == "apartment" else count for count in counts]
    return _Size(use, tuple(counts), tuple(units))


def _frame(size: _Size, habit: Habit, rng: Rng) -> _Frame:
    """The outline: as long as the fullest storey needs."""
    most = max(size.units)
    storeys = len(size.counts)
    stairs = 0 if storeys == 1 else 2 if most >= _LONG else 1
    wide = round(STAIR_M[0] + WALL_M + float(rng.uniform(0.0, 0.4)), 2)
    hall = round(float(rng.uniform(*_HALL_M)), 2)
    unit = float(rng.uniform(*habit.unit_m))
    length = round(max(0.5 * (most * unit + stairs * wide + hall), _SHORTEST_M + stairs * wide), 2)
    front, corridor, back = (
        round(float(rng.uniform(*span)), 2) for span in (habit.front_m, habit.corridor_m, habit.back_m)
    )
    back = max(back, STAIR_M[1] + WALL_M)
    y = [FRONT_M, round(FRONT_M + front, 4), round(FRONT_M + front + corridor + WALL_M, 4)]
    ends = [(0.0, wide), (round(length - wide, 4), length)]
    if stairs == 1 and rng.random() < 0.5:
        ends.reverse()
    middle = most >= 5 and rng.random() < 0.6
    begin = round(0.5 * (length - hall), 2) if middle else 0.0 if rng.random() < 0.5 else round(length - hall, 4)
    return _Frame(
        length, (y[0], y[1]), (y[1], y[2]), (y[2], round(y[2] + back, 4)), tuple(sorted(ends[:stairs])),
        (begin, round(begin + hall, 4)),
    )  # fmt: skip


def _storey(config: BuildingConfig, where: tuple[Use, _Frame], what: tuple[int, int, int, bool], rng: Rng) -> list[Cell]:
    """The rooms of one storey, numbered."""
    (use, frame), (storey, rooms, units, by_side) = where, what
    whole = (0.0, frame.length_m)
    front = _free(whole, [frame.hall] if storey == 0 else [])
    back = _free(whole, list(frame.stairs))
    shares = _shares([*front, *back], units)
    spans: list[list[Span]] = [[], []]
    for place, (span, count) in enumerate(zip([*front, *back], shares, strict=True)):
        spans[place >= len(front)] += _split(span, count, rng)
    cells: list[Cell] = []
    divided = rooms - units
    for side, row in enumerate(spans):
        for i, x in enumerate(sorted(row)):
            place = 2 * i + 1 + side if by_side else i + 1 + side * len(spans[0])
            number = 100 * (storey + 1) + place
            cells += _unit(config, (use, frame), (x, side, storey, number, len(cells) < 2 * divided), rng)
    return cells


def _unit(
    config: BuildingConfig, where: tuple[Use, _Frame], what: tuple[Span, int, int, int, bool], rng: Rng
) -> list[Cell]:
    """One room; or a flat of two, the second behind the first."""
    (use, frame), (x, side, storey, number, divided) = where, what
    y, habit = (frame.front, frame.back)[side], HABITS[use]
    names, weights = list(habit.rooms), np.array(list(habit.rooms.values()))
    kind = names[int(rng.choice(len(names), p=weights / weights.sum()))]
    if use == "shops" and storey == 0 and side == 0:
        kind = "shop"
    plate = plate_lines(number, kind, config.pool, rng)
    if rng.random() < _MISSING * config.difficulty:
        plate = ()
    if not divided:
        return [Cell(x, y, (storey, storey), "room", kind, number, plate)]
    share = float(rng.uniform(0.48, 0.55))
    cut = round(y[1] - share * (y[1] - y[0]) if side == 0 else y[0] + share * (y[1] - y[0]), 2)
    near, far = ((cut, y[1]), (y[0], cut)) if side == 0 else ((y[0], cut), (cut, y[1]))
    return [
        Cell(x, near, (storey, storey), "room", kind, number, plate),
        Cell(x, far, (storey, storey), "room", "bedroom"),
    ]


def _free(whole: Span, taken: list[Span]) -> list[Span]:
    """What is left of a stretch."""
    left, begin = [], whole[0]
    for low, high in [*sorted(taken), (whole[1], whole[1])]:
        if low - begin > 1.0:
            left.append((begin, low))
        begin = high
    return left


def _shares(spans: list[Span], units: int) -> list[int]:
    """How many units go into each stretch, at least one, as evenly as they can."""
    counts = [1] * len(spans)
    for _ in range(units - len(spans)):
        widths = [(span[1] - span[0]) / (count + 1) for span, count in zip(spans, counts, strict=True)]
        counts[int(np.argmax(widths))] += 1
    return counts


def _split(span: Span, count: int, rng: Rng) -> list[Span]:
    """A stretch divided into so many, none much wider than another."""
    shares = rng.uniform(0.88, 1.12, count)
    edges = span[0] + np.concatenate([[0.0], np.cumsum(shares / shares.sum())]) * (span[1] - span[0])
    marks = [span[0], *edges[1:-1].round(2).tolist(), span[1]]
    return [(marks[i], marks[i + 1]) for i in range(count)]
