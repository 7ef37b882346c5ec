"""From pixels and depth to places in the world."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Eye", "Look", "depth_in", "eye_of", "look_from", "place_box"]

Floats = NDArray[np.float64]


class Eye(NamedTuple):
    """A camera's optics and mount, from the brief. Pixel coordinates count from the upper left corner of the picture."""

    width: int
    height: int
    focal_px: float
    mount: Floats
    """(3, 3) columns: right, down and ahead of the picture in the body frame FLU."""
    position_m: Floats
    """(3,) in the body frame."""
    far_m: float

    def rays(self, pixels: Floats) -> Floats:
        """Body-frame vectors of pixels (n, 2), one metre long along the optical axis: (n, 3)."""
        x = (pixels[:, 0] - 0.5 * self.width) / self.focal_px
        y = (pixels[:, 1] - 0.5 * self.height) / self.focal_px
        rays: Floats = np.column_stack([x, y, np.ones(len(x))]) @ self.mount.T
        return rays

    def pixels(self, points_m: Floats) -> tuple[Floats, Floats]:
        """Where body-frame points (n, 3) are in the picture, (n, 2), and their depth (n,) [m], negative behind the eye."""
        seen = (points_m - self.position_m) @ self.mount
        depth = seen[:, 2]
        scale = self.focal_px / np.where(np.abs(depth) < 1e-9, 1e-9, depth)
        return seen[:, :2] * scale[:, None] + (0.5 * self.width, 0.5 * self.height), depth


def eye_of(options: Mapping[str, Any]) -> Eye:
    """A camera as the brief lists its options."""
    pitch, yaw = math.radians(options["pitch_deg"]), math.radians(options["yaw_deg"])
    level = math.cos(pitch)
    ahead = np.array([level * math.cos(yaw), level * math.sin(yaw), math.sin(pitch)])
    up = np.array([-math.sin(pitch) * math.cos(yaw), -math.sin(pitch) * math.sin(yaw), level])
    return Eye(
        width=int(options["width"]),
        height=int(options["height"]),
        focal_px=0.5 * options["width"] / math.tan(0.5 * math.radians(options["fov_deg"])),
        mount=np.column_stack([np.cross(ahead, up), -up, ahead]),
        position_m=np.array(options["position_m"], dtype=np.float64),
        far_m=float(options["far_m"]),
    )


class Look(NamedTuple):
    """Where a body was when a picture was taken."""

    position_m: Floats
    """(3,) of the body in the world."""
    turn: Floats
    """(3, 3) body to world."""

    def place(self, points_m: Floats) -> Floats:
        """World positions of body-frame points (n, 3)."""
        placed: Floats = points_m @ self.turn.T + self.position_m
        return placed


def look_from(position_m: Floats, yaw_rad: float, roll_rad: float, pitch_rad: float) -> Look:
    """From a pose: Rz(yaw) Ry(pitch) Rx(roll)."""
    (cr, sr), (cp, sp), (cy, sy) = ((math.cos(a), math.sin(a)) for a in (roll_rad, pitch_rad, yaw_rad))
    turn = np.array(
        [
            [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
            [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
            [-sp, cp * sr, cp * cr],
        ]
    )
    return Look(np.asarray(position_m, np.float64).copy(), turn)


def depth_in(depth_m: NDArray[np.float32], box: tuple[float, float, float, float], share: float = 0.3) -> float | None:
    """How far away what a box shows is, along the optical axis.

    Args:
        depth_m: (height, width).
        box: [px] left, upper, width, height in this picture.
        share: quantile of the middle of the box that is taken: a thing fills most of it and lies before its background.

    Returns:
        None for a box beside the picture.
    """
    left, upper, width, height = box
    rows, columns = depth_m.shape
    x0, x1 = max(int(left + 0.25 * width), 0), min(math.ceil(left + 0.75 * width), columns)
    y0, y1 = max(int(upper + 0.2 * height), 0), min(math.ceil(upper + 0.8 * height), rows)
    if x0 >= x1 or y0 >= y1:
        return None
    return float(np.quantile(depth_m[y0:y1, x0:x1], share))


def place_box(
    box: tuple[float, float, float, float], eyes: tuple[Eye, Eye], depth_m: NDArray[np.float32], look: Look, behind_m: float
) -> Floats | None:
    """Where in the world (3,) what a box shows is.

    Args:
        box: [px] left, upper, width, height in the picture.
        eyes: of the picture and of the depth camera; both sit in one place and look the same way.
        depth_m: (height, width).
        look: where the body was.
        behind_m: how far behind its surface the middle of the thing is.

    Returns:
        None where the depth camera sees nothing there.
    """
    eye, depth_eye = eyes
    left, upper, width, height = box
    scale = depth_eye.focal_px / eye.focal_px
    x = (left - 0.5 * eye.width) * scale + 0.5 * depth_eye.width
    y = (upper - 0.5 * eye.height) * scale + 0.5 * depth_eye.height
    away_m = depth_in(depth_m, (x, y, width * scale, height * scale))
    if away_m is None or away_m >= depth_eye.far_m:
        return None
    ray = eye.rays(np.array([[left + 0.5 * width, upper + 0.5 * height]]))
    placed: Floats = look.place(eye.position_m + (away_m + behind_m) * ray)[0]
    return placed
