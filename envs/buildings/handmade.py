"""Buildings that someone made: read from YAML, checked, then built and furnished like drawn ones.

x and y are metres from the south-western corner, up to the middle of walls; y = 0 is the front, the street lies south of
it. `docs/buildings.md` describes the file.
"""

import re
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from goldentime.envs.assets.objects import KINDS
from goldentime.envs.buildings.building import MAX_STOREYS, Building, BuildingConfig
from goldentime.envs.buildings.doors import Shared, shared_wall
from goldentime.envs.buildings.files import BuildingFile, DoorFile, RoomFile, Side, StairsFile, WindowFile
from goldentime.envs.buildings.generate import build
from goldentime.envs.buildings.plan import FRONT_M, Cell, DoorPlan, Plan, StairPlan, WindowPlan, inner
from goldentime.envs.buildings.stairs import STAIR_M
from goldentime.envs.buildings.uses import CONTENTS
from goldentime.envs.level import OUTSIDE
from goldentime.envs.scenes.walls import FRAME_M, WALL_M, Span
from goldentime.envs.signs import TextLine
from goldentime.errors import ConfigError
from goldentime.records import load_yaml
from goldentime.rng import stream

__all__ = ["load_building", "plan_of"]

_AXIS: dict[str, int] = {"south": 0, "north": 0, "west": 1, "east": 1}
_UPPER = ("north", "east")
_NARROWEST_M = 1.0
_NUMBER = re.compile(r"\d+")
_OUTSIDE = "outside"


def load_building(path: Path | str) -> Building:
    """Read, check, build and furnish a building.

    Raises:
        ConfigError: the file can't be read or a field does not fit; the message names it.
        ScenarioError: more than half of the rooms could not be reached by a drone.
    """
    path = Path(path)
    file = load_yaml(BuildingFile, path)
    plan = plan_of(file, path.name)
    config = BuildingConfig(use=file.use, difficulty=file.difficulty, pool=file.pool)
    return build(plan, config, stream(file.seed, "building"))


def plan_of(file: BuildingFile, where: str) -> Plan:
    """The plan of a building as its file tells it.

    Raises:
        ConfigError: a field does not fit; the message begins with `where` and the path of the field.
    """
    if not 1 <= len(file.storeys) <= MAX_STOREYS:
        raise ConfigError(f"{where}.storeys: expected 1 to {MAX_STOREYS}, got {len(file.storeys)}")
    if not 2.3 <= file.height <= 6.0:
        raise ConfigError(f"{where}.height: expected 2.3 to 6 m, got {file.height}")
    cells, names, paths = _cells(file, where)
    _check_rooms(cells, paths)
    doors: list[DoorPlan] = []
    windows: list[WindowPlan] = []
    holes: list[tuple[str, DoorPlan | WindowPlan]] = []
    for number, storey in enumerate(file.storeys):
        at = f"{where}.storeys.{number}"
        for i, door in enumerate(storey.doors):
            doors.append(_door(door, number, (cells, names[number]), f"{at}.doors.{i}"))
            holes.append((f"{at}.doors.{i}", doors[-1]))
        for i, pane in enumerate(storey.windows):
            windows.append(_window(pane, number, (cells, names[number]), f"{at}.windows.{i}"))
            holes.append((f"{at}.windows.{i}", windows[-1]))
    _check_holes(holes, file.height)
    stairs = tuple(
        StairPlan(names[0][stair.name], _AXIS[stair.landing] ^ 1, 1 if stair.landing in _UPPER else -1)
        for stair in file.stairs
    )
    entrance = _entrance(doors, where)
    return Plan(file.use, len(file.storeys), file.height, tuple(cells), tuple(doors), tuple(windows), stairs, entrance)


def _cells(file: BuildingFile, where: str) -> tuple[list[Cell], list[dict[str, int]], list[str]]:
    """Rooms, the names that each storey knows them by, and where in the file they stand."""
    cells: list[Cell] = []
    paths: list[str] = []
    common: dict[str, int] = {}
    last = len(file.storeys) - 1
    for i, stair in enumerate(file.stairs):
        path = f"{where}.stairs.{i}"
        _add_name(common, stair.name, len(cells), path)
        cells.append(Cell(stair.x, _shifted(stair.y), (0, last), "stairs", ""))
        paths.append(path)
        _check_stairs(cells[-1], stair, path, last)
    names = []
    for number, storey in enumerate(file.storeys):
        known = dict(common)
        for i, room in enumerate(storey.rooms):
            path = f"{where}.storeys.{number}.rooms.{i}"
            _add_name(known, room.name, len(cells), path)
            cells.append(_cell(room, number, path))
            paths.append(path)
        names.append(known)
    return cells, names, paths


