"""What the file of a hand-made building consists of; `handmade.load_building` reads it.

x and y are metres from the south-western corner, up to the middle of walls; y = 0 is the front, the street lies south of
it.
"""

from typing import Literal

from goldentime.envs.buildings.building import DoorState, Kind, Use
from goldentime.envs.scenes.scene import Pool
from goldentime.envs.scenes.walls import Span
from goldentime.records import record

__all__ = ["BuildingFile", "DoorFile", "RoomFile", "Side", "StairsFile", "StoreyFile", "WindowFile"]

Side = Literal["north", "south", "east", "west"]


@record
class RoomFile:
    """A room."""

    name: str
    """By which doors and windows call it; not seen by anyone."""
    x: Span
    y: Span
    kind: Kind = "room"
    use: str = ""
    """How it is furnished: a key of `uses.CONTENTS`."""
    plate: tuple[str, ...] = ()
    """Lines of the plate beside its first door."""
    contents: tuple[str, ...] | None = None
    """Kinds of objects that stand along its walls; by its use where none are given."""


@record
class DoorFile:
    """A doorway between two rooms, or a room and `outside`."""

    between: tuple[str, str]
    side: Side | None = None
    """Of the room, for doors to the outside."""
    at: float | None = None
    """Middle, in x for walls that run east, in y for those that run north; by default the middle of the wall."""
    width: float = 0.95
    height: float = 2.1
    state: DoorState = "open"
    leaf: str = "wood"
    """Material; empty for a mere hole."""
    angle: float | None = None
    """[rad] by how much it is open; 1.5 for open doors and 0.6 for ajar ones unless told."""
    into: str = ""
    """Into which of the two the leaf turns; the second unless told."""
    hinge: Literal["low", "high"] = "high"
    """At the end of smaller or larger coordinates."""


@record
class WindowFile:
    """A window to the outside."""

    room: str
    side: Side
    at: float | None = None
    width: float = 1.4
    sill: float = 0.9
    lintel: float = 2.1
    open: float = 0.0
    """Share that is not closed by glass: 0, or 0.5 with one pane slid before the other."""


@record
class StoreyFile:
    """One storey."""

    rooms: tuple[RoomFile, ...]
    doors: tuple[DoorFile, ...] = ()
    windows: tuple[WindowFile, ...] = ()


@record
class StairsFile:
    """A stairwell through all storeys."""

    name: str
    x: Span
    y: Span
    landing: Side = "south"
    """Where the storeys' landings and doors are."""


@record
class BuildingFile:
    """A whole building, storeys from below."""

    use: Use
    storeys: tuple[StoreyFile, ...]
    stairs: tuple[StairsFile, ...] = ()
    height: float = 2.7
    """[m] from floor to ceiling."""
    seed: int = 0
    """Of colours, furniture and street."""
    difficulty: float = 0.3
    """How much clutter there is, as `BuildingConfig.difficulty`."""
    pool: Pool = "train"
