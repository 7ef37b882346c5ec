"""Rooms and openings of a storey, as sound meets them; nothing here is drawn by chance."""

from collections.abc import Sequence

from goldentime.envs.acoustics.absorption import FURNITURE_M2
from goldentime.envs.assets.library import load_asset
from goldentime.envs.level import OUTSIDE, Opening, Point, Room
from goldentime.envs.scenario import Prop
from goldentime.envs.scenes.draft import Draft
from goldentime.envs.scenes.floor import SLAB_M, Floor
from goldentime.envs.scenes.walls import WALL_M, paint_of

__all__ = ["absorption_m2", "openings_of", "rooms_of"]

CORRIDOR = 0
"""Its place among the rooms; the others follow in the order of `Floor.rooms`."""


def rooms_of(draft: Draft, floor: Floor) -> tuple[Room, ...]:
    """Corridor and rooms with what their faces are made of and what stands in them.

    Storeys of odd number have ceilings of mineral tiles, the others of plasterboard: some rooms echo, some do not.
    """
    top = "" if not floor.ceiling else "mineral_tile" if floor.number % 2 else draft.look.ceiling
    inner, outer = paint_of(draft, 0), paint_of(draft, 1)
    half = floor.corridor_m
    low = [(0.0, -half, SLAB_M), *((room.x[0], room.y[0], SLAB_M) for room in floor.rooms)]
    high = [(floor.length_m, half, floor.height_m), *((room.x[1], room.y[1], floor.height_m) for room in floor.rooms)]
    walls = [(inner, inner)] + [(outer, inner) if room.side < 0 else (inner, outer) for room in floor.rooms]
    rooms = []
    for lower, upper, (south, north) in zip(low, high, walls, strict=True):
        materials = (inner, inner, south, north, draft.look.floor, top)
        stuff = round(absorption_m2(draft.props, lower, upper), 3)
        rooms.append(Room(lower=lower, upper=upper, materials=materials, absorption_m2=stuff))
    return tuple(rooms)


def absorption_m2(props: Sequence[Prop], lower: Point, upper: Point) -> float:
    """Of what stands between two corners, as `Room` has it."""
    inside = [
        load_asset(prop.asset).semantic
        for prop in props
        if all(low <= part <= high for low, part, high in zip(lower, prop.position, upper, strict=True))
    ]
    return sum(FURNITURE_M2.get(semantic, 0.0) for semantic in inside)


def openings_of(draft: Draft, floor: Floor) -> tuple[Opening, ...]:
    """Doors without leaves from the corridor into each room, and closed windows."""
    wide, tall = floor.door_m
    found = []
    for place, room in enumerate(floor.rooms, 1):
        y = round(room.side * (floor.corridor_m + 0.5 * WALL_M), 4)
        centre, size = (room.door_x, y, round(0.5 * (SLAB_M + tall), 4)), (wide, WALL_M, round(tall - SLAB_M, 4))
        found.append(Opening(rooms=(CORRIDOR, place), centre=centre, size=size))
        for pane in draft.glass:
            x, y, z = pane.centre
            if room.x[0] < x < room.x[1] and y * room.side > floor.corridor_m:
                hole = (pane.size[0], WALL_M, pane.size[2])
                found.append(Opening(rooms=(place, OUTSIDE), centre=(x, y, z), size=hole, leaf="glass", open=0.0))
    return tuple(found)
