"""Where the drone is: attitude, flow, height and lidar walls fused into one pose in the plan's frame."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.perception.localisation import WallLocaliser
from goldentime.perception.scan import beam_directions, levelled

__all__ = ["Fix", "IndoorNavigator", "Scan"]

_STEP_M = 0.25
"""The rangefinder tells the height only while it differs less than this from the prediction: else it sees an object."""


class Scan(NamedTuple):
    """One lidar scan in the plan's frame."""

    ends_m: NDArray[np.float64]
    """Where each beam ended, (n, 3)."""
    hit: NDArray[np.bool_]
    """Whether something was there, (n,)."""


class Fix(NamedTuple):
    """The estimate after one observation."""

    position_m: NDArray[np.float64]
    """(3,) in the plan's frame; z above the floor."""
    yaw_rad: float
    velocity_m_s: NDArray[np.float64]
    """(3,) in the plan's frame."""
    scan: Scan | None
    """A scan, if a new one has come."""


class IndoorNavigator:
    """Fuses `attitude`, `flow`, `rangefinder`, `barometer` and `lidar` readings.

    Args:
        brief: the mission's brief: start, hall walls, sensors, action rate.
        ground_clearance_m: height of the body's centre above the floor at the start.
    """

    def __init__(self, brief: Mapping[str, Any], ground_clearance_m: float) -> None:
        start, lidar = brief["start"], brief["sensors"]["lidar"]
        (x, y), yaw = start["position"], start["yaw_rad"]
        slack_m, slack_rad = max(start["tolerance_m"], 0.05), max(start["tolerance_rad"], 0.02)
        self._localiser = WallLocaliser(
            brief["hall"]["walls"], (x, y, yaw), (0.6 * slack_m, 0.6 * slack_m, 0.6 * slack_rad)
        )
        self._dt_s = 1.0 / brief["action_hz"]
        self._beams = beam_directions(lidar["options"]).reshape(-1, 3)
        self._far_m = float(lidar["options"]["max_range_m"])
        self._ceiling_m = float(brief["hall"]["ceiling_m"])
        self._clearance_m = ground_clearance_m
        self._z_m = ground_clearance_m
        self._last_yaw: float | None = None
        self._last_scan: NDArray[np.float32] | None = None

    def update(self, observation: Mapping[str, NDArray[np.float32]]) -> Fix:
        """Take one observation in."""
        roll, pitch, yaw = observation["attitude"].astype(float).tolist()
        forward, left, up = observation["flow"].astype(float).tolist()
        turned = 0.0 if self._last_yaw is None else math.remainder(yaw - self._last_yaw, 2 * math.pi)
        self._last_yaw = yaw
        self._localiser.predict((forward, left), turned, self._dt_s)
        self._height(float(observation["rangefinder"][0]), up, math.cos(roll) * math.cos(pitch))
        scan = self._scan(observation["lidar"], roll, pitch)
        x, y, heading = self._localiser.pose.tolist()
        c, s = math.cos(heading), math.sin(heading)
        velocity = np.array([c * forward - s * left, s * forward + c * left, up])
        return Fix(np.array([x, y, self._z_m]), heading, velocity, scan)

    def _height(self, range_m: float, up_m_s: float, tilt_cos: float) -> None:
        self._z_m += up_m_s * self._dt_s
        seen_m = range_m * tilt_cos + self._clearance_m
        gap = seen_m - self._z_m
        if abs(gap) < _STEP_M:
            self._z_m += 0.2 * gap
        elif gap < 0.0:
            # Something lies below; never believe to be lower than what the beam has measured free.
            self._z_m = max(self._z_m, seen_m)
        self._z_m = max(self._z_m, self._clearance_m)

    def _scan(self, ranges: NDArray[np.float32], roll: float, pitch: float) -> Scan | None:
        if self._last_scan is not None and np.array_equal(ranges, self._last_scan):
            return None
        first, self._last_scan = self._last_scan is None, ranges.copy()
        length = ranges.reshape(-1).astype(np.float64)
        hit = length < self._far_m - 0.05
        local = levelled(self._beams, roll, pitch) * length[:, None]
        height = local[:, 2] + self._z_m
        wall_like = hit & (height > 0.3) & (height < self._ceiling_m - 0.1)
        if first:
            self._localiser.align(local[wall_like, :2])
        else:
            self._localiser.correct(local[wall_like, :2])
        x, y, yaw = self._localiser.pose.tolist()
        c, s = math.cos(yaw), math.sin(yaw)
        ends = np.column_stack([c * local[:, 0] - s * local[:, 1] + x, s * local[:, 0] + c * local[:, 1] + y, height])
        return Scan(ends, hit)
