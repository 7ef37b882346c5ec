"""Signs in the world: where their faces are, and the body behind them.

The world frame is ENU (x east, y north, z up).
"""

import math

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import Box
from goldentime.envs.signage.spec import Mounting, Rect, SignSpec
from goldentime.records import record

__all__ = ["PlacedSign", "face_corners", "rect_corners", "sign_body", "sign_fixings"]

THICKNESS_M = {Mounting.FLAT: 0.02, Mounting.PROJECTING: 0.10, Mounting.HANGING: 0.04}
BRACKET_M = 0.06
"""Between the wall and a projecting sign."""
_ROD_M = 0.02
"""Thickness of what holds a sign."""
LIFT_M = 0.002
"""Of the picture off its body, so that the two never lie in one plane."""


@record
class PlacedSign:
    """A sign and its place."""

    spec: SignSpec
    anchor: tuple[float, float, float]
    """[m] the floor below the sign: at the foot of the wall it is fixed to, or below the middle of a hanging one."""
    yaw: float
    """[rad] which way the wall faces, or the front of a hanging sign; 0 is east, counter-clockwise from above."""
    rod_m: float = 0.5
    """[m] of the rods over a hanging sign; what of them is above the ceiling is not seen."""


def _axes(yaw: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Outward normal of a face, and the reader's right along it."""
    return np.array([math.cos(yaw), math.sin(yaw), 0.0]), np.array([-math.sin(yaw), math.cos(yaw), 0.0])


def _centre(sign: PlacedSign) -> NDArray[np.float64]:
    """Of the sign's body."""
    spec = sign.spec
    out, _ = _axes(sign.yaw)
    away = {
        Mounting.FLAT: THICKNESS_M[Mounting.FLAT] / 2,
        Mounting.PROJECTING: BRACKET_M + spec.size_m[0] / 2,
        Mounting.HANGING: 0.0,
    }[spec.mounting]
    x, y, z = sign.anchor
    return np.array([x, y, z + spec.height_m]) + away * out


def _face_yaws(sign: PlacedSign) -> tuple[float, ...]:
    if sign.spec.mounting is Mounting.FLAT:
        return (sign.yaw,)
    front = sign.yaw + (math.pi / 2 if sign.spec.mounting is Mounting.PROJECTING else 0.0)
    return front, front + math.pi


def rect_corners(sign: PlacedSign, rect: Rect) -> NDArray[np.float64]:
    """A rectangle in sign coordinates, such as a line of text, on each face.

    Returns:
        (faces, 4, 3) float64 [m], world: upper left, upper right, lower right, lower left as the face's reader sees it. A
        flat sign has one face, the others a front and a back that carry the same picture.
    """
    width, height = sign.spec.size_m
    half = THICKNESS_M[sign.spec.mounting] / 2 + LIFT_M
    across = np.array([rect.left, rect.right, rect.right, rect.left]) - width / 2
    up = height / 2 - np.array([rect.top, rect.top, rect.bottom, rect.bottom])
    faces = []
    for yaw in _face_yaws(sign):
        out, right = _axes(yaw)
        corners = _centre(sign) + half * out + across[:, None] * right
        corners[:, 2] += up
        faces.append(corners)
    return np.stack(faces)


def face_corners(sign: PlacedSign) -> NDArray[np.float64]:
    """The corners of each face: (faces, 4, 3) float64 [m], world, ordered as in `rect_corners`."""
    width, height = sign.spec.size_m
    return rect_corners(sign, Rect(0.0, 0.0, width, height))


def sign_body(sign: PlacedSign) -> Box:
    """The solid behind the faces."""
    spec = sign.spec
    width, height = spec.size_m
    x, y, z = _centre(sign).tolist()
    size = (THICKNESS_M[spec.mounting], width, height)
    yaw = _face_yaws(sign)[0]
    return Box(centre=(x, y, z), size=size, yaw=yaw, semantic="sign", material="plastic")


def sign_fixings(sign: PlacedSign) -> tuple[Box, ...]:
    """What holds a sign, so that it doesn't float: arms from the wall, or rods from the ceiling; none for a flat sign.

    They belong to the picture: a drone that meets them has met the sign.
    """
    width, height = sign.spec.size_m
    out, right = _axes(sign.yaw)
    centre = _centre(sign)
    if sign.spec.mounting is Mounting.PROJECTING:
        # From the wall into the sign's edge, and a plate on the wall.
        reach = BRACKET_M + 0.5 * _ROD_M
        foot = centre - (BRACKET_M + width / 2) * out
        arms = [_held(foot + 0.5 * reach * out, up * height, (reach, _ROD_M, _ROD_M), sign.yaw) for up in (-0.35, 0.35)]
        return *arms, _held(foot + 0.25 * _ROD_M * out, 0.0, (0.5 * _ROD_M, 3 * _ROD_M, 0.9 * height), sign.yaw)
    if sign.spec.mounting is Mounting.HANGING and sign.rod_m > 0.0:
        up = 0.5 * (height + sign.rod_m)
        size = (0.5 * _ROD_M, 0.5 * _ROD_M, sign.rod_m)
        return tuple(_held(centre + side * width * right, up, size, sign.yaw) for side in (-0.4, 0.4))
    return ()


def _held(middle: NDArray[np.float64], up: float, size: tuple[float, float, float], yaw: float) -> Box:
    x, y, z = middle.tolist()
    return Box(centre=(x, y, z + up), size=size, yaw=yaw, semantic="sign", material="steel")
