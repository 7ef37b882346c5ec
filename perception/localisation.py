"""Position and heading in a building whose walls are known from a plan."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["WallLocaliser"]


class WallLocaliser:
    """Dead reckoning in the plane, corrected by range points on known walls.

    A Kalman filter over (x, y, yaw): odometry predicts, point-to-line residuals correct (Censi, "An ICP variant using a
    point-to-line metric", ICRA 2008). Where no wall constrains a direction, odometry alone carries it.

    Args:
        walls_m: wall faces as segments ((x0, y0), (x1, y1)).
        start: nominal x [m], y [m], yaw [rad].
        start_std: its standard deviations.
    """

    def __init__(
        self,
        walls_m: Sequence[Sequence[Sequence[float]]],
        start: tuple[float, float, float],
        start_std: tuple[float, float, float],
    ) -> None:
        walls = np.array(walls_m, dtype=np.float64)
        self._from = walls[:, 0]
        along = walls[:, 1] - walls[:, 0]
        self._length = np.linalg.norm(along, axis=1)
        self._along = along / self._length[:, None]
        self._normal = np.stack([-self._along[:, 1], self._along[:, 0]], -1)
        self.pose = np.array(start, dtype=np.float64)
        self._cov = np.diag(np.square(start_std))

    def predict(self, velocity_m_s: tuple[float, float], yaw_step_rad: float, dt_s: float) -> None:
        """Move by odometry.

        Args:
            velocity_m_s: in the heading frame, forward and left.
            yaw_step_rad: turn since the last call.
            dt_s: time since the last call.
        """
        yaw = self.pose[2] + 0.5 * yaw_step_rad
        c, s = math.cos(yaw), math.sin(yaw)
        step = np.array([c * velocity_m_s[0] - s * velocity_m_s[1], s * velocity_m_s[0] + c * velocity_m_s[1]]) * dt_s
        self.pose[:2] += step
        self.pose[2] += yaw_step_rad
        lever = np.array([[1.0, 0.0, -step[1]], [0.0, 1.0, step[0]], [0.0, 0.0, 1.0]])
        # White velocity noise plus a slow error in proportion to the speed.
        spread = (0.03**2 + 0.03**2 * (velocity_m_s[0] ** 2 + velocity_m_s[1] ** 2)) * dt_s
        self._cov = lever @ self._cov @ lever.T + np.diag([spread, spread, 0.003**2 * dt_s])

    def correct(self, points_m: NDArray[np.float64]) -> None:
        """Use range points (n, 2) in the heading frame, of which some lie on walls."""
        spread = math.sqrt(max(np.linalg.eigvalsh(self._cov[:2, :2])))
        self._update(points_m, gate_m=max(0.25, min(0.8, 3.0 * spread)))

    def align(self, points_m: NDArray[np.float64]) -> None:
        """Find the start: try headings across the prior's range and keep the one whose walls fit best."""
        prior, cov = self.pose.copy(), self._cov.copy()
        spread = 2.5 * math.sqrt(cov[2, 2])
        best: tuple[int, NDArray[np.float64], NDArray[np.float64]] | None = None
        for yaw in np.linspace(-spread, spread, 15):
            self.pose, self._cov = prior + np.array([0.0, 0.0, yaw]), cov.copy()
            for gate in (1.2, 0.8, 0.4, 0.2, 0.2):
                self._cov = np.maximum(self._cov, np.diag(0.02 * np.diag(cov)))
                self._update(points_m, gate)
            fit = int((np.abs(self._match(points_m)[0]) < 0.1).sum())
            if best is None or fit > best[0]:
                best = (fit, self.pose.copy(), self._cov.copy())
        assert best is not None
        self.pose, self._cov = best[1], best[2]

    def _match(self, points_m: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
        """Signed distance of each point to its nearest wall (infinite beside all), the wall, the world point."""
        c, s = math.cos(self.pose[2]), math.sin(self.pose[2])
        world = points_m @ np.array([[c, s], [-s, c]]) + self.pose[:2]
        offset = world[:, None, :] - self._from[None]
        across = np.einsum("nwk,wk->nw", offset, self._normal)
        along = np.einsum("nwk,wk->nw", offset, self._along)
        beside = (along < -0.2) | (along > self._length + 0.2)
        wall = np.argmin(np.where(beside, np.inf, np.abs(across)), axis=1)
        rows = np.arange(len(world))
        return np.where(beside[rows, wall], np.inf, across[rows, wall]), wall, world

    def _update(self, points_m: NDArray[np.float64], gate_m: float) -> None:
        distance, wall, world = self._match(points_m)
        near = np.abs(distance) < gate_m
        if near.sum() < 5:
            return
        normal, lever = self._normal[wall[near]], world[near] - self.pose[:2]
        turn = normal[:, 1] * lever[:, 0] - normal[:, 0] * lever[:, 1]
        jacobian = np.column_stack([normal, turn])
        # Points on one wall share its errors, so a scan is worth about twenty independent points, not hundreds.
        weight = min(1.0, 20.0 / near.sum()) / 0.05**2
        robust = weight / (1.0 + (distance[near] / 0.15) ** 2)
        information = np.linalg.inv(self._cov) + jacobian.T @ (robust[:, None] * jacobian)
        self._cov = np.linalg.inv(information)
        self.pose -= self._cov @ (jacobian.T @ (robust * distance[near]))
