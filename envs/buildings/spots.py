"""Places for people: free of clutter, off the ways, in view of a waypoint."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from goldentime.envs.buildings.building import HULL_M, Compartment, Graph, Spot
from goldentime.envs.buildings.graph import Obstacles
from goldentime.envs.buildings.plan import FLIGHT_M, Cell, Plan, inner
from goldentime.envs.level import Point
from goldentime.envs.scenes.draft import Bounds, Draft
from goldentime.envs.scenes.proof import sampled

__all__ = ["find_spots", "spot_bounds"]

_STANDING_M = (0.6, 0.6, 1.85)
_LYING_M = (2.0, 0.7, 0.5)
"""Along the body, across it, upwards."""
_GRID_M = 0.3
_EYES_M = 0.35
"""Above the floor; what is higher is seen the better."""
_PER_M2, _FEWEST, _MOST = 0.25, 2, 6
"""In one room."""
_WAY_M, _PIECE_M = HULL_M + 0.05, 0.3
"""Half the width of ways, and the pieces that slanting ones are kept free in."""
_KEPT = 30
"""Places for each posture that are looked at further, of those that are free."""
_LOOKS = 12
"""Places of a room whose view is tried."""


def find_spots(draft: Draft, plan: Plan, rooms: Sequence[Compartment], graph: Graph, obstacles: Obstacles) -> list[Spot]:
    """Some in each room that a drone gets into, for lying and standing in turn; they are claimed."""
    nodes: dict[int, list[int]] = {}
    for node, room in enumerate(graph.rooms):
        nodes.setdefault(room, []).append(node)
    _keep_ways(draft, graph)
    found: list[Spot] = []
    for number, (cell, facts) in enumerate(zip(plan.cells, rooms, strict=True)):
        if cell.kind == "stairs" or facts.sealed:
            continue
        candidates = _candidates(draft, cell, (number, plan.floor_m(cell.storeys[0])))
        own: list[Spot] = []
        for _ in range(_LOOKS):
            spot = _next(candidates, own)
            if spot is None or len(own) == _most(cell):
                break
            candidates.remove(spot)
            view = _view(spot, nodes[number], graph, obstacles)
            if view is not None:
                own.append(Spot(room=number, position=spot.position, yaw=spot.yaw, lying=spot.lying, node=view))
        found += own
    for spot in found:
        draft.claim(spot_bounds(spot))
    return found


def _keep_ways(draft: Draft, graph: Graph) -> None:
    """From here on nobody gets into the way; what led only there as a further look is not claimed yet."""
    for i, j in graph.edges:
        line = np.array([graph.nodes[i], graph.nodes[j]])
        slanting = int((np.ptp(line, axis=0) > 0.01).sum()) > 1
        points = sampled((graph.nodes[i], graph.nodes[j]), _PIECE_M) if slanting else line
        for a, b in pairwise(points):
            low, high = (np.minimum(a, b) - _WAY_M).tolist(), (np.maximum(a, b) + _WAY_M).tolist()
            draft.claim(Bounds((low[0], low[1], low[2] - FLIGHT_M + _WAY_M), (high[0], high[1], high[2])))


def _most(cell: Cell) -> int:
    (x0, x1), (y0, y1) = inner(cell)
    return min(max(round(_PER_M2 * (x1 - x0) * (y1 - y0)), _FEWEST), _MOST)


def _candidates(draft: Draft, cell: Cell, where: tuple[int, float]) -> list[Spot]:
    """All spots of a grid that are free, in a drawn order."""
    number, floor = where
    x, y = (np.arange(low + 0.31, high - 0.3, _GRID_M) for low, high in inner(cell))
    points = np.stack([*np.meshgrid(x, y), np.full((len(y), len(x)), floor)], -1).reshape(-1, 3).round(3)
    points = points[draft.rng.permutation(len(points))]
    found = []
    for lying, yaw in ((False, 0.0), (True, 0.0), (True, round(0.5 * math.pi, 4))):
        model = spot_bounds(Spot(room=number, position=(0.0, 0.0, 0.0), yaw=yaw, lying=lying, node=0))
        for at in points[draft.free(points + model.low, points + model.high)][:_KEPT].tolist():
            found.append(Spot(room=number, position=(at[0], at[1], at[2]), yaw=yaw, lying=lying, node=0))
    return [found[i] for i in draft.rng.permutation(len(found)).tolist()]


def spot_bounds(spot: Spot) -> Bounds:
    """The room of who stands or lies on a spot."""
    x, y, z = spot.position
    a, b, tall = _LYING_M if spot.lying else _STANDING_M
    a, b = (0.5 * b, 0.5 * a) if spot.yaw > 0.0 else (0.5 * a, 0.5 * b)
    return Bounds((x - a, y - b, z + 0.01), (x + a, y + b, z + tall))


def _next(candidates: list[Spot], own: Sequence[Spot]) -> Spot | None:
    """The first that touches no other, of the posture whose turn it is if there is one."""
    taken = [spot_bounds(spot) for spot in own]
    free = (spot for spot in candidates if not any(_meet(spot_bounds(spot), other) for other in taken))
    lying, spare = len(own) % 2 == 0, None
    for spot in free:
        if spot.lying == lying:
            return spot
        spare = spare or spot
    return spare


def _meet(a: Bounds, b: Bounds) -> bool:
    return all(a.low[i] < b.high[i] and b.low[i] < a.high[i] for i in (0, 1))


def _view(spot: Spot, nodes: list[int], graph: Graph, obstacles: Obstacles) -> int | None:
    """The nearest node of the room that sees the spot."""
    x, y, z = spot.position
    eye: Point = (x, y, round(z + _EYES_M, 3))
    for node in sorted(nodes, key=lambda n: math.dist(graph.nodes[n], eye)):
        if obstacles.seen(graph.nodes[node], eye):
            return node
    return None
