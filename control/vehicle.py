"""What a controller needs to know of the multirotor it flies."""

import math

from goldentime.control.mixer import RotorLayout
from goldentime.records import record

__all__ = ["GRAVITY_M_S2", "Vehicle"]

GRAVITY_M_S2 = 9.81


@record
class Vehicle:
    """A multirotor as its autopilot knows it."""

    mass_kg: float
    inertia_kg_m2: tuple[float, float, float]
    layout: RotorLayout
    rotor_speed_min_rad_s: float
    rotor_speed_max_rad_s: float
    rotor_time_constant_s: float
    max_tilt_rad: float
    max_speed_m_s: float
    max_yaw_rate_rad_s: float

    @property
    def max_thrust_m_s2(self) -> float:
        """Greatest collective thrust over mass."""
        return self.layout.count * self.layout.thrust_n_s2 * self.rotor_speed_max_rad_s**2 / self.mass_kg

    @property
    def max_body_rate_rad_s(self) -> float:
        """Roll and pitch rate limit: 90 percent of the tilt range within two settling times of the rate loop."""
        return min(2.0 * math.pi, self.max_tilt_rad / (4.0 * self.rotor_time_constant_s))
