"""One storey: a corridor with rooms on both sides, and doors without leaves into them.

The corridor runs along +x from 0; its middle is y = 0.
"""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from goldentime.envs.level import Point
from goldentime.envs.scenes.draft import Bounds, Draft
from goldentime.envs.scenes.lettering import Wall
from goldentime.envs.scenes.walls import FRAME_M, WALL_M, Hole, block, frame_door, paint_of, pierced, skirt

__all__ = ["SLAB_M", "Floor", "Room", "build_floor", "draw_plan", "route_of"]

Rng = np.random.Generator

SLAB_M = 0.02
_TUNNEL_M = 0.46
"""Half the width of what is kept free along the route, and half its height."""


class Room(NamedTuple):
    """One room."""

    place: int
    """Its number on the storey, from 1; the lower side of the corridor has the odd ones."""
    side: int
    """1 for y > 0."""
    x: tuple[float, float]
    """[m] between its inner walls."""
    y: tuple[float, float]
    """[m] between corridor wall and outer wall, the smaller first."""
    door_x: float
    """[m] middle of its door."""

    @property
    def inside(self) -> tuple[float, float]:
        """Where the route turns round in it [m]."""
        near, far = (self.y[0], self.y[1]) if self.side > 0 else (self.y[1], self.y[0])
        return self.door_x, near + self.side * min(0.45 * abs(far - near), 2.2)


class Floor(NamedTuple):
    """Measures of a storey [m]."""

    length_m: float
    corridor_m: float
    """Half the corridor's width."""
    height_m: float
    """Of the ceiling."""
    door_m: tuple[float, float]
    """Width and height of the door openings, frames taken off."""
    flight_m: float
    """Height of the route."""
    number: int
    """Of the storey; below the ground it is negative."""
    ceiling: bool
    rooms: tuple[Room, ...]


def draw_plan(rng: Rng) -> Floor:
    """Measures of corridor and rooms."""
    half, height = 0.5 * float(rng.uniform(2.4, 3.2)), float(rng.uniform(2.8, 3.2))
    counts = _counts(int(rng.integers(4, 9)), rng)
    length = round(float(rng.uniform(4.3, 5.6)) * max(counts), 2)
    rooms: list[Room] = []
    door = float(rng.uniform(1.25, 1.5))
    for side, count in zip((-1, 1), counts, strict=True):
        depth = float(rng.uniform(3.8, 5.4))
        shares = rng.uniform(0.8, 1.2, count)
        edges = np.concatenate([[0.0], np.cumsum(shares / shares.sum() * length)]).round(2).tolist()
        near, far = sorted((side * (half + WALL_M), side * (half + WALL_M + depth)))
        for i in range(count):
            low = edges[i] + (0.5 * WALL_M if i else 0.0)
            high = edges[i + 1] - (0.5 * WALL_M if i + 1 < count else 0.0)
            margin = 0.5 * door + 0.45
            at = round(float(rng.uniform(low + margin, high - margin)), 2)
            place = 2 * i + (1 if side < 0 else 2)
            rooms.append(Room(place, side, (low, high), (round(near, 3), round(far, 3)), at))
    storey = int(rng.integers(1, 10)) if rng.random() < 0.9 else -1
    return Floor(
        length, round(half, 3), round(height, 2), (round(door, 2), round(float(rng.uniform(2.1, 2.3)), 2)),
        round(float(rng.uniform(1.4, 1.6)), 2), storey, bool(rng.random() < 0.85), tuple(rooms),
    )  # fmt: skip


def _counts(rooms: int, rng: Rng) -> tuple[int, int]:
    """How many on either side: at most one more on one than on the other."""
    low = rooms // 2
    return (low, rooms - low) if rng.random() < 0.5 else (rooms - low, low)


def route_of(floor: Floor) -> tuple[Point, ...]:
    """Along the corridor, into each room and out again; the first point is where a drone starts."""
    z = floor.flight_m
    points: list[Point] = [(0.8, 0.0, z)]
    for room in sorted(floor.rooms, key=lambda r: r.door_x):
        x, y = room.inside
        points += [(room.door_x, 0.0, z), (x, round(y, 3), z), (room.door_x, 0.0, z)]
    points.append((round(floor.length_m - 0.8, 3), 0.0, z))
    # Doors that face each other need no stop between them.
    return tuple(p for i, p in enumerate(points) if i == 0 or p != points[i - 1])


def build_floor(draft: Draft, floor: Floor) -> dict[int, list[Wall]]:
    """Floor, walls, ceiling and window panes, with what the route needs kept free.

    Returns:
        The walls that signs may hang on, of the corridor (0) and of the rooms by their place.
    """
    _slabs(draft, floor)
    walls: dict[int, list[Wall]] = {0: []}
    for side in (-1, 1):
        rooms = [room for room in floor.rooms if room.side == side]
        walls[0] += _corridor_wall(draft, floor, side, rooms)
        _outer_wall(draft, floor, side, rooms)
        for left, right in pairwise(rooms):
            x = (round(left.x[1], 3), round(right.x[0], 3))
            draft.build(block(x, left.y, (SLAB_M, floor.height_m), paint_of(draft, 1 + left.place)))
        for room in rooms:
            walls[room.place] = _room_walls(floor, room)
    for end, yaw in ((-0.5 * WALL_M, 0.0), (floor.length_m + 0.5 * WALL_M, math.pi)):
        low = min(room.y[0] for room in floor.rooms) - WALL_M
        high = max(room.y[1] for room in floor.rooms) + WALL_M
        span = (end - 0.5 * WALL_M, end + 0.5 * WALL_M)
        draft.build(block(span, (low, high), (0.0, floor.height_m), paint_of(draft, 0)))
        face = end + math.cos(yaw) * 0.5 * WALL_M
        c = floor.corridor_m * math.cos(yaw)
        walls[0].append(Wall((face, -c, SLAB_M), (face, c, SLAB_M), yaw, floor.height_m))
    skirt(draft, [wall for places in walls.values() for wall in places])
    _keep_free(draft, floor)
    return walls


