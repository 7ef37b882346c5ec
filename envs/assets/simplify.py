"""Fewer triangles: edges collapse onto one of their ends in the order of the quadric error (Garland and Heckbert 1997).

Collapsing onto an end keeps a subset of the vertices, so what belongs to a vertex (morphs, skin weights) stays valid.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["simplify"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROUND = 0.12
"""Share of the vertices that one round may remove at most."""

_BORDER = 30.0
"""Weight of the planes that hold open borders and borders between regions in place."""


def simplify(
    vertices: Floats, faces: Ints, region: Ints, importance: Floats, target: int, manifold: bool = True
) -> tuple[Ints, Ints]:
    """Collapse edges until at most `target` faces are left or nothing can go.

    Args:
        vertices: (n, 3).
        faces: (m, 3) vertex indices.
        region: (m,) the colour region of each face; borders between regions are kept.
        importance: (n,) factor on the error at each vertex.
        target: number of faces.
        manifold: keep the surface a manifold; without it, surfaces that cross or meet can be simplified further.

    Returns:
        The remaining faces (k, 3), as indices of the vertices given, and their regions (k,).
    """
    quadrics = _quadrics(vertices, faces, region) * importance[:, None, None]
    while len(faces) > target:
        edges = _edges(faces)
        both = np.concatenate([edges, edges[:, ::-1]])  # from, to
        cost = _costs(quadrics, vertices, both)
        order = np.argsort(cost, kind="stable")
        quota = min(max(1, int(_ROUND * len(np.unique(faces)))), (len(faces) - target + 1) // 2)
        onto = _choose(vertices, faces, both[order], quota, manifold)
        if not onto:
            break
        move = np.arange(len(vertices))
        for gone, kept in onto.items():
            move[gone] = kept
            quadrics[kept] += quadrics[gone]
        faces = move[faces]
        whole = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
        faces, region = faces[whole], region[whole]
    return faces, region


def _edges(faces: Ints) -> Ints:
    pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    found: Ints = np.unique(np.sort(pairs, axis=1), axis=0)
    return found


def _costs(quadrics: Floats, vertices: Floats, edges: Ints) -> Floats:
    """What it costs to move the first end of each edge onto the second, with a small price on length."""
    point = np.concatenate([vertices[edges[:, 1]], np.ones((len(edges), 1))], axis=1)
    summed = quadrics[edges[:, 0]] + quadrics[edges[:, 1]]
    error: Floats = np.einsum("ei,eij,ej->e", point, summed, point)
    length = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    cost: Floats = np.round(error + 1e-9 * length, 15)
    return cost


def _quadrics(vertices: Floats, faces: Ints, region: Ints) -> Floats:
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    cross = np.cross(b - a, c - a)
    double = np.linalg.norm(cross, axis=1)
    normal = cross / np.maximum(double, 1e-15)[:, None]
    quadrics = np.zeros((len(vertices), 4, 4))
    for corner in range(3):
        _add_planes(quadrics, faces[:, corner], normal, a, 0.5 * double)
    # Borders: a plane through the edge, upright on its face.
    pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    owner = np.tile(np.arange(len(faces)), 3)
    _, group = np.unique(np.sort(pairs, axis=1), axis=0, return_inverse=True)
    group = group.reshape(-1)
    count = np.bincount(group)
    low = np.full(len(count), len(region) + 255)
    high = np.full(len(count), -1)
    np.minimum.at(low, group, region[owner])
    np.maximum.at(high, group, region[owner])
    held = (count[group] == 1) | (low != high)[group]
    pairs, owner = pairs[held], owner[held]
    along = vertices[pairs[:, 1]] - vertices[pairs[:, 0]]
    length = np.linalg.norm(along, axis=1)
    side = np.cross(along / np.maximum(length, 1e-15)[:, None], normal[owner])
    for end in range(2):
        _add_planes(quadrics, pairs[:, end], side, vertices[pairs[:, 0]], _BORDER * length**2)
    return quadrics


def _add_planes(quadrics: Floats, where: Ints, normal: Floats, point: Floats, weight: Floats) -> None:
    plane = np.concatenate([normal, -(normal * point).sum(axis=1, keepdims=True)], axis=1)
    np.add.at(quadrics, where, weight[:, None, None] * plane[:, :, None] * plane[:, None, :])


def _choose(vertices: Floats, faces: Ints, edges: Ints, quota: int, manifold: bool) -> dict[int, int]:
    """Cheapest collapses, from -> onto, whose neighbourhoods do not touch."""
    around: dict[int, list[tuple[int, int, int]]] = {}
    for face in faces.tolist():
        for corner in face:
            around.setdefault(corner, []).append(tuple(face))
    points = vertices.tolist()
    locked: set[int] = set()
    onto: dict[int, int] = {}
    for gone, kept in edges[: 12 * quota].tolist():
        if gone in locked or kept in locked:
            continue
        ring = {corner for face in around[gone] for corner in face}
        if manifold and not _keeps_manifold(around, ring, gone, kept):
            continue
        if _keeps_sides(points, around, gone, kept):
            onto[gone] = kept
            locked |= ring
            if len(onto) == quota:
                break
    return onto


def _keeps_manifold(around: dict[int, list[tuple[int, int, int]]], ring: set[int], gone: int, kept: int) -> bool:
    """Whether the collapse keeps the surface a manifold."""
    shared = sum(kept in face for face in around[gone])
    other = {corner for face in around[kept] for corner in face}
    return len((ring & other) - {gone, kept}) == shared


def _keeps_sides(points: list[list[float]], around: dict[int, list[tuple[int, int, int]]], gone: int, kept: int) -> bool:
    """Whether the collapse turns no face over."""
    for face in around[gone]:
        if kept in face:
            continue
        before = _normal(*(points[i] for i in face))
        after = _normal(*(points[kept if i == gone else i] for i in face))
        dot = sum(x * y for x, y in zip(before, after, strict=True))
        sizes = sum(x * x for x in before) * sum(x * x for x in after)
        if dot <= 0 or dot * dot < 0.04 * sizes:
            return False
    return True


def _normal(a: list[float], b: list[float], c: list[float]) -> tuple[float, float, float]:
    ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    vx, vy, vz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
    return uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
