"""Where drones fly in a building: waypoints and straight lines between them, planned before anything stands in a room.

Each room has a spine: a line at which its doors' ways meet. In a corridor it runs along the middle, in other rooms along
the wall of their first door, some way in. What the ways need is kept free of furniture from the floor up, so that people
can walk there too; what a leaf blocks is found by the proof.
"""

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from goldentime.envs.buildings.fittings import gap_of, place_of
from goldentime.envs.buildings.plan import FLIGHT_M, FRONT_M, DoorPlan, Plan, inner
from goldentime.envs.buildings.stairs import well_of
from goldentime.envs.level import OUTSIDE, Point
from goldentime.envs.scenes.draft import Bounds, Draft
from goldentime.envs.scenes.walls import WALL_M, Span

__all__ = ["START_M", "Joint", "Ways", "plan_ways"]

START_M = 4.2
"""From the front wall to where a drone begins."""
_TUNNEL_M = 0.46
"""Half the width of what is kept free, and how far it reaches above the way."""
_NEAR_M = 0.75
"""From a wall to the waypoint before its door."""
_SPINE_M = (0.45, 2.2)
"""From the wall of the first door to the spine: as a share of the depth, and at most."""
_FORECOURT_M = 1.6
"""From the front wall to the line along which its doors' ways meet."""
_ZONE_M, _AJAR_ZONE_M = 0.7, 1.3
"""Kept free before a door: its depth."""


class Joint(NamedTuple):
    """A doorway and the ways that may lead through it, the straight one first."""

    door: int
    ends: tuple[int, int]
    """Nodes on either side."""
    ways: tuple[tuple[Point, ...], ...]
    """Points between the two."""


class Ways(NamedTuple):
    """Candidates of a graph: what is passable is not known yet."""

    nodes: list[Point]
    rooms: list[int]
    edges: list[tuple[int, int]]
    joints: list[Joint]

    def add(self, room: int, point: Point) -> int:
        """A node, or the one that is there already."""
        x, y, z = (round(part, 3) for part in point)
        for number, (own, other) in enumerate(zip(self.rooms, self.nodes, strict=True)):
            if own == room and other == (x, y, z):
                return number
        self.nodes.append((x, y, z))
        self.rooms.append(room)
        return len(self.nodes) - 1

    def join(self, chain: Iterable[int]) -> None:
        """Edges along a chain of nodes."""
        self.edges.extend((a, b) for a, b in pairwise(chain) if a != b)


class _Spine(NamedTuple):
    """The line along which a room's ways meet."""

    axis: int
    along: Span
    over: float


def plan_ways(draft: Draft, plan: Plan) -> Ways:
    """Waypoints of all rooms, stairwells and the forecourt; what they need is claimed. Node 0 is where a drone begins."""
    ways = Ways([], [], [], [])
    main = plan.doors[plan.entrance]
    z = plan.floor_m(0) + FLIGHT_M
    start = ways.add(OUTSIDE, (main.at, FRONT_M - START_M, z))
    draft.claim(Bounds((main.at - 1.2, FRONT_M - START_M - 1.2, 0.0), (main.at + 1.2, FRONT_M - START_M + 1.2, 4.0)))
    turns = _forecourt(draft, plan, ways)
    foot = ways.add(OUTSIDE, (main.at, FRONT_M - _FORECOURT_M, z))
    _keep(draft, ways.nodes[start], ways.nodes[foot])
    ways.join((start, foot))
    for number, cell in enumerate(plan.cells):
        if cell.kind == "stairs":
            _stairwell(plan, ways, number, turns)
        else:
            _room(draft, plan, ways, number, turns)
    for number, door in enumerate(plan.doors):
        _keep_door(draft, plan, door)
        _joint(draft, plan, ways, (number, door), turns)
    return ways


_Turns = dict[tuple[int, int], tuple[int, int]]
"""Of a door and a room: the node right before the door, and the one on the spine."""


