"""Where a camera stands to read a scene's signs."""

import math

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.render.frame import View
from goldentime.envs.render.photos import look
from goldentime.envs.scenes.proof import boxes_of, clearance_m, sees
from goldentime.envs.scenes.scene import Scene
from goldentime.envs.signs import face_corners
from goldentime.eval.dataset.views import holds
from goldentime.records import record

__all__ = ["ReadingConfig", "ReadingPoints", "face_normals"]

_BATCH = 96
_TRIES = 10


@record
class ReadingConfig:
    """What poses are drawn; pairs are the least and the most."""

    distance_m: tuple[float, float] = (1.5, 8.0)
    angle_deg: float = 50.0
    """Largest angle between the line of sight and the face's normal."""
    fov_deg: tuple[float, float] = (40.0, 60.0)
    """Horizontal."""
    clearance_m: float = 0.35
    least_height_m: float = 0.4
    """Of the eye above the floor."""


def face_normals(faces: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3) unit vectors out of faces (n, 4, 3) as `signs.face_corners` orders them."""
    across = np.cross(faces[:, 3] - faces[:, 0], faces[:, 1] - faces[:, 0])
    return np.asarray(across / np.linalg.norm(across, axis=1, keepdims=True))


class ReadingPoints:
    """Draws views of one scene that each look at the face of a sign."""

    def __init__(self, scene: Scene, config: ReadingConfig, size: tuple[int, int]) -> None:
        self._scene, self._config, self._size = scene, config, size
        self._boxes = boxes_of(scene.level.solids)
        faces = [face_corners(sign) for sign in scene.signs]
        self._faces = np.concatenate(faces) if faces else np.zeros((0, 4, 3))
        self._ready: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []

    def draw(self, rng: np.random.Generator) -> View | None:
        """A view that shows a face, or None if there is no place to see one from."""
        for _ in range(_TRIES):
            if self._ready:
                break
            self._ready = self._batch(rng)
        if not self._ready:
            return None
        eye, target = self._ready.pop()
        x, y, z = (target - eye).tolist()
        fov = math.radians(float(rng.uniform(*self._config.fov_deg)))
        yaw = math.atan2(y, x) + fov * float(rng.uniform(-0.25, 0.25))
        pitch = math.atan2(z, math.hypot(x, y)) + 0.75 * fov * float(rng.uniform(-0.25, 0.25))
        return look(eye, yaw, pitch, fov, self._size)

    def _batch(self, rng: np.random.Generator) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Free eyes and the middle of the face that each sees."""
        if not len(self._faces):
            return []
        config, level = self._config, self._scene.level
        chosen = self._faces[rng.integers(len(self._faces), size=_BATCH)]
        normal, middle = face_normals(chosen), chosen.mean(1)
        widest = math.radians(config.angle_deg)
        aside, rise = rng.uniform(-widest, widest, _BATCH), rng.uniform(-0.6, 0.3, _BATCH) * rng.random(_BATCH)
        turned = np.arctan2(normal[:, 1], normal[:, 0]) + aside
        away = np.stack([np.cos(turned) * np.cos(rise), np.sin(turned) * np.cos(rise), np.sin(rise)], -1)
        distance = rng.uniform(*config.distance_m, (_BATCH, 1))
        eye = middle + distance * away
        good = (away * normal).sum(1) >= math.cos(widest)
        # Nearer than a large face is wide, an eye sees no more than a piece of it.
        good &= distance[:, 0] >= 0.8 * np.linalg.norm(chosen[:, 1] - chosen[:, 0], axis=1)
        good &= ((eye > level.bounds[0]) & (eye < level.bounds[1])).all(1)
        good &= eye[:, 2] >= self._scene.start[2] + config.least_height_m
        eye, middle, normal = eye[good], middle[good], normal[good]
        if not len(eye):
            return []
        free = clearance_m(eye, self._boxes) >= config.clearance_m
        # What the sign itself is fixed to, and its own body, lie behind its face.
        before = middle + 0.03 * normal
        free &= sees(eye, before, self._boxes, ~holds(self._boxes, before, 0.02))
        return list(zip(eye[free], middle[free], strict=True))
