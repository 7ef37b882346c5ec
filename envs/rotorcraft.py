"""The forces on one multirotor: rotors, drag, battery. Plain floats, once per physics substep.

Sources: thrust and torque proportional to the squared rotor speed and linear rotor drag as in Faessler, Franchi,
Scaramuzza (RA-L 2018) and Foerster (2015); ground effect after Cheeseman and Bennett (ARC R&M 3021, 1955).
"""

import math
from collections.abc import Callable, Generator
from math import sqrt
from typing import Any, NamedTuple

from goldentime.envs.airframe import AIR_DENSITY_KG_M3, Airframe
from goldentime.types import Quat, Vec3

__all__ = ["Body", "Rotorcraft", "ground_effect"]


class Body(NamedTuple):
    """A rigid body that forces can be put on, in the shape of PyBullet's calls with body and link filled in."""

    push: Callable[[Vec3, Vec3, int, int], Any]
    """(force [N], point of action [m], 2 for the world frame, client)"""
    turn: Callable[[Vec3, int, int], Any]
    """(torque [N m], 1 for the body frame, client)"""
    pose: Callable[[], tuple[Vec3, Quat]]
    twist: Callable[[], tuple[Vec3, Vec3]]
    """Linear and angular velocity, world frame."""
    client: int


class Rotorcraft:
    """The mutable part of one drone that is not rigid-body motion: rotor speeds, battery, air around it.

    Written for the one layout that `control.mixer` knows: a symmetric X in the order front left, back left, back right,
    front right.
    """

    __slots__ = (
        "_constants", "_power", "air", "airframe", "command", "ground_gain", "position", "quaternion", "soc", "speed",
        "spin", "velocity", "voltage",
    )  # fmt: skip

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
            airframe.rotor_drag_z_n_s2 - airframe.rotor_drag_xy_n_s2,
            0.5 * AIR_DENSITY_KG_M3 * airframe.body_drag_area_m2,
        )
        self.position: Vec3 = (0.0, 0.0, 0.0)
        self.quaternion: Quat = (0.0, 0.0, 0.0, 1.0)
        self.velocity: Vec3 = (0.0, 0.0, 0.0)
        self.spin: Vec3 = (0.0, 0.0, 0.0)
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

    def fly(self, substeps: int, body: Body) -> Generator[None, None, None]:
        """The coroutine that puts the forces of `substeps` steps on a body.

        It runs hundreds of times per simulated second. As a coroutine it keeps rotor speeds and constants in local
        variables while the world steps between its yields: resume it once before each world step and once after the
        last. Afterwards `position`, `quaternion`, `velocity` and `spin` hold the body's last state.
        """
        push, turn, pose, twist, client = body
        decay, kf, roll, pitch, yaw, drag_xy, drag_z_more, drag_area = self._constants
        kf *= self.ground_gain
        a, b, c, d = self.speed
        to_a, to_b, to_c, to_d = self.command
        air_x, air_y, air_z = self.air
        position, quaternion, velocity, spin = self.position, self.quaternion, self.velocity, self.spin
        for _ in range(substeps):
            a += decay * (to_a - a)
            b += decay * (to_b - b)
            c += decay * (to_c - c)
            d += decay * (to_d - d)
            total = a + b + c + d
            aa, bb, cc, dd = a * a, b * b, c * c, d * d
            left, right, straight, crossed = aa + bb, cc + dd, aa - bb, cc - dd
            qx, qy, qz, qw = quaternion
            zx, zy, zz = 2.0 * (qx * qz + qw * qy), 2.0 * (qy * qz - qw * qx), 1.0 - 2.0 * (qx * qx + qy * qy)
            vx, vy, vz = velocity
            vx -= air_x
            vy -= air_y
            vz -= air_z
            across = drag_xy * total + drag_area * sqrt(vx * vx + vy * vy + vz * vz)
            # Drag is alike in all directions across the rotor axis: the axis alone is needed, not the whole rotation.
            lift = kf * (left + right) - drag_z_more * total * (vx * zx + vy * zy + vz * zz)
            push((zx * lift - across * vx, zy * lift - across * vy, zz * lift - across * vz), position, 2, client)
            turn((roll * (left - right), -pitch * (straight - crossed), yaw * (straight + crossed)), 1, client)
            yield
            position, quaternion = pose()
            velocity, spin = twist()
        self.speed = (a, b, c, d)
        self.position, self.quaternion, self.velocity, self.spin = position, quaternion, velocity, spin

    def step(self, quaternion: Quat, velocity: Vec3) -> tuple[Vec3, Vec3]:
        """One substep of a body that something else moves.

        Returns:
            Force in the world frame [N] and torque in the body frame [N m].
        """
        put: list[Vec3] = []
        self.quaternion, self.velocity = quaternion, velocity
        body = Body(
            push=lambda force, *_: put.append(force),
            turn=lambda torque, *_: put.append(torque),
            pose=lambda: (self.position, quaternion),
            twist=lambda: (velocity, self.spin),
            client=0,
        )
        for _ in self.fly(1, body):
            pass
        return put[0], put[1]

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
