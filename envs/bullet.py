"""PyBullet behind the `Physics` protocol."""

import math
import os
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache, partial
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.control.vehicle import GRAVITY_M_S2
from goldentime.envs.airframe import load_airframe
from goldentime.envs.level import Level, Triangles, triangulate
from goldentime.envs.navigation import Motion
from goldentime.envs.physics import Command
from goldentime.envs.rotorcraft import Body, Rotorcraft, ground_effect
from goldentime.envs.scenario import KitSpec, Scenario
from goldentime.errors import ClosedError, ConfigError
from goldentime.types import Contact, DroneState, KitState, Quat, Vec3, WorldState

__all__ = ["BulletPhysics"]


def _import_bullet() -> Any:
    """PyBullet without the build time that its C code writes to stderr: it would tear every progress bar."""
    with open(os.devnull, "w") as nowhere, suppress(OSError):
        kept = os.dup(2)
        os.dup2(nowhere.fileno(), 2)
        try:
            return import_module("pybullet")
        finally:
            os.dup2(kept, 2)
            os.close(kept)
    return import_module("pybullet")


bullet: Any = _import_bullet()

_ZERO = (0.0, 0.0, 0.0)
_GLASS_GROUP = 64
_MAX_RAYS = 16_383
_MAX_VERTICES = 131_072
_MAX_INDICES = 524_288


class _Drone:
    """One drone's body in Bullet and what has touched it."""

    __slots__ = ("body", "contact_s", "contacts", "craft", "fine_m_s", "force", "handle", "held", "start", "torque")

    def __init__(self, body: int, craft: Rotorcraft, fine_m_s: float, client: int) -> None:
        self.body = body
        self.craft = craft
        self.handle = Body(
            partial(bullet.applyExternalForce, body, -1),
            partial(bullet.applyExternalTorque, body, -1),
            partial(bullet.getBasePositionAndOrientation, body, client),
            partial(bullet.getBaseVelocity, body, client),
            client,
        )
        self.held = self.handle._replace(push=self._hold_force, turn=self._hold_torque)
        self.start: Vec3 = _ZERO
        self.contacts: dict[str, Contact] = {}
        self.contact_s = 0.0
        self.fine_m_s = fine_m_s

    def _hold_force(self, force: Vec3, *_: Any) -> None:
        self.force = force

    def _hold_torque(self, torque: Vec3, *_: Any) -> None:
        self.torque = torque

    def push(self) -> None:
        """Put the held force and torque on the body for one more step."""
        position, _ = self.handle.pose()
        self.handle.push(self.force, position, 2, self.handle.client)
        self.handle.turn(self.torque, 1, self.handle.client)


