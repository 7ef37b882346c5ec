"""A building: furnished rooms on one or several storeys, a street before it, and the truth about all of it.

`buildings.generate.generate_building` draws one from a seed, `buildings.handmade.load_building` reads one from a file; here
is what either consists of. The world frame is ENU (x east, y north, z up), metres and radians. The street lies along x in
the south, the building's front looks at it.
"""

from typing import Literal

from goldentime.envs.fire.plan import Fuel
from goldentime.envs.hazards.lights import Lighting
from goldentime.envs.level import Level, Point
from goldentime.envs.scenario import Prop
from goldentime.envs.scenes.scene import Pool, Thing
from goldentime.envs.signage.pose import PlacedSign
from goldentime.errors import ConfigError
from goldentime.records import record

__all__ = [
    "HULL_M",
    "MAX_ROOMS",
    "MAX_STOREYS",
    "USES",
    "Building",
    "BuildingConfig",
    "Compartment",
    "Door",
    "DoorState",
    "Entrance",
    "Exit",
    "Graph",
    "Kind",
    "Plate",
    "Spot",
    "Storey",
    "Use",
]

HULL_M = 0.3
"""Radius of the drone that the graph is proven for."""

Use = Literal["apartment", "office", "school", "shops"]
USES: tuple[Use, ...] = ("apartment", "office", "school", "shops")
DoorState = Literal["open", "ajar", "closed", "locked"]
Kind = Literal["room", "corridor", "hall", "stairs"]

MAX_STOREYS, MAX_ROOMS = 4, 60


@record
class BuildingConfig:
    """How a building is drawn."""

    use: Literal["any", "apartment", "office", "school", "shops"] = "any"
    difficulty: float = 0.5
    """In [0, 1]: more storeys and rooms, more clutter, more doors that are not open, more plates missing."""
    storeys: int = 0
    """1 to 4; 0 draws them."""
    rooms: int = 0
    """Not counting corridors, halls and stairwells; at least 4 a storey. 0 draws them."""
    pool: Pool = "train"

    def __post_init__(self) -> None:
        if not 0.0 <= self.difficulty <= 1.0:
            raise ConfigError(f"difficulty: expected a number in [0, 1], got {self.difficulty}")
        if not 0 <= self.storeys <= MAX_STOREYS:
            raise ConfigError(f"storeys: expected 0 (drawn) to {MAX_STOREYS}, got {self.storeys}")
        least = 4 * max(self.storeys, 1)
        if self.rooms and not least <= self.rooms <= MAX_ROOMS:
            raise ConfigError(f"rooms: expected 0 (drawn) or {least} to {MAX_ROOMS}, four a storey, got {self.rooms}")


@record
class Compartment:
    """What a room of the level is; they stand in the order of `Level.rooms`."""

    kind: Kind
    use: str
    """How it is furnished, such as `bedroom` or `store`."""
    storey: int
    """Place in `Building.storeys`; of a stairwell the lowest."""
    number: int = 0
    """Storey * 100 + place, whether its plate is there or not; 0 for those that have none."""
    sealed: bool = False
    """No drone of radius `HULL_M` gets in: locked, closed, or a gap that is too narrow."""


@record
class Storey:
    """One storey."""

    number: int
    """1 is level with the street."""
    floor_m: float
    ceiling_m: float
    """[m] z of what one stands on, and of the ceiling above it."""


@record
class Door:
    """A doorway, with a leaf or without."""

    rooms: tuple[int, int]
    """Places in `Level.rooms`; `OUTSIDE` for the open air."""
    opening: int
    """Place in `Level.openings`."""
    state: DoorState
    passable: bool
    """Whether a drone of radius `HULL_M` gets through."""
    storey: int


@record
class Plate:
    """A room's plate beside its door."""

    room: int
    """Place in `Level.rooms`."""
    text: str
    sign: int
    """Place in `Building.signs`."""
    position: Point
    """[m] middle of its face."""


@record
class Exit:
    """A way into the open that signs lead to."""

    door: int
    """Place in `Building.doors`."""
    room: int
    """Place in `Level.rooms` of the room it leads out of."""
    position: Point
    """[m] on the floor in the middle of the doorway."""


@record
class Entrance:
    """Where a drone begins: in the open before the main door, facing it."""

    position: Point
    """[m] on the ground."""
    yaw: float
    """[rad]"""
    node: int = 0
    """Place in the graph, above the position."""


@record
class Spot:
    """Where someone may stand or lie: free of clutter, out of the graph's way, and seen from one of its nodes."""

    room: int
    position: Point
    """[m] on the floor."""
    yaw: float
    """[rad] along which way one lies here; head ahead."""
    lying: bool
    """Whether there is room for someone to lie (2.0 m by 0.7 m) or only to stand (0.6 m wide)."""
    node: int
    """Place in `Graph.nodes`: in the same room and in view of it."""


@record
class Graph:
    """Ways that a drone of radius `HULL_M` can fly without touching anything that stands."""

    nodes: tuple[Point, ...]
    """[m] centre of the drone."""
    rooms: tuple[int, ...]
    """Of each node: place in `Level.rooms`, or `OUTSIDE`. In a doorway it is either of the two."""
    edges: tuple[tuple[int, int], ...]
    """Straight lines between two nodes, flown either way."""
    walks: tuple[bool, ...]
    """Of each edge whether one can walk along it, on the floor or ground below. Stairs are not among them."""


@record
class Building:
    """A drawn or hand-made building; a mission adds people, fire, drones and task to make a scenario of it."""

    use: Use
    level: Level
    """With the hulls of all props and bodies of all signs, of material `level.UNSEEN`."""
    compartments: tuple[Compartment, ...]
    props: tuple[Prop, ...]
    signs: tuple[PlacedSign, ...]
    light: Lighting
    things: tuple[Thing, ...]
    fuels: tuple[Fuel, ...]
    fuel_props: tuple[int, ...]
    """Of each fuel its place among the props."""
    storeys: tuple[Storey, ...]
    doors: tuple[Door, ...]
    plates: tuple[Plate, ...]
    exits: tuple[Exit, ...]
    entrance: Entrance
    spots: tuple[Spot, ...]
    graph: Graph
