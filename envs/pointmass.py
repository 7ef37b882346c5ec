"""A few lines of arithmetic behind the `Physics` protocol, for tests that need no Bullet.

The rotors are those of `rotorcraft`, the rigid body is integrated here. Of the level only the ground plane at z = 0
exists; drones pass through each other, and a kit ends its fall where it touches the ground.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldentime.control.frames import to_body, to_world
from goldentime.control.vehicle import GRAVITY_M_S2
from goldentime.envs.airframe import load_airframe
from goldentime.envs.navigation import Motion
from goldentime.envs.physics import Command
from goldentime.envs.rotorcraft import Load, Rotorcraft, ground_effect
from goldentime.envs.scenario import KitSpec, Scenario
from goldentime.errors import ClosedError, ConfigError
from goldentime.types import Contact, DroneState, KitState, Quat, Vec3, WorldState

__all__ = ["PointMassPhysics"]

_ZERO = (0.0, 0.0, 0.0)


@dataclass(kw_only=True)
class _Drone:
    """One rigid body and its rotors."""

    craft: Rotorcraft
    mass_kg: float
    motion: Motion
    start_m_s: Vec3 = _ZERO
    force_n: float = 0.0
    contact_s: float = 0.0


class PointMassPhysics:
    """The twin of `BulletPhysics`: agrees with it in free flight, knows no obstacle but the ground.

    Args:
        physics_hz: substeps per second.
    """

    def __init__(self, physics_hz: float = 240.0) -> None:
        self._dt_s = 1.0 / physics_hz
        self._closed = False
        self._drones: list[_Drone] = []

    def close(self) -> None:
        """Refuse further use; a second call does nothing."""
        self._closed = True

    def _live(self) -> None:
        if self._closed:
            raise ClosedError("physics: used after close()")

    def reset(self, scenario: Scenario) -> None:
        """Build a fresh world.

        Raises:
            ConfigError: the scenario has loads on ropes.
        """
        self._live()
        if scenario.loads:
            raise ConfigError(f"loads: only BulletPhysics knows ropes; expected none here, got {len(scenario.loads)}")
        self._steps = self._interval_steps = 0
        self._specs: list[KitSpec] = list(scenario.kits)
        self._drones = [_make_drone(scenario, index, self._dt_s) for index in range(len(scenario.drones))]
        self._kits = [KitState(_ZERO, _ZERO, kit.carrier) for kit in scenario.kits]

    def apply(self, commands: Sequence[Command]) -> None:
        """Set rotor commands and air velocities; release kits."""
        self._live()
        for index, (drone, command) in enumerate(zip(self._drones, commands, strict=True)):
            craft, height_m = drone.craft, drone.motion.position_m[2]
            craft.set_command(command.rotor_speed_rad_s)
            craft.air = command.air_m_s
            radius_m = craft.airframe.rotor_radius_m
            craft.ground_gain = ground_effect(radius_m, height_m) if height_m < 4.0 * radius_m else 1.0
            if command.release:
                self._release(index)

    def _release(self, index: int) -> None:
        drone = self._drones[index]
        held = [n for n, kit in enumerate(self._kits) if kit.carrier == index]
        if not held:
            return
        spec = self._specs[held[0]]
        x, y, z = drone.motion.position_m
        below = (x, y, z - 0.5 * (drone.craft.airframe.hull_height_m + spec.size[2]) - 0.02)
        self._kits[held[0]] = KitState(below, drone.motion.velocity_m_s, -1)
        drone.mass_kg = drone.craft.airframe.mass_kg + sum(self._specs[n].mass_kg for n in held[1:])

    def advance(self, substeps: int) -> None:
        """Let `substeps` steps pass."""
        self._live()
        if not self._interval_steps:
            for drone in self._drones:
                drone.start_m_s = drone.motion.velocity_m_s
        plans = [
            drone.craft.loads(drone.motion.quaternion_xyzw, drone.motion.velocity_m_s, substeps) for drone in self._drones
        ]
        for step in range(substeps):
            for drone, loads in zip(self._drones, plans, strict=True):
                _step(drone, loads[step], self._dt_s)
            self._kits = [
                kit if kit.carrier >= 0 else _fall(kit, 0.5 * spec.size[2], self._dt_s)
                for spec, kit in zip(self._specs, self._kits, strict=True)
            ]
        self._steps += substeps
        self._interval_steps += substeps
        for drone in self._drones:
            drone.craft.drain(substeps * self._dt_s)

    def place(self, index: int, motion: Motion) -> None:
        """Put a drone into a state of motion; for tests, which need more starts than at rest."""
        self._drones[index].motion = motion

    def motions(self) -> list[Motion]:
        """How each drone moves now."""
        return [drone.motion for drone in self._drones]

    def read(self) -> WorldState:
        """The present instant."""
        self._live()
        interval_s = self._interval_steps * self._dt_s
        self._interval_steps = 0
        drones = tuple(_read(drone, interval_s) for drone in self._drones)
        kits = tuple(
            kit
            if kit.carrier < 0
            else KitState(drones[kit.carrier].position_m, drones[kit.carrier].velocity_m_s, kit.carrier)
            for kit in self._kits
        )
        return WorldState(self._steps * self._dt_s, drones, kits)

    def cast(self, origin: NDArray[np.float64], target: NDArray[np.float64], glass_cosine: float) -> NDArray[np.float64]:
        """See `Rays.cast`; only the ground is there to hit."""
        self._live()
        drop = origin[:, 2] - target[:, 2]
        reaches = (origin[:, 2] >= 0.0) & (target[:, 2] < 0.0)
        return np.where(reaches, origin[:, 2] / np.where(reaches, drop, 1.0), 1.0)


def _make_drone(scenario: Scenario, index: int, dt_s: float) -> _Drone:
    spec = scenario.drones[index]
    airframe = load_airframe(spec.airframe)
    payload = sum(kit.mass_kg for kit in scenario.kits if kit.carrier == index)
    airborne = spec.position[2] > airframe.hull_height_m
    speed = airframe.hover_rotor_speed_rad_s if airborne else airframe.rotor_speed_min_rad_s
    facing = (0.0, 0.0, math.sin(0.5 * spec.yaw), math.cos(0.5 * spec.yaw))
    motion = Motion(spec.position, facing, _ZERO, _ZERO)
    return _Drone(craft=Rotorcraft(airframe, dt_s, speed), mass_kg=airframe.mass_kg + payload, motion=motion)


def _step(drone: _Drone, load: Load, dt_s: float) -> None:
    """Semi-implicit Euler, as Bullet has it: new velocities first, then the pose with them."""
    position, quaternion, velocity, spin = drone.motion
    force, torque = to_world(quaternion, load[0]), load[1]
    k = dt_s / drone.mass_kg
    velocity = (velocity[0] + k * force[0], velocity[1] + k * force[1], velocity[2] + k * force[2] - GRAVITY_M_S2 * dt_s)
    spin = _spun(quaternion, spin, torque, drone, dt_s)
    position = (position[0] + dt_s * velocity[0], position[1] + dt_s * velocity[1], position[2] + dt_s * velocity[2])
    drone.motion = Motion(position, _turned(quaternion, spin, dt_s), velocity, spin)
    _stop_at_ground(drone, dt_s)


def _spun(quaternion: Quat, spin: Vec3, torque: Vec3, drone: _Drone, dt_s: float) -> Vec3:
    """Euler's equation in the body frame."""
    p, q, r = to_body(quaternion, spin)
    jx, jy, jz = drone.craft.airframe.inertia_kg_m2
    tx, ty, tz = torque
    return to_world(
        quaternion,
        (
            p + dt_s * (tx - (jz - jy) * q * r) / jx,
            q + dt_s * (ty - (jx - jz) * p * r) / jy,
            r + dt_s * (tz - (jy - jx) * p * q) / jz,
        ),
    )


