"""The shell of a building: walls with their holes, floors and ceilings, built from a plan."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from goldentime.envs.buildings.plan import GROUND_M, SLAB_M, Cell, DoorPlan, Plan, WindowPlan, inner
from goldentime.envs.level import OUTSIDE
from goldentime.envs.scenes.draft import Draft
from goldentime.envs.scenes.walls import FRAME_M, WALL_M, Hole, Span, across, block, paint_of, pierced

__all__ = ["Run", "build_shell", "face_material", "holes_of", "runs_of"]

_HALF = 0.5 * WALL_M
_NEAR = 1e-6
_PARAPET_M = 0.35
"""By how much outer walls stand out over the roof."""
_FLOORING_M = 0.02
"""Of a slab's thickness, what shows as the floor; the rest is the ceiling below it."""


class Run(NamedTuple):
    """A straight piece of wall between the same two rooms, or the open air."""

    axis: int
    line: float
    along: Span
    """Up to the middle of the walls at its ends."""
    rooms: tuple[int, int]
    """Below and above the line; `OUTSIDE` for the open air."""


def runs_of(plan: Plan, storey: int) -> list[Run]:
    """All walls of a storey; where they meet, the middles of the walls meet."""
    runs: list[Run] = []
    for axis in (0, 1):
        edges: dict[float, list[tuple[Span, int, int]]] = {}
        for number, cell in enumerate(plan.cells):
            if cell.storeys[0] <= storey <= cell.storeys[1]:
                along, thick = (cell.y, cell.x) if axis else (cell.x, cell.y)
                edges.setdefault(thick[0], []).append((along, number, 1))
                edges.setdefault(thick[1], []).append((along, number, 0))
        for line in sorted(edges):
            runs += _on_line(axis, line, edges[line])
    return runs


def _on_line(axis: int, line: float, edges: list[tuple[Span, int, int]]) -> list[Run]:
    marks = sorted({end for along, _, _ in edges for end in along})
    found = []
    for low, high in pairwise(marks):
        rooms = [OUTSIDE, OUTSIDE]
        for along, number, side in edges:
            if along[0] < high - _NEAR and along[1] > low + _NEAR:
                rooms[side] = number
        if rooms != [OUTSIDE, OUTSIDE]:
            found.append(Run(axis, line, (low, high), (rooms[0], rooms[1])))
    return found


def face_material(draft: Draft, cells: Sequence[Cell], rooms: tuple[int, int]) -> str:
    """What the wall between two rooms is painted with."""
    if OUTSIDE in rooms:
        return paint_of(draft, 1)
    common = any(cells[room].kind != "room" for room in rooms)
    return paint_of(draft, 0 if common else 2 + min(rooms))


def build_shell(draft: Draft, plan: Plan) -> None:
    """Walls, floors, ceilings and roof."""
    for storey in range(plan.storeys):
        _slab(draft, plan, storey)
        runs = runs_of(plan, storey)
        spans = [_spans([run for run in runs if run.axis == axis]) for axis in (0, 1)]
        z = (plan.floor_m(storey), plan.floor_m(storey) + plan.height_m)
        for run in runs:
            material = face_material(draft, plan.cells, run.rooms)
            for along in _fitted(run, spans):
                holes = [hole for hole in holes_of(plan, storey, run) if along[0] < 0.5 * sum(hole.along) < along[1]]
                thick = (run.line - _HALF, run.line + _HALF)
                tall = (z[0], _top(plan, storey)) if OUTSIDE in run.rooms else z
                pierced(draft, block(*across(run.axis, along, thick), tall, material), holes, run.axis)
    _slab(draft, plan, plan.storeys)


def _top(plan: Plan, storey: int) -> float:
    """Outer walls cover the edge of the slab above them, and go on a little around the roof."""
    return plan.floor_m(storey + 1) + (_PARAPET_M if storey + 1 == plan.storeys else 0.0)


def _spans(runs: list[Run]) -> dict[float, list[Span]]:
    """Of each line the stretches that are wall without a gap."""
    found: dict[float, list[Span]] = {}
    for run in runs:
        spans = found.setdefault(run.line, [])
        if spans and abs(spans[-1][1] - run.along[0]) < _NEAR:
            spans[-1] = (spans[-1][0], run.along[1])
        else:
            spans.append(run.along)
    return found


