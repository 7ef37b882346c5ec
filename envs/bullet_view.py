"""What a person sees in PyBullet's window or picture: coloured shapes without any effect on the physics."""

import numpy as np

from goldentime.envs.bullet_bodies import bullet
from goldentime.envs.level import Level, Primitive, triangulate
from goldentime.types import Vec3

__all__ = ["Colour", "follow", "open_view", "show", "show_level"]

Colour = tuple[float, float, float, float]
"""Red, green, blue, opacity, in [0, 1]."""

_COLOURS: dict[str, Colour] = {
    "wall": (0.80, 0.78, 0.74, 1.0),
    "net": (0.95, 0.60, 0.15, 0.55),
    "pole": (0.75, 0.20, 0.20, 1.0),
    "tree": (0.30, 0.55, 0.25, 1.0),
    "tunnel": (0.45, 0.55, 0.65, 0.6),
    "window": (0.70, 0.66, 0.62, 1.0),
    "pad": (0.95, 0.85, 0.20, 1.0),
    "box": (0.20, 0.45, 0.80, 1.0),
    "glass": (0.55, 0.80, 0.90, 0.35),
}
_PLAIN: Colour = (0.65, 0.65, 0.65, 1.0)
_VIEW_M, _VIEW_YAW_DEG, _VIEW_PITCH_DEG = 7.0, -70.0, -48.0


def open_view(client: int) -> None:
    """Take PyBullet's tool panels off the window."""
    for panel in (bullet.COV_ENABLE_GUI, bullet.COV_ENABLE_RGB_BUFFER_PREVIEW, bullet.COV_ENABLE_DEPTH_BUFFER_PREVIEW):
        bullet.configureDebugVisualizer(panel, 0, physicsClientId=client)
    bullet.configureDebugVisualizer(bullet.COV_ENABLE_SEGMENTATION_MARK_PREVIEW, 0, physicsClientId=client)


def follow(client: int, position: Vec3) -> None:
    """Turn the window's camera to a point."""
    bullet.resetDebugVisualizerCamera(_VIEW_M, _VIEW_YAW_DEG, _VIEW_PITCH_DEG, position, client)


def show_level(client: int, level: Level) -> None:
    """One shape per semantic class, each in its colour."""
    by_class: dict[str, list[Primitive]] = {}
    for primitive in (*level.solids, *level.glass):
        by_class.setdefault(primitive.semantic, []).append(primitive)
    for semantic, primitives in by_class.items():
        show(client, tuple(primitives), _COLOURS.get(semantic, _PLAIN))


def show(client: int, primitives: tuple[Primitive, ...], colour: Colour) -> None:
    """Primitives as one shape that nothing can touch."""
    mesh = triangulate(primitives)
    corners = mesh.vertices[mesh.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    shape = bullet.createVisualShape(
        bullet.GEOM_MESH,
        vertices=corners.reshape(-1, 3).tolist(),
        indices=list(range(3 * len(corners))),
        normals=np.repeat(normals, 3, axis=0).tolist(),
        rgbaColor=colour,
        physicsClientId=client,
    )
    bullet.createMultiBody(0, -1, shape, physicsClientId=client)
