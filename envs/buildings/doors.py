"""Draws the doors and windows of a plan: which rooms they join, and how far they are open."""

from typing import NamedTuple

import numpy as np

from goldentime.envs.buildings.building import BuildingConfig, DoorState, Use
from goldentime.envs.buildings.plan import FRONT_M, Cell, DoorPlan, WindowPlan
from goldentime.envs.buildings.uses import HABITS
from goldentime.envs.level import OUTSIDE
from goldentime.envs.scenes.walls import FRAME_M, WALL_M, Span

__all__ = ["Shared", "draw_doors", "draw_windows", "shared_wall"]

Rng = np.random.Generator

_NEAR = 1e-6
_MARGIN_M = 0.35
"""From a doorway to the next wall."""
_DOOR_HIGH_M = 2.1
_THROUGH = 0.12
"""Share of neighbouring rooms with a door between them."""
_BLIND = (0.15, 0.6)
"""Share of the outer walls without windows: front and back, and the sides."""
_BAY_M = 3.6
"""From window to window, about."""
_OPEN = 0.1
"""Share of the windows that are open."""
_SEALING = 0.4
"""At most so large a share of the rooms' doors is not open."""


class Shared(NamedTuple):
    """The wall between two rooms, or between a room and the open air."""

    axis: int
    line: float
    along: Span
    """Up to the middle of the walls at its ends."""


def shared_wall(a: Cell, b: Cell) -> Shared | None:
    """The wall that two cells have in common; a's lies below or left of it, or above or right."""
    for axis in (0, 1):
        (a_along, a_over), (b_along, b_over) = (((c.y, c.x) if axis else (c.x, c.y)) for c in (a, b))
        low, high = max(a_along[0], b_along[0]), min(a_along[1], b_along[1])
        for line, other in ((a_over[1], b_over[0]), (a_over[0], b_over[1])):
            if abs(line - other) < _NEAR and high - low > 0.5:
                return Shared(axis, line, (low, high))
    return None


def draw_doors(config: BuildingConfig, use: Use, cells: list[Cell], rng: Rng) -> tuple[tuple[DoorPlan, ...], int]:
    """All doors, and the place of the main one."""
    common = [number for number, cell in enumerate(cells) if cell.kind != "room"]
    doors: list[DoorPlan] = []
    entrance = 0
    for number in common:
        cell = cells[number]
        if cell.kind == "stairs":
            for storey in range(cell.storeys[0], cell.storeys[1] + 1):
                corridor = next(i for i in common if cells[i].kind == "corridor" and cells[i].storeys[0] == storey)
                doors.append(_stair_door(config, cells, (number, corridor, storey), rng, first=number == 0))
        elif cell.kind == "hall":
            corridor = next(i for i in common if cells[i].kind == "corridor" and cells[i].storeys[0] == 0)
            wall = shared_wall(cell, cells[corridor])
            assert wall is not None
            doors.append(_hole((number, corridor), wall, 0.5 * sum(wall.along), 1.8))
            entrance = len(doors)
            doors.append(_main_door((OUTSIDE, number), cell, rng))
        elif cell.storeys[0] == 0:
            doors.append(_rear_exit(config, (number, OUTSIDE), cell, rng))
    doors += _room_doors(config, use, cells, rng)
    return tuple(doors), entrance


def _hole(rooms: tuple[int, int], wall: Shared, at: float, width: float) -> DoorPlan:
    return DoorPlan(rooms, 0, wall.axis, wall.line, round(at, 3), width, 2.3, "open", "")


def _main_door(rooms: tuple[int, int], hall: Cell, rng: Rng) -> DoorPlan:
    """Two leaves of glass that stand open."""
    width = round(float(rng.uniform(1.6, 1.9)), 2)
    at, angle = round(0.5 * sum(hall.x), 3), round(float(rng.uniform(1.45, 1.65)), 3)
    return DoorPlan(rooms, 0, 0, FRONT_M, at, width, 2.2, "open", "glass", 1, 1, angle)


