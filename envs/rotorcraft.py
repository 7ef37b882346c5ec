"""The forces on one multirotor: rotors, drag, battery. Plain floats, for each physics substep.

Sources: thrust and torque proportional to the squared rotor speed and linear rotor drag as in Faessler, Franchi,
Scaramuzza (RA-L 2018) and Foerster (2015); ground effect after Cheeseman and Bennett (ARC R&M 3021, 1955).
"""

import math
from math import sqrt

from goldentime.control.frames import to_body
from goldentime.envs.airframe import AIR_DENSITY_KG_M3, Airframe
from goldentime.types import Quat, Vec3

__all__ = ["Load", "Rotorcraft", "ground_effect"]


Load = tuple[Vec3, Vec3]
"""Force [N] and torque [N m] of one substep, body frame."""


class Rotorcraft:
    """The mutable part of one drone that is not rigid-body motion: rotor speeds, battery, air around it.

    Written for the one layout that `control.mixer` knows: a symmetric X in the order front left, back left, back right,
    front right.
    """

    __slots__ = ("_constants", "_power", "air", "airframe", "command", "ground_gain", "soc", "speed", "voltage")

    def __init__(self, airframe: Airframe, dt_s: float, start_rad_s: float) -> None:
        layout = airframe.layout
        (x, y), spin = layout.position_m[0], layout.spin[0]
        self.airframe = airframe
        self._power = airframe.rotor_power_w_s3
        self._constants = (
            1.0 - math.exp(-dt_s / airframe.rotor_time_constant_s),
            layout.thrust_n_s2,
            layout.thrust_n_s2 * y,
            layout.thrust_n_s2 * x,
            layout.torque_n_m_s2 * spin,
            airframe.rotor_drag_xy_n_s2,
            airframe.rotor_drag_z_n_s2,
            0.5 * AIR_DENSITY_KG_M3 * airframe.body_drag_area_m2,
        )
        self.speed = (start_rad_s,) * 4
        self.command = self.speed
        self.air: Vec3 = (0.0, 0.0, 0.0)
        self.ground_gain = 1.0
        self.soc = 1.0
        self.voltage = airframe.battery.full_v

    def set_command(self, rotor_speed_rad_s: tuple[float, ...]) -> None:
        """Take commanded rotor speeds, limited to what the present battery voltage can drive."""
        top = self.airframe.rotor_speed_max_rad_s * min(self.voltage / self.airframe.battery.full_v, 1.0)
        low = self.airframe.rotor_speed_min_rad_s
        a, b, c, d = rotor_speed_rad_s
        self.command = (
            low if a < low else top if a > top else a,
            low if b < low else top if b > top else b,
            low if c < low else top if c > top else c,
            low if d < low else top if d > top else d,
        )
        if self.soc <= 0.0:
            self.command = (0.0, 0.0, 0.0, 0.0)

    def loads(self, quaternion: Quat, velocity: Vec3, substeps: int) -> list[Load]:
        """Advance the rotors by some substeps and say what they and the air do to the body in each.

        Rotor thrust and torque change from substep to substep; drag is that of the first one, held in the body frame.

        Args:
            quaternion: attitude now.
            velocity: [m/s] now, world frame.
            substeps: how many.
        """
        decay, kf, roll, pitch, yaw, drag_xy, drag_z, drag_area = self._constants
        kf *= self.ground_gain
        a, b, c, d = self.speed
        to_a, to_b, to_c, to_d = self.command
        air_x, air_y, air_z = self.air
        vx, vy, vz = to_body(quaternion, (velocity[0] - air_x, velocity[1] - air_y, velocity[2] - air_z))
        total = a + b + c + d
        body = drag_area * sqrt(vx * vx + vy * vy + vz * vz)
        across = -drag_xy * total - body
        fx, fy, fz = across * vx, across * vy, (-drag_z * total - body) * vz
        loads = []
        for _ in range(substeps):
            a += decay * (to_a - a)
            b += decay * (to_b - b)
            c += decay * (to_c - c)
            d += decay * (to_d - d)
            aa, bb, cc, dd = a * a, b * b, c * c, d * d
            left, right, straight, crossed = aa + bb, cc + dd, aa - bb, cc - dd
            loads.append(
                (
                    (fx, fy, fz + kf * (left + right)),
                    (roll * (left - right), pitch * (crossed - straight), yaw * (straight + crossed)),
                )
            )
        self.speed = (a, b, c, d)
        return loads

    def drain(self, dt_s: float) -> None:
        """Take the energy of `dt_s` seconds at the present rotor speeds out of the battery."""
        battery = self.airframe.battery
        a, b, c, d = self.speed
        electric_w = self._power * (a * a * a + b * b * b + c * c * c + d * d * d) + battery.avionics_w
        span = battery.full_v - battery.empty_v
        open_v = battery.empty_v + span * self.soc
        # Endurance is defined at the mean voltage, so the energy is counted there too.
        energy_j = battery.capacity_ah * 1800.0 * (battery.full_v + battery.empty_v)
        self.soc = max(self.soc - electric_w * dt_s / energy_j, 0.0)
        self.voltage = max(open_v - battery.resistance_ohm * electric_w / open_v, 0.5 * battery.empty_v)


def ground_effect(rotor_radius_m: float, height_m: float) -> float:
    """Thrust in ground effect over thrust far from ground, at a height of the rotors above a surface.

    Cheeseman and Bennett: 1 / (1 - (R / 4z)^2), held constant below z = R/2 where the theory ends.
    """
    ratio = rotor_radius_m / (4.0 * max(height_m, 0.5 * rotor_radius_m))
    return 1.0 / (1.0 - ratio * ratio)
