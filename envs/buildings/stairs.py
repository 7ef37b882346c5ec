"""Stairwells: landings, two flights a storey around an open well, and parapets.

Within a stairwell u runs from the storeys' landings to the half landings, v across; both from 0 at the walls' faces.
"""

from typing import NamedTuple

from goldentime.envs.buildings.plan import SLAB_M, Plan, StairPlan, inner
from goldentime.envs.level import Mesh, Point
from goldentime.envs.scenes.draft import Draft
from goldentime.envs.scenes.walls import Span, block

__all__ = ["LANDING_M", "STAIR_M", "build_stairs", "well_of"]

LANDING_M = 1.5
"""Depth of the storeys' landings."""
_HALF_LANDING_M = 1.2
_FLIGHT_M = 1.05
"""Width of a flight."""
STAIR_M = (3.5, 5.0)
"""A stairwell is at least so wide and so deep between its walls: a well of 1.4 m by 2.3 m is left to fly up."""
_STEPS = 9
"""Rises of one flight: half a storey."""
_STEP_M = 0.2
"""Thickness of a step."""
_PARAPET_M = (0.05, 0.9)
"""Thickness and height."""


class _Frame(NamedTuple):
    """Where u and v lie in the world."""

    plan: Plan
    stair: StairPlan

    @property
    def size(self) -> tuple[float, float]:
        """Extents along u and v."""
        x, y = inner(self.plan.cells[self.stair.cell])
        u, v = (y, x) if self.stair.axis else (x, y)
        return u[1] - u[0], v[1] - v[0]

    def spans(self, u: Span, v: Span) -> tuple[Span, Span]:
        """In x and y."""
        x, y = inner(self.plan.cells[self.stair.cell])
        along, over = (y, x) if self.stair.axis else (x, y)
        low, high = (along[0] + u[0], along[0] + u[1]) if self.stair.side < 0 else (along[1] - u[1], along[1] - u[0])
        thick = (over[0] + v[0], over[0] + v[1])
        return (thick, (low, high)) if self.stair.axis else ((low, high), thick)

    def point(self, u: float, v: float, z: float) -> Point:
        """In the world."""
        (x, _), (y, _) = self.spans((u, u), (v, v))
        return round(x, 4), round(y, 4), round(z, 4)


def well_of(plan: Plan, stair: StairPlan, storey: int, above_m: float) -> Point:
    """The middle of the open well, so far above a storey's floor."""
    frame = _Frame(plan, stair)
    u, v = frame.size
    return frame.point(0.5 * (LANDING_M + u - _HALF_LANDING_M), 0.5 * v, plan.floor_m(storey) + above_m)


def build_stairs(draft: Draft, plan: Plan, stair: StairPlan) -> None:
    """All flights and landings of a stairwell."""
    frame = _Frame(plan, stair)
    deep, wide = frame.size
    first, last = plan.cells[stair.cell].storeys
    for storey in range(first, last):
        low, high = plan.floor_m(storey), plan.floor_m(storey + 1)
        middle = 0.5 * (low + high)
        _landing(draft, frame, (0.0, LANDING_M), high, SLAB_M)
        _landing(draft, frame, (deep - _HALF_LANDING_M, deep), middle, _STEP_M)
        ends = (LANDING_M, deep - _HALF_LANDING_M)
        _flight(draft, frame, (ends, (0.0, _FLIGHT_M)), (low, middle))
        _flight(draft, frame, ((ends[1], ends[0]), (wide - _FLIGHT_M, wide)), (middle, high))
        guard = block(
            *frame.spans((LANDING_M - _PARAPET_M[0], LANDING_M), (_FLIGHT_M, wide - _FLIGHT_M)),
            (high, high + _PARAPET_M[1]), draft.look.trim, "stairs",
        )  # fmt: skip
        draft.build(guard)


def _landing(draft: Draft, frame: _Frame, u: Span, top: float, thick: float) -> None:
    part = block(*frame.spans(u, (0.0, frame.size[1])), (top - thick, top), draft.look.floor, "stairs")
    draft.build(part)


def _flight(draft: Draft, frame: _Frame, plan: tuple[Span, Span], z: Span) -> None:
    """Steps from one height to another, and a parapet on the well's side; u runs the way one goes up."""
    (begin, end), v = plan
    rise, tread = (z[1] - z[0]) / _STEPS, (end - begin) / (_STEPS - 1)
    steps = []
    for i in range(1, _STEPS):
        a, b = begin + (i - 1) * tread, begin + i * tread
        top = z[0] + i * rise
        bottom = max(top - _STEP_M, frame.plan.floor_m(0))
        steps.append(block(*frame.spans((min(a, b), max(a, b)), v), (bottom, top), draft.look.kerb, "stairs"))
    draft.build(*steps)
    inside = (v[1], v[1] + _PARAPET_M[0]) if v[0] == 0.0 else (v[0] - _PARAPET_M[0], v[0])
    draft.build(_parapet(draft, frame, (begin, end), inside, z))


def _parapet(draft: Draft, frame: _Frame, u: Span, v: Span, z: Span) -> Mesh:
    """A slanting wall along a flight."""
    corners = []
    for along, height in zip(u, z, strict=True):
        for over in v:
            for up in (0.0, _PARAPET_M[1]):
                corners.append(frame.point(along, over, height + up))
    # Numbers: begin/end * 4 + left/right * 2 + low/high.
    quads = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
    faces = tuple(tri for a, b, c, d in quads for tri in ((a, b, c), (a, c, d)))
    if _turned(corners):
        faces = tuple((a, c, b) for a, b, c in faces)
    return Mesh(vertices=tuple(corners), faces=faces, semantic="stairs", material=draft.look.trim)


def _turned(corners: list[Point]) -> bool:
    """Whether the faces as numbered look inwards."""
    (ax, ay, _), (bx, by, _), (cx, cy, _) = corners[0], corners[2], corners[4]
    # Along u, v and upwards must form a right-handed frame for the numbering to hold.
    return (cx - ax) * (by - ay) - (cy - ay) * (bx - ax) < 0.0
