"""PyBullet calls that make bodies and cast rays; `bullet.py` steps the world."""

import os
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.airframe import Airframe
from goldentime.envs.level import Level, Triangles, triangulate
from goldentime.envs.scenario import KitSpec, LoadSpec
from goldentime.errors import ConfigError
from goldentime.types import Quat, Vec3

__all__ = [
    "OPAQUE",
    "bullet",
    "cast_rays",
    "load_level",
    "make_drone",
    "make_ground",
    "make_kit",
    "make_load",
    "make_mover",
    "set_drone_mass",
]

_GLASS_GROUP = 64
OPAQUE = ~_GLASS_GROUP
"""Ray mask that passes through glass."""

_ORIGIN: Vec3 = (0.0, 0.0, 0.0)
_LEVEL: Quat = (0.0, 0.0, 0.0, 1.0)
_SPECK = (0.001, 0.001, 0.001)

_MAX_RAYS = 16_383
_MAX_VERTICES = 131_072
_MAX_INDICES = 524_288


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


def make_ground(client: int) -> int:
    """The plane z = 0."""
    return _static(client, bullet.createCollisionShape(bullet.GEOM_PLANE, planeNormal=[0, 0, 1], physicsClientId=client))


def _make_body(client: int, mass_kg: float, shape: int, position: Vec3 = _ORIGIN, quaternion: Quat = _LEVEL) -> int:
    visual = -1
    if bullet.getConnectionInfo(client)["connectionMethod"] != bullet.GUI:
        # Without a window Bullet would still tessellate the collision shape for its renderer, which takes longer than
        # all the rest of a reset.
        visual = bullet.createVisualShape(bullet.GEOM_BOX, halfExtents=_SPECK, physicsClientId=client)
    return int(bullet.createMultiBody(mass_kg, shape, visual, position, quaternion, physicsClientId=client))


def _static(client: int, shape: int) -> int:
    body = _make_body(client, 0.0, shape)
    bullet.changeDynamics(body, -1, restitution=0.1, lateralFriction=0.7, physicsClientId=client)
    return body


def make_mover(client: int, size: Vec3, centre: Vec3) -> int:
    """A cuboid that is moved by hand."""
    shape = bullet.createCollisionShape(bullet.GEOM_BOX, halfExtents=[0.5 * s for s in size], physicsClientId=client)
    return _make_body(client, 0.0, shape, centre)


def make_drone(client: int, airframe: Airframe, position: Vec3, quaternion: Quat) -> int:
    """A drone's hull, without payload."""
    shape = bullet.createCollisionShape(
        bullet.GEOM_CYLINDER, radius=airframe.hull_radius_m, height=airframe.hull_height_m, physicsClientId=client
    )
    body = _make_body(client, airframe.mass_kg, shape, position, quaternion)
    bullet.changeDynamics(
        body, -1, linearDamping=0.0, angularDamping=0.0, restitution=0.1, lateralFriction=0.7, physicsClientId=client
    )
    set_drone_mass(client, body, airframe, 0.0)
    return body


def set_drone_mass(client: int, body: int, airframe: Airframe, payload_kg: float) -> None:
    """The payload hangs at the centre of mass, so the inertia stays."""
    mass_kg = airframe.mass_kg + payload_kg
    bullet.changeDynamics(body, -1, mass=mass_kg, localInertiaDiagonal=airframe.inertia_kg_m2, physicsClientId=client)


def make_kit(client: int, kit: KitSpec, position: Vec3, velocity: Vec3) -> int:
    """A relief kit in free fall."""
    half = [0.5 * s for s in kit.size]
    shape = bullet.createCollisionShape(bullet.GEOM_BOX, halfExtents=half, physicsClientId=client)
    body = _make_body(client, kit.mass_kg, shape, position)
    bullet.changeDynamics(body, -1, restitution=0.05, lateralFriction=0.9, rollingFriction=0.01, physicsClientId=client)
    bullet.resetBaseVelocity(body, velocity, (0.0, 0.0, 0.0), client)
    return body


def make_load(client: int, load: LoadSpec) -> int:
    """A load that stands upright. Bullet's own damping, 4 % a second, stands for the drag of its swinging."""
    half = [0.5 * s for s in load.size]
    shape = bullet.createCollisionShape(bullet.GEOM_BOX, halfExtents=half, physicsClientId=client)
    body = _make_body(client, load.mass_kg, shape, load.position)
    bullet.changeDynamics(body, -1, restitution=0.05, lateralFriction=0.7, rollingFriction=0.01, physicsClientId=client)
    return body


def load_level(client: int, level: Level) -> dict[int, str]:
    """One collision object for all that is opaque and one for all glass, however many primitives there are.

    Returns:
        The names of the bodies made.
    """
    names = {}
    for name, (vertices, indices) in zip(("level", "glass"), _compiled(level), strict=True):
        if not indices:
            continue
        shape = bullet.createCollisionShape(
            bullet.GEOM_MESH,
            vertices=vertices,
            indices=indices,
            flags=bullet.GEOM_FORCE_CONCAVE_TRIMESH,
            physicsClientId=client,
        )
        body = _static(client, shape)
        names[body] = name
        if name == "glass":
            bullet.setCollisionFilterGroupMask(body, -1, _GLASS_GROUP, 1, client)
    return names


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


def cast_rays(
    client: int, origin: NDArray[np.float64], target: NDArray[np.float64], mask: int = -1
) -> tuple[NDArray[np.float64], NDArray[np.int64], Sequence[Vec3]]:
    """Fractions (n,), 1 without a hit; bodies (n,), -1 without a hit; surface normals, n of them."""
    hits: list[Any] = []
    for start in range(0, len(origin), _MAX_RAYS):
        part = slice(start, start + _MAX_RAYS)
        hits += bullet.rayTestBatch(
            origin[part].tolist(), target[part].tolist(), collisionFilterMask=mask, physicsClientId=client
        )
    bodies, _, fractions, _, normals = zip(*hits, strict=True)
    body, fraction = np.array(bodies, np.int64), np.array(fractions)
    fraction[body < 0] = 1.0
    return fraction, body, normals