def _forecourt(draft: Draft, plan: Plan, ways: Ways) -> _Turns:
    """Before the front wall its doors are joined; other ways out lead nowhere."""
    turns: _Turns = {}
    line: list[int] = []
    for number, door in enumerate(plan.doors):
        if OUTSIDE not in door.rooms:
            continue
        side = -1 if _outside_is_below(plan, door) else 1
        z = plan.floor_m(door.storey) + FLIGHT_M
        over = door.line + side * (0.5 * WALL_M + _NEAR_M)
        near = ways.add(OUTSIDE, place_of(door.axis, door.at, over, z))
        turns[number, OUTSIDE] = (near, near)
        if door.axis == 0 and door.line == FRONT_M:
            foot = ways.add(OUTSIDE, (door.at, FRONT_M - _FORECOURT_M, z))
            turns[number, OUTSIDE] = (near, foot)
            ways.join((near, foot))
            line.append(foot)
    line.sort(key=lambda node: ways.nodes[node][0])
    ways.join(line)
    _keep(draft, ways.nodes[line[0]], ways.nodes[line[-1]])
    return turns


def _outside_is_below(plan: Plan, door: DoorPlan) -> bool:
    """Whether the open air lies on the side of smaller coordinates."""
    return abs(door.line - plan.span(1 - door.axis)[0]) < abs(door.line - plan.span(1 - door.axis)[1])


def _stairwell(plan: Plan, ways: Ways, number: int, turns: _Turns) -> None:
    stair = next(stair for stair in plan.stairs if stair.cell == number)
    first, last = plan.cells[number].storeys
    wells = [ways.add(number, well_of(plan, stair, storey, FLIGHT_M)) for storey in range(first, last + 1)]
    ways.join(wells)
    for place, door in enumerate(plan.doors):
        if number in door.rooms:
            near = ways.add(number, _before(plan, door, number, _NEAR_M))
            turns[place, number] = (near, near)
            ways.join((near, wells[door.storey - first]))


def _before(plan: Plan, door: DoorPlan, room: int, away_m: float) -> Point:
    """In a room, right before one of its doors."""
    over = plan.cells[room].x if door.axis else plan.cells[room].y
    side = 1 if 0.5 * sum(over) > door.line else -1
    z = plan.floor_m(door.storey) + FLIGHT_M
    return place_of(door.axis, door.at, door.line + side * (0.5 * WALL_M + away_m), z)


def _spine(plan: Plan, number: int) -> _Spine:
    cell, (x, y) = plan.cells[number], inner(plan.cells[number])
    doors = [door for door in plan.doors if number in door.rooms]
    if cell.kind == "corridor" or not doors:
        axis = 0 if x[1] - x[0] >= y[1] - y[0] else 1
        along, over = (y, x) if axis else (x, y)
        return _Spine(axis, along, 0.5 * sum(over))
    first = doors[0]
    along, over = (y, x) if first.axis else (x, y)
    deep = max(min(_SPINE_M[0] * (over[1] - over[0]), _SPINE_M[1]), _NEAR_M)
    return _Spine(first.axis, along, over[0] + deep if 0.5 * sum(over) > first.line else over[1] - deep)


def _room(draft: Draft, plan: Plan, ways: Ways, number: int, turns: _Turns) -> None:
    cell, spine = plan.cells[number], _spine(plan, number)
    z = plan.floor_m(cell.storeys[0]) + FLIGHT_M
    feet: list[tuple[float, int]] = []

    def foot(along: float) -> int:
        node = ways.add(number, place_of(spine.axis, along, spine.over, z))
        feet.append((along, node))
        return node

    for place, door in enumerate(plan.doors):
        if number not in door.rooms:
            continue
        near_m = (
            _NEAR_M if cell.kind != "corridor" or door.axis != spine.axis else abs(door.line - spine.over) - 0.5 * WALL_M
        )
        near = ways.add(number, _before(plan, door, number, near_m))
        at = ways.nodes[near][spine.axis]
        turns[place, number] = (near, foot(at))
        ways.join(turns[place, number])
        _keep(draft, ways.nodes[near], ways.nodes[turns[place, number][1]])
    taken = sorted(along for along, _ in feet)
    if taken:
        _keep(draft, place_of(spine.axis, taken[0], spine.over, z), place_of(spine.axis, taken[-1], spine.over, z))
    # Further looks into a room, where there is space.
    for along in (spine.along[0] + 0.8, spine.along[1] - 0.8):
        if all(abs(along - other) > 1.0 for other in taken):
            foot(along)
    ways.join(node for _, node in sorted(feet))


