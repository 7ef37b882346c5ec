"""Where the drone is, without a plan of the place: dead reckoning, corrected by matching lidar scans to earlier ones.

The frame has its origin on the ground below the start and the world's axes, as the briefs of the missions with reports do.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from goldentime.perception.navigation import Fix, Scan
from goldentime.perception.scan import beam_directions, levelled

__all__ = ["Odometer", "ScanMap"]

Floats = NDArray[np.float64]

_STEP_M = 0.25
"""The rangefinder tells the height only while it differs less than this from the prediction: else it sees an object."""
_BAND_M = 0.7
"""Points this much above or below the drone are no part of the plan: floor, ceiling, furniture."""
_NEIGHBOURS, _REACH_M = 6, 0.6
_HEADROOM_M = 0.6
"""A drone so high over a floor is on its storey."""


class ScanMap:
    """Points on what stands around, seen from above, 0.1 m apart."""

    def __init__(self, cell_m: float = 0.1) -> None:
        self._cell_m = cell_m
        self._cells: set[tuple[float, ...]] = set()
        self._points = np.zeros((0, 2))
        self._tree: cKDTree | None = None

    def insert(self, points_m: Floats) -> None:
        """Add points (n, 2); where there is one already, it stays."""
        fresh: dict[tuple[float, ...], int] = {}
        for row, cell in enumerate(map(tuple, np.floor(points_m / self._cell_m).tolist())):
            if cell not in self._cells:
                fresh.setdefault(cell, row)
        if fresh:
            self._cells.update(fresh)
            self._points = np.concatenate((self._points, points_m[list(fresh.values())]))
            self._tree = cKDTree(self._points)

    def lines(self, points_m: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """The line through the neighbours of each point (n, 2).

        Returns:
            signed distance (n,) from it, its normal (n, 2), and where there is one (n,).
        """
        if self._tree is None or self._tree.n < _NEIGHBOURS:
            return np.zeros(len(points_m)), np.zeros((len(points_m), 2)), np.zeros(len(points_m), bool)
        away, index = self._tree.query(points_m, k=_NEIGHBOURS, distance_upper_bound=_REACH_M)
        known = np.all(away < np.inf, axis=1)
        near = np.asarray(self._tree.data)[np.where(known[:, None], index, 0)]
        middle = near.mean(axis=1)
        spread = near - middle[:, None]
        moment = np.einsum("nki,nkj->nij", spread, spread)
        size, axes = np.linalg.eigh(moment)
        normal = axes[:, :, 0]
        # A heap of points is no line.
        known &= size[:, 0] < 0.1 * size[:, 1]
        return ((points_m - middle) * normal).sum(axis=1), normal, known


class Odometer:
    """Fuses `attitude`, `flow`, `rangefinder`, `barometer` and `lidar` readings.

    A Kalman filter over (x, y, yaw): flow and attitude predict, distances of scan points from lines through earlier ones
    correct (Censi, "An ICP variant using a point-to-line metric", ICRA 2008).

    Args:
        brief: the mission's brief: start heading, sensors, action rate.
        ground_clearance_m: height of the body's centre above the ground while it stands; it starts so high unless the brief
            has a `start_height_m`.
        floors_m: heights of the storeys' floors above the ground, rising; each has a plan of its own.
        start_m: where it starts, (x, y).
    """

    def __init__(
        self,
        brief: Mapping[str, Any],
        ground_clearance_m: float,
        floors_m: Sequence[float] = (0.0,),
        start_m: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        lidar = brief["sensors"]["lidar"]
        self._beams = beam_directions(lidar["options"]).reshape(-1, 3)
        self._far_m = float(lidar["options"]["max_range_m"])
        self._dt_s = 1.0 / brief["action_hz"]
        self._clearance_m = ground_clearance_m
        self._start_m = self._z_m = float(brief.get("start_height_m", ground_clearance_m))
        self._pose = np.array([*start_m, float(brief["start_yaw_rad"])])
        self._cov = np.diag([1e-4, 1e-4, 1e-4])
        self._floors_m = np.array(floors_m, np.float64)
        self._maps = [ScanMap() for _ in floors_m]
        self.mates_m = 0.0
        """What is nearer than this moves along, such as a team-mate with whom something is carried, and is no part of the
        plan."""
        self._last_yaw = 0.0
        self._last_scan: NDArray[np.float32] | None = None

    def update(self, observation: Mapping[str, NDArray[Any]]) -> Fix:
        """Take one observation in."""
        roll, pitch, yaw = observation["attitude"].astype(float).tolist()
        forward, left, up = observation["flow"].astype(float).tolist()
        turned, self._last_yaw = math.remainder(yaw - self._last_yaw, 2 * math.pi), yaw
        self._predict(forward, left, turned)
        self._height(observation, up, math.cos(roll) * math.cos(pitch))
        scan = self._scan(observation["lidar"], roll, pitch)
        x, y, heading = self._pose.tolist()
        c, s = math.cos(heading), math.sin(heading)
        velocity = np.array([c * forward - s * left, s * forward + c * left, up])
        return Fix(np.array([x, y, self._z_m]), heading, velocity, scan)

    def _predict(self, forward: float, left: float, turned: float) -> None:
        yaw = self._pose[2] + 0.5 * turned
        c, s = math.cos(yaw), math.sin(yaw)
        step = np.array([c * forward - s * left, s * forward + c * left]) * self._dt_s
        self._pose[:2] += step
        self._pose[2] += turned
        lever = np.array([[1.0, 0.0, -step[1]], [0.0, 1.0, step[0]], [0.0, 0.0, 1.0]])
        spread = (0.03**2 + 0.03**2 * (forward**2 + left**2)) * self._dt_s
        self._cov = lever @ self._cov @ lever.T + np.diag([spread, spread, 0.003**2 * self._dt_s])

    def _height(self, observation: Mapping[str, NDArray[Any]], up_m_s: float, tilt_cos: float) -> None:
        self._z_m += up_m_s * self._dt_s
        self._z_m += 0.02 * (float(observation["barometer"][0]) + self._start_m - self._z_m)
        above_m = float(observation["rangefinder"][0]) * tilt_cos + self._clearance_m
        gap_m = float(min(above_m + self._floors_m - self._z_m, key=abs))
        if abs(gap_m) < _STEP_M:
            self._z_m += 0.2 * gap_m
        self._z_m = max(self._z_m, self._clearance_m)

    def _scan(self, ranges: NDArray[np.float32], roll: float, pitch: float) -> Scan | None:
        if self._last_scan is not None and np.array_equal(ranges, self._last_scan):
            return None
        self._last_scan = ranges.copy()
        length = ranges.reshape(-1).astype(np.float64)
        hit = length < self._far_m - 0.05
        local = levelled(self._beams, roll, pitch) * length[:, None]
        storey = max(int(np.searchsorted(self._floors_m, self._z_m - _HEADROOM_M)) - 1, 0)
        level = (
            hit
            & (length > self.mates_m)
            & (np.abs(local[:, 2]) < _BAND_M)
            & (local[:, 2] + self._z_m > self._floors_m[storey] + 0.3)
        )
        if level.any():
            self._correct(self._maps[storey], local[level, :2])
            self._maps[storey].insert(self._placed(local[level, :2]))
        ends = np.column_stack([self._placed(local[:, :2]), local[:, 2] + self._z_m])
        return Scan(ends, hit)

    def _placed(self, points_m: Floats) -> Floats:
        x, y, yaw = self._pose.tolist()
        c, s = math.cos(yaw), math.sin(yaw)
        placed: Floats = points_m @ np.array([[c, s], [-s, c]]) + (x, y)
        return placed

    def _correct(self, plan: ScanMap, points_m: Floats) -> None:
        for gate_m in (0.4, 0.2):
            world = self._placed(points_m)
            distance, normal, known = plan.lines(world)
            near = known & (np.abs(distance) < gate_m)
            if near.sum() < 8:
                return
            n, lever = normal[near], world[near] - self._pose[:2]
            jacobian = np.column_stack([n, n[:, 1] * lever[:, 0] - n[:, 0] * lever[:, 1]])
            # Points on one wall share its errors, so a scan is worth about twenty independent points.
            weight = min(1.0, 20.0 / near.sum()) / 0.05**2 / (1.0 + (distance[near] / 0.1) ** 2)
            information = np.linalg.inv(self._cov) + jacobian.T @ (weight[:, None] * jacobian)
            after = np.linalg.inv(information)
            self._pose -= after @ (jacobian.T @ (weight * distance[near]))
        self._cov = after
