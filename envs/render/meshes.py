"""Triangles made ready for drawing: vertices with normals that are shared wherever they can be."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import Box, Cylinder, Primitive, triangulate
from goldentime.envs.render.classes import Rgb, colour_of, semantic_id
from goldentime.envs.render.frame import pack_ids

__all__ = ["Detail", "Model", "StaticMesh", "box_model", "compile_static", "drone_model", "model_of"]

_CELL_M = 8.0
"""Primitives whose centres share a square of this size are drawn, or left out, together."""


_COARSE_M = (0.02, 0.025, 0.032, 0.04, 0.05, 0.064, 0.08, 0.1, 0.125, 0.15)
"""Degrees of detail of a model besides its own; narrow steps, so that few triangles are finer than asked for."""


class StaticMesh(NamedTuple):
    """Primitives that never move, as one mesh, sorted into chunks that are near one another."""

    vertices: NDArray[np.float32]
    """(n, 10): position [m], normal, red, green, blue, and the packed ids as bits."""
    indices: NDArray[np.uint32]
    """(m, 3)."""
    first: NDArray[np.int64]
    """(c + 1,) first triangle of each chunk, and the end."""
    centre: NDArray[np.float64]
    """(c, 3) [m] of the chunks' bounding boxes."""
    half: NDArray[np.float64]
    """(c, 3) [m] half extents."""


class Detail(NamedTuple):
    """A mesh in one degree of detail."""

    cell_m: float
    """What is smaller than this is merged; 0 for the mesh as it is."""
    vertices: NDArray[np.float32]
    """(n, 7): position [m], normal, number of the region."""
    indices: NDArray[np.uint32]
    """(m, 3)."""


class Model(NamedTuple):
    """A mesh that stands in the world any number of times."""

    details: tuple[Detail, ...]
    """From fine to coarse."""
    palette: NDArray[np.uint8]
    """(r, 3) colours of the regions."""
    names: tuple[str, ...]
    """(r) names of the regions."""
    semantic: str
    radius: float
    """[m] of the sphere around the origin that holds all vertices."""


def compile_static(primitives: tuple[Primitive, ...], numbers: NDArray[np.int64]) -> StaticMesh:
    """Primitives as one mesh; `numbers` are their instance numbers."""
    soup = triangulate(primitives)
    if not len(soup.faces):
        none = np.zeros((0, 3))
        return StaticMesh(np.zeros((0, 10), np.float32), np.zeros((0, 3), np.uint32), np.zeros(1, np.int64), none, none)
    order, cells = _by_cell(soup.vertices, soup.faces, soup.owner)
    faces, owner = soup.faces[order], soup.owner[order]
    normals = _normals(soup.vertices, faces)
    keep, indices = _weld(faces, normals)
    corner = keep // 3
    ids = np.array([pack_ids(int(n), semantic_id(p.semantic)) for n, p in zip(numbers, primitives, strict=True)], "<u4")
    colours = np.array([colour_of(p.semantic, p.material) for p in primitives], np.float32)
    vertices = np.empty((len(keep), 10), np.float32)
    vertices[:, :3] = soup.vertices[faces.ravel()[keep]]
    vertices[:, 3:6] = normals[corner]
    vertices[:, 6:9] = colours[owner[corner]]
    vertices[:, 9] = ids[owner[corner]].view(np.float32)
    first = np.concatenate([[0], np.flatnonzero(np.diff(cells)) + 1, [len(faces)]])
    corners = soup.vertices[faces]
    low = np.minimum.reduceat(corners.min(1), first[:-1])
    high = np.maximum.reduceat(corners.max(1), first[:-1])
    return StaticMesh(vertices, indices, first, 0.5 * (low + high), 0.5 * (high - low))


