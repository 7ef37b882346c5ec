"""Ground truth as an observation: for training and comparison only, refused in contest mode."""

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.control.frames import to_body
from goldentime.envs.sensors.base import Mount, NoOptions, sensor
from goldentime.types import WorldState

__all__ = ["State"]


@sensor("state", NoOptions)
class State:
    """Position [m], quaternion (x, y, z, w), velocity [m/s], body rates [rad/s], rotor speeds over their maximum: (17,)."""

    privileged = True

    def __init__(self, options: NoOptions, mount: Mount) -> None:
        self._drone = mount.drone
        self._scale = 1.0 / mount.airframe.rotor_speed_max_rad_s
        high = np.array([1e4] * 3 + [1.0] * 4 + [1e3] * 3 + [1e4] * 3 + [1.01] * 4, np.float32)
        self.space = spaces.Box(-high, high, dtype=np.float32)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """See class."""
        drone = state.drones[self._drone]
        q, k = drone.quaternion_xyzw, self._scale
        a, b, c, d = drone.rotor_speed_rad_s
        rates = to_body(q, drone.angular_velocity_rad_s)
        return np.array((*drone.position_m, *q, *drone.velocity_m_s, *rates, a * k, b * k, c * k, d * k), np.float32)
