"""Action modes: what a motion command means and its limits."""

from typing import NamedTuple

from goldentime.control.vehicle import Vehicle
from goldentime.types import ActionMode

__all__ = ["MotionLimits", "motion_limits"]


class MotionLimits(NamedTuple):
    """Names, units and bounds of the four numbers of a motion command."""

    names: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def motion_limits(mode: ActionMode, vehicle: Vehicle) -> MotionLimits:
    """The motion command of a mode.

    - `rotor`: the four rotor speeds [rad/s].
    - `rate`: collective thrust over mass [m/s^2] and body rates about x, y, z [rad/s].
    - `velocity`: velocity in the levelled heading frame, x forward, y left, z up [m/s], and yaw rate [rad/s].
    - `waypoint`: position in the autopilot's frame (x, y, z) [m] and yaw [rad].
    """
    if mode is ActionMode.ROTOR:
        top = vehicle.rotor_speed_max_rad_s
        names = tuple(f"rotor_{i}_rad_s" for i in range(vehicle.layout.count))
        return MotionLimits(names, (0.0,) * 4, (top,) * 4)
    if mode is ActionMode.RATE:
        rate, yaw = vehicle.max_body_rate_rad_s, vehicle.max_yaw_rate_rad_s
        return MotionLimits(
            ("thrust_m_s2", "roll_rate_rad_s", "pitch_rate_rad_s", "yaw_rate_rad_s"),
            (0.0, -rate, -rate, -yaw),
            (vehicle.max_thrust_m_s2, rate, rate, yaw),
        )
    if mode is ActionMode.VELOCITY:
        speed, yaw = vehicle.max_speed_m_s, vehicle.max_yaw_rate_rad_s
        climb = 0.5 * speed
        names = ("forward_m_s", "left_m_s", "up_m_s", "yaw_rate_rad_s")
        return MotionLimits(names, (-speed, -speed, -climb, -yaw), (speed, speed, climb, yaw))
    return MotionLimits(("x_m", "y_m", "z_m", "yaw_rad"), (-1e3, -1e3, -1e2, -3.2), (1e3, 1e3, 1e3, 3.2))