def _by_cell(
    vertices: NDArray[np.float64], faces: NDArray[np.int32], owner: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """An order of the faces that keeps squares of the ground together, and each face's square in that order."""
    count = np.maximum(np.bincount(owner), 1)[:, None]
    middle = vertices[faces].mean(1)[:, :2]
    centre = np.stack([np.bincount(owner, middle[:, axis]) for axis in (0, 1)], -1) / count
    square = np.floor(centre / _CELL_M).astype(np.int64)
    cell = (square[:, 0] * 1_000_003 + square[:, 1])[owner]
    order = np.argsort(cell, kind="stable")
    return order, cell[order]


def _normals(vertices: NDArray[np.float64], faces: NDArray[np.int32]) -> NDArray[np.float64]:
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    normals = np.cross(b - a, c - a)
    unit: NDArray[np.float64] = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return unit


def _weld(faces: NDArray[np.int32], normals: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Corners that share point and normal become one vertex: a software rasteriser pays for each.

    Returns:
        One corner's number per vertex kept, and the vertex of each corner (m, 3).
    """
    steps = (np.rint((normals + 1.0) * 127.0)).astype(np.int64)
    facing = (steps[:, 0] << 16) | (steps[:, 1] << 8) | steps[:, 2]
    key = (faces.astype(np.int64) << 24) | facing[:, None]
    _, keep, inverse = np.unique(key.ravel(), return_index=True, return_inverse=True)
    # In the order of first use, which keeps what is drawn together near in memory.
    order = np.argsort(keep)
    place = np.empty(len(keep), np.uint32)
    place[order] = np.arange(len(keep), dtype=np.uint32)
    return keep[order], place[inverse].reshape(-1, 3)


def model_of(
    points: NDArray[np.float32],
    normals: NDArray[np.float32],
    faces: NDArray[np.int32],
    region: NDArray[np.uint8],
    regions: tuple[tuple[str, Rgb], ...],
    semantic: str,
) -> Model:
    """A model from an asset: points with normals (n, 3), faces (m, 3) and each face's region (m,)."""
    key = faces.astype(np.int64) * 256 + region[:, None]
    unique, inverse = np.unique(key.ravel(), return_inverse=True)
    point, part = unique // 256, unique % 256
    vertices = np.column_stack([points[point], normals[point], part]).astype(np.float32)
    details = [Detail(0.0, vertices, inverse.reshape(-1, 3).astype(np.uint32))]
    details += [coarse for cell in _COARSE_M if len((coarse := _merged(details[0], cell)).indices)]
    palette = np.rint(np.array([rgb for _, rgb in regions]) * 255.0).astype(np.uint8)
    radius = float(np.linalg.norm(vertices[:, :3], axis=1).max(initial=0.0))
    names = tuple(name for name, _ in regions)
    return Model(tuple(details), palette, names, semantic, radius)


def _merged(fine: Detail, cell_m: float) -> Detail:
    """Vertices of one region in one cube of a grid become one, in their middle; triangles that collapse are dropped."""
    place = np.rint(fine.vertices[:, :3] / cell_m).astype(np.int64)
    place -= place.min(0)
    width = place.max(0) + 1
    cube = (place[:, 0] * width[1] + place[:, 1]) * width[2] + place[:, 2]
    unique, owner = np.unique(cube * 256 + fine.vertices[:, 6].astype(np.int64), return_inverse=True)
    count = np.bincount(owner, minlength=len(unique))
    vertices = np.stack([np.bincount(owner, column) / count for column in fine.vertices.T], -1).astype(np.float32)
    # Normals that cancel out, as of a thin sheet's two sides, would be no number to a shader.
    vertices[~vertices[:, 3:6].any(1), 5] = 1.0
    faces = owner[fine.indices]
    whole = (faces != np.roll(faces, 1, axis=1)).all(1)
    return Detail(cell_m, vertices, faces[whole].astype(np.uint32))


def _from_primitives(primitives: tuple[Primitive, ...], colours: tuple[Rgb, ...], semantic: str) -> Model:
    """Flat-shaded, one region per primitive."""
    soup = triangulate(primitives)
    normals = np.repeat(_normals(soup.vertices, soup.faces), 3, axis=0).astype(np.float32)
    points = soup.vertices[soup.faces].reshape(-1, 3).astype(np.float32)
    faces = np.arange(len(points), dtype=np.int32).reshape(-1, 3)
    regions = tuple((str(number), colour) for number, colour in enumerate(colours))
    return model_of(points, normals, faces, soup.owner.astype(np.uint8), regions, semantic)


def box_model(semantic: str) -> Model:
    """A cube with sides of 1 m around the origin."""
    return _from_primitives((Box(centre=(0, 0, 0), size=(1, 1, 1)),), (colour_of(semantic, ""),), semantic)


def drone_model(hull_radius_m: float, hull_height_m: float) -> Model:
    """A quadrotor that fills its hull: body, two arms, four rotor discs, and a nose in another colour."""
    r, h = hull_radius_m, hull_height_m
    body = colour_of("drone", "")
    arm = 1.1 * r
    parts: list[Primitive] = [
        Box(centre=(0, 0, 0), size=(0.8 * r, 0.5 * r, 0.8 * h)),
        Box(centre=(0.42 * r, 0, 0), size=(0.12 * r, 0.4 * r, 0.5 * h)),
        *(Box(centre=(0, 0, 0.1 * h), size=(arm, 0.08 * r, 0.2 * h), yaw=yaw) for yaw in (0.785, 2.356)),
    ]
    for x in (-0.6 * r, 0.6 * r):
        for y in (-0.6 * r, 0.6 * r):
            parts.append(Cylinder(base=(x, y, 0.35 * h), radius=0.36 * r, height=0.12 * h))
    colours = (body, (0.85, 0.30, 0.12), body, body, *(((0.55, 0.57, 0.60),) * 4))
    return _from_primitives(tuple(parts), colours, "drone")