class BulletPhysics:
    """A rigid-body world. One Bullet client each, so several live in one process.

    Args:
        physics_hz: substeps per second.
        gui: open PyBullet's window (needs a display).
    """

    def __init__(self, physics_hz: float = 240.0, *, gui: bool = False) -> None:
        if not bullet.isNumpyEnabled():
            raise ConfigError("pybullet: built without NumPy; install the wheel for Python 3.11")
        self._dt_s = 1.0 / physics_hz
        self._client: int | None = bullet.connect(bullet.GUI if gui else bullet.DIRECT)
        if self._client < 0:
            raise ConfigError("pybullet: no window can be opened here (is there a display?)")
        self._gui = gui
        self._drones: list[_Drone] = []
        self._names: dict[int, str] = {}
        self._steps = 0
        self._interval_steps = 0

    def close(self) -> None:
        """Disconnect from Bullet; a second call does nothing."""
        if self._client is not None:
            bullet.disconnect(self._client)
            self._client = None

    def _live(self) -> int:
        if self._client is None:
            raise ClosedError("physics: used after close()")
        return self._client

    def reset(self, scenario: Scenario) -> None:
        """Build a fresh world; a fresh one is exact where Bullet's saved states are not."""
        client = self._live()
        bullet.resetSimulation(physicsClientId=client)
        bullet.setGravity(0, 0, -GRAVITY_M_S2, client)
        bullet.setPhysicsEngineParameter(
            fixedTimeStep=self._dt_s, numSubSteps=0, deterministicOverlappingPairs=1, physicsClientId=client
        )
        self._parts = 1
        self._steps = self._interval_steps = 0
        self._names = {_static(client, _ground_plane(client)): "level"}
        _load_static(client, scenario.level, self._names)
        self._has_obstacles = bool(scenario.level.solids or scenario.level.glass or scenario.movers)
        self._movers = [
            (
                _kinematic(client, m.size, m.centre),
                np.array(m.centre),
                np.array(m.amplitude),
                2 * math.pi / m.period_s,
                m.phase,
            )
            for m in scenario.movers
        ]
        self._names.update((body, "mover") for body, *_ in self._movers)
        self._kits: list[tuple[KitSpec, int]] = [(kit, -1) for kit in scenario.kits]
        self._drones = [self._make_drone(client, scenario, index) for index in range(len(scenario.drones))]
        self._names.update((drone.body, "drone") for drone in self._drones)
        self._place_movers(client)

    def _make_drone(self, client: int, scenario: Scenario, index: int) -> _Drone:
        spec = scenario.drones[index]
        airframe = load_airframe(spec.airframe)
        mass, inertia = airframe.mass_kg, airframe.inertia_kg_m2
        payload = sum(kit.mass_kg for kit in scenario.kits if kit.carrier == index)
        if payload > airframe.payload_kg:
            raise ConfigError(f"kit: {airframe.name} carries at most {airframe.payload_kg:g} kg, got {payload:g} kg")
        shape = bullet.createCollisionShape(
            bullet.GEOM_CYLINDER, radius=airframe.hull_radius_m, height=airframe.hull_height_m, physicsClientId=client
        )
        quaternion: Quat = (0.0, 0.0, math.sin(0.5 * spec.yaw), math.cos(0.5 * spec.yaw))
        body = bullet.createMultiBody(mass, shape, -1, spec.position, quaternion, physicsClientId=client)
        bullet.changeDynamics(
            body, -1, mass=mass + payload, localInertiaDiagonal=inertia, linearDamping=0.0, angularDamping=0.0,
            restitution=0.1, lateralFriction=0.7, physicsClientId=client,
        )  # fmt: skip
        # Above this speed one substep crosses too much of the hull for thin walls to stop it.
        fine_m_s = 0.2 * min(airframe.hull_height_m, airframe.hull_radius_m) / self._dt_s
        airborne = spec.position[2] > airframe.hull_height_m
        start_rad_s = airframe.hover_rotor_speed_rad_s if airborne else airframe.rotor_speed_min_rad_s
        craft = Rotorcraft(airframe, self._dt_s, start_rad_s)
        craft.position, craft.quaternion = spec.position, quaternion
        return _Drone(body, craft, fine_m_s, client)

    def apply(self, commands: Sequence[Command]) -> None:
        """Set rotor commands and air velocities; release kits."""
        client = self._live()
        for index, (drone, command) in enumerate(zip(self._drones, commands, strict=True)):
            craft = drone.craft
            craft.set_command(command.rotor_speed_rad_s)
            craft.air = command.air_m_s
            craft.ground_gain = self._ground_gain(client, drone)
            if command.release:
                self._release(client, index)

    def _ground_gain(self, client: int, drone: _Drone) -> float:
        radius = drone.craft.airframe.rotor_radius_m
        x, y, z = drone.craft.position
        reach = 4.0 * radius
        if not self._has_obstacles:
            return ground_effect(radius, z) if z < reach else 1.0
        low = z - 0.55 * drone.craft.airframe.hull_height_m
        hit = bullet.rayTest((x, y, low), (x, y, low - reach), physicsClientId=client)[0]
        return ground_effect(radius, z - low + hit[2] * reach) if hit[0] >= 0 else 1.0

    def _release(self, client: int, index: int) -> None:
        drone = self._drones[index]
        for number, (kit, body) in enumerate(self._kits):
            if kit.carrier != index or body >= 0:
                continue
            half = [0.5 * s for s in kit.size]
            x, y, z = drone.craft.position
            below = (x, y, z - 0.5 * drone.craft.airframe.hull_height_m - half[2] - 0.02)
            shape = bullet.createCollisionShape(bullet.GEOM_BOX, halfExtents=half, physicsClientId=client)
            body = bullet.createMultiBody(kit.mass_kg, shape, -1, below, physicsClientId=client)
            bullet.changeDynamics(
                body, -1, restitution=0.05, lateralFriction=0.9, rollingFriction=0.01, physicsClientId=client
            )
            bullet.resetBaseVelocity(body, drone.craft.velocity, _ZERO, client)
            airframe = drone.craft.airframe
            bullet.changeDynamics(
                drone.body,
                -1,
                mass=airframe.mass_kg,
                localInertiaDiagonal=airframe.inertia_kg_m2,
                physicsClientId=client,
            )
            self._names[body] = "kit"
            self._kits[number] = (kit, body)

    def advance(self, substeps: int) -> None:
        """Let `substeps` steps pass, each with one force and one torque call per drone."""
        client = self._live()
        touches, drones = bullet.getContactPoints, self._drones
        if self._movers:
            self._place_movers(client)
        fine = self._refine(client, substeps)
        step = self._step_in_parts if fine else bullet.stepSimulation
        if not self._interval_steps:
            for drone in drones:
                drone.start = drone.craft.velocity
        flights = [drone.craft.fly(substeps, drone.held if fine else drone.handle) for drone in drones]
        for flight in flights:
            next(flight)
        for _ in range(substeps):
            step(client)
            for flight in flights:
                next(flight, None)
            points = touches(-1, -1, -2, -2, client)
            if points:
                self._note_contacts(points)
        self._steps += substeps
        self._interval_steps += substeps
        for drone in drones:
            drone.craft.drain(substeps * self._dt_s)

    def _step_in_parts(self, client: int) -> None:
        """One substep in several short ones under the same forces. A bounce may last no longer than one of them."""
        for part in range(self._parts):
            if part:
                self._note_contacts(bullet.getContactPoints(-1, -1, -2, -2, client))
            for drone in self._drones:
                drone.push()
            bullet.stepSimulation(client)

    def _refine(self, client: int, substeps: int) -> bool:
        """Split substeps while a fast drone heads for something, so that nothing tunnels through thin walls."""
        parts = 1
        for drone in self._drones:
            vx, vy, vz = drone.craft.velocity
            speed = math.sqrt(vx * vx + vy * vy + vz * vz)
            if speed > drone.fine_m_s and self._blocked(client, drone, speed, substeps):
                parts = max(parts, math.ceil(speed / drone.fine_m_s))
        if parts != self._parts:
            bullet.setPhysicsEngineParameter(fixedTimeStep=self._dt_s / parts, physicsClientId=client)
            self._parts = parts
        return parts > 1

    def _blocked(self, client: int, drone: _Drone, speed: float, substeps: int) -> bool:
        radius = 1.2 * drone.craft.airframe.hull_radius_m
        ahead = np.array(drone.craft.velocity) / speed
        side = np.cross(ahead, (0.0, 0.0, 1.0) if abs(ahead[2]) < 0.9 else (1.0, 0.0, 0.0))
        side *= radius / np.linalg.norm(side)
        up = np.cross(side, ahead)
        start = np.array(drone.craft.position) - ahead * radius + np.array([np.zeros(3), side, -side, up, -up])
        length = 2.0 * radius + speed * self._dt_s * (substeps + 1) * 1.2
        hits = bullet.rayTestBatch(start.tolist(), (start + ahead * length).tolist(), physicsClientId=client)
        return any(hit[0] >= 0 and hit[0] != drone.body for hit in hits)

    def _place_movers(self, client: int) -> None:
        time_s = self._steps * self._dt_s
        for body, centre, amplitude, rate, phase in self._movers:
            place = centre + amplitude * math.sin(rate * time_s + phase)
            bullet.resetBasePositionAndOrientation(body, place.tolist(), (0, 0, 0, 1), client)

    def _note_contacts(self, points: tuple[Any, ...]) -> None:
        by_body = {drone.body: drone for drone in self._drones}
        touched = set()
        for point in points:
            # Bullet lists near misses too; only overlap or a pushing force is a touch.
            if point[8] > 0.0 and point[9] <= 0.0:
                continue
            normal = point[7]
            for own, other, at, sign in ((point[1], point[2], point[5], 1.0), (point[2], point[1], point[6], -1.0)):
                drone = by_body.get(own)
                if drone is None:
                    continue
                name = self._names.get(other, "level")
                touched.add(own)
                known = drone.contacts.get(name)
                if known is None or point[9] > known.force_n:
                    away = (sign * normal[0], sign * normal[1], sign * normal[2])
                    drone.contacts[name] = Contact(name, at, away, point[9])
        for own in touched:
            by_body[own].contact_s += self._dt_s / self._parts

    def place(self, index: int, motion: Motion) -> None:
        """Put a drone into a state of motion; for tests, which need more starts than at rest."""
        client, drone = self._live(), self._drones[index]
        drone.craft.position, drone.craft.quaternion, drone.craft.velocity, drone.craft.spin = motion
        bullet.resetBasePositionAndOrientation(drone.body, drone.craft.position, drone.craft.quaternion, client)
        bullet.resetBaseVelocity(drone.body, drone.craft.velocity, drone.craft.spin, client)

    def motions(self) -> list[Motion]:
        """How each drone moves now."""
        return [Motion(c.position, c.quaternion, c.velocity, c.spin) for c in (d.craft for d in self._drones)]

    def read(self) -> WorldState:
        """The present instant."""
        self._live()
        steps = self._interval_steps
        self._interval_steps = 0
        rate = 1.0 / (steps * self._dt_s) if steps else 0.0
        states = []
        for drone in self._drones:
            craft = drone.craft
            vx, vy, vz = drone.craft.velocity
            sx, sy, sz = drone.start
            states.append(
                DroneState(
                    drone.craft.position, drone.craft.quaternion, drone.craft.velocity, drone.craft.spin,
                    ((vx - sx) * rate, (vy - sy) * rate, (vz - sz) * rate),
                    craft.speed, craft.soc, craft.voltage,
                    tuple(drone.contacts.values()) if drone.contacts else (), drone.contact_s,
                )
            )  # fmt: skip
            if drone.contacts:
                drone.contacts = {}
                drone.contact_s = 0.0
        kits = tuple(self._read_kit(kit, body) for kit, body in self._kits) if self._kits else ()
        return WorldState(self._steps * self._dt_s, tuple(states), kits)

    def _read_kit(self, kit: KitSpec, body: int) -> KitState:
        if body < 0:
            drone = self._drones[kit.carrier]
            return KitState(drone.craft.position, drone.craft.velocity, kit.carrier)
        position, _ = bullet.getBasePositionAndOrientation(body, self._client)
        velocity, _ = bullet.getBaseVelocity(body, self._client)
        return KitState(position, velocity, -1)

    def cast(self, origin: NDArray[np.float64], target: NDArray[np.float64], glass_cosine: float) -> NDArray[np.float64]:
        """See `Rays.cast`."""
        client = self._live()
        fraction, body, normal = _cast(client, origin, target, -1)
        glassy = [number for number, name in self._names.items() if name == "glass"]
        if glassy:
            along = target - origin
            along /= np.linalg.norm(along, axis=1, keepdims=True)
            cosine = np.abs(np.einsum("ij,ij->i", along, normal))
            through = np.isin(body, glassy) & (cosine < glass_cosine)
            if through.any():
                fraction[through] = _cast(client, origin[through], target[through], ~_GLASS_GROUP)[0]
        return fraction


