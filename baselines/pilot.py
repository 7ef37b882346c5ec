"""`Pilot`: flies an obstacle course with on-board sensing alone.

It locates itself by flow, attitude and the walls of the published plan, maps what its lidar sees, plans through the map
again and again, and follows the plan. Obstacles are unknown to it until it sees them.
"""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.reporting import no_message
from goldentime.control.planner import Grid, Space, clearance, flood, trace
from goldentime.control.pursuit import pursue
from goldentime.perception.mapping import VoxelMap
from goldentime.perception.navigation import Fix, IndoorNavigator

__all__ = ["Pilot"]

_CELL_M = 0.2
_RADII_M = (0.46, 0.40, 0.33)
"""Hull radius plus margin; the smaller ones are tried when the larger finds no way."""
_HALF_HEIGHT_M = 0.22
_FLOOR_M = 0.15
"""Lidar points lower than this are floor."""
_CRUISE_M_S = 2.0
_BRAKE_M_S2 = 1.5
_REPLAN_S = 0.4


class _Goal(NamedTuple):
    """One leg of the route."""

    kind: str
    """`"gate"`, `"deliver"` or `"land"`."""
    points_m: NDArray[np.float64]
    """(n, 3) alternatives; any of them will do."""
    line: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    """A gate's middle and its unit forward normal, both (2,)."""


