"""Signs of a building: plates beside doors, exits, the numbers of storeys, the building's own name, shops' boards."""

import math
from dataclasses import replace

import numpy as np

from goldentime.envs.buildings.plan import Cell, DoorPlan, Plan
from goldentime.envs.buildings.surfaces import front_walls, room_walls
from goldentime.envs.level import OUTSIDE
from goldentime.envs.scenes.buildings_parts import fitted_sign
from goldentime.envs.scenes.draft import Draft
from goldentime.envs.scenes.lettering import Wall, draw_flat, hang_on_wall, scene_sign
from goldentime.envs.scenes.walls import FRAME_M
from goldentime.envs.signage.words import building_lines
from goldentime.envs.signs import Language, Mounting, PlacedSign, SignKind, SignSpec, TextLine

__all__ = ["hang_plates", "hang_signs"]

Rng = np.random.Generator

_HEADROOM_M = 2.05
"""Signs below ceilings leave so much free below them."""
_BOARD_M = (3.6, 0.6)
"""The building's name fits into so much."""
_NOTICES = (SignKind.NOTICE, SignKind.HAZARD)


def hang_plates(draft: Draft, plan: Plan) -> dict[int, int]:
    """Plates beside the first doors of rooms; of each cell that got one the place of its sign."""
    found = {}
    for number, cell in enumerate(plan.cells):
        door = next((d for d in plan.doors if number in d.rooms and OUTSIDE not in d.rooms), None)
        if cell.plate and door is not None:
            sign = _plate(draft, plan, (number, cell), door)
            if sign is not None:
                found[number] = sign
    return found


def _plate(draft: Draft, plan: Plan, what: tuple[int, Cell], door: DoorPlan) -> int | None:
    """On the other side of the door than the room, to one side of it or the other."""
    number, cell = what
    korean = any(ord(sign) > 0x7F for line in cell.plate for sign in line.text)
    language = Language.MIXED if len(cell.plate) > 1 and cell.plate[-1].text.isascii() else Language.KO
    spec = scene_sign(SignKind.ROOM_PLATE, draft, cell.plate, language if korean else Language.EN)
    spec = replace(spec, mounting=Mounting.FLAT, vertical=False)
    outer = door.rooms[0] if door.rooms[1] == number else door.rooms[1]
    order = (door.at + 1.0, door.at - 1.0) if draft.rng.random() < 0.5 else (door.at - 1.0, door.at + 1.0)
    for side in order:
        reach = 0.5 * door.width + FRAME_M + 0.08 + 0.5 * spec.size_m[0]
        at = door.at + math.copysign(reach, side - door.at)
        for wall in room_walls(plan, outer):
            along = _along(wall, door, at)
            if along is not None and 0.5 * spec.size_m[0] < along < wall.length_m - 0.5 * spec.size_m[0]:
                sign = hang_on_wall(draft, spec, wall, along)
                if sign is not None:
                    return sign
    return None


def _along(wall: Wall, door: DoorPlan, at: float) -> float | None:
    """How far from its left end a place is on a wall, if the wall is the door's."""
    if abs(wall.begin[1 - door.axis] - door.line) > 0.1 or abs(wall.end[1 - door.axis] - door.line) > 0.1:
        return None
    return abs(at - wall.begin[door.axis]) if _covers(wall, door.axis, at) else None


def _covers(wall: Wall, axis: int, at: float) -> bool:
    low, high = sorted((wall.begin[axis], wall.end[axis]))
    return low < at < high


def hang_signs(draft: Draft, plan: Plan) -> None:
    """Exits, the numbers of storeys, some notices; outside the building's name and what shops are called."""
    _name(draft, plan)
    for number, cell in enumerate(plan.cells):
        if cell.kind not in ("corridor", "hall"):
            continue
        walls, storey = room_walls(plan, number), cell.storeys[0]
        for door in plan.doors:
            if number in door.rooms and door.storey == storey and _leads_out(plan, door):
                _exit(draft, plan, cell, door)
        if plan.storeys > 1 and cell.kind == "corridor":
            english = draft.rng.random() < 0.5
            line = (TextLine(text=f"{storey + 1}F" if english else f"{storey + 1}층"),)
            _anywhere(draft, scene_sign(SignKind.FLOOR_NUMBER, draft, line, Language.EN if english else Language.KO), walls)
        for _ in range(int(draft.rng.integers(0, 3))):
            _anywhere(draft, draw_flat(_NOTICES[int(draft.rng.integers(2))], draft), walls)


