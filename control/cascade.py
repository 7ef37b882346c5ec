"""A cascaded multirotor controller: position, velocity, attitude, body rate, rotor speed.

The structure is that of Mahony, Kumar, Corke, "Multirotor Aerial Vehicles" (IEEE RAM 2012); the attitude loop corrects
the tilt separately from the heading (Brescianini, D'Andrea, "Tilt-Prioritized Quadrocopter Attitude Control", IEEE TCST
2018). All gains follow from the rotor time constant: the rate loop is placed for a damping of 1/sqrt(2) over the rotor
lag, and each loop around it is slower by a fixed ratio.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from goldentime.control.frames import heading_to_world, to_body, wrap_angle, yaw_of
from goldentime.control.mixer import mix
from goldentime.control.vehicle import GRAVITY_M_S2, Vehicle
from goldentime.types import ActionMode, NavState, Vec3

__all__ = ["START", "Controller", "Gains", "Memory", "design", "make_controller"]


class Memory(NamedTuple):
    """What the controller carries from tick to tick."""

    integral_m_s2: Vec3
    """Acceleration that cancels steady disturbances, world frame."""
    reference_m_s: Vec3
    """Velocity that an undisturbed vehicle would have by now, world frame."""
    started: bool


START = Memory((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), False)

Controller = Callable[[tuple[float, ...], NavState, Memory], tuple[tuple[float, ...], Memory]]
"""(motion command, navigation estimate, memory) -> (rotor speeds [rad/s], memory), once per control tick."""


class Gains(NamedTuple):
    """Loop bandwidths [1/s]."""

    rate: float
    attitude: float
    velocity: float
    climb: float
    """Vertical velocity, which need not wait for a turn of the vehicle."""
    position: float


def design(vehicle: Vehicle) -> Gains:
    """Bandwidths from the rotor time constant: s (tau s + 1) + k has damping 1/sqrt(2) at k = 1 / (2 tau)."""
    rate = 0.5 / vehicle.rotor_time_constant_s
    attitude = rate / 2.0
    velocity = attitude / 2.5
    return Gains(rate, attitude, velocity, climb=attitude / 2.0, position=velocity / 2.5)


def make_controller(mode: ActionMode, vehicle: Vehicle, dt_s: float) -> Controller:
    """The controller of an action mode, to be called every `dt_s` seconds."""
    cascade = _Cascade(vehicle, dt_s)
    return {
        ActionMode.ROTOR: cascade.rotor,
        ActionMode.RATE: cascade.rate,
        ActionMode.VELOCITY: cascade.velocity,
        ActionMode.WAYPOINT: cascade.waypoint,
    }[mode]


class _Cascade:
    """The constants of one vehicle's loops; holds no flight state."""

    def __init__(self, vehicle: Vehicle, dt_s: float) -> None:
        self._vehicle, self._gains = vehicle, design(vehicle)
        self._limits = (vehicle.rotor_speed_min_rad_s, vehicle.rotor_speed_max_rad_s)
        self._max_side_m_s2 = GRAVITY_M_S2 * math.tan(vehicle.max_tilt_rad)
        self._max_up_m_s2 = 0.9 * vehicle.max_thrust_m_s2 - GRAVITY_M_S2
        self._axis_gains = (self._gains.velocity, self._gains.velocity, self._gains.climb)
        # Each integral is half as fast as its loop.
        self._axis_steps = tuple(0.5 * k * k * dt_s for k in self._axis_gains)
        self._axis_blends = tuple(1.0 - math.exp(-k * dt_s) for k in self._axis_gains)

    def rotor(self, motion: tuple[float, ...], nav: NavState, memory: Memory) -> tuple[tuple[float, ...], Memory]:
        """Rotor speeds as commanded."""
        return motion, memory

    def rate(self, motion: tuple[float, ...], nav: NavState, memory: Memory) -> tuple[tuple[float, ...], Memory]:
        """Collective thrust over mass and body rates."""
        return self._rotors(motion[0], motion[1:], nav.body_rates_rad_s), memory

    def velocity(self, motion: tuple[float, ...], nav: NavState, memory: Memory) -> tuple[tuple[float, ...], Memory]:
        """Velocity in the heading frame and yaw rate."""
        wanted = heading_to_world(yaw_of(nav.quaternion_xyzw), (motion[0], motion[1], motion[2]))
        return self._track(wanted, motion[3], nav, memory)

    def waypoint(self, motion: tuple[float, ...], nav: NavState, memory: Memory) -> tuple[tuple[float, ...], Memory]:
        """Position and yaw, approached at a speed from which the vehicle can still stop."""
        x, y, z = nav.position_m
        error = (motion[0] - x, motion[1] - y, motion[2] - z)
        distance = math.sqrt(error[0] ** 2 + error[1] ** 2 + error[2] ** 2)
        gain = self._gains.position
        brake_m_s2 = 0.4 * self._max_side_m_s2
        knee = brake_m_s2 / gain**2
        speed = gain * distance if distance < knee else math.sqrt(brake_m_s2 * (2.0 * distance - knee))
        scale = min(speed, self._vehicle.max_speed_m_s) / distance if distance > 1e-9 else 0.0
        turn = gain * 2.0 * wrap_angle(motion[3] - yaw_of(nav.quaternion_xyzw))
        limit = self._vehicle.max_yaw_rate_rad_s
        wanted = (scale * error[0], scale * error[1], scale * error[2])
        return self._track(wanted, max(-limit, min(limit, turn)), nav, memory)

    def _track(self, wanted: Vec3, yaw_rate: float, nav: NavState, memory: Memory) -> tuple[tuple[float, ...], Memory]:
        gains, velocity = self._axis_gains, nav.velocity_m_s
        reference = memory.reference_m_s if memory.started else velocity
        held = memory.integral_m_s2
        ax, ay, az = (k * (w - v) + i for k, w, v, i in zip(gains, wanted, velocity, held, strict=True))
        side = math.hypot(ax, ay)
        saturated = side > self._max_side_m_s2 or not -0.7 * GRAVITY_M_S2 < az < self._max_up_m_s2
        if side > self._max_side_m_s2:
            ax, ay = ax * self._max_side_m_s2 / side, ay * self._max_side_m_s2 / side
        az = max(-0.7 * GRAVITY_M_S2, min(self._max_up_m_s2, az))
        # The integral sees the gap to what an undisturbed vehicle would do, so a step in the command does not wind it up.
        if not saturated:
            gaps = zip(self._axis_steps, held, reference, velocity, strict=True)
            held = tuple(max(-5.0, min(5.0, i + step * (r - v))) for step, i, r, v in gaps)  # type: ignore[assignment]
        follow = velocity
        if not saturated:
            leads = zip(self._axis_blends, reference, wanted, strict=True)
            follow = tuple(r + blend * (w - r) for blend, r, w in leads)  # type: ignore[assignment]
        rotors = self._attitude((ax, ay, az + GRAVITY_M_S2), yaw_rate, nav)
        return rotors, Memory(held, follow, True)

    def _attitude(self, thrust: Vec3, yaw_rate: float, nav: NavState) -> tuple[float, ...]:
        tx, ty, tz = to_body(nav.quaternion_xyzw, thrust)
        across = math.hypot(tx, ty)
        angle = math.atan2(across, tz)
        rate = self._gains.attitude * angle
        limit = self._vehicle.max_body_rate_rad_s
        scale = min(rate, limit) / across if across > 1e-9 else 0.0
        # The axis that turns body z towards the wanted thrust is z x thrust = (-ty, tx, 0).
        return self._rotors(max(tz, 0.0), (-ty * scale, tx * scale, yaw_rate), nav.body_rates_rad_s)

    def _rotors(self, thrust_m_s2: float, rates: tuple[float, ...], measured: Vec3) -> tuple[float, ...]:
        vehicle, gain = self._vehicle, self._gains.rate
        jx, jy, jz = vehicle.inertia_kg_m2
        p, q, r = measured
        torque = (
            jx * gain * (rates[0] - p) + (jz - jy) * q * r,
            jy * gain * (rates[1] - q) + (jx - jz) * p * r,
            jz * 0.5 * gain * (rates[2] - r) + (jy - jx) * p * q,
        )
        return mix(vehicle.layout, vehicle.mass_kg * thrust_m_s2, torque, self._limits)
