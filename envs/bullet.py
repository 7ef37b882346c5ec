"""PyBullet behind the `Physics` protocol."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from goldentime.control.vehicle import GRAVITY_M_S2
from goldentime.envs.bullet_bodies import (
    OPAQUE,
    bullet,
    cast_rays,
    load_level,
    make_ground,
    make_kit,
    make_mover,
    set_drone_mass,
)
from goldentime.envs.bullet_drone import BulletDrone, add_drone, note_contacts
from goldentime.envs.bullet_sling import add_slings
from goldentime.envs.bullet_view import follow, open_view, show_level
from goldentime.envs.navigation import Motion
from goldentime.envs.physics import Command
from goldentime.envs.rotorcraft import ground_effect
from goldentime.envs.scenario import KitSpec, Scenario
from goldentime.errors import ClosedError, ConfigError
from goldentime.types import KitState, WorldState

__all__ = ["BulletPhysics"]

_ZERO = (0.0, 0.0, 0.0)
_BODY_FRAME = 1


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
        if gui:
            open_view(self._client)
        self._drones: list[BulletDrone] = []
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
        self._names = {make_ground(client): "level", **load_level(client, scenario.level)}
        self._movers = [(make_mover(client, m.size, m.centre), m) for m in scenario.movers]
        self._names.update((body, "mover") for body, _ in self._movers)
        self._has_obstacles = len(self._names) > 1
        self._kits: list[tuple[KitSpec, int]] = [(kit, -1) for kit in scenario.kits]
        self._drones = [add_drone(client, scenario, i, self._dt_s) for i in range(len(scenario.drones))]
        self._names.update((drone.body, "drone") for drone in self._drones)
        self._slings = add_slings(client, scenario, [drone.body for drone in self._drones])
        self._names.update((sling.body, "load") for sling in self._slings)
        self._place_movers(client)
        if self._gui:
            self._show(client, scenario)

    def _show(self, client: int, scenario: Scenario) -> None:
        """Cover the bare collision meshes with coloured shapes; they come last, so no body number changes by them."""
        bullet.configureDebugVisualizer(bullet.COV_ENABLE_RENDERING, 0, physicsClientId=client)
        for body, name in list(self._names.items())[1:]:  # the first is the ground
            if name in ("level", "glass"):
                bullet.changeVisualShape(body, -1, rgbaColor=(0.9, 0.9, 0.9, 0.0), physicsClientId=client)
        for drone in self._drones:
            bullet.changeVisualShape(drone.body, -1, rgbaColor=(0.85, 0.25, 0.1, 1.0), physicsClientId=client)
        show_level(client, scenario.level)
        follow(client, self._drones[0].position)
        bullet.configureDebugVisualizer(bullet.COV_ENABLE_RENDERING, 1, physicsClientId=client)

    def apply(self, commands: Sequence[Command]) -> None:
        """Set rotor commands and air velocities; release loads and kits."""
        client = self._live()
        for drone, command in zip(self._drones, commands, strict=True):
            craft = drone.craft
            craft.set_command(command.rotor_speed_rad_s)
            craft.air = command.air_m_s
            craft.ground_gain = self._ground_gain(client, drone)
            if command.release:
                self._release(client, drone)

    def _ground_gain(self, client: int, drone: BulletDrone) -> float:
        radius = drone.craft.airframe.rotor_radius_m
        x, y, z = drone.position
        reach = 4.0 * radius
        if not self._has_obstacles:
            return ground_effect(radius, z) if z < reach else 1.0
        low = z - 0.55 * drone.craft.airframe.hull_height_m
        hit = bullet.rayTest((x, y, low), (x, y, low - reach), physicsClientId=client)[0]
        return ground_effect(radius, z - low + hit[2] * reach) if hit[0] >= 0 else 1.0

    def _release(self, client: int, drone: BulletDrone) -> None:
        """Let go of the first load that the drone still holds, or else of its first kit."""
        index = self._drones.index(drone)
        if any(sling.let_go(index) for sling in self._slings):
            return
        held = [n for n, (kit, body) in enumerate(self._kits) if kit.carrier == index and body < 0]
        if not held:
            return
        kit = self._kits[held[0]][0]
        x, y, z = drone.position
        below = (x, y, z - 0.5 * (drone.craft.airframe.hull_height_m + kit.size[2]) - 0.02)
        body = make_kit(client, kit, below, drone.velocity)
        left_kg = sum(self._kits[n][0].mass_kg for n in held[1:])
        set_drone_mass(client, drone.body, drone.craft.airframe, left_kg)
        self._names[body] = "kit"
        self._kits[held[0]] = (kit, body)

    def advance(self, substeps: int) -> None:
        """Let `substeps` steps pass, each with one force and one torque call per drone."""
        client, drones = self._live(), self._drones
        if self._movers:
            self._place_movers(client)
        alone = self._alone(substeps)
        if not alone:
            self._refine(client, substeps)
        if not self._interval_steps:
            for drone in drones:
                drone.start = drone.velocity
        plans = [(drone.body, drone.craft.loads(drone.quaternion, drone.velocity, substeps)) for drone in drones]
        push, turn, step = bullet.applyExternalForce, bullet.applyExternalTorque, bullet.stepSimulation
        for k in range(substeps * self._parts):
            for body, loads in plans:
                force, torque = loads[k // self._parts]
                push(body, -1, force, _ZERO, _BODY_FRAME, client)
                turn(body, -1, torque, _BODY_FRAME, client)
            for sling in self._slings:
                sling.pull()
            step(client)
            if not alone:
                points = bullet.getContactPoints(-1, -1, -2, -2, client)
                if points:
                    note_contacts(points, drones, self._names, self._dt_s / self._parts)
        self._steps += substeps
        self._interval_steps += substeps
        for drone in drones:
            drone.fetch(client)
            drone.craft.drain(substeps * self._dt_s)

    def _alone(self, substeps: int) -> bool:
        """Whether a single drone in an empty world is too high to touch anything during the next substeps."""
        if self._has_obstacles or len(self._names) > 2:
            return False
        drone = self._drones[0]
        fall_s = substeps * self._dt_s
        drop = (GRAVITY_M_S2 * fall_s - drone.velocity[2]) * fall_s
        return drone.position[2] > drone.reach_m + (drop if drop > 0.0 else 0.0)

    def _refine(self, client: int, substeps: int) -> None:
        """Split substeps while a fast drone heads for something, so that nothing tunnels through thin walls.

        A bounce may last no longer than a part, so contacts are noted after each.
        """
        parts = 1
        for drone in self._drones:
            vx, vy, vz = drone.velocity
            speed = math.sqrt(vx * vx + vy * vy + vz * vz)
            if speed > drone.fine_m_s and self._blocked(client, drone, speed, substeps):
                parts = max(parts, math.ceil(speed / drone.fine_m_s))
        if parts != self._parts:
            bullet.setPhysicsEngineParameter(fixedTimeStep=self._dt_s / parts, physicsClientId=client)
            self._parts = parts

    def _blocked(self, client: int, drone: BulletDrone, speed: float, substeps: int) -> bool:
        radius = 1.2 * drone.craft.airframe.hull_radius_m
        ahead = np.array(drone.velocity) / speed
        side = np.cross(ahead, (0.0, 0.0, 1.0) if abs(ahead[2]) < 0.9 else (1.0, 0.0, 0.0))
        side *= radius / np.linalg.norm(side)
        up = np.cross(side, ahead)
        start = np.array(drone.position) - ahead * radius + np.array([np.zeros(3), side, -side, up, -up])
        length = 2.0 * radius + speed * self._dt_s * (substeps + 1) * 1.2
        _, bodies, _ = cast_rays(client, start, start + ahead * length)
        return bool(((bodies >= 0) & (bodies != drone.body)).any())

    def _place_movers(self, client: int) -> None:
        time_s = self._steps * self._dt_s
        for body, mover in self._movers:
            bullet.resetBasePositionAndOrientation(body, mover.at(time_s), (0, 0, 0, 1), client)

    def place(self, index: int, motion: Motion) -> None:
        """Put a drone into a state of motion; for tests, which need more starts than at rest."""
        client, drone = self._live(), self._drones[index]
        bullet.resetBasePositionAndOrientation(drone.body, motion.position_m, motion.quaternion_xyzw, client)
        bullet.resetBaseVelocity(drone.body, motion.velocity_m_s, motion.angular_velocity_rad_s, client)
        drone.position, drone.quaternion, drone.velocity, drone.spin = motion

    def motions(self) -> list[Motion]:
        """How each drone moves now."""
        return [Motion(d.position, d.quaternion, d.velocity, d.spin) for d in self._drones]

    def read(self) -> WorldState:
        """The present instant."""
        self._live()
        steps = self._interval_steps
        self._interval_steps = 0
        rate = 1.0 / (steps * self._dt_s) if steps else 0.0
        states = tuple(drone.read(rate) for drone in self._drones)
        kits = tuple(self._read_kit(kit, body) for kit, body in self._kits) if self._kits else ()
        if self._gui:
            follow(self._live(), self._drones[0].position)
        loads = tuple(sling.read() for sling in self._slings)
        return WorldState(self._steps * self._dt_s, states, kits, loads=loads)

    def _read_kit(self, kit: KitSpec, body: int) -> KitState:
        if body < 0:
            drone = self._drones[kit.carrier]
            return KitState(drone.position, drone.velocity, kit.carrier)
        position, _ = bullet.getBasePositionAndOrientation(body, self._client)
        velocity, _ = bullet.getBaseVelocity(body, self._client)
        return KitState(position, velocity, -1)

    def cast(self, origin: NDArray[np.float64], target: NDArray[np.float64], glass_cosine: float) -> NDArray[np.float64]:
        """See `Rays.cast`."""
        client = self._live()
        fraction, body, normals = cast_rays(client, origin, target)
        glassy = [number for number, name in self._names.items() if name == "glass"]
        # Most beams meet none: only of the others is it asked at what angle.
        met = np.flatnonzero(np.isin(body, glassy))
        if len(met):
            along = target[met] - origin[met]
            along /= np.linalg.norm(along, axis=1, keepdims=True)
            normal = np.array([normals[i] for i in met.tolist()], np.float64)
            cosine = np.abs(np.einsum("ij,ij->i", along, normal))
            through = met[cosine < glass_cosine]
            if len(through):
                fraction[through] = cast_rays(client, origin[through], target[through], OPAQUE)[0]
        return fraction
