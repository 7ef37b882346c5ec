"""Closed shapes from which objects are put together: boxes, lathed bodies, tubes, extruded outlines."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Assembly", "Shape", "box", "dome", "extrude", "lathe", "ring", "sharpen", "tube", "turned", "volume"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Vector = Sequence[float]


class Shape(NamedTuple):
    """A closed surface: vertices (n, 3) in metres, faces (m, 3) counter-clockwise seen from outside."""

    vertices: Floats
    faces: Ints


def volume(shape: Shape) -> float:
    """Signed volume [m3]: negative where faces look inwards."""
    a, b, c = shape.vertices[shape.faces].transpose(1, 2, 0)
    cross = b[[1, 2, 0]] * c[[2, 0, 1]] - b[[2, 0, 1]] * c[[1, 2, 0]]
    return float((a * cross).sum() / 6)


def _outwards(vertices: Floats, faces: Ints) -> Shape:
    shape = Shape(vertices, faces)
    return shape if volume(Shape(vertices - vertices.mean(axis=0), faces)) >= 0 else Shape(vertices, faces[:, ::-1])


def turned(shape: Shape, axis: str, angle: float, about: Vector = (0.0, 0.0, 0.0)) -> Shape:
    """Rotated about the line through `about` along x, y or z [rad]."""
    cos, sin = np.cos(angle), np.sin(angle)
    i, j = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    matrix = np.eye(3)
    matrix[i, i], matrix[i, j], matrix[j, i], matrix[j, j] = cos, -sin, sin, cos
    return Shape((shape.vertices - np.array(about)) @ matrix.T + np.array(about), shape.faces)


def box(size: Vector, centre: Vector, taper: tuple[float, float] = (1.0, 1.0)) -> Shape:
    """A cuboid whose upper face is `taper` times as long and wide as its lower one."""
    low = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2 * np.array(size[:2])
    points = np.concatenate([np.c_[low, np.full(4, -size[2] / 2)], np.c_[low * taper, np.full(4, size[2] / 2)]])
    return _prism(points + np.array(centre), 4)


def _prism(points: Floats, n: int) -> Shape:
    """Two rings of n points joined; both ends must be star-shaped about their mean."""
    i = np.arange(n)
    j = (i + 1) % n
    ends = np.array([points[:n].mean(axis=0), points[n:].mean(axis=0)])
    faces = [
        np.c_[i, j, j + n], np.c_[i, j + n, i + n],
        np.c_[np.full(n, 2 * n), j, i], np.c_[np.full(n, 2 * n + 1), i + n, j + n],
    ]  # fmt: skip
    return _outwards(np.concatenate([points, ends]), np.concatenate(faces))


def extrude(outline: Sequence[tuple[float, float]], width: float, y: float = 0.0, top: float = 1.0) -> Shape:
    """A side view in x and z, star-shaped about its mean, as a body `width` wide; `top` narrows it at its highest point."""
    flat = np.array(outline)
    height = (flat[:, 1] - flat[:, 1].min()) / np.ptp(flat[:, 1])
    half = width / 2 * (1 + (top - 1) * height)
    sides = [np.c_[flat[:, 0], y + sign * half, flat[:, 1]] for sign in (-1, 1)]
    return _prism(np.concatenate(sides), len(flat))


def lathe(profile: Sequence[tuple[float, float]], centre: Vector = (0.0, 0.0, 0.0), n: int = 16, axis: str = "z") -> Shape:
    """A profile of (radius, height) turned about an axis through `centre`; its ends are closed."""
    angle = np.arange(n) * (2 * np.pi / n)
    circle = np.c_[np.cos(angle), np.sin(angle)]
    rows = [np.c_[circle * max(r, 1e-4), np.full(n, h)] for r, h in profile]
    ends = np.array([(0, 0, profile[0][1]), (0, 0, profile[-1][1])])
    i = np.arange(n)
    j = (i + 1) % n
    last = len(profile) - 1
    faces = [_bands(np.arange(last), np.arange(last) + 1, n)]
    faces += [np.c_[np.full(n, (last + 1) * n), j, i], np.c_[np.full(n, (last + 1) * n + 1), last * n + i, last * n + j]]
    points = np.concatenate([*rows, ends])
    order = {"x": [2, 0, 1], "y": [1, 2, 0], "z": [0, 1, 2]}[axis]
    return _outwards(points[:, order] + np.array(centre), np.concatenate(faces))


def _bands(lower: Ints, upper: Ints, n: int) -> Ints:
    """Faces between pairs of rings of n points, by the rings' numbers."""
    i = np.arange(n)
    j = (i + 1) % n
    a, b = lower[:, None] * n, upper[:, None] * n
    halves = np.stack([np.stack([a + i, a + j, b + j], -1), np.stack([a + i, b + j, b + i], -1)], 1)
    return halves.reshape(-1, 3)