class Pilot:
    """The reference agent of the course mission.

    Args:
        cruise_m_s: greatest speed in open space.
        centre_height_m: height of the body's centre while it stands on a flat floor.
    """

    def __init__(self, cruise_m_s: float = _CRUISE_M_S, centre_height_m: float = 0.14) -> None:
        self._cruise_m_s, self._centre_height_m = cruise_m_s, centre_height_m

    def reset(self, brief: Mapping[str, Any]) -> None:
        """Read the plan of the hall and lay out the route."""
        self._navigator = IndoorNavigator(brief, self._centre_height_m)
        self._ceiling_m = float(brief["hall"]["ceiling_m"])
        width, depth = brief["hall"]["size"]
        self._map = VoxelMap((-1.0, -1.0, 0.0), (width + 1.0, depth + 1.0, self._ceiling_m), _CELL_M)
        for wall in brief["hall"]["walls"]:
            self._map.block(_wall_points(wall, self._ceiling_m))
        self._goals = _route(brief)
        motion = brief["action"]["motion"]
        self._low, self._high = np.array(motion["low"]), np.array(motion["high"])
        self._dt_s = 1.0 / brief["action_hz"]
        self._path: NDArray[np.float64] | None = None
        self._room_m = 1.0
        self._since_plan_s = math.inf
        self._release = False
        self._settled_s = 0.0
        self._airborne = False
        self._has_kit = "release" in brief["action"]
        self._silence = no_message(brief)

    def act(self, observation: Mapping[str, NDArray[np.float32]]) -> dict[str, Any]:
        """One velocity command."""
        fix = self._navigator.update(observation)
        if fix.scan is not None:
            solid = fix.scan.hit & (fix.scan.ends_m[:, 2] > _FLOOR_M)
            seen = solid | ~fix.scan.hit
            self._map.insert(fix.position_m, fix.scan.ends_m[seen], solid[seen], reach_m=8.0)
        self._release = False
        velocity = self._fly(fix)
        return self._command(fix, velocity)

    def _command(self, fix: Fix, velocity_m_s: NDArray[np.float64]) -> dict[str, Any]:
        c, s = math.cos(fix.yaw_rad), math.sin(fix.yaw_rad)
        vx, vy, vz = velocity_m_s.tolist()
        # Heading stays east: the lidar looks all round, and a steady heading keeps the estimate good.
        turn = -1.0 * math.remainder(fix.yaw_rad, 2 * math.pi)
        motion = np.clip(np.array([c * vx + s * vy, c * vy - s * vx, vz, turn]), self._low, self._high)
        action: dict[str, Any] = {"motion": motion.astype(np.float32), **self._silence}
        if self._has_kit:
            action["release"] = int(self._release)
        return action

    def _fly(self, fix: Fix) -> NDArray[np.float64]:
        if not self._airborne:
            self._airborne = bool(fix.position_m[2] > 0.9)
            return np.array([0.0, 0.0, 0.8])
        while len(self._goals) > 1 and _passed(self._goals[0], fix.position_m):
            self._next_goal()
        goal = self._goals[0]
        if goal.kind != "gate" and np.linalg.norm(fix.position_m[:2] - goal.points_m[0, :2]) < 0.5:
            return self._settle(goal, fix)
        self._since_plan_s += self._dt_s
        if self._since_plan_s >= _REPLAN_S:
            self._since_plan_s = 0.0
            self._replan(goal, fix)
        if self._path is None:
            return np.zeros(3)
        speed = self._cruise_m_s * min(max(self._room_m / 0.8, 0.35), 1.0)
        return pursue(self._path, fix.position_m, 0.3 + 0.3 * speed, speed, _BRAKE_M_S2)

    def _next_goal(self) -> None:
        self._goals.pop(0)
        self._since_plan_s = math.inf
        self._settled_s = 0.0

    def _settle(self, goal: _Goal, fix: Fix) -> NDArray[np.float64]:
        """Come to rest over a point; then drop the kit, or sink to the ground."""
        error = goal.points_m[0] - fix.position_m
        velocity: NDArray[np.float64] = np.clip(1.2 * error, -0.6, 0.6)
        off = float(np.hypot(error[0], error[1]))
        still = float(np.linalg.norm(fix.velocity_m_s)) < 0.3
        if goal.kind == "land":
            if off < 0.35 or fix.position_m[2] < 0.4:
                velocity[2] = -0.5 if fix.position_m[2] > 0.6 else -0.3
            return velocity
        close = off < 0.12 and abs(error[2]) < 0.2 and still
        self._settled_s = self._settled_s + self._dt_s if close else 0.0
        if self._settled_s > 0.4:
            self._release = True
            self._next_goal()
        return velocity

    def _replan(self, goal: _Goal, fix: Fix) -> None:
        low, window = self._window(goal, fix)
        grid = Grid((float(low[0]), float(low[1]), float(low[2])), _CELL_M, window)
        away = clearance(grid, _RADII_M[0] / _HALF_HEIGHT_M)
        heights = (np.arange(window.shape[2]) + 0.5) * _CELL_M
        allowed = (heights > 0.45) & (heights < self._ceiling_m - 0.3)
        here = (float(fix.position_m[0]), float(fix.position_m[1]), float(fix.position_m[2]))
        self._path = None
        for radius in _RADII_M:
            free = (away > radius) & allowed
            price = 1.0 + 3.0 * np.clip(1.0 - (away - radius) / 0.5, 0.0, 1.0)
            path = _best(Space(grid.origin_m, _CELL_M, free, price.astype(np.float32)), here, goal.points_m)
            if path is not None:
                self._path = path
                break
        if self._path is None:
            self._map.clear(fix.position_m, 1.0)
            return
        self._room_m = _room(grid, away, self._path, 1.5) - 0.28

    def _window(self, goal: _Goal, fix: Fix) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """The part of the map that holds the drone and the goal, with some room around."""
        both = np.vstack([goal.points_m, fix.position_m])
        low = np.maximum(self._map.index((both.min(axis=0) - 4.0)[None])[0], 0)
        high = np.maximum(self._map.index((both.max(axis=0) + 4.0)[None])[0], 0)
        part = self._map.occupied[low[0] : high[0], low[1] : high[1], :]
        low[2] = 0
        return self._map.lower_m + low * _CELL_M, part


