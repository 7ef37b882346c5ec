"""The autopilot's own estimate of its motion, which its control loops use."""

import math
from typing import Literal, NamedTuple

import numpy as np

from goldentime.control.frames import to_body, turn_about_up
from goldentime.records import record
from goldentime.types import NavState, Quat, Vec3

__all__ = ["Motion", "NavConfig", "Navigator"]


class Motion(NamedTuple):
    """One drone's true motion as physics has it: world frame, angular velocity in the world frame too."""

    position_m: Vec3
    quaternion_xyzw: Quat
    velocity_m_s: Vec3
    angular_velocity_rad_s: Vec3


@record
class NavConfig:
    """`truth` for training and comparison; `onboard` for the contest, where no position fix exists."""

    kind: Literal["truth", "onboard"] = "truth"
    velocity_std_m_s: float = 0.03
    """Standing deviation of the velocity error, a first-order Gauss-Markov process per axis."""
    velocity_time_s: float = 2.0
    """Its correlation time."""
    yaw_walk_rad_sqrt_s: float = 0.001
    """Random walk of the heading error."""


class Navigator:
    """Turns true motion into the autopilot's estimate. `onboard` starts at the origin of a frame of its own."""

    def __init__(self, config: NavConfig, start: Motion, dt_s: float, rng: np.random.Generator) -> None:
        self._config, self._dt_s, self._rng = config, dt_s, rng
        self._onboard = config.kind == "onboard"
        self._fade = math.exp(-dt_s / config.velocity_time_s)
        self._kick = config.velocity_std_m_s * math.sqrt(1.0 - self._fade**2)
        self._error = (config.velocity_std_m_s * rng.standard_normal(3)).tolist() if self._onboard else [0.0] * 3
        self._yaw_error = 0.0
        self._position: Vec3 = (0.0, 0.0, 0.0)

    def estimate(self, motion: Motion) -> NavState:
        """The estimate one control tick later."""
        position, quaternion, velocity, spin = motion
        rates = to_body(quaternion, spin)
        if not self._onboard:
            return NavState(position, quaternion, velocity, rates)
        noise = self._rng.standard_normal(4).tolist()
        self._error = [self._fade * e + self._kick * n for e, n in zip(self._error, noise[:3], strict=True)]
        self._yaw_error += self._config.yaw_walk_rad_sqrt_s * math.sqrt(self._dt_s) * noise[3]
        vx, vy, vz = (v + e for v, e in zip(velocity, self._error, strict=True))
        x, y, z = self._position
        self._position = (x + vx * self._dt_s, y + vy * self._dt_s, z + vz * self._dt_s)
        return NavState(self._position, turn_about_up(quaternion, self._yaw_error), (vx, vy, vz), rates)