def _keep(draft: Draft, a: Point, b: Point) -> None:
    """Keep a straight way along an axis free, from the floor up."""
    low = [min(p, q) - _TUNNEL_M for p, q in zip(a, b, strict=True)]
    low[2] = min(a[2], b[2]) - FLIGHT_M + 0.01
    high = [max(p, q) + _TUNNEL_M for p, q in zip(a, b, strict=True)]
    draft.claim(Bounds((low[0], low[1], low[2]), (high[0], high[1], high[2])))


def _keep_door(draft: Draft, plan: Plan, door: DoorPlan) -> None:
    """Nothing stands before a door."""
    floor, half = plan.floor_m(door.storey), 0.5 * door.width
    for side in (-1, 1):
        ajar = door.state == "ajar" and side == door.swing
        deep, wide = (_AJAR_ZONE_M, 0.8) if ajar else (_ZONE_M, 0.0)
        ends = [door.at - half, door.at + half]
        ends[0 if door.hinge > 0 else 1] -= door.hinge * wide
        over = sorted((door.line + side * 0.5 * WALL_M, door.line + side * (0.5 * WALL_M + deep)))
        low, high = place_of(door.axis, ends[0], over[0], floor), place_of(door.axis, ends[1], over[1], floor + 2.0)
        draft.claim(Bounds(low, high))


def _joint(draft: Draft, plan: Plan, ways: Ways, what: tuple[int, DoorPlan], turns: _Turns) -> None:
    number, door = what
    z = plan.floor_m(door.storey) + FLIGHT_M
    a, b = door.rooms
    middle = place_of(door.axis, door.at, door.line, z)
    ways.joints.append(Joint(number, (turns[number, a][0], turns[number, b][0]), ((middle,),)))
    if door.state == "ajar":
        swung, other = (a, b) if _on_swing_side(plan, door, a) else (b, a)
        ends = (turns[number, other][0], turns[number, swung][1])
        ways.joints.append(Joint(number, ends, tuple(_bent(door, z))))


def _on_swing_side(plan: Plan, door: DoorPlan, room: int) -> bool:
    if room == OUTSIDE:
        return (door.swing < 0) == _outside_is_below(plan, door)
    over = plan.cells[room].x if door.axis else plan.cells[room].y
    return (0.5 * sum(over) > door.line) == (door.swing > 0)


def _bent(door: DoorPlan, z: float) -> Iterable[tuple[Point, ...]]:
    """Ways through the gap between post and leaf, square to it."""
    gap = gap_of(door)
    across = (gap.tip[0] - gap.post[0], gap.tip[1] - gap.post[1])
    wide = math.hypot(*across)
    ahead = (-across[1] / wide, across[0] / wide)
    if ahead[0] * -door.hinge + ahead[1] * door.swing < 0.0:
        ahead = (-ahead[0], -ahead[1])
    middle = tuple(0.5 * (p + q) for p, q in zip(gap.post, gap.tip, strict=True))
    for aside in (0.42, 0.38, 0.5):
        begin = (gap.post[0] + door.hinge * aside, door.line)
        for far in (0.5, 0.75, 0.3):
            end = (middle[0] + far * ahead[0], middle[1] + far * ahead[1])
            yield tuple(place_of(door.axis, *point, z) for point in (begin, (middle[0], middle[1]), end))
