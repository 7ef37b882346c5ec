"""Where a data set's camera stands and looks: the poses of a drone that searches a scene."""

import math

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.render.frame import View
from goldentime.envs.render.photos import look
from goldentime.envs.scenes.proof import Boxes, boxes_of, clearance_m, sampled, sees
from goldentime.envs.scenes.scene import Scene
from goldentime.errors import ScenarioError
from goldentime.eval.dataset.categories import BUILDINGS, category_of
from goldentime.records import record

__all__ = ["PoseConfig", "Viewpoints", "holds"]

_BATCH = 64
_TRIES = 20


@record
class PoseConfig:
    """What poses are drawn; pairs are the least and the most."""

    street_height_m: tuple[float, float] = (0.7, 5.0)
    floor_height_m: tuple[float, float] = (0.5, 2.2)
    aside_m: float = 3.0
    """Farthest from the scene's route; the route is in sight from there."""
    clearance_m: float = 0.35
    """Least distance from anything solid."""
    pitch_deg: tuple[float, float] = (-35.0, 10.0)
    """Negative looks down."""
    fov_deg: tuple[float, float] = (60.0, 90.0)
    """Horizontal."""
    towards: float = 0.85
    """Share of the views that look towards a thing; the others look anywhere."""
    reach_m: float = 16.0
    """Things farther away are not looked for."""


class Viewpoints:
    """Draws views of one scene; free places are found in batches."""

    def __init__(self, scene: Scene, config: PoseConfig, size: tuple[int, int]) -> None:
        self._scene, self._config, self._size = scene, config, size
        self._boxes: Boxes = boxes_of(scene.level.solids)
        self._route = sampled(scene.route, 0.25)
        self._targets = np.array([thing.centre for thing in scene.things]).reshape(-1, 3)
        self._worth = np.array([_worth(thing.kind) for thing in scene.things])
        # What holds the middle of a thing is the thing, or it stands right at it: that does not count as hiding it.
        self._inside = holds(self._boxes, self._targets, 0.1)
        self._free: list[NDArray[np.float64]] = []

    def draw(self, rng: np.random.Generator) -> View:
        """A view from a free place.

        Raises:
            ScenarioError: there is none.
        """
        config = self._config
        eye = self.place(rng)
        fov = math.radians(float(rng.uniform(*config.fov_deg)))
        yaw, pitch = float(rng.uniform(-math.pi, math.pi)), float(rng.uniform(*config.pitch_deg))
        if len(self._targets) and rng.random() < config.towards:
            weight = self._attraction(eye)
            x, y, z = (self._targets[int(rng.choice(len(weight), p=weight / weight.sum()))] - eye).tolist()
            yaw = math.atan2(y, x) + fov * float(rng.uniform(-0.4, 0.4))
            pitch = math.degrees(math.atan2(z, math.hypot(x, y)) + fov * float(rng.uniform(-0.3, 0.3)))
        low, high = config.pitch_deg
        return look(eye, yaw, math.radians(min(max(pitch, low), high)), fov, self._size)

    def _attraction(self, eye: NDArray[np.float64]) -> NDArray[np.float64]:
        """(things,) how much each draws the eye: those in sight and near most, and what a search is for."""
        distance = np.linalg.norm(self._targets - eye, axis=1)
        eyes = np.broadcast_to(eye, self._targets.shape)
        free = sees(eyes, self._targets, self._boxes, ~self._inside)
        free &= distance < self._config.reach_m
        weight: NDArray[np.float64] = np.where(free, self._worth / (2.0 + distance), 1e-6)
        return weight

    def place(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """(3,) [m] a place that a drone can reach from the route.

        Raises:
            ScenarioError: there is none.
        """
        for _ in range(_TRIES):
            if self._free:
                return self._free.pop()
            self._free = self._batch(rng)
        raise ScenarioError(f"views: expected a place {self._config.clearance_m} m from everything, found none")

    def _batch(self, rng: np.random.Generator) -> list[NDArray[np.float64]]:
        config, scene = self._config, self._scene
        street = scene.config.place == "street"
        near = self._route[rng.integers(len(self._route), size=_BATCH)]
        eyes = near + rng.uniform(-config.aside_m, config.aside_m, (_BATCH, 3))
        low, high = config.street_height_m if street else config.floor_height_m
        # Most people's eyes and most drones indoors are low: heights are drawn more often near the lower end.
        eyes[:, 2] = scene.start[2] + low + (high - low) * rng.random(_BATCH) ** 1.5
        inside = ((eyes > scene.level.bounds[0]) & (eyes < scene.level.bounds[1])).all(1)
        inside &= clearance_m(eyes, self._boxes) >= config.clearance_m
        eyes, near = eyes[inside], near[inside]
        if not len(eyes):
            return []
        hides = np.ones((len(eyes), len(self._boxes.yaw)), np.bool_)
        return list(eyes[sees(eyes, near, self._boxes, hides)])


def _worth(kind: str) -> float:
    """Of a look at a thing: a search is for people first, and hardly for furniture."""
    category = category_of(kind)
    return 2.0 if category == "person" else 0.3 if category == "furniture" or category in BUILDINGS else 1.0


def holds(boxes: Boxes, points: NDArray[np.float64], slack_m: float) -> NDArray[np.bool_]:
    """(m, n) whether a box, or its surroundings, holds a point (m, 3)."""
    away = points[:, None] - boxes.centre
    cos, sin = np.cos(boxes.yaw), np.sin(boxes.yaw)
    x, y = cos * away[..., 0] + sin * away[..., 1], cos * away[..., 1] - sin * away[..., 0]
    near = np.abs(np.stack([x, y, away[..., 2]], -1)) < boxes.half + slack_m
    return np.asarray(near.all(-1))