def _shifted(y: Span) -> Span:
    return round(y[0] + FRONT_M, 4), round(y[1] + FRONT_M, 4)


def _add_name(known: dict[str, int], name: str, number: int, path: str) -> None:
    if not name or name == _OUTSIDE or name in known:
        raise ConfigError(f"{path}.name: expected a name of its own other than {_OUTSIDE!r}, got {name!r}")
    known[name] = number


def _cell(room: RoomFile, storey: int, path: str) -> Cell:
    if room.kind == "stairs":
        raise ConfigError(f"{path}.kind: expected room, corridor or hall (stairwells stand under stairs), got 'stairs'")
    if room.use not in CONTENTS:
        raise ConfigError(f"{path}.use: expected one of {', '.join(filter(None, CONTENTS))} or nothing, got {room.use!r}")
    unknown = [kind for kind in room.contents or () if kind not in KINDS]
    if unknown:
        raise ConfigError(f"{path}.contents: expected kinds of {', '.join(sorted(KINDS))}, got {unknown[0]!r}")
    digits = _NUMBER.search(room.plate[0]) if room.plate else None
    plate = tuple(TextLine(text=line, scale=1.0 if i == 0 else 0.6) for i, line in enumerate(room.plate))
    use = room.use if room.kind == "room" else room.kind
    number = int(digits[0]) if digits else 0
    return Cell(room.x, _shifted(room.y), (storey, storey), room.kind, use, number, plate, room.contents)


def _check_stairs(cell: Cell, stair: StairsFile, path: str, last: int) -> None:
    if last == 0:
        raise ConfigError(f"{path}: expected none in a building of one storey, got {stair.name!r}")
    x, y = inner(cell)
    wide, deep = (x, y) if _AXIS[stair.landing] == 0 else (y, x)
    size = (round(wide[1] - wide[0], 2), round(deep[1] - deep[0], 2))
    if size[0] < STAIR_M[0] or size[1] < STAIR_M[1]:
        raise ConfigError(
            f"{path}: expected at least {STAIR_M[0]} m along the wall of its landings and {STAIR_M[1]} m across, between"
            f" walls of {WALL_M} m, got {size[0]} and {size[1]} m"
        )


def _check_rooms(cells: Sequence[Cell], paths: Sequence[str]) -> None:
    for cell, path in zip(cells, paths, strict=True):
        for name, span in zip(("x", "y"), inner(cell), strict=True):
            if span[1] - span[0] < _NARROWEST_M:
                raise ConfigError(f"{path}.{name}: expected {_NARROWEST_M} m between walls at least, got {cell.x} {cell.y}")
        if cell.x[0] < 0.0 or cell.y[0] < FRONT_M:
            raise ConfigError(f"{path}: expected x and y of at least 0, got {cell.x[0]} and {cell.y[0] - FRONT_M:g}")
    for (i, a), (j, b) in combinations(enumerate(cells), 2):
        together = a.storeys[0] <= b.storeys[1] and b.storeys[0] <= a.storeys[1]
        if together and all(p[0] < q[1] - 1e-6 and q[0] < p[1] - 1e-6 for p, q in ((a.x, b.x), (a.y, b.y))):
            raise ConfigError(f"{paths[j]}: expected room of its own, got one that overlaps {paths[i]}")
    if not any(abs(cell.y[0] - FRONT_M) < 1e-6 for cell in cells if cell.storeys[0] == 0):
        raise ConfigError(f"{paths[0].split('.storeys')[0]}.storeys.0: expected a room that begins at y = 0, got none")


_Known = tuple[list[Cell], dict[str, int]]


def _number(name: str, known: _Known, path: str) -> int:
    if name == _OUTSIDE:
        return OUTSIDE
    if name not in known[1]:
        raise ConfigError(f"{path}: expected one of {', '.join(known[1])} or {_OUTSIDE}, got {name!r}")
    return known[1][name]


def _outer(number: int, side: Side, storey: int, cells: list[Cell], path: str) -> Shared:
    """A wall of a room that has the open air behind it."""
    axis, cell = _AXIS[side], cells[number]
    along, over = (cell.y, cell.x) if axis else (cell.x, cell.y)
    line = over[1] if side in _UPPER else over[0]
    for other in cells:
        if other is not cell and other.storeys[0] <= storey <= other.storeys[1]:
            wall = shared_wall(cell, other)
            if wall is not None and (wall.axis, wall.line) == (axis, line):
                raise ConfigError(f"{path}.side: expected a wall with the open air behind it, got {side!r}")
    return Shared(axis, line, along)


