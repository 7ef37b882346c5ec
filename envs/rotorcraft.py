"""The forces on one multirotor: rotors, drag, battery. Plain floats, once per physics substep.

Sources: thrust and torque proportional to the squared rotor speed and linear rotor drag as in Faessler, Franchi,
Scaramuzza (RA-L 2018) and Foerster (2015); ground effect after Cheeseman and Bennett (ARC R&M 3021, 1955).
"""

import math
from math import sqrt

from goldentime.envs.airframe import AIR_DENSITY_KG_M3, Airframe
from goldentime.types import Quat, Vec3

__all__ = ["Rotorcraft", "ground_effect"]


class Rotorcraft:
    """The mutable part of one drone that is not rigid-body motion: rotor speeds, battery, air around it.

    `step` runs hundreds of times per simulated second, so it is written for the one layout that `control.mixer` knows
    (a symmetric X in the order front left, back left, back right, front right) and spells its sums out.
    """

    __slots__ = (
        "_decay", "_drag_area", "_drag_xy", "_drag_z_more", "_kf", "_pitch", "_power", "_roll", "_yaw", "air", "airframe",
        "command", "ground_gain", "soc", "speed", "voltage",
    )  # fmt: skip

    def __init__(self, airframe: Airframe, dt_s: float, start_rad_s: float) -> None:
        layout = airframe.layout
        (x, y), spin = layout.position_m[0], layout.spin[0]
        self.airframe = airframe
        self._kf = layout.thrust_n_s2
        self._roll, self._pitch, self._yaw = layout.thrust_n_s2 * y, layout.thrust_n_s2 * x, layout.torque_n_m_s2 * spin
        self._decay = 1.0 - math.exp(-dt_s / airframe.rotor_time_constant_s)
        self._drag_xy = airframe.rotor_drag_xy_n_s2
        self._drag_z_more = airframe.rotor_drag_z_n_s2 - airframe.rotor_drag_xy_n_s2
        self._drag_area = 0.5 * AIR_DENSITY_KG_M3 * airframe.body_drag_area_m2
        self._power = airframe.rotor_power_w_s3
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

    def step(self, quaternion: Quat, velocity: Vec3) -> tuple[Vec3, Vec3]:
        """Advance the rotors by one substep.

        Returns:
            Force in the world frame [N] and torque in the body frame [N m].
        """
        k = self._decay
        a, b, c, d = self.speed
        ca, cb, cc, cd = self.command
        a += k * (ca - a)
        b += k * (cb - b)
        c += k * (cc - c)
        d += k * (cd - d)
        self.speed = (a, b, c, d)
        total = a + b + c + d
        a *= a
        b *= b
        c *= c
        d *= d
        left, right, straight, crossed = a + b, c + d, a - b, c - d
        qx, qy, qz, qw = quaternion
        zx, zy, zz = 2.0 * (qx * qz + qw * qy), 2.0 * (qy * qz - qw * qx), 1.0 - 2.0 * (qx * qx + qy * qy)
        vx, vy, vz = velocity
        ax, ay, az = self.air
        vx -= ax
        vy -= ay
        vz -= az
        across = self._drag_xy * total + self._drag_area * sqrt(vx * vx + vy * vy + vz * vz)
        # Drag is alike in all directions across the rotor axis, so the axis alone is needed, not the whole rotation.
        lift = self._kf * (left + right) * self.ground_gain - self._drag_z_more * total * (vx * zx + vy * zy + vz * zz)
        return (
            (zx * lift - across * vx, zy * lift - across * vy, zz * lift - across * vz),
            (self._roll * (left - right), -self._pitch * (straight - crossed), self._yaw * (straight + crossed)),
        )

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
