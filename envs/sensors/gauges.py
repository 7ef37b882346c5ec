"""Gauges of the drone's own state: battery and hull temperature."""

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.envs.sensors.base import Mount, NoOptions, sensor
from goldentime.types import WorldState

__all__ = ["BatteryGauge", "Thermometer"]

_AIR_K = 293.15


@sensor("battery", NoOptions)
class BatteryGauge:
    """State of charge in [0, 1] and voltage [V], shape (2,)."""

    def __init__(self, options: NoOptions, mount: Mount) -> None:
        self._drone = mount.drone
        self.space = spaces.Box(0.0, 100.0, (2,), np.float32)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """See class."""
        drone = state.drones[self._drone]
        return np.array((drone.state_of_charge, drone.voltage_v), np.float32)


@sensor("thermometer", NoOptions)
class Thermometer:
    """Temperature of the drone's hull [K], shape (1,); of the air where no fire spreads."""

    def __init__(self, options: NoOptions, mount: Mount) -> None:
        self._drone = mount.drone
        self.space = spaces.Box(200.0, 1500.0, (1,), np.float32)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """See class."""
        return np.array((state.hull_k[self._drone] if state.hull_k else _AIR_K,), np.float32)
