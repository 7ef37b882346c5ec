"""Rotations between the world frame (ENU) and the body frame (FLU), on plain floats.

Quaternions are (x, y, z, w), unit, and turn body vectors into world vectors.
"""

import math

from goldentime.types import Quat, Vec3

__all__ = [
    "heading_to_world",
    "roll_pitch_yaw",
    "to_body",
    "to_world",
    "turn_about_up",
    "world_to_heading",
    "wrap_angle",
    "yaw_of",
]


def to_world(q: Quat, v: Vec3) -> Vec3:
    """A body vector in the world frame."""
    x, y, z, w = q
    a, b, c = v
    tx, ty, tz = 2.0 * (y * c - z * b), 2.0 * (z * a - x * c), 2.0 * (x * b - y * a)
    return a + w * tx + y * tz - z * ty, b + w * ty + z * tx - x * tz, c + w * tz + x * ty - y * tx


def to_body(q: Quat, v: Vec3) -> Vec3:
    """A world vector in the body frame."""
    x, y, z, w = q
    return to_world((-x, -y, -z, w), v)


def yaw_of(q: Quat) -> float:
    """Heading of the body x axis about the vertical [rad], 0 = east, counter-clockwise."""
    x, y, z, w = q
    return math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))


def roll_pitch_yaw(q: Quat) -> Vec3:
    """Tait-Bryan angles of the rotation Rz(yaw) Ry(pitch) Rx(roll) [rad]."""
    x, y, z, w = q
    roll = math.atan2(2.0 * (w * x + y * z), 1.0 - 2.0 * (x * x + y * y))
    pitch = math.asin(max(-1.0, min(1.0, 2.0 * (w * y - z * x))))
    return roll, pitch, yaw_of(q)


def turn_about_up(q: Quat, angle_rad: float) -> Quat:
    """The attitude after a further turn about the world's vertical."""
    s, c = math.sin(0.5 * angle_rad), math.cos(0.5 * angle_rad)
    x, y, z, w = q
    return c * x - s * y, c * y + s * x, c * z + s * w, c * w - s * z


def heading_to_world(yaw_rad: float, v: Vec3) -> Vec3:
    """A vector of the levelled heading frame (x forward, y left, z up) in the world frame."""
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    return c * v[0] - s * v[1], s * v[0] + c * v[1], v[2]


def world_to_heading(yaw_rad: float, v: Vec3) -> Vec3:
    """The inverse of `heading_to_world`."""
    return heading_to_world(-yaw_rad, v)


def wrap_angle(angle_rad: float) -> float:
    """The same angle in (-pi, pi]."""
    wrapped = math.remainder(angle_rad, 2.0 * math.pi)
    return math.pi if wrapped == -math.pi else wrapped
