"""A level: the static world as a list of primitives, and its compilation to triangles.

The same description makes the collision object, and later the picture and the acoustic surfaces.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError
from goldentime.records import record

__all__ = [
    "OUTSIDE",
    "UNSEEN",
    "Box",
    "Cylinder",
    "Level",
    "Mesh",
    "Opening",
    "Primitive",
    "Room",
    "Triangles",
    "triangulate",
]

OUTSIDE = -1
"""In an opening, the open air in place of a room."""

UNSEEN = "unseen"
"""Material of what stops drones and beams but is not drawn, such as the hull of a prop that a camera sees in full."""

Point = tuple[float, float, float]


@record
class Box:
    """A cuboid, turned about the vertical."""

    shape: Literal["box"] = "box"
    centre: Point
    """[m] world ENU."""
    size: Point
    """[m] full extents along the box's own axes."""
    yaw: float = 0.0
    """[rad]"""
    semantic: str = "obstacle"
    material: str = "concrete"


@record
class Cylinder:
    """An upright cylinder or, with `radius_top`, a frustum; faceted when compiled."""

    shape: Literal["cylinder"] = "cylinder"
    base: Point
    """[m] centre of the lower disc."""
    radius: float
    height: float
    radius_top: float | None = None
    semantic: str = "pole"
    material: str = "steel"
    facets: int = 12


@record
class Mesh:
    """A triangle mesh in world coordinates."""

    shape: Literal["mesh"] = "mesh"
    vertices: tuple[Point, ...]
    """[m]"""
    faces: tuple[tuple[int, int, int], ...]
    """Vertex indices, counter-clockwise seen from outside."""
    semantic: str = "obstacle"
    material: str = "concrete"


Primitive = Box | Cylinder | Mesh


@record
class Room:
    """A cuboid of air between solids, as sound meets it."""

    lower: Point
    upper: Point
    """[m] corners, world ENU."""
    materials: tuple[str, str, str, str, str, str]
    """Of its faces at -x, +x, -y, +y, floor and ceiling, as `Primitive.material` has them; empty where there is none."""
    absorption_m2: float = 0.0
    """What stands in it swallows as much sound as so large an open window, equivalent area after Sabine."""
    name: str = ""
    """What its plate says; empty without one."""


@record
class Opening:
    """A door or window in the wall between two rooms, or between a room and the open air."""

    rooms: tuple[int, int]
    """Places in `Level.rooms`; `OUTSIDE` for the open air."""
    centre: Point
    size: Point
    """[m] full extents along the world's axes; the least of the first two is the wall's thickness."""
    leaf: str = ""
    """Material of what can close it; empty for a mere hole."""
    open: float = 1.0
    """Share of its area that is not closed, in [0, 1]."""


@record
class Level:
    """The static world. A ground plane at z = 0 is always there."""

    solids: tuple[Primitive, ...] = ()
    """Opaque: stop drones, light and lidar."""
    glass: tuple[Box, ...] = ()
    """Transparent: stop drones; lidar sees them only near normal incidence."""
    bounds: tuple[Point, Point] = ((-50.0, -50.0, 0.0), (50.0, 50.0, 50.0))
    """[m] lower and upper corner of the space a drone may use."""
    rooms: tuple[Room, ...] = ()
    """Where sound echoes; outside them there is open air above the ground."""
    openings: tuple[Opening, ...] = ()


class Triangles(NamedTuple):
    """A triangle soup: vertices (n, 3) float64 in metres, faces (m, 3) int32, owner (m,) int32 = index of the primitive."""

    vertices: NDArray[np.float64]
    faces: NDArray[np.int32]
    owner: NDArray[np.int32]


_CORNERS = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
_BOX_FACES = np.array(
    [
        (0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1),
        (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3),
    ],
    dtype=np.int32,
)  # fmt: skip


