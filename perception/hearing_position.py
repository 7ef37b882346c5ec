"""Where a voice is, from bearings taken at several places along a flight."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldentime.errors import ConfigError
from goldentime.perception.hearing_directions import towards
from goldentime.records import record
from goldentime.types import Vec3

__all__ = ["Bearing", "Fix", "locate", "turned"]

Floats = NDArray[np.float64]
_ROUNDS = 20


@record
class Bearing:
    """A direction in which something was heard."""

    origin: Vec3
    """[m] of the array, world."""
    azimuth_rad: float
    """World: from east, counter-clockwise."""
    elevation_rad: float
    sigma_rad: float = 0.07
    """Standard deviation, across the line of sight in both directions."""


@record
class Fix:
    """A position and how well it is known."""

    position: Vec3
    """[m], world."""
    covariance: NDArray[np.float64]
    """(3, 3) [m^2]."""


def turned(unit: ArrayLike, attitude: ArrayLike) -> Floats:
    """A vector (3,) of the body in the world, by the attitude's quaternion (x, y, z, w)."""
    x, y, z, w = (float(part) for part in np.asarray(attitude, np.float64))
    axis, vector = np.array([x, y, z]), np.asarray(unit, np.float64)
    twice = 2 * np.cross(axis, vector)
    return np.asarray(vector + w * twice + np.cross(axis, twice))


def locate(bearings: Sequence[Bearing], farthest_m: float = 200.0) -> Fix | None:
    """The point that lies nearest to all bearings, by angle.

    Weighted least squares of the angles off the lines of sight, iterated, since an angle is a distance over a range
    (Gavish & Weiss 1992, "Performance analysis of bearing-only target location algorithms"). Mistaken bearings weigh
    little.

    Returns:
        None when the lines are too parallel to meet: the point would be farther away than `farthest_m`, behind, or
        uncertain by more than its range.

    Raises:
        ConfigError: there is no bearing.
    """
    if not bearings:
        raise ConfigError("locate: expected at least one bearing, got none")
    origins = np.array([b.origin for b in bearings], np.float64)
    lines = towards([b.azimuth_rad for b in bearings], [b.elevation_rad for b in bearings])
    sigmas = np.array([b.sigma_rad for b in bearings])
    across = np.eye(3) - lines[:, :, None] * lines[:, None, :]
    position = np.zeros(3)
    weights = np.ones(len(bearings))
    information = np.zeros((3, 3))
    for step in range(_ROUNDS):
        information = (weights[:, None, None] * across).sum(0)
        if np.linalg.cond(information) > 1e8:
            return None
        moved = np.linalg.solve(information, (weights[:, None, None] * across @ origins[:, :, None]).sum(0)[:, 0])
        if step > 5 and np.linalg.norm(moved - position) < 1e-4:
            break
        position = moved
        away = position - origins
        ranges = np.maximum(np.linalg.norm(away, axis=1), 0.3)
        aside = np.linalg.norm((across @ away[:, :, None])[..., 0], axis=1)
        off = np.arctan2(aside, (away * lines).sum(1)) / sigmas
        # Huber's weights find the place from anywhere, then those that fall off faster forget mistakes.
        trust = np.minimum(1.0, 2.0 / np.maximum(off, 1e-9)) if step < 5 else 1 / (1 + (off / 3.0) ** 2) ** 2
        weights = trust / (ranges * sigmas) ** 2
    return _fix(position, information, origins, lines, farthest_m)


def _fix(position: Floats, information: Floats, origins: Floats, lines: Floats, farthest_m: float) -> Fix | None:
    away = position - origins
    ranges = np.linalg.norm(away, axis=1)
    covariance = np.asarray(np.linalg.inv(information), np.float64)
    ahead = np.median((away * lines).sum(1)) > 0
    spread = float(np.sqrt(np.linalg.eigvalsh(covariance)[-1]))
    if not ahead or ranges.mean() > farthest_m or spread > ranges.mean():
        return None
    x, y, z = position.tolist()
    return Fix(position=(x, y, z), covariance=covariance)
