"""Places for people: free of clutter, in view of a waypoint."""

import math
from collections.abc import Sequence

import numpy as np

from goldentime.envs.buildings.building import Compartment, Graph, Spot
from goldentime.envs.buildings.graph import Obstacles
from goldentime.envs.buildings.plan import Plan, inner
from goldentime.envs.level import Point
from goldentime.envs.scenes.draft import Bounds, Draft

__all__ = ["find_spots"]

_STANDING_M, _TALL_M = 0.6, 1.85
_LYING_M = (2.0, 0.7, 0.5)
_GRID_M = 0.4
_EYES_M = 0.35
"""Above the floor; what is higher is seen the better."""
_PER_ROOM = (2, 6)
"""The most, in small and in large rooms."""
_TRIES = 60


def find_spots(
    draft: Draft, plan: Plan, rooms: Sequence[Compartment], graph: Graph, obstacles: Obstacles
) -> tuple[Spot, ...]:
    """Some in each room that a drone gets into; they are claimed."""
    nodes: dict[int, list[int]] = {}
    for node, room in enumerate(graph.rooms):
        nodes.setdefault(room, []).append(node)
    found: list[Spot] = []
    for number, (cell, facts) in enumerate(zip(plan.cells, rooms, strict=True)):
        if cell.kind == "stairs" or facts.sealed:
            continue
        (x0, x1), (y0, y1) = inner(cell)
        floor = plan.floor_m(cell.storeys[0])
        most = min(max(round((x1 - x0) * (y1 - y0) / 4.0), _PER_ROOM[0]), _PER_ROOM[1])
        own: list[Spot] = []
        grid = [(x, y) for x in np.arange(x0 + 0.32, x1 - 0.3, _GRID_M) for y in np.arange(y0 + 0.32, y1 - 0.3, _GRID_M)]
        for place in draft.rng.permutation(len(grid)).tolist()[:_TRIES]:
            at = (round(float(grid[place][0]), 3), round(float(grid[place][1]), 3), floor)
            spot = _spot(draft, number, at, lying=len(own) % 2 == 0) or _spot(draft, number, at, lying=len(own) % 2 == 1)
            if spot is None:
                continue
            view = _view(spot, nodes[number], graph, obstacles)
            if view is None:
                continue
            own.append(Spot(room=number, position=at, yaw=spot.yaw, lying=spot.lying, node=view))
            draft.claim(_taken(own[-1]))
            if len(own) == most:
                break
        found += own
    return tuple(found)


def _spot(draft: Draft, room: int, at: Point, *, lying: bool) -> Spot | None:
    """A spot that fits, without its node."""
    for yaw in (0.0, 0.5 * math.pi) if lying else (0.0,):
        spot = Spot(room=room, position=at, yaw=yaw, lying=lying, node=0)
        if draft.fits(_taken(spot)):
            return spot
    return None


def _taken(spot: Spot) -> Bounds:
    """The room of who stands or lies there."""
    x, y, z = spot.position
    a, b, c = (_LYING_M if spot.yaw == 0.0 else (_LYING_M[1], _LYING_M[0], _LYING_M[2])) if spot.lying else (
        _STANDING_M, _STANDING_M, _TALL_M
    )  # fmt: skip
    return Bounds((x - 0.5 * a, y - 0.5 * b, z + 0.01), (x + 0.5 * a, y + 0.5 * b, z + c))


def _view(spot: Spot, nodes: list[int], graph: Graph, obstacles: Obstacles) -> int | None:
    """The nearest node of the room that sees the spot."""
    x, y, z = spot.position
    eye = (x, y, round(z + _EYES_M, 3))
    for node in sorted(nodes, key=lambda n: math.dist(graph.nodes[n], eye)):
        if obstacles.seen(graph.nodes[node], eye):
            return node
    return None