def _cast(
    client: int, origin: NDArray[np.float64], target: NDArray[np.float64], mask: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    hits: list[Any] = []
    for start in range(0, len(origin), _MAX_RAYS):
        part = slice(start, start + _MAX_RAYS)
        hits += bullet.rayTestBatch(
            origin[part].tolist(), target[part].tolist(), collisionFilterMask=mask, physicsClientId=client
        )
    body = np.array([hit[0] for hit in hits], dtype=np.int64)
    fraction = np.array([hit[2] for hit in hits])
    fraction[body < 0] = 1.0
    return fraction, body, np.array([hit[4] for hit in hits])


def _ground_plane(client: int) -> int:
    return int(bullet.createCollisionShape(bullet.GEOM_PLANE, planeNormal=[0, 0, 1], physicsClientId=client))


def _static(client: int, shape: int) -> int:
    body = int(bullet.createMultiBody(0, shape, physicsClientId=client))
    bullet.changeDynamics(body, -1, restitution=0.1, lateralFriction=0.7, physicsClientId=client)
    return body


def _kinematic(client: int, size: Vec3, centre: Vec3) -> int:
    shape = bullet.createCollisionShape(bullet.GEOM_BOX, halfExtents=[0.5 * s for s in size], physicsClientId=client)
    return int(bullet.createMultiBody(0, shape, -1, centre, physicsClientId=client))


def _load_static(client: int, level: Level, names: dict[int, str]) -> None:
    """One collision object for all that is opaque and one for all glass, however many primitives there are."""
    solid, glass = _compiled(level)
    for name, mesh in (("level", solid), ("glass", glass)):
        if not mesh[1]:
            continue
        shape = bullet.createCollisionShape(
            bullet.GEOM_MESH,
            vertices=mesh[0],
            indices=mesh[1],
            flags=bullet.GEOM_FORCE_CONCAVE_TRIMESH,
            physicsClientId=client,
        )
        body = _static(client, shape)
        names[body] = name
        if name == "glass":
            bullet.setCollisionFilterGroupMask(body, -1, _GLASS_GROUP, 1, client)


@lru_cache(maxsize=8)
def _compiled(level: Level) -> tuple[tuple[list[Any], list[int]], tuple[list[Any], list[int]]]:
    return _lists(triangulate(level.solids)), _lists(triangulate(level.glass))


def _lists(mesh: Triangles) -> tuple[list[Any], list[int]]:
    if len(mesh.vertices) > _MAX_VERTICES or mesh.faces.size > _MAX_INDICES:
        raise ConfigError(
            f"level: Bullet takes at most {_MAX_VERTICES} vertices and {_MAX_INDICES // 3} triangles in one object, "
            f"got {len(mesh.vertices)} and {len(mesh.faces)}"
        )
    return mesh.vertices.tolist(), mesh.faces.ravel().tolist()
