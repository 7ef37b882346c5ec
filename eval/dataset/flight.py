"""A smooth flight along part of a scene's route, as a camera flies it."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from goldentime.envs.render.frame import View
from goldentime.envs.render.photos import look
from goldentime.envs.scenes.proof import boxes_of, clearance_m, sampled
from goldentime.envs.scenes.scene import Scene
from goldentime.records import record

__all__ = ["FlightConfig", "course_yaw", "flight_views"]

Floats = NDArray[np.float64]

_STEP_M = 0.05
_ROUNDING_M = (0.5, 0.3, 0.15, 0.0)
"""Of corners: the first that keeps the distance from everything solid."""
_LEAST_CLEARANCE_M = 0.25


@record
class FlightConfig:
    """How a clip is flown; pairs are the least and the most."""

    speed_m_s: tuple[float, float] = (0.8, 1.6)
    fov_deg: tuple[float, float] = (70.0, 85.0)
    """Horizontal."""
    pitch_deg: tuple[float, float] = (-18.0, -6.0)
    swing_deg: tuple[float, float] = (15.0, 40.0)
    """To how far left and right of its course the camera looks."""
    swing_s: tuple[float, float] = (4.0, 8.0)
    """Period of that."""
    turning_s: float = 0.4
    """How slowly it turns into a new course: standard deviation of a Gaussian over time."""


def flight_views(
    scene: Scene, config: FlightConfig, frames: tuple[int, float], size: tuple[int, int], rng: np.random.Generator
) -> list[View]:
    """The views of a flight; a route that is too short for it is flown more slowly.

    Args:
        frames: how many, and how many of them in a second [Hz].
        size: width and height.
    """
    count, rate_hz = frames
    path = _rounded_route(scene)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    length = min(float(rng.uniform(*config.speed_m_s)) * count / rate_hz, float(along[-1]))
    start = float(rng.uniform(0.0, along[-1] - length))
    at = start + np.linspace(0.0, length, count)
    eyes = np.stack([np.interp(at, along, path[:, axis]) for axis in range(3)], -1)
    time_s = np.arange(count) / rate_hz
    yaw = course_yaw(eyes, config.turning_s * rate_hz)
    swing, period = math.radians(float(rng.uniform(*config.swing_deg))), float(rng.uniform(*config.swing_s))
    yaw += swing * np.sin(2.0 * math.pi * (time_s / period + float(rng.random())))
    pitch, fov = math.radians(float(rng.uniform(*config.pitch_deg))), math.radians(float(rng.uniform(*config.fov_deg)))
    return [look(eye, float(angle), pitch, fov, size) for eye, angle in zip(eyes, yaw, strict=True)]


def _rounded_route(scene: Scene) -> Floats:
    route, boxes = sampled(scene.route, _STEP_M), boxes_of(scene.level.solids)
    for rounding in _ROUNDING_M:
        path: Floats = gaussian_filter1d(route, rounding / _STEP_M, axis=0, mode="nearest") if rounding else route
        if clearance_m(path[::4], boxes).min() >= _LEAST_CLEARANCE_M:
            break
    return path


def course_yaw(eyes: Floats, spread: float) -> Floats:
    """Where a flight goes at each of its places [rad], turning smoothly; straight up or down it keeps its course."""
    moved = np.gradient(eyes[:, :2], axis=0)
    angle = np.arctan2(moved[:, 1], moved[:, 0])
    still = np.linalg.norm(moved, axis=1) < 1e-4
    if still.all():
        return np.zeros(len(eyes))
    places = np.arange(len(eyes))
    angle = np.interp(places, places[~still], np.unwrap(angle[~still]))
    return np.asarray(gaussian_filter1d(angle, spread, mode="nearest"))
