"""Where everything stands that is not part of the level."""

import numpy as np
from numpy.typing import NDArray

from goldentime.control.frames import to_world
from goldentime.envs.airframe import Airframe, load_airframe
from goldentime.envs.render.content import Placed, ropes_of
from goldentime.envs.render.figures import Figure, figures
from goldentime.envs.scenario import KitSpec, Prop, Scenario
from goldentime.types import Quat, Vec3, WorldState

__all__ = ["Poses"]


_ROPE_M = 0.012
"""How thick ropes are drawn."""


class Poses:
    """Where everything stands that is not part of the level."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._airframes: list[Airframe] = [load_airframe(drone.airframe) for drone in scenario.drones]
        self._seen: tuple[WorldState, list[Figure]] | None = None
        self._ropes = ropes_of(scenario)
        self._props = [_prop_pose(prop) for prop in scenario.props]

    def scale(self, placed: Placed) -> Vec3:
        """By how much a model is stretched along its own axes; it stays so."""
        kind, index = placed.kind, placed.place
        if kind == "prop":
            return (self._scenario.props[index].scale,) * 3
        if kind == "person":
            return (self._scenario.people[index].scale,) * 3
        if kind in ("drone", "tag"):
            return 1.0, 1.0, 1.0
        if kind == "rope":
            return _ROPE_M, _ROPE_M, self._scenario.loads[self._ropes[index][0]].rope_m
        if kind == "load":
            return self._scenario.loads[index].size
        return (self._scenario.movers[index] if kind == "mover" else self._scenario.kits[index]).size

    def of(self, placed: Placed, state: WorldState) -> NDArray[np.float32]:
        """(3, 4): turns and scales a model's points, then moves them to where the thing is."""
        kind, index = placed.kind, placed.place
        if kind == "prop":
            return self._props[index]
        if kind == "drone":
            drone = state.drones[index]
            return _pose(drone.quaternion_xyzw, (1.0, 1.0, 1.0), drone.position_m)
        if kind == "mover":
            mover = self._scenario.movers[index]
            x, y, z = mover.at(state.time_s)
            return _pose((0.0, 0.0, 0.0, 1.0), mover.size, (x, y, z))
        if kind == "load":
            return _pose((0.0, 0.0, 0.0, 1.0), self._scenario.loads[index].size, state.loads[index].position_m)
        if kind == "rope":
            load, holder = self._ropes[index]
            return _rope_pose(state.loads[load].position_m, state.drones[holder].position_m)
        if kind in ("person", "tag"):
            shown = self._figure(placed, state)
            return shown.pose if shown is not None else _pose((0.0, 0.0, 0.0, 1.0), self.scale(placed), (0.0, 0.0, 0.0))
        return self._kit_pose(self._scenario.kits[index], index, state)

    def figures(self, state: WorldState) -> list[Figure]:
        """The people and their tags at an instant."""
        if self._seen is None or self._seen[0] is not state:
            self._seen = state, figures(self._scenario.people, state)
        return self._seen[1]

    def _figure(self, placed: Placed, state: WorldState) -> Figure | None:
        key = (placed.kind, placed.place, placed.asset)
        return next((shown for shown in self.figures(state) if shown[:3] == key), None)

    def hides(self, placed: Placed, drone: int, state: WorldState) -> bool:
        """Whether a thing is not to be seen: the drone that carries the camera, the kit below it, ropes let go of,
        a person's other guises."""
        if placed.kind in ("person", "tag"):
            return self._figure(placed, state) is None
        if placed.kind == "drone":
            return placed.place == drone
        if placed.kind == "rope":
            load, holder = self._ropes[placed.place]
            return holder not in state.loads[load].held
        return placed.kind == "kit" and drone >= 0 and state.kits[placed.place].carrier == drone

    def _kit_pose(self, kit: KitSpec, index: int, state: WorldState) -> NDArray[np.float32]:
        now = state.kits[index]
        if now.carrier < 0:
            return _pose((0.0, 0.0, 0.0, 1.0), kit.size, now.position_m)
        drone = state.drones[now.carrier]
        below = 0.5 * (self._airframes[now.carrier].hull_height_m + kit.size[2])
        x, y, z = to_world(drone.quaternion_xyzw, (0.0, 0.0, -below))
        px, py, pz = drone.position_m
        return _pose(drone.quaternion_xyzw, kit.size, (px + x, py + y, pz + z))


def _rope_pose(low: Vec3, high: Vec3) -> NDArray[np.float32]:
    """A bar from one end to the other; slack ropes are drawn straight, too."""
    start, end = np.array(low), np.array(high)
    along = end - start
    side = np.array((along[2], 0.0, -along[0])) if along[2] else np.array((0.0, 1.0, 0.0))
    across = np.cross(along, side)
    sides = [_ROPE_M * v / max(float(np.linalg.norm(v)), 1e-9) for v in (side, across)]
    return np.column_stack([*sides, along, 0.5 * (start + end)]).astype(np.float32)


def _prop_pose(prop: Prop) -> NDArray[np.float32]:
    turn: Quat = (0.0, 0.0, float(np.sin(0.5 * prop.yaw)), float(np.cos(0.5 * prop.yaw)))
    return _pose(turn, (prop.scale,) * 3, prop.position)


def _pose(quaternion: Quat, scale: Vec3, position: Vec3) -> NDArray[np.float32]:
    pose = np.empty((3, 4), np.float32)
    for axis, unit in enumerate(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))):
        pose[:, axis] = to_world(quaternion, unit)
        pose[:, axis] *= scale[axis]
    pose[:, 3] = position
    return pose
