"""What a view can see: five planes, and bounding boxes and spheres against them."""

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.render.frame import View

__all__ = ["frustum", "sees_boxes", "sees_spheres"]


Numbers = NDArray[np.float64]


def frustum(view: View) -> NDArray[np.float64]:
    """(6, 4): near, far, left, right, top, bottom; a point p is inside a plane where n . p + d >= 0, |n| = 1."""
    right, down, forward = view.axes
    wide = view.half_width
    high = wide * view.height / view.width
    sides = [extent * forward + sign * axis for extent, axis in ((wide, right), (high, down)) for sign in (1, -1)]
    normals = [forward, -forward, *sides]
    planes = np.empty((6, 4))
    planes[:, :3] = np.array(normals) / np.linalg.norm(normals, axis=1, keepdims=True)
    planes[:, 3] = -planes[:, :3] @ np.array(view.eye)
    planes[1, 3] += view.far_m
    return planes


def sees_boxes(planes: Numbers, centre: Numbers, half: Numbers) -> NDArray[np.bool_]:
    """Which of the upright boxes (c, 3) may be seen; a few near the corners are let through in vain."""
    reach = np.abs(planes[:, :3]) @ half.T
    return np.asarray((planes[:, :3] @ centre.T + planes[:, 3:] + reach >= 0.0).all(0))


def sees_spheres(planes: Numbers, centre: Numbers, radius: Numbers) -> NDArray[np.bool_]:
    """Which of the spheres (c, 3), (c,) may be seen."""
    return np.asarray((planes[:, :3] @ centre.T + planes[:, 3:] + radius >= 0.0).all(0))
