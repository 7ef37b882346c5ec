"""The best tour of a rescue: to those whom a relief kit helps first, then to the others, along ways that a drone can fly.

It proves that a mission can be won, gives the times by which help and reports are prompt, and is never told.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.buildings.building import Graph
from goldentime.envs.level import Point
from goldentime.errors import ScenarioError
from goldentime.records import record

__all__ = ["Pace", "Stop", "Tour", "Ways", "best_tour", "ways_of"]


_HOT = 4.0
"""A metre through a burning room counts as so many."""


@record
class Pace:
    """How fast the best tour goes; our choice, well below what a drone can do."""

    speed_m_s: float = 0.8
    take_off_s: float = 8.0
    stop_s: float = 4.0
    """To look and to report, at each person."""
    delivery_s: float = 12.0
    """Besides, where a kit is dropped, until its hood is on."""


class Stop(NamedTuple):
    """A person on the tour."""

    person: int
    node: int
    """Of the graph, in view of the person."""
    deliver: bool
    arrive_s: float


class Tour(NamedTuple):
    """From the entrance past all people and back."""

    stops: tuple[Stop, ...]
    points: tuple[Point, ...]
    """[m] all nodes on the way, world ENU."""
    back_s: float
    """When it is home again."""


class Ways(NamedTuple):
    """Shortest ways between all nodes of a graph."""

    graph: Graph
    length_m: NDArray[np.float64]
    """(n, n) where hot rooms count manifold."""
    before: NDArray[np.int32]
    """(n, n) the node before the last on the way from the first to the second."""

    def way(self, a: int, b: int) -> list[int]:
        """Nodes from one to another, both included."""
        nodes = [b]
        while nodes[-1] != a:
            nodes.append(int(self.before[a, nodes[-1]]))
        return nodes[::-1]


def ways_of(graph: Graph, blocked: Sequence[Point] = (), hot: Sequence[int] = (), reach_m: float = 1.2) -> Ways:
    """Shortest ways.

    Args:
        graph: of the building.
        blocked: places that nobody gets through: edges nearer than `reach_m` are left out.
        hot: rooms to be avoided: a metre there counts as several.
        reach_m: see `blocked`.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import shortest_path

    nodes = np.array(graph.nodes, np.float64)
    edges = np.array(graph.edges, np.intp).reshape(-1, 2)
    for place in blocked:
        edges = edges[_apart_m(nodes[edges[:, 0]], nodes[edges[:, 1]], np.array(place)) > reach_m]
    lengths = np.linalg.norm(nodes[edges[:, 0]] - nodes[edges[:, 1]], axis=1)
    lengths *= np.where(np.isin(np.array(graph.rooms)[edges], hot).any(1), _HOT, 1.0)
    table = csr_array((lengths, (edges[:, 0], edges[:, 1])), shape=(len(nodes), len(nodes)))
    length_m, before = shortest_path(table, directed=False, return_predecessors=True)
    return Ways(graph, length_m, before)


def _apart_m(a: NDArray[np.float64], b: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Horizontal distance of stretches from a point on the same storey; inf from one on another."""
    along = b - a
    share = np.clip(((point - a) * along)[:, :2].sum(1) / np.maximum((along[:, :2] ** 2).sum(1), 1e-9), 0.0, 1.0)
    nearest = a + share[:, None] * along
    flat = np.linalg.norm((nearest - point)[:, :2], axis=1)
    away: NDArray[np.float64] = np.where(np.abs(nearest[:, 2] - point[2]) < 2.5, flat, np.inf)
    return away


def best_tour(ways: Ways, start: int, nodes: Sequence[int], helped: Sequence[int], pace: Pace) -> Tour:
    """First the helped in their order, then the others, always the nearest next; then home.

    Args:
        ways: of the building.
        start: node at the entrance.
        nodes: of each person, by their number; -1 for those who need not be visited.
        helped: numbers of those who get a kit, the most urgent first.
        pace: how fast.

    Raises:
        ScenarioError: somebody can't be reached.
    """
    open_ = {person for person, node in enumerate(nodes) if node >= 0}
    order = [person for person in helped if person in open_]
    here = nodes[order[-1]] if order else start
    rest = sorted(open_ - {*order})
    while rest:
        nearest = min(rest, key=lambda person: (ways.length_m[here, nodes[person]], person))
        rest.remove(nearest)
        order.append(nearest)
        here = nodes[nearest]
    stops, visited, now_s = [], [start], pace.take_off_s
    for person in order:
        node = nodes[person]
        length_m = float(ways.length_m[visited[-1], node])
        if not math.isfinite(length_m):
            raise ScenarioError(f"rescue: person {person} at node {node} can't be reached from node {visited[-1]}")
        now_s += length_m / pace.speed_m_s
        deliver = person in helped
        stops.append(Stop(person, node, deliver, round(now_s, 2)))
        now_s += pace.stop_s + (pace.delivery_s if deliver else 0.0)
        visited.append(node)
    back_s = now_s + float(ways.length_m[visited[-1], start]) / pace.speed_m_s
    way = [start]
    for a, b in pairwise([*visited, start]):
        way += ways.way(a, b)[1:]
    return Tour(tuple(stops), tuple(ways.graph.nodes[node] for node in way), round(back_s, 2))