def dome(radii: Vector, centre: Vector, low: float = -1.0, n: int = 12, rows: int = 6) -> Shape:
    """An ellipsoid, cut flat at `low` of its upright radius."""
    angle = np.linspace(np.arcsin(low), np.pi / 2, rows)
    unit = lathe([(float(np.cos(a)), float(np.sin(a))) for a in angle], n=n)
    return Shape(unit.vertices * np.array(radii) + np.array(centre), unit.faces)


def ring(radius: float, thick: float, centre: Vector, axis: str = "y", n: int = 20, m: int = 6) -> Shape:
    """A torus: `radius` to the middle of a rope `thick` in radius."""
    path = [(radius * np.cos(a), 0.0, radius * np.sin(a)) for a in np.arange(n) * (2 * np.pi / n)]
    loop = tube(path, thick, m, closed=True)
    order = {"y": [0, 1, 2], "x": [1, 2, 0], "z": [2, 0, 1]}[axis]
    return Shape(loop.vertices[:, order] + np.array(centre), loop.faces)


def tube(path: Sequence[Vector], radius: float, n: int = 6, closed: bool = False) -> Shape:
    """A rope along a path of points."""
    points = np.array(path, float)
    ahead = np.roll(points, -1, axis=0) - points
    if not closed:
        ahead[-1] = ahead[-2]
    along = ahead + np.roll(ahead, 1, axis=0)
    if not closed:
        along[0] = ahead[0]
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    helper = np.eye(3)[np.argmin(np.abs(along).sum(axis=0))]
    side = np.cross(along, helper)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    up = np.cross(side, along)
    angle = np.arange(n) * (2 * np.pi / n)
    rings = points[:, None] + radius * (np.cos(angle)[:, None] * side[:, None] + np.sin(angle)[:, None] * up[:, None])
    i = np.arange(n)
    j = (i + 1) % n
    first = np.arange(len(points) if closed else len(points) - 1)
    faces = [_bands(first, (first + 1) % len(points), n)]
    vertices = rings.reshape(-1, 3)
    if not closed:
        end, last = len(vertices), (len(points) - 1) * n
        vertices = np.concatenate([vertices, points[[0, -1]]])
        faces += [np.c_[np.full(n, end), j, i], np.c_[np.full(n, end + 1), last + i, last + j]]
    return _outwards(vertices, np.concatenate(faces))


def sharpen(shape: Shape, angle: float = 0.7) -> tuple[Floats, Ints, Ints]:
    """Vertices doubled where faces meet at more than `angle` [rad]: vertices, faces, and the old index of each vertex."""
    normal = _cross(shape)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-15)
    limit = np.cos(angle)
    # Plain numbers: on so few a call into an array library costs more than the sum.
    groups: dict[int, list[tuple[int, float, float, float]]] = {}
    faces, old = shape.faces.tolist(), list[int]()
    for corners, (x, y, z) in zip(faces, normal.tolist(), strict=True):
        for k, vertex in enumerate(corners):
            known = groups.setdefault(vertex, [])
            match = next((new for new, a, b, c in known if a * x + b * y + c * z > limit), -1)
            if match < 0:
                match = len(old)
                known.append((match, x, y, z))
                old.append(vertex)
            corners[k] = match
    index = np.array(old)
    return shape.vertices[index], np.array(faces), index


def _cross(shape: Shape) -> Floats:
    """(m, 3) twice each face's area along its normal."""
    a, b, c = (shape.vertices[shape.faces[:, i]] for i in range(3))
    u, v = b - a, c - a
    columns = [u[:, i] * v[:, j] - u[:, j] * v[:, i] for i, j in ((1, 2), (2, 0), (0, 1))]
    return np.stack(columns, -1)


class Assembly:
    """Collects shapes by part and hands out one mesh."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, Shape]] = []

    def add(self, part: str, *shapes: Shape) -> None:
        """Put shapes into a part."""
        self.parts += [(part, shape) for shape in shapes]

    def mesh(self, names: Sequence[str]) -> tuple[Floats, Ints, NDArray[np.uint8]]:
        """Vertices centred over the origin and standing on the ground, faces, and each face's index into `names`."""
        vertices, faces, region, count = [], [], [], 0
        for part, shape in self.parts:
            points, triangles, _ = sharpen(shape)
            vertices.append(points)
            faces.append(triangles + count)
            region.append(np.full(len(triangles), names.index(part), np.uint8))
            count += len(points)
        points = np.concatenate(vertices)
        low, high = points.min(axis=0), points.max(axis=0)
        return (
            points - [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]], np.concatenate(faces), np.concatenate(region)
        )  # fmt: skip