def _door(door: DoorFile, storey: int, known: _Known, path: str) -> DoorPlan:
    a, b = (_number(name, known, f"{path}.between") for name in door.between)
    cells = known[0]
    if OUTSIDE in (a, b):
        if a == b or door.side is None:
            raise ConfigError(f"{path}.side: expected a side of the room, got {door.side!r} between {door.between}")
        wall = _outer(max(a, b), door.side, storey, cells, path)
    else:
        found = shared_wall(cells[a], cells[b])
        if found is None:
            raise ConfigError(f"{path}.between: expected two rooms with a wall in common, got {door.between}")
        wall = found
    at = _placed(door.at, door.width + 2.0 * FRAME_M, wall, path)
    into = _number(door.into, known, f"{path}.into") if door.into else b
    if into not in (a, b):
        raise ConfigError(f"{path}.into: expected one of {door.between}, got {door.into!r}")
    angle = {"open": 1.5, "ajar": 0.6, "closed": 0.0, "locked": 0.0}[door.state]
    if door.angle is not None:
        shut = door.state in ("closed", "locked")
        if shut != (door.angle == 0.0) or not 0.0 <= door.angle <= 1.9:
            raise ConfigError(f"{path}.angle: expected 0 for a closed door, else up to 1.9 rad, got {door.angle}")
        angle = door.angle
    if not door.leaf and door.state != "open":
        raise ConfigError(f"{path}.state: expected 'open' for a doorway without a leaf, got {door.state!r}")
    if not (0.6 <= door.width <= 3.0 and 1.8 <= door.height <= 3.0):
        raise ConfigError(f"{path}: expected width 0.6 to 3 m and height 1.8 to 3 m, got {door.width} and {door.height}")
    swing = _swing(into, (a, b), wall, cells)
    hinge = 1 if door.hinge == "high" else -1
    return DoorPlan((a, b), storey, wall.axis, wall.line, at, door.width, door.height, door.state, door.leaf, swing, hinge,
                    angle)  # fmt: skip


def _swing(into: int, rooms: tuple[int, int], wall: Shared, cells: list[Cell]) -> int:
    """The side of the wall that a room, or the open air, lies on."""
    inside = into if into != OUTSIDE else max(rooms)
    over = cells[inside].x if wall.axis else cells[inside].y
    side = 1 if 0.5 * sum(over) > wall.line else -1
    return side if into != OUTSIDE else -side


def _placed(at: float | None, width: float, wall: Shared, path: str) -> float:
    """The middle of a hole along its wall, which must be long enough."""
    shift = FRONT_M if wall.axis else 0.0
    low, high = wall.along[0] + 0.5 * WALL_M, wall.along[1] - 0.5 * WALL_M
    middle = round(0.5 * (low + high) if at is None else at + shift, 4)
    if middle - 0.5 * width < low - 1e-6 or middle + 0.5 * width > high + 1e-6:
        raise ConfigError(
            f"{path}.at: expected {low + 0.5 * width - shift:.2f} to {high - 0.5 * width - shift:.2f} m, got"
            f" {middle - shift:g}"
        )
    return middle


def _window(pane: WindowFile, storey: int, known: _Known, path: str) -> WindowPlan:
    number = _number(pane.room, known, f"{path}.room")
    if number == OUTSIDE or known[0][number].kind == "stairs":
        raise ConfigError(f"{path}.room: expected a room, got {pane.room!r}")
    if pane.open not in (0.0, 0.5):
        raise ConfigError(f"{path}.open: expected 0 or 0.5, got {pane.open}")
    wall = _outer(number, pane.side, storey, known[0], path)
    at = _placed(pane.at, pane.width, wall, path)
    return WindowPlan(number, storey, wall.axis, wall.line, at, pane.width, (pane.sill, pane.lintel), pane.open)


def _check_holes(holes: Sequence[tuple[str, DoorPlan | WindowPlan]], height_m: float) -> None:
    for path, hole in holes:
        low, high = hole.z if isinstance(hole, WindowPlan) else (0.0, hole.height + FRAME_M)
        if not 0.0 <= low < high <= height_m:
            raise ConfigError(f"{path}: expected a hole below the ceiling at {height_m} m, got {low} to {high} m")
    for (_, a), (path, b) in combinations(holes, 2):
        same = (a.storey, a.axis, a.line) == (b.storey, b.axis, b.line)
        if same and abs(a.at - b.at) < 0.5 * (a.width + b.width) + 2.0 * FRAME_M:
            raise ConfigError(f"{path}.at: expected {2.0 * FRAME_M:g} m of wall beside the next hole, got an overlap")


def _entrance(doors: Sequence[DoorPlan], where: str) -> int:
    for number, door in enumerate(doors):
        if OUTSIDE in door.rooms and door.storey == 0 and door.axis == 0 and abs(door.line - FRONT_M) < 1e-6:
            return number
    raise ConfigError(f"{where}.storeys.0.doors: expected one between a room and {_OUTSIDE} at y = 0, got none")
