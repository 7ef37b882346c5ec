"""Inertial and air-data instruments: IMU, attitude reference, barometer, optical flow."""

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.control.frames import roll_pitch_yaw, to_body, world_to_heading, wrap_angle, yaw_of
from goldentime.control.vehicle import GRAVITY_M_S2
from goldentime.envs.sensors.base import Mount, NoOptions, sensor
from goldentime.types import WorldState

__all__ = ["Attitude", "Barometer", "Flow", "Imu"]


def _box(limit: float, size: int) -> spaces.Box:
    return spaces.Box(-limit, limit, (size,), np.float32)


@sensor("imu", NoOptions)
class Imu:
    """Specific force [m/s^2], mean over the step, and body rates [rad/s], body frame FLU: shape (6,)."""

    def __init__(self, options: NoOptions, mount: Mount) -> None:
        self._drone = mount.drone
        self.space = _box(200.0, 6)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """See class."""
        drone = state.drones[self._drone]
        ax, ay, az = drone.acceleration_m_s2
        force = to_body(drone.quaternion_xyzw, (ax, ay, az + GRAVITY_M_S2))
        rates = to_body(drone.quaternion_xyzw, drone.angular_velocity_rad_s)
        return np.clip(np.array((*force, *rates), dtype=np.float32), -200.0, 200.0)


@sensor("attitude", NoOptions)
class Attitude:
    """Roll, pitch and yaw [rad], shape (3,); yaw counts from the heading at the start, as a gyro without compass has it."""

    def __init__(self, options: NoOptions, mount: Mount) -> None:
        self._drone = mount.drone
        self._start_yaw: float | None = None
        self.space = _box(4.0, 3)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """See class."""
        roll, pitch, yaw = roll_pitch_yaw(state.drones[self._drone].quaternion_xyzw)
        if self._start_yaw is None or state.time_s == 0.0:
            self._start_yaw = yaw
        return np.array((roll, pitch, wrap_angle(yaw - self._start_yaw)), dtype=np.float32)


@sensor("barometer", NoOptions)
class Barometer:
    """Height above the start [m], shape (1,)."""

    def __init__(self, options: NoOptions, mount: Mount) -> None:
        self._drone = mount.drone
        self._start_m: float | None = None
        self.space = _box(1000.0, 1)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """See class."""
        height = state.drones[self._drone].position_m[2]
        if self._start_m is None or state.time_s == 0.0:
            self._start_m = height
        return np.array((height - self._start_m,), dtype=np.float32)


@sensor("flow", NoOptions)
class Flow:
    """Velocity in the levelled heading frame (forward, left, up) [m/s], shape (3,), as optical flow with range gives it."""

    def __init__(self, options: NoOptions, mount: Mount) -> None:
        self._drone = mount.drone
        self.space = _box(50.0, 3)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """See class."""
        drone = state.drones[self._drone]
        velocity = world_to_heading(yaw_of(drone.quaternion_xyzw), drone.velocity_m_s)
        return np.clip(np.array(velocity, dtype=np.float32), -50.0, 50.0)