def triangulate(primitives: tuple[Primitive, ...]) -> Triangles:
    """All primitives as one triangle soup.

    Raises:
        ConfigError: a primitive has a size that is not positive or a face that names no vertex.
    """
    boxes = [(i, p) for i, p in enumerate(primitives) if isinstance(p, Box)]
    vertices, faces, owners, count = [], [], [], 0
    if boxes:
        # All boxes in one go: levels have thousands.
        corners = _box_vertices([p for _, p in boxes])
        vertices.append(corners.reshape(-1, 3))
        faces.append((_BOX_FACES[None] + 8 * np.arange(len(boxes), dtype=np.int32)[:, None, None]).reshape(-1, 3))
        owners.append(np.repeat(np.array([i for i, _ in boxes], dtype=np.int32), 12))
        count = 8 * len(boxes)
    for index, primitive in enumerate(primitives):
        if isinstance(primitive, Box):
            continue
        points, triangles = _frustum(primitive) if isinstance(primitive, Cylinder) else _mesh(primitive)
        vertices.append(points)
        faces.append(triangles + np.int32(count))
        owners.append(np.full(len(triangles), index, dtype=np.int32))
        count += len(points)
    if not vertices:
        return Triangles(np.zeros((0, 3)), np.zeros((0, 3), np.int32), np.zeros(0, np.int32))
    return Triangles(np.concatenate(vertices), np.concatenate(faces), np.concatenate(owners))


def _box_vertices(boxes: list[Box]) -> NDArray[np.float64]:
    size = np.array([b.size for b in boxes])
    if (size <= 0).any():
        bad = boxes[int(np.argwhere(size <= 0)[0, 0])]
        raise ConfigError(f"level box at {bad.centre}: size must be positive, got {bad.size}")
    yaw = np.array([b.yaw for b in boxes])
    local = _CORNERS[None] * size[:, None]
    cos, sin = np.cos(yaw)[:, None], np.sin(yaw)[:, None]
    turned = np.stack(
        [cos * local[..., 0] - sin * local[..., 1], sin * local[..., 0] + cos * local[..., 1], local[..., 2]], -1
    )
    placed: NDArray[np.float64] = turned + np.array([b.centre for b in boxes])[:, None]
    return placed


def _frustum(c: Cylinder) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    top = c.radius if c.radius_top is None else c.radius_top
    if c.radius <= 0 or c.height <= 0 or top < 0 or c.facets < 3:
        raise ConfigError(f"level cylinder at {c.base}: needs radius > 0, height > 0 and at least 3 facets, got {c}")
    n = c.facets
    angle = np.arange(n) * (2 * np.pi / n)
    ring = np.stack([np.cos(angle), np.sin(angle)], -1)
    # The polygon circumscribes the circle: a drone never passes where the true cylinder stands.
    grow = 1 / np.cos(np.pi / n)
    lower = np.column_stack([ring * c.radius * grow, np.zeros(n)])
    upper = np.column_stack([ring * top * grow, np.full(n, c.height)])
    points = np.concatenate([lower, upper, [[0, 0, 0], [0, 0, c.height]]]) + np.array(c.base)
    i = np.arange(n)
    j = (i + 1) % n
    sides = np.concatenate([np.column_stack([i, j, n + j]), np.column_stack([i, n + j, n + i])])
    caps = np.concatenate(
        [np.column_stack([j, i, np.full(n, 2 * n)]), np.column_stack([n + i, n + j, np.full(n, 2 * n + 1)])]
    )
    return points, np.concatenate([sides, caps]).astype(np.int32)


def _mesh(mesh: Mesh) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    vertices = np.array(mesh.vertices, dtype=np.float64).reshape(-1, 3)
    faces = np.array(mesh.faces, dtype=np.int32).reshape(-1, 3)
    if faces.size and not (0 <= faces.min() and faces.max() < len(vertices)):
        raise ConfigError(f"level mesh: face indices must lie in [0, {len(vertices)}), got {faces.min()}..{faces.max()}")
    return vertices, faces