def _leads_out(plan: Plan, door: DoorPlan) -> bool:
    return OUTSIDE in door.rooms or any(plan.cells[room].kind == "stairs" for room in door.rooms)


def _anywhere(draft: Draft, spec: SignSpec, walls: list[Wall]) -> None:
    spec = replace(spec, mounting=Mounting.FLAT)
    for number in draft.rng.permutation(len(walls)).tolist()[:4]:
        if hang_on_wall(draft, spec, walls[number]) is not None:
            return


def _exit(draft: Draft, plan: Plan, cell: Cell, door: DoorPlan) -> None:
    """Over the door, seen from inside, or hanging in the corridor before it."""
    spec = scene_sign(SignKind.EXIT, draft)
    floor = plan.floor_m(cell.storeys[0])
    wide, high = spec.size_m
    over = door.height + FRAME_M + 0.06 + 0.5 * high
    y_or_x = cell.x if door.axis else cell.y
    inward = 1.0 if 0.5 * sum(y_or_x) > door.line else -1.0
    if over + 0.5 * high < plan.height_m - 0.03:
        face = door.line + inward * 0.07
        yaw = (0.0 if inward > 0 else math.pi) if door.axis else inward * 0.5 * math.pi
        anchor = (face, door.at, floor) if door.axis else (door.at, face, floor)
        flat = replace(spec, mounting=Mounting.FLAT, height_m=round(over, 3), vertical=False)
        draft.hang(PlacedSign(spec=flat, anchor=anchor, yaw=yaw))
        return
    height = round(plan.height_m - 0.06 - 0.5 * high, 3)
    if cell.kind != "corridor" or height - 0.5 * high < _HEADROOM_M or wide > cell.y[1] - cell.y[0] - 0.4:
        return
    hung = replace(spec, mounting=Mounting.HANGING, height_m=height, vertical=False)
    for _ in range(5):
        x = round(float(draft.rng.uniform(cell.x[0] + 1.0, cell.x[1] - 1.0)), 2)
        if draft.hang(PlacedSign(spec=hung, anchor=(x, round(0.5 * sum(cell.y), 3), floor), yaw=0.0)) is not None:
            return


def _name(draft: Draft, plan: Plan) -> None:
    """Above the doors: what the whole is called, and the shops."""
    walls = front_walls(plan)
    low = plan.doors[plan.entrance].height + 0.5
    for door in plan.doors:
        if OUTSIDE in door.rooms and door.axis == 0 and door.leaf == "glass":
            main = door is plan.doors[plan.entrance]
            spec = _board(draft, plan) if main else scene_sign(SignKind.SHOP, draft)
            if spec is not None:
                spec = replace(spec, mounting=Mounting.FLAT, vertical=False)
                wide, high = spec.size_m
                room = front_room(plan)
                if wide < 6.0 and low + high < room:
                    anchor = (door.at, walls[0].begin[1], plan.floor_m(0))
                    placed = replace(spec, height_m=round(low + 0.5 * high, 3))
                    draft.hang(PlacedSign(spec=placed, anchor=anchor, yaw=-0.5 * math.pi))


def front_room(plan: Plan) -> float:
    """Height of the front above the lowest floor up to the second storey's windows, or the roof."""
    top = plan.floor_m(1) - plan.floor_m(0)
    return top + (0.85 if plan.storeys > 1 else 0.0)


def _board(draft: Draft, plan: Plan) -> SignSpec | None:
    if plan.use not in ("apartment", "school"):
        return None
    language = (Language.KO, Language.MIXED)[int(draft.rng.integers(2))]
    lines = building_lines(plan.use, language, draft.rng, draft.pool)
    return fitted_sign(SignKind.BUILDING, draft.rng, draft.pool, (language, lines), _BOARD_M)
