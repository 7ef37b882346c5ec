"""The walls of rooms as those inside see them: where furniture stands and signs hang."""

import math
from collections.abc import Sequence

from goldentime.envs.buildings.plan import Cell, DoorPlan, Plan, inner
from goldentime.envs.scenes.lettering import Wall
from goldentime.envs.scenes.walls import FRAME_M, WALL_M, Span

__all__ = ["ceiling_points", "front_walls", "room_walls"]

_SHORTEST_M = 0.4
_NEAR = 1e-6
_ASIDE_M = 0.04
"""Between a door's frame and what hangs or stands beside it."""


def room_walls(plan: Plan, number: int) -> list[Wall]:
    """All stretches of a room's walls between its doors; of a stairwell those of the lowest storey."""
    cell = plan.cells[number]
    (x0, x1), (y0, y1) = inner(cell)
    floor = plan.floor_m(cell.storeys[0])
    faces = (
        (1, x0, (y0, y1), 0.0),
        (1, x1, (y0, y1), math.pi),
        (0, y0, (x0, x1), 0.5 * math.pi),
        (0, y1, (x0, x1), -0.5 * math.pi),
    )
    found = []
    for axis, face, along, yaw in faces:
        doors = [d for d in plan.doors if number in d.rooms and d.axis == axis and abs(d.line - face) < WALL_M]
        doors = [door for door in doors if door.storey == cell.storeys[0]]
        for low, high in _between(along, doors):
            found.append(_wall(axis, face, (low, high), (yaw, floor, plan.height_m)))
    return found


def _wall(axis: int, face: float, along: Span, how: tuple[float, float, float]) -> Wall:
    """Its left end is on the left of who looks at it."""
    yaw, floor, height = how
    # On the left is what comes first along x for walls that face south, along y for those that face east.
    left, right = along if yaw <= 0.0 else (along[1], along[0])
    a, b = ((face, left, floor), (face, right, floor)) if axis else ((left, face, floor), (right, face, floor))
    return Wall(a, b, yaw, height)


def _between(along: Span, doors: Sequence[DoorPlan]) -> list[Span]:
    left, begin = [], along[0]
    for door in sorted(doors, key=lambda d: d.at):
        reach = 0.5 * door.width + FRAME_M + _ASIDE_M
        left.append((begin, door.at - reach))
        begin = door.at + reach
    left.append((begin, along[1]))
    return [(low, high) for low, high in left if high - low > _SHORTEST_M]


def front_walls(plan: Plan) -> list[Wall]:
    """The front of the lowest storey between its doors, as seen from the street."""
    doors = [d for d in plan.doors if d.axis == 0 and abs(d.line - plan.span(1)[0]) < _NEAR]
    y = plan.span(1)[0] - 0.5 * WALL_M
    # Signs there hang by their height above the lowest floor; the wall goes up to the roof.
    high = plan.floor_m(plan.storeys) - plan.floor_m(0)
    return [_wall(0, y, span, (-0.5 * math.pi, plan.floor_m(0), high)) for span in _between(plan.span(0), doors)]


def ceiling_points(plan: Plan, cell: Cell) -> list[tuple[float, float, float]]:
    """Below which lamps hang: one or several in a row."""
    (x0, x1), (y0, y1) = inner(cell)
    z = round(plan.floor_m(cell.storeys[1]) + plan.height_m, 4)
    count = max(round((x1 - x0) / 6.0), 1) if cell.kind == "corridor" else 1
    step = (x1 - x0) / count
    return [(round(x0 + (i + 0.5) * step, 3), round(0.5 * (y0 + y1), 3), z) for i in range(count)]
