"""The plan of an obstacle course: the records of its data file, which the generator fills in as well.

Metres; x east, y north, z up; yaw in radians; `size` is the full extent along the body's own axes; `base` is the centre of
the footprint on the floor.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field

from goldentime.envs.scenario import Mover
from goldentime.records import load_yaml, record
from goldentime.types import Vec3

__all__ = [
    "Block",
    "CoursePlan",
    "Envelope",
    "MazeWall",
    "OpenBox",
    "OuterWall",
    "Pad",
    "Point2",
    "Pole",
    "Section",
    "Tree",
    "Tunnel",
    "WindArea",
    "course_2020",
]

Point2 = tuple[float, float]

_FOLDER = Path(__file__).parent / "assets"


@record
class Envelope:
    """The hall."""

    size: Point2
    """Over all, outer walls included."""
    wall_height: float
    wall_thickness: float


@record
class Pad:
    """A thin slab to start from or to land on."""

    base: Vec3
    size: Vec3

    @property
    def top_m(self) -> float:
        """Height of its upper side."""
        return self.base[2] + self.size[2]


@record
class OuterWall:
    """A wall that bounds a lane, given by the face that looks into the lane."""

    start: Annotated[Point2, Field(validation_alias=AliasChoices("from", "start"))]
    end: Annotated[Point2, Field(validation_alias=AliasChoices("to", "end"))]
    body: Literal["north", "south", "east", "west"]
    """On which side of the face the wall stands."""


@record
class MazeWall:
    """A free-standing wall of full height."""

    centre: Point2
    length: float
    yaw: float


@record
class Pole:
    """An upright cylinder."""

    base: Vec3
    radius: float
    height: float


@record
class Block:
    """A cuboid: a net, a piece of a window wall, a pane."""

    centre: Vec3
    size: Vec3


@record
class Tree:
    """A birch; see `course_level` for its shape at scale 1."""

    base: Vec3
    scale: float


@record
class Tunnel:
    """A passage with walls, floor and roof along axis-parallel legs with square corners."""

    centreline: tuple[Point2, ...]
    width: float
    """Inside."""
    height: float
    """Inside."""
    floor_z: float
    """Upper side of the floor."""
    chamfer: float = 0.0
    """Leg of the triangle that is filled in along the edges between wall and floor or roof: makes a tunnel a pipe."""


@record
class WindArea:
    """Footprint of a zone of moving air."""

    centre: Point2
    size: Point2


@record
class OpenBox:
    """A box without a lid, into which the relief kit goes."""

    base: Vec3
    size: Vec3


@record
class Section:
    """One stretch of the course, passed by crossing its exit gate."""

    name: str
    kind: str | None = None
    """What is in it; the name where nothing else is said."""
    exit: tuple[Point2, Point2]
    """Left and right post of a gate from floor to ceiling, as seen in flight."""
    walls: tuple[MazeWall, ...] = ()
    cylinders: tuple[Pole, ...] = ()
    boxes: tuple[Block, ...] = ()
    glass: tuple[Block, ...] = ()
    trees: tuple[Tree, ...] = ()
    tunnel: Tunnel | None = None
    wind_zone: WindArea | None = None
    open_box: OpenBox | None = None
    movers: tuple[Mover, ...] = ()

    @property
    def what(self) -> str:
        """The kind in any case."""
        return self.kind or self.name


@record
class CoursePlan:
    """A whole course. The last section holds the open box; exactly one section does."""

    envelope: Envelope
    start_pad: Pad
    landing_pad: Pad
    outer_walls: tuple[OuterWall, ...]
    sections: tuple[Section, ...]
    start_yaw: float = 0.0
    """Nominal heading at the start."""


@cache
def course_2020() -> CoursePlan:
    """The course of the 2020 contest."""
    return load_yaml(CoursePlan, _FOLDER / "course_2020.yaml")