def _best(space: Space, here: tuple[float, float, float], goals: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The cheapest path to any of the goals; a start inside an inflated obstacle leaves it by the shortest way."""
    index = np.floor((np.array(here) - np.array(space.origin_m)) / _CELL_M).astype(int)
    start = _nearest(space.free, np.clip(index, 0, np.array(space.free.shape) - 1))
    if start is None:
        return None
    source = tuple(((start + 0.5) * _CELL_M + np.array(space.origin_m)).tolist())
    costs = flood(space, source)
    cells = np.floor((goals - np.array(space.origin_m)) / _CELL_M).astype(int)
    inside = ((cells >= 0) & (cells < np.array(space.free.shape))).all(axis=1)
    if not inside.any():
        return None
    goals, cells = goals[inside], cells[inside]
    reach = costs[cells[:, 0], cells[:, 1], cells[:, 2]]
    best = int(np.argmin(reach))
    if not np.isfinite(reach[best]):
        return None
    path = trace(space, costs, tuple(goals[best].tolist()), start=here)
    return None if path is None else path.points_m


def _nearest(free: NDArray[np.bool_], cell: NDArray[np.int64]) -> NDArray[np.int64] | None:
    if free[tuple(cell)]:
        return cell
    low = np.maximum(cell - 4, 0)
    near = np.argwhere(free[low[0] : cell[0] + 5, low[1] : cell[1] + 5, low[2] : cell[2] + 5])
    if not len(near):
        return None
    chosen: NDArray[np.int64] = low + near[np.argmin(((near + low - cell) ** 2).sum(axis=1))]
    return chosen


def _room(grid: Grid, away: NDArray[np.float32], path: NDArray[np.float64], ahead_m: float) -> float:
    """Smallest clearance on the next stretch of a path."""
    points, left = [path[0]], ahead_m
    for a, b in pairwise(path):
        length = float(np.linalg.norm(b - a))
        count = max(int(min(length, left) / _CELL_M), 1)
        points.extend(a + (b - a) * (min(length, left) / max(length, 1e-9)) * (i + 1) / count for i in range(count))
        left -= length
        if left <= 0.0:
            break
    cells = np.floor((np.array(points) - np.array(grid.origin_m)) / _CELL_M).astype(int)
    cells = np.clip(cells, 0, np.array(away.shape) - 1)
    return float(away[cells[:, 0], cells[:, 1], cells[:, 2]].min())


def _passed(goal: _Goal, position: NDArray[np.float64]) -> bool:
    if goal.line is None:
        return False
    middle, normal = goal.line
    return bool((position[:2] - middle) @ normal > 0.3)


def _wall_points(wall: list[list[float]], height_m: float) -> NDArray[np.float64]:
    (x0, y0), (x1, y1) = wall
    count = int(math.hypot(x1 - x0, y1 - y0) / (0.5 * _CELL_M)) + 2
    line = np.column_stack([np.linspace(x0, x1, count), np.linspace(y0, y1, count)])
    levels = np.arange(0.5 * _CELL_M, height_m, _CELL_M)
    return np.column_stack([np.repeat(line, len(levels), axis=0), np.tile(levels, count)])


def _route(brief: Mapping[str, Any]) -> list[_Goal]:
    """Exit gates in order, with the delivery before the last one and the landing at the end."""
    at = np.array(brief["start"]["position"], dtype=np.float64)
    goals = []
    for section in brief["sections"]:
        ends = np.array(section["exit"], dtype=np.float64)
        middle, along = ends.mean(axis=0), ends[1] - ends[0]
        width = float(np.linalg.norm(along))
        normal = np.array([-along[1], along[0]]) / width
        normal *= 1.0 if (middle - at) @ normal >= 0 else -1.0
        share = np.linspace(0.0, 1.0, max(int(width / 0.4), 2) + 1)[1:-1]
        plane = ends[0] + share[:, None] * along + 0.6 * normal
        levels = np.arange(0.7, brief["hall"]["ceiling_m"] - 0.5, 0.4)
        points = np.column_stack([np.repeat(plane, len(levels), axis=0), np.tile(levels, len(plane))])
        goals.append(_Goal("gate", points, (middle, normal)))
        at = middle
    box, pad = brief.get("delivery"), brief["landing"]["position"]
    if box is not None:
        x, y, top = box["position"]
        goals.insert(len(goals) - 1, _Goal("deliver", np.array([[x, y, top + 0.55]])))
    goals.append(_Goal("land", np.array([[pad[0], pad[1], 1.0]])))
    return goals
