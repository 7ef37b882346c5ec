"""Rotor layout, and the map between rotor speeds and the body wrench."""

import math
from collections.abc import Sequence

from goldentime.errors import ConfigError
from goldentime.records import record

__all__ = ["RotorLayout", "mix", "wrench"]


@record
class RotorLayout:
    """Where the rotors are and what they make: thrust_n_s2 * speed^2, and a reaction torque torque_n_m_s2 * speed^2."""

    position_m: tuple[tuple[float, float], ...]
    """Body x, y of each rotor."""
    spin: tuple[int, ...]
    """Sign of each rotor's reaction torque about body z."""
    thrust_n_s2: float
    torque_n_m_s2: float

    @property
    def count(self) -> int:
        """Number of rotors."""
        return len(self.position_m)

    def check(self, where: str) -> None:
        """Refuse what the mixer does not handle.

        Raises:
            ConfigError: not a symmetric X in the order front left, back left, back right, front right, with
                neighbours that turn in opposite directions.
        """
        x, y = self.position_m[0]
        expected = ((x, y), (-x, y), (-x, -y), (x, -y))
        if x <= 0 or y <= 0 or self.position_m != expected:
            raise ConfigError(
                f"{where}: layout.position_m: expected a symmetric X in the order front left, back left, back right, "
                f"front right, got {self.position_m}"
            )
        if self.spin not in ((1, -1, 1, -1), (-1, 1, -1, 1)):
            raise ConfigError(f"{where}: layout.spin: expected 1 and -1 in turn, got {self.spin}")


def wrench(layout: RotorLayout, speed_rad_s: Sequence[float]) -> tuple[float, float, float, float]:
    """Collective thrust [N] and torque about body x, y, z [N m] of all rotors together."""
    thrust = tx = ty = tz = 0.0
    for (x, y), spin, speed in zip(layout.position_m, layout.spin, speed_rad_s, strict=True):
        square = speed * speed
        thrust += square
        tx += y * square
        ty -= x * square
        tz += spin * square
    kf, km = layout.thrust_n_s2, layout.torque_n_m_s2
    return kf * thrust, kf * tx, kf * ty, km * tz


class _Inverse:
    """The constants of `mix` for a symmetric X quadrotor."""

    __slots__ = ("arm_x", "arm_y", "kf", "km", "signs")

    def __init__(self, layout: RotorLayout) -> None:
        self.kf, self.km = layout.thrust_n_s2, layout.torque_n_m_s2
        self.arm_x, self.arm_y = abs(layout.position_m[0][0]), abs(layout.position_m[0][1])
        self.signs = tuple(
            (math.copysign(1, y), -math.copysign(1, x), float(s))
            for (x, y), s in zip(layout.position_m, layout.spin, strict=True)
        )


_inverses: dict[int, tuple[RotorLayout, _Inverse]] = {}


def mix(
    layout: RotorLayout, thrust_n: float, torque_n_m: tuple[float, float, float], limits_rad_s: tuple[float, float]
) -> tuple[float, ...]:
    """Rotor speeds that make a wrench, the nearest one by priority where the rotors can't.

    Roll and pitch torque come first, then thrust, then yaw torque (Faessler, Falanga, Scaramuzza, "Thrust Mixing,
    Saturation, and Body-Rate Control for Accurate Aggressive Quadrotor Flight", RA-L 2017).

    Args:
        layout: four rotors in a symmetric X.
        thrust_n: collective thrust.
        torque_n_m: about body x, y, z.
        limits_rad_s: least and greatest rotor speed.
    """
    cached = _inverses.get(id(layout))
    if cached is None or cached[0] is not layout:
        cached = _inverses[id(layout)] = (layout, _Inverse(layout))
    inverse = cached[1]
    low, high = inverse.kf * limits_rad_s[0] ** 2, inverse.kf * limits_rad_s[1] ** 2
    roll, pitch = 0.25 * torque_n_m[0] / inverse.arm_y, 0.25 * torque_n_m[1] / inverse.arm_x
    yaw = 0.25 * torque_n_m[2] * inverse.kf / inverse.km
    # Shrink roll and pitch only if their own spread exceeds what the rotors span.
    spread = abs(roll) + abs(pitch)
    if spread > 0.5 * (high - low):
        shrink = 0.5 * (high - low) / spread
        roll, pitch, spread = roll * shrink, pitch * shrink, 0.5 * (high - low)
    base = min(max(0.25 * thrust_n, low + spread), high - spread)
    room = min(base - low, high - base) - spread
    yaw = min(max(yaw, -max(room, 0.0)), max(room, 0.0))
    return tuple(
        math.sqrt(max(base + sx * roll + sy * pitch + sz * yaw, low) / inverse.kf) if inverse.kf else 0.0
        for sx, sy, sz in inverse.signs
    )
