"""One drone's body in Bullet, and what touches it; `bullet.py` steps the world."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from goldentime.envs.airframe import load_airframe
from goldentime.envs.bullet_bodies import bullet, make_drone, set_drone_mass
from goldentime.envs.navigation import Motion
from goldentime.envs.rotorcraft import Rotorcraft
from goldentime.envs.scenario import Scenario
from goldentime.errors import ConfigError
from goldentime.types import Contact, DroneState, Quat, Vec3

__all__ = ["BulletDrone", "add_drone", "note_contacts"]

_ZERO = (0.0, 0.0, 0.0)


class BulletDrone:
    """One drone's body in Bullet, its last known motion and what has touched it."""

    __slots__ = (
        "body", "contact_s", "contacts", "craft", "fine_m_s", "position", "quaternion", "reach_m", "spin", "start",
        "velocity",
    )  # fmt: skip

    def __init__(self, body: int, craft: Rotorcraft, motion: Motion, dt_s: float) -> None:
        self.body, self.craft = body, craft
        self.position, self.quaternion, self.velocity, self.spin = motion
        self.start: Vec3 = _ZERO
        self.contacts: dict[str, Contact] = {}
        self.contact_s = 0.0
        airframe = craft.airframe
        self.fine_m_s = 0.2 * min(airframe.hull_height_m, airframe.hull_radius_m) / dt_s
        """Above this speed one substep crosses too much of the hull for thin walls to stop it."""
        self.reach_m = math.hypot(airframe.hull_radius_m, 0.5 * airframe.hull_height_m) + 0.1
        """Nothing farther away than this can touch the hull within a few substeps of slow flight."""

    def fetch(self, client: int) -> None:
        """Fetch the motion from Bullet."""
        self.position, self.quaternion = bullet.getBasePositionAndOrientation(self.body, client)
        self.velocity, self.spin = bullet.getBaseVelocity(self.body, client)

    def read(self, rate_hz: float) -> DroneState:
        """Its state; contacts begin anew. `rate_hz` is one over the interval since the state before, 0 without one."""
        craft = self.craft
        vx, vy, vz = velocity = self.velocity
        sx, sy, sz = self.start
        state = DroneState(
            self.position, self.quaternion, velocity, self.spin,
            ((vx - sx) * rate_hz, (vy - sy) * rate_hz, (vz - sz) * rate_hz),
            craft.speed, craft.soc, craft.voltage,
            tuple(self.contacts.values()) if self.contacts else (), self.contact_s,
        )  # fmt: skip
        if self.contacts:
            self.contacts = {}
            self.contact_s = 0.0
        return state


def add_drone(client: int, scenario: Scenario, index: int, dt_s: float) -> BulletDrone:
    """Put a scenario's drone into the world.

    Raises:
        ConfigError: its kits are too heavy for it.
    """
    spec = scenario.drones[index]
    airframe = load_airframe(spec.airframe)
    payload = sum(kit.mass_kg for kit in scenario.kits if kit.carrier == index)
    if payload > airframe.payload_kg:
        raise ConfigError(f"kit: {airframe.name} carries at most {airframe.payload_kg:g} kg, got {payload:g} kg")
    quaternion: Quat = (0.0, 0.0, math.sin(0.5 * spec.yaw), math.cos(0.5 * spec.yaw))
    body = make_drone(client, airframe, spec.position, quaternion)
    if payload:
        set_drone_mass(client, body, airframe, payload)
    airborne = spec.position[2] > airframe.hull_height_m
    start_rad_s = airframe.hover_rotor_speed_rad_s if airborne else airframe.rotor_speed_min_rad_s
    craft = Rotorcraft(airframe, dt_s, start_rad_s)
    return BulletDrone(body, craft, Motion(spec.position, quaternion, _ZERO, _ZERO), dt_s)


def note_contacts(points: tuple[Any, ...], drones: Sequence[BulletDrone], names: Mapping[int, str], seconds: float) -> None:
    """Tell the drones what touched them during a step of so many seconds."""
    by_body = {drone.body: drone for drone in drones}
    touched = set()
    for point in points:
        # Bullet lists near misses too; only overlap or a pushing force is a touch.
        if point[8] > 0.0 and point[9] <= 0.0:
            continue
        x, y, z = point[7]
        for own, other, at, normal in (
            (point[1], point[2], point[5], (x, y, z)),
            (point[2], point[1], point[6], (-x, -y, -z)),
        ):
            drone = by_body.get(own)
            if drone is None:
                continue
            name = names.get(other, "level")
            touched.add(own)
            known = drone.contacts.get(name)
            if known is None or point[9] > known.force_n:
                drone.contacts[name] = Contact(name, at, normal, point[9])
    for own in touched:
        by_body[own].contact_s += seconds