def _stair_door(
    config: BuildingConfig, cells: list[Cell], place: tuple[int, int, int], rng: Rng, *, first: bool
) -> DoorPlan:
    """The first stairwell is open on all storeys."""
    stair, corridor, storey = place
    wall = shared_wall(cells[stair], cells[corridor])
    assert wall is not None
    state = _state(config, rng) if not first else "open"
    at = round(0.5 * sum(wall.along), 3)
    leafless = bool(rng.random() < 0.35)
    if leafless:
        state = "open"
    width = round(float(rng.uniform(1.1, 1.2)), 2)
    angle, hinge = _angle(state, rng), _sign(rng)
    leaf = "" if leafless else "steel"
    return DoorPlan(
        (corridor, stair), storey, 0, wall.line, at, width, _DOOR_HIGH_M, state, leaf, 1, hinge, angle
    )  # fmt: skip


def _rear_exit(config: BuildingConfig, rooms: tuple[int, int], corridor: Cell, rng: Rng) -> DoorPlan:
    """At one end of the lowest corridor."""
    state = _state(config, rng)
    line = corridor.x[0] if rng.random() < 0.5 else corridor.x[1]
    side = -1 if line == corridor.x[0] else 1
    angle, hinge = _angle(state, rng), _sign(rng)
    at = round(0.5 * sum(corridor.y), 3)
    return DoorPlan(rooms, 0, 1, line, at, 1.1, _DOOR_HIGH_M, state, "steel", side, hinge, angle)


def _room_doors(config: BuildingConfig, use: Use, cells: list[Cell], rng: Rng) -> list[DoorPlan]:
    """From corridors into rooms, from rooms into what lies behind them, and here and there between neighbours."""
    doors: list[DoorPlan] = []
    for number, cell in enumerate(cells):
        if cell.kind != "room":
            continue
        within = [i for i, c in enumerate(cells) if c.storeys == cell.storeys and i != number]
        corridor = [i for i in within if cells[i].kind == "corridor" and shared_wall(cell, cells[i])]
        parent = corridor or [number - 1]
        doors.append(_room_door(config, use, cells, (parent[0], number), rng))
        neighbour = number + 1 if number + 1 < len(cells) else number
        beside = use != "apartment" and neighbour in within and cells[neighbour].kind == "room"
        if beside and rng.random() < _THROUGH and shared_wall(cell, cells[neighbour]) is not None:
            doors.append(_room_door(config, use, cells, (number, neighbour), rng))
        if cell.use == "shop" and abs(cell.y[0] - FRONT_M) < _NEAR and cell.storeys[0] == 0:
            doors.append(_shop_door(config, (OUTSIDE, number), cell, rng))
    return _mended(doors, rng)


def _room_door(config: BuildingConfig, use: Use, cells: list[Cell], pair: tuple[int, int], rng: Rng) -> DoorPlan:
    """It turns into the second room."""
    habit, (a, b) = HABITS[use], pair
    wall = shared_wall(cells[b], cells[a])
    assert wall is not None
    width = round(float(rng.uniform(*habit.door_m)), 2)
    reach = 0.5 * width + FRAME_M + _MARGIN_M + 0.5 * WALL_M
    at = round(float(rng.uniform(wall.along[0] + reach, wall.along[1] - reach)), 2)
    over = cells[b].x if wall.axis else cells[b].y
    swing = 1 if over[0] > wall.line - _NEAR else -1
    state = _state(config, rng)
    angle, hinge = _angle(state, rng), _sign(rng)
    leaf = "wood" if cells[a].kind == "room" else habit.leaf
    return DoorPlan(
        pair, cells[b].storeys[0], wall.axis, wall.line, at, width, _DOOR_HIGH_M, state, leaf, swing, hinge, angle
    )  # fmt: skip