def _slabs(draft: Draft, floor: Floor) -> None:
    low = min(room.y[0] for room in floor.rooms) - WALL_M
    high = max(room.y[1] for room in floor.rooms) + WALL_M
    x = (-WALL_M, floor.length_m + WALL_M)
    around = 30.0
    yard = (x[0] - around, x[1] + around), (low - around, high + around)
    draft.build(block(*yard, (0.0, 0.008), draft.look.ground, "ground"), claim=False)
    draft.build(block(x, (low, high), (0.0, SLAB_M), draft.look.floor, "floor"), claim=False)
    if floor.ceiling:
        top = (floor.height_m, floor.height_m + 0.1)
        draft.build(block(x, (low, high), top, draft.look.ceiling, "ceiling"))


def _corridor_wall(draft: Draft, floor: Floor, side: int, rooms: list[Room]) -> list[Wall]:
    wide, tall = floor.door_m
    reach = 0.5 * wide + FRAME_M
    near, far = sorted((side * floor.corridor_m, side * (floor.corridor_m + WALL_M)))
    holes = [Hole((room.door_x - reach, room.door_x + reach), (0.0, tall + FRAME_M)) for room in rooms]
    whole = block((0.0, floor.length_m), (near, far), (0.0, floor.height_m), paint_of(draft, 0))
    pierced(draft, whole, holes)
    for room in rooms:
        frame_door(draft, (room.door_x, 0.5 * wide), (near, far), (0.0, tall))
    # Between the doors, as seen from the corridor.
    edges = [0.0, *(edge for hole in sorted(holes) for edge in hole.along), floor.length_m]
    y, yaw = side * floor.corridor_m, -side * 0.5 * math.pi
    found = []
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        left, right = (low, high) if side > 0 else (high, low)
        found.append(Wall((left, y, SLAB_M), (right, y, SLAB_M), yaw, floor.height_m))
    return found


def _outer_wall(draft: Draft, floor: Floor, side: int, rooms: list[Room]) -> None:
    """With a window in most rooms."""
    inner = rooms[0].y[1] if side > 0 else rooms[0].y[0]
    y = sorted((inner, inner + side * WALL_M))
    holes = []
    for room in rooms:
        wide = min(float(draft.rng.uniform(1.2, 2.6)), room.x[1] - room.x[0] - 1.0)
        middle = 0.5 * (room.x[0] + room.x[1])
        if floor.number < 0 or draft.rng.random() < 0.25:
            continue
        hole = Hole((round(middle - 0.5 * wide, 3), round(middle + 0.5 * wide, 3)), (0.95, min(2.2, floor.height_m - 0.5)))
        holes.append(hole)
        centre = 0.5 * (y[0] + y[1])
        pane = block(hole.along, (centre - 0.01, centre + 0.01), hole.z, "glass", "glass")
        draft.glass.append(pane)
        draft.build(block((middle - 0.02, middle + 0.02), (centre - 0.03, centre + 0.03), hole.z, draft.look.trim))
    whole = block((0.0, floor.length_m), (y[0], y[1]), (0.0, floor.height_m), paint_of(draft, 1))
    pierced(draft, whole, holes)


def _room_walls(floor: Floor, room: Room) -> list[Wall]:
    """The four walls of a room as seen from inside; the one with the door is left out."""
    (x0, x1), (y0, y1) = room.x, room.y
    west = Wall((x0, y0, SLAB_M), (x0, y1, SLAB_M), 0.0, floor.height_m)
    east = Wall((x1, y1, SLAB_M), (x1, y0, SLAB_M), math.pi, floor.height_m)
    if room.side > 0:
        back = Wall((x0, y1, SLAB_M), (x1, y1, SLAB_M), -0.5 * math.pi, floor.height_m)
    else:
        back = Wall((x1, y0, SLAB_M), (x0, y0, SLAB_M), 0.5 * math.pi, floor.height_m)
    return [west, east, back]


def _keep_free(draft: Draft, floor: Floor) -> None:
    """The way of the drone, and the doors."""
    z = (floor.flight_m - _TUNNEL_M, floor.flight_m + _TUNNEL_M)
    draft.claim(Bounds((0.0, -_TUNNEL_M, z[0]), (floor.length_m, _TUNNEL_M, z[1])))
    draft.claim(Bounds((0.2, -_TUNNEL_M - 0.1, 0.0), (1.4, _TUNNEL_M + 0.1, z[1])))
    wide, tall = floor.door_m
    for room in floor.rooms:
        x, y = room.inside
        low, high = sorted((0.0, y + room.side * _TUNNEL_M))
        draft.claim(Bounds((x - _TUNNEL_M, low, z[0]), (x + _TUNNEL_M, high, z[1])))
        low, high = sorted((room.side * (floor.corridor_m - 0.25), room.side * (floor.corridor_m + WALL_M + 0.6)))
        draft.claim(Bounds((x - 0.5 * wide, low, 0.0), (x + 0.5 * wide, high, tall)))