def _turned(quaternion: Quat, spin: Vec3, dt_s: float) -> Quat:
    """The attitude after turning with a world-frame angular velocity for one step."""
    wx, wy, wz = spin
    rate = math.sqrt(wx * wx + wy * wy + wz * wz)
    if rate < 1e-12:
        return quaternion
    half = 0.5 * rate * dt_s
    k, c = math.sin(half) / rate, math.cos(half)
    ax, ay, az = k * wx, k * wy, k * wz
    x, y, z, w = quaternion
    turned = (
        c * x + ax * w + ay * z - az * y,
        c * y + ay * w + az * x - ax * z,
        c * z + az * w + ax * y - ay * x,
        c * w - ax * x - ay * y - az * z,
    )
    norm = math.sqrt(sum(v * v for v in turned))
    return (turned[0] / norm, turned[1] / norm, turned[2] / norm, turned[3] / norm)


def _stop_at_ground(drone: _Drone, dt_s: float) -> None:
    (x, y, z), quaternion, velocity, _ = drone.motion
    airframe = drone.craft.airframe
    upright = min(abs(to_world(quaternion, (0.0, 0.0, 1.0))[2]), 1.0)
    floor = 0.5 * airframe.hull_height_m * upright + airframe.hull_radius_m * math.sqrt(1.0 - upright * upright)
    if z > floor:
        return
    drone.force_n = max(drone.force_n, drone.mass_kg * max(-velocity[2], 0.0) / dt_s)
    drone.contact_s += dt_s
    drone.motion = Motion((x, y, floor), quaternion, (0.0, 0.0, max(velocity[2], 0.0)), _ZERO)


def _fall(kit: KitState, half_m: float, dt_s: float) -> KitState:
    (x, y, z), (vx, vy, vz) = kit.position_m, kit.velocity_m_s
    vz -= GRAVITY_M_S2 * dt_s
    x, y, z = x + dt_s * vx, y + dt_s * vy, z + dt_s * vz
    return KitState((x, y, half_m), _ZERO, -1) if z <= half_m else KitState((x, y, z), (vx, vy, vz), -1)


def _read(drone: _Drone, interval_s: float) -> DroneState:
    (x, y, _), quaternion, velocity, spin = drone.motion
    rate = 1.0 / interval_s if interval_s else 0.0
    mean = tuple(rate * (v - s) for v, s in zip(velocity, drone.start_m_s, strict=True))
    touch = (Contact("level", (x, y, 0.0), (0.0, 0.0, 1.0), drone.force_n),) if drone.contact_s else ()
    state = DroneState(
        drone.motion.position_m, quaternion, velocity, spin, (mean[0], mean[1], mean[2]),
        drone.craft.speed, drone.craft.soc, drone.craft.voltage, touch, drone.contact_s,
    )  # fmt: skip
    drone.force_n = drone.contact_s = 0.0
    return state
