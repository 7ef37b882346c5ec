"""What stands and hangs in the rooms of a building."""

import math
from collections.abc import Sequence

import numpy as np

from goldentime.envs.buildings.plan import Cell, Plan, inner
from goldentime.envs.buildings.surfaces import room_walls
from goldentime.envs.buildings.uses import CLUTTER, CONTENTS
from goldentime.envs.level import Point
from goldentime.envs.scenes.cast import add_mannequins, add_poster
from goldentime.envs.scenes.catalogue import FURNITURE, draw_object
from goldentime.envs.scenes.draft import Draft
from goldentime.envs.scenes.furnishing import put_at_wall
from goldentime.envs.scenes.lettering import Wall
from goldentime.envs.scenes.objects import put_object

__all__ = ["Wardrobe", "furnish"]

Rng = np.random.Generator

_VARIANTS = 2
"""Of each kind so many different ones stand in one building: offices buy by the dozen."""
_PIECE_M2 = 4.5
"""Of floor for one piece of furniture."""
_MOST_PIECES = 8
_ROW_M = (1.6, 2.3)
"""From desk to desk in a classroom."""
_MANNEQUINS, _POSTERS = 0.1, 0.15
"""For each room, at the highest difficulty."""


class Wardrobe:
    """The objects of one building."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._own: dict[str, list[str]] = {}

    def draw(self, kind: str) -> str:
        """An asset of a kind; the building has a few of each."""
        rng = self._draft.rng
        if kind not in self._own:
            self._own[kind] = [draw_object(kind, self._draft.pool, rng) for _ in range(_VARIANTS)]
        return self._own[kind][int(rng.integers(_VARIANTS))]


def furnish(draft: Draft, plan: Plan, difficulty: float) -> None:
    """Furniture in all rooms, then clutter, then what looks like people."""
    wardrobe = Wardrobe(draft)
    walls = [room_walls(plan, number) if cell.kind != "stairs" else [] for number, cell in enumerate(plan.cells)]
    for cell, own in zip(plan.cells, walls, strict=True):
        if cell.kind == "room" and own:
            _room(draft, cell, own, wardrobe)
    kinds, shares = list(CLUTTER), np.array(list(CLUTTER.values()))
    for cell, own in zip(plan.cells, walls, strict=True):
        if own and cell.contents is None:
            count = int(draft.rng.poisson((0.5 + 1.8 * difficulty) * (0.6 if cell.kind != "room" else 1.0)))
            for number in draft.rng.choice(len(kinds), size=min(count, 6), p=shares / shares.sum()).tolist():
                asset = wardrobe.draw(kinds[number])
                if draft.rng.random() < 0.6:
                    put_at_wall(draft, asset, own, jitter=0.3)
                else:
                    _stand(draft, asset, plan, cell)
    _likenesses(draft, plan, [wall for own in walls for wall in own], difficulty)


def _room(draft: Draft, cell: Cell, walls: Sequence[Wall], wardrobe: Wardrobe) -> None:
    kinds = cell.contents if cell.contents is not None else _pieces(cell, draft.rng)
    for kind in kinds:
        asset = wardrobe.draw(kind)
        if kind in FURNITURE:
            chair = (lambda: wardrobe.draw("chair")) if kind == "table" else None
            # Beds stand along a wall, for the sake of the ways, if they can.
            sideways = kind == "bed" and put_at_wall(draft, asset, walls, turn=0.5 * math.pi)
            if not sideways:
                put_at_wall(draft, asset, walls, chair=chair)
        else:
            put_at_wall(draft, asset, walls, jitter=0.3)
    if cell.use == "classroom" and cell.contents is None:
        _rows(draft, cell, walls[0].begin[2], wardrobe)


def _pieces(cell: Cell, rng: Rng) -> list[str]:
    """Kinds of furniture: as many as there is room for."""
    wanted = CONTENTS[cell.use]
    (x0, x1), (y0, y1) = inner(cell)
    count = min(max(round((x1 - x0) * (y1 - y0) / _PIECE_M2 * float(rng.uniform(0.7, 1.2))), 2), _MOST_PIECES)
    return [wanted[i % len(wanted)] for i in range(count)] if wanted else []


def _rows(draft: Draft, cell: Cell, floor_m: float, wardrobe: Wardrobe) -> None:
    """Desks one behind the other, each with a chair."""
    (x0, x1), (y0, y1) = inner(cell)
    yaw, desk = (0.0, math.pi)[int(draft.rng.integers(2))], wardrobe.draw("table")
    for x in np.arange(x0 + 1.6, x1 - 1.2, _ROW_M[0]).round(3).tolist():
        for y in np.arange(y0 + 1.3, y1 - 1.0, _ROW_M[1]).round(3).tolist():
            if put_object(draft, desk, (x, y, floor_m), yaw):
                before = round(x + 0.62 * math.cos(yaw), 3)
                put_object(draft, wardrobe.draw("chair"), (before, y, floor_m), yaw + math.pi, 0.0)


def _stand(draft: Draft, asset: str, plan: Plan, cell: Cell) -> None:
    """Anywhere in a room, if there is a place."""
    for _ in range(6):
        at, yaw = _inside(draft.rng, plan, cell), float(draft.rng.uniform(-math.pi, math.pi))
        if put_object(draft, asset, at, yaw):
            return


def _inside(rng: Rng, plan: Plan, cell: Cell) -> Point:
    x, y = (float(rng.uniform(low + 0.3, high - 0.3)) for low, high in inner(cell))
    return round(x, 3), round(y, 3), plan.floor_m(cell.storeys[0])


def _likenesses(draft: Draft, plan: Plan, walls: Sequence[Wall], difficulty: float) -> None:
    rooms = [cell for cell in plan.cells if cell.kind == "room"]
    posters = int(draft.rng.binomial(len(rooms), _POSTERS * difficulty))
    for _ in range(posters):
        add_poster(draft, walls)
    count = int(draft.rng.binomial(len(rooms), _MANNEQUINS * difficulty))
    add_mannequins(draft, count, lambda rng: _inside(rng, plan, rooms[int(rng.integers(len(rooms)))]))