def _fitted(run: Run, spans: list[dict[float, list[Span]]]) -> list[Span]:
    """A run without what other walls fill where they meet: walls along x pass, those along y give way.

    Only where a wall along x ends on one along y that goes on does the latter pass.
    """
    low, high = run.along
    own = next(s for s in spans[run.axis][run.line] if s[0] - _NEAR < low and high < s[1] + _NEAR)
    other = spans[1 - run.axis]

    def passes(at: float) -> bool:
        return any(a + _NEAR < run.line < b - _NEAR for a, b in other.get(at, []))

    def touches(at: float) -> bool:
        return any(a - _NEAR < run.line < b + _NEAR for a, b in other.get(at, []))

    def shift(at: float, *, ends: bool) -> float:
        """By how much the run is shorter at one of its ends."""
        if run.axis == 0:
            return (_HALF if passes(at) else -_HALF) if ends else 0.0
        return _HALF if (touches(at) if ends else passes(at)) else 0.0

    begin = low + shift(low, ends=abs(low - own[0]) < _NEAR)
    end = high - shift(high, ends=abs(high - own[1]) < _NEAR)
    return [(begin, end)]


def holes_of(plan: Plan, storey: int, run: Run) -> list[Hole]:
    """Doors, with their frames, and windows in a run."""
    floor, found = plan.floor_m(storey), []
    for door in plan.doors:
        if _within(door, storey, run):
            reach = 0.5 * door.width + FRAME_M
            found.append(Hole((door.at - reach, door.at + reach), (floor, floor + door.height + FRAME_M)))
    for pane in plan.windows:
        if _within(pane, storey, run):
            reach = 0.5 * pane.width
            found.append(Hole((pane.at - reach, pane.at + reach), (floor + pane.z[0], floor + pane.z[1])))
    return found


def _within(hole: DoorPlan | WindowPlan, storey: int, run: Run) -> bool:
    same = (hole.storey, hole.axis) == (storey, run.axis) and abs(hole.line - run.line) < _NEAR
    return same and run.along[0] < hole.at < run.along[1]


def _slab(draft: Draft, plan: Plan, storey: int) -> None:
    """The floor of a storey and the ceiling below it; stairwells go through."""
    (x0, x1), (y0, y1) = plan.span(0), plan.span(1)
    whole = (x0 + _HALF, x1 - _HALF), (y0 + _HALF, y1 - _HALF)
    top = plan.floor_m(storey)
    if storey == 0:
        foot = (x0 - _HALF, x1 + _HALF), (y0 - _HALF, y1 + _HALF)
        draft.build(block(*foot, (0.0, GROUND_M), draft.look.floor, "floor"), claim=False)
        return
    wells = [inner(cell) for cell in plan.cells if cell.storeys[0] < storey <= cell.storeys[1]]
    for x, y in _without(whole, wells):
        parts = [block(x, y, (top - SLAB_M, top - _FLOORING_M), draft.look.ceiling, "ceiling")]
        roof = storey == plan.storeys
        parts.append(block(x, y, (top - _FLOORING_M, top), draft.look.paving if roof else draft.look.floor, "floor"))
        draft.build(*parts)


def _without(whole: tuple[Span, Span], holes: Sequence[tuple[Span, Span]]) -> list[tuple[Span, Span]]:
    """A rectangle without some others, as rectangles."""
    parts = [whole]
    for hx, hy in holes:
        left = []
        for x, y in parts:
            if hx[1] <= x[0] or hx[0] >= x[1] or hy[1] <= y[0] or hy[0] >= y[1]:
                left.append((x, y))
                continue
            low, high = max(x[0], hx[0]), min(x[1], hx[1])
            pieces = [((x[0], low), y), ((high, x[1]), y)]
            pieces += [((low, high), (y[0], max(y[0], hy[0]))), ((low, high), (min(y[1], hy[1]), y[1]))]
            left += [(a, b) for a, b in pieces if a[1] - a[0] > _NEAR and b[1] - b[0] > _NEAR]
        parts = left
    return parts
