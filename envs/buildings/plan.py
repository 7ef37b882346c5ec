"""The plan of a building: rectangles of rooms, doors, windows and stairs, before anything is built.

Rooms share the middle lines of their walls. The front wall lies at y = `FRONT_M`, the street before it (smaller y).
"""

from typing import NamedTuple

from goldentime.envs.buildings.building import DoorState, Kind, Use
from goldentime.envs.scenes.walls import WALL_M, Span
from goldentime.envs.signs import TextLine

__all__ = [
    "FLIGHT_M",
    "FRONT_M",
    "GROUND_M",
    "SLAB_M",
    "Cell",
    "DoorPlan",
    "Plan",
    "StairPlan",
    "WindowPlan",
    "inner",
]

FRONT_M = 9.6
"""y of the front wall's middle."""
GROUND_M = 0.18
"""Height of the lowest floor above the ground, a little more than the pavement's."""
SLAB_M = 0.22
"""From a ceiling to the floor above."""
FLIGHT_M = 1.5
"""Height of the graph above the floor: between furniture and lintels."""


class Cell(NamedTuple):
    """A room, up to the middle of its walls [m]."""

    x: Span
    y: Span
    storeys: tuple[int, int]
    """The lowest and the highest it reaches through; they differ for stairwells."""
    kind: Kind
    use: str
    number: int = 0
    plate: tuple[TextLine, ...] = ()
    """What its plate says; none without."""
    contents: tuple[str, ...] | None = None
    """Kinds of what stands in it; drawn by its use where None."""


class DoorPlan(NamedTuple):
    """A doorway."""

    rooms: tuple[int, int]
    """Places among the cells, or `OUTSIDE`."""
    storey: int
    axis: int
    """Along which its wall runs."""
    line: float
    """Where the wall's middle is across that."""
    at: float
    """Middle of the doorway along the wall."""
    width: float
    height: float
    state: DoorState
    leaf: str
    """Material; empty for a mere hole."""
    swing: int = 1
    """To which side of the wall the leaf turns."""
    hinge: int = 1
    """At which end of the doorway it hangs."""
    angle: float = 0.0
    """[rad] by how much it is open."""


class WindowPlan(NamedTuple):
    """A window in an outer wall."""

    room: int
    storey: int
    axis: int
    line: float
    at: float
    width: float
    z: Span
    """Sill and lintel above the floor."""
    open: float
    """Share that is not closed by glass."""


class StairPlan(NamedTuple):
    """Flights and landings in a stairwell."""

    cell: int
    axis: int
    """Along which the flights run."""
    side: int
    """At which end of it the storeys' landings and doors are."""


class Plan(NamedTuple):
    """All of a building's rooms and what connects them."""

    use: Use
    storeys: int
    height_m: float
    """From floor to ceiling."""
    cells: tuple[Cell, ...]
    doors: tuple[DoorPlan, ...]
    windows: tuple[WindowPlan, ...]
    stairs: tuple[StairPlan, ...]
    entrance: int
    """Place of the main door, in the front wall."""

    def floor_m(self, storey: int) -> float:
        """Height of a storey's floor."""
        return round(GROUND_M + storey * (self.height_m + SLAB_M), 4)

    def span(self, axis: int) -> Span:
        """Of the whole building, up to the middle of its outer walls."""
        spans = [cell.y if axis else cell.x for cell in self.cells]
        return min(low for low, _ in spans), max(high for _, high in spans)


def inner(cell: Cell) -> tuple[Span, Span]:
    """Between the faces of its walls [m]."""
    half = 0.5 * WALL_M
    (a, b), (c, d) = cell.x, cell.y
    return (round(a + half, 4), round(b - half, 4)), (round(c + half, 4), round(d - half, 4))
