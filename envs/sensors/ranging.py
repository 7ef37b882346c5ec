"""Range instruments: a downward rangefinder and a scanning lidar."""

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.control.frames import to_world
from goldentime.envs.sensors.base import Mount, sensor
from goldentime.errors import ConfigError
from goldentime.records import record
from goldentime.types import WorldState

__all__ = ["Lidar", "LidarOptions", "Rangefinder", "RangefinderOptions"]


@record
class RangefinderOptions:
    """A single beam along the body's -z."""

    max_range_m: float = 10.0


@sensor("rangefinder", RangefinderOptions)
class Rangefinder:
    """Distance from the hull's underside downwards along the body axis [m], shape (1,); the maximum if nothing is hit."""

    def __init__(self, options: RangefinderOptions, mount: Mount) -> None:
        self._drone, self._rays, self._range = mount.drone, mount.rays, options.max_range_m
        self._offset = 0.5 * mount.airframe.hull_height_m + 0.005
        self.space = spaces.Box(0.0, options.max_range_m, (1,), np.float32)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """See class."""
        drone = state.drones[self._drone]
        down = np.array(to_world(drone.quaternion_xyzw, (0.0, 0.0, -1.0)))
        start = np.array(drone.position_m) + self._offset * down
        fraction = self._rays.cast(start[None], (start + self._range * down)[None], 0.0)
        return (fraction * self._range).astype(np.float32)


@record
class LidarOptions:
    """The beam pattern in the body frame."""

    columns: int = 120
    """Beams around the vertical, counter-clockwise, column 0 straight ahead."""
    elevations_deg: tuple[float, ...] = (0.0,)
    """One ring of beams per elevation."""
    azimuth_span_deg: float = 360.0
    """Full angle covered, centred ahead."""
    max_range_m: float = 20.0
    noise_std_m: float = 0.02
    """Range noise of beams that hit something."""
    glass_angle_deg: float = 20.0
    """Glass returns beams within this angle of its normal and lets others through."""


@sensor("lidar", LidarOptions)
class Lidar:
    """Ranges [m] from the drone's centre, shape (rings, columns); the maximum range where nothing is hit."""

    def __init__(self, options: LidarOptions, mount: Mount) -> None:
        if options.columns < 1 or not options.elevations_deg or options.max_range_m <= 1.0:
            raise ConfigError(f"lidar: expected columns, elevations and max_range_m > 1 m, got {options}")
        self._drone, self._rays, self._options = mount.drone, mount.rays, options
        span = np.deg2rad(options.azimuth_span_deg)
        full = options.azimuth_span_deg >= 360.0
        azimuth = np.arange(options.columns) * span / (options.columns if full else max(options.columns - 1, 1))
        azimuth = azimuth if full else azimuth - 0.5 * span
        elevation = np.deg2rad(np.array(options.elevations_deg))[:, None]
        beams = (
            np.cos(elevation) * np.cos(azimuth),
            np.cos(elevation) * np.sin(azimuth),
            np.sin(elevation) + 0 * azimuth,
        )
        self._beams = np.stack(beams, -1).reshape(-1, 3)
        # Beams start just outside the hull, or the drone would see itself.
        hull = np.hypot(mount.airframe.hull_radius_m, 0.5 * mount.airframe.hull_height_m)
        self._start_m = float(hull) + 0.01
        self._shape = (len(options.elevations_deg), options.columns)
        self._glass = float(np.cos(np.deg2rad(options.glass_angle_deg)))
        self.space = spaces.Box(0.0, options.max_range_m, self._shape, np.float32)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """See class."""
        drone, far = state.drones[self._drone], self._options.max_range_m
        x, y, z = (to_world(drone.quaternion_xyzw, axis) for axis in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)))
        beams = self._beams @ np.array([x, y, z])
        centre = np.array(drone.position_m)
        fraction = self._rays.cast(centre + self._start_m * beams, centre + far * beams, self._glass)
        ranges = self._start_m + fraction * (far - self._start_m)
        hit = fraction < 1.0
        ranges[hit] += self._options.noise_std_m * rng.standard_normal(int(hit.sum()))
        return np.clip(ranges, 0.0, far).astype(np.float32).reshape(self._shape)