def _shop_door(config: BuildingConfig, rooms: tuple[int, int], cell: Cell, rng: Rng) -> DoorPlan:
    """Of glass, in the front."""
    state = _state(config, rng)
    reach = 0.55 + FRAME_M + _MARGIN_M
    at = round(float(rng.uniform(cell.x[0] + reach, cell.x[0] + 0.35 * (cell.x[1] - cell.x[0]) + 0.3)), 2)
    angle, hinge = _angle(state, rng), _sign(rng)
    return DoorPlan(rooms, 0, 0, FRONT_M, max(at, round(cell.x[0] + reach, 3)), 1.1, 2.1, state, "glass", 1, hinge, angle)


def _sign(rng: Rng) -> int:
    return 1 if rng.random() < 0.5 else -1


def _state(config: BuildingConfig, rng: Rng) -> DoorState:
    d, chance = config.difficulty, float(rng.random())
    locked, closed, ajar = 0.01 + 0.12 * d, 0.03 + 0.13 * d, 0.06 + 0.16 * d
    if chance < locked:
        return "locked"
    if chance < locked + closed:
        return "closed"
    return "ajar" if chance < locked + closed + ajar else "open"


def _angle(state: DoorState, rng: Rng) -> float:
    """[rad]"""
    wide, little = float(rng.uniform(1.45, 1.7)), float(rng.uniform(0.3, 1.25))
    return {"open": round(wide, 3), "ajar": round(little, 3), "closed": 0.0, "locked": 0.0}[state]


def _mended(doors: list[DoorPlan], rng: Rng) -> list[DoorPlan]:
    """With enough of them open."""
    shut = [i for i, door in enumerate(doors) if door.state != "open"]
    for i in rng.permutation(shut).tolist()[int(_SEALING * len(doors)) :] if shut else ():
        doors[i] = doors[i]._replace(state="open", angle=_angle("open", rng))
    return doors


def draw_windows(cells: list[Cell], height_m: float, rng: Rng) -> tuple[WindowPlan, ...]:
    """In the outer walls of rooms, and at the ends of corridors above the ground."""
    lows = [min(c.x[0] for c in cells), min(c.y[0] for c in cells)]
    highs = [max(c.x[1] for c in cells), max(c.y[1] for c in cells)]
    found: list[WindowPlan] = []
    for number, cell in enumerate(cells):
        if cell.kind in ("stairs", "hall") or (cell.kind == "corridor" and cell.storeys[0] == 0):
            continue
        shop = cell.use == "shop" and cell.storeys[0] == 0
        z = (0.5, 2.2) if shop else (0.9, round(min(2.1, height_m - 0.35), 2))
        for axis, along, (low, high) in ((0, cell.x, cell.y), (1, cell.y, cell.x)):
            for line, edge in ((low, lows[1 - axis]), (high, highs[1 - axis])):
                blind = _BLIND[axis] if cell.kind == "room" else float(axis == 0)
                if abs(line - edge) > _NEAR or rng.random() < blind:
                    continue
                # A shop's door takes the other part of its front.
                part = (along[0] + 0.62 * (along[1] - along[0]), along[1]) if shop and line == FRONT_M else along
                for at, wide in _row_of_windows(part, rng):
                    share = 0.5 if rng.random() < _OPEN and not shop else 0.0
                    found.append(WindowPlan(number, cell.storeys[0], axis, line, at, wide, z, share))
    return tuple(found)


def _row_of_windows(along: Span, rng: Rng) -> list[tuple[float, float]]:
    """Middles and widths of the windows in a stretch of wall; none where it is too short."""
    count = max(round((along[1] - along[0]) / _BAY_M), 1)
    bay = (along[1] - along[0]) / count
    wide = round(min(float(rng.uniform(1.2, 2.0)), bay - 0.5), 2)
    if wide < 0.7:
        return []
    return [(round(along[0] + (i + 0.5) * bay, 3), wide) for i in range(count)]
