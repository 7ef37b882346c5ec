"""The proof that a building can be flown through: which of the planned ways are free, and ways along the graph."""

import heapq
import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.buildings.building import HULL_M, Graph
from goldentime.envs.buildings.ways import Ways
from goldentime.envs.level import Level, Point, Primitive
from goldentime.envs.scenes.draft import solid_bounds
from goldentime.envs.scenes.proof import Boxes, boxes_of, clearance_m, sampled, sees
from goldentime.errors import ScenarioError

__all__ = ["Obstacles", "edge_clearance_m", "prove", "reached", "route"]

Floats = NDArray[np.float64]

_STEP_M = 0.1
_ENOUGH_M = HULL_M + 0.5 * _STEP_M
"""At each sample: between two of them the way is half a step nearer at the most."""
_LEVEL_M = 0.05
"""The forecourt is a little lower than the floors."""
_BODY_M = (0.55, 0.95)
"""Below the ways: heights at which a walking body is tried, above what one steps over."""
_REACH_M = 0.6
"""Boxes farther off than this do not matter."""


class Obstacles:
    """Solids and glass, to be asked for what is near a line."""

    def __init__(self, solids: Sequence[Primitive]) -> None:
        self._boxes = boxes_of(solids)
        bounds = np.array([solid_bounds(solid) for solid in solids], np.float64).reshape(-1, 2, 3)
        self._low, self._high = bounds[:, 0], bounds[:, 1]

    def near(self, a: Point, b: Point, reach_m: float = _REACH_M) -> Boxes:
        """Boxes within a distance of the box around a line."""
        low, high = np.minimum(a, b) - reach_m, np.maximum(a, b) + reach_m
        keep = ((self._low < high) & (self._high > low)).all(1)
        return Boxes(self._boxes.centre[keep], self._boxes.half[keep], self._boxes.yaw[keep])

    def clearance_m(self, a: Point, b: Point) -> float:
        """The least distance of a straight line's samples from anything; inf where nothing is near."""
        return float(clearance_m(sampled((a, b), _STEP_M), self.near(a, b)).min())

    def free(self, a: Point, b: Point) -> bool:
        """Whether a drone of radius `HULL_M` can fly a straight line."""
        return self.clearance_m(a, b) >= _ENOUGH_M

    def seen(self, a: Point, b: Point) -> bool:
        """Whether nothing stands between two points."""
        boxes = self.near(a, b, 0.0)
        hides = np.ones((1, len(boxes.yaw)), np.bool_)
        return bool(sees(np.array([a]), np.array([b]), boxes, hides)[0])


def edge_clearance_m(level: Level, graph: Graph) -> Floats:
    """(edges,) [m] how near each edge comes to solids and glass, found anew on samples 5 cm apart."""
    obstacles = Obstacles((*level.solids, *level.glass))
    found = np.full(len(graph.edges), np.inf)
    for number, (i, j) in enumerate(graph.edges):
        a, b = graph.nodes[i], graph.nodes[j]
        found[number] = clearance_m(sampled((a, b), 0.05), obstacles.near(a, b)).min()
    return found


def prove(ways: Ways, obstacles: Obstacles) -> tuple[Graph, set[int]]:
    """The part of the ways that can be reached from where a drone begins, and the doors that can be passed."""
    nodes, rooms = list(ways.nodes), list(ways.rooms)
    edges = [(i, j) for i, j in dict.fromkeys(ways.edges) if obstacles.free(nodes[i], nodes[j])]
    passable: set[int] = set()
    for joint in ways.joints:
        if joint.door in passable:
            continue
        ends = [nodes[end] for end in joint.ends]
        for way in joint.ways:
            line = (ends[0], *way, ends[1])
            if all(obstacles.free(a, b) for a, b in pairwise(line)):
                first = len(nodes)
                nodes += way
                rooms += [rooms[joint.ends[1]]] * len(way)
                chain = [joint.ends[0], *range(first, len(nodes)), joint.ends[1]]
                edges += list(pairwise(chain))
                passable.add(joint.door)
                break
    return _kept(nodes, rooms, edges, obstacles), passable


def _kept(nodes: list[Point], rooms: list[int], edges: list[tuple[int, int]], obstacles: Obstacles) -> Graph:
    """What can be reached from the first node."""
    keep = sorted(reached(len(nodes), edges, 0))
    new = {old: place for place, old in enumerate(keep)}
    edges = [(i, j) for i, j in edges if i in new]
    return Graph(
        nodes=tuple(nodes[i] for i in keep),
        rooms=tuple(rooms[i] for i in keep),
        edges=tuple((new[i], new[j]) for i, j in edges),
        walks=tuple(_walks(nodes[i], nodes[j], obstacles) for i, j in edges),
    )


def _walks(a: Point, b: Point, obstacles: Obstacles) -> bool:
    """Whether someone with a body as wide as the drone can walk below a level line."""
    if abs(a[2] - b[2]) > _LEVEL_M:
        return False
    return all(obstacles.free((*a[:2], a[2] - down), (*b[:2], b[2] - down)) for down in _BODY_M)


def reached(count: int, edges: Sequence[tuple[int, int]], start: int) -> set[int]:
    """All nodes that edges connect to one."""
    beside: list[list[int]] = [[] for _ in range(count)]
    for i, j in edges:
        beside[i].append(j)
        beside[j].append(i)
    found, left = {start}, [start]
    while left:
        for node in beside[left.pop()]:
            if node not in found:
                found.add(node)
                left.append(node)
    return found


def route(graph: Graph, start: int, goal: int) -> tuple[Point, ...]:
    """The shortest way from one node to another, both included.

    Raises:
        ScenarioError: there is none.
    """
    beside: list[list[int]] = [[] for _ in graph.nodes]
    for i, j in graph.edges:
        beside[i].append(j)
        beside[j].append(i)
    best, before = {start: 0.0}, {start: start}
    heap = [(0.0, start)]
    while heap:
        length, node = heapq.heappop(heap)
        if node == goal:
            way = [node]
            while way[-1] != start:
                way.append(before[way[-1]])
            return tuple(graph.nodes[i] for i in reversed(way))
        if length > best[node]:
            continue
        for other in beside[node]:
            new = length + math.dist(graph.nodes[node], graph.nodes[other])
            if new < best.get(other, math.inf):
                best[other], before[other] = new, node
                heapq.heappush(heap, (new, other))
    raise ScenarioError(f"graph: expected a way from node {start} to node {goal}, got none")
