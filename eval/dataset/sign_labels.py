"""The truth about the signs of a frame, and upright pictures of their lines."""

import math
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from goldentime.envs.render.frame import NEAR_M, View
from goldentime.envs.signs import (
    HIDDEN,
    PlacedSign,
    SignSpec,
    face_corners,
    hidden_text,
    line_box,
    rect_corners,
    visible_text,
)
from goldentime.eval.dataset.labels import project
from goldentime.eval.dataset.sign_views import face_normals

__all__ = ["Crop", "crop_of", "cut", "line_visible_text", "sign_truth"]

Floats = NDArray[np.float64]

_MARGIN = 0.12
"""Around a line, as a share of its height."""
_LONGEST = 16
"""Widths of a crop beyond so many heights are pressed together."""


class Crop(NamedTuple):
    """How a line of text is cut out."""

    corners_px: Floats
    """(4, 2) upper left, upper right, lower right, lower left, with a margin."""
    size_px: tuple[int, int]
    """Width and height of what it becomes."""


def line_visible_text(spec: SignSpec, line: int) -> str:
    """One line's text with `HIDDEN` for every covered character that is not a space."""
    row = list(spec.lines[line].text)
    for cover in spec.covers:
        if cover.line == line:
            for i in range(cover.start, cover.stop):
                row[i] = " " if row[i] == " " else HIDDEN
    return "".join(row)


def sign_truth(view: View, sign: PlacedSign) -> dict[str, Any] | None:
    """What is written on the face that the eye sees, and where in the picture; None if it sees none.

    Corners are [px] from the picture's upper left corner and may lie outside it. Heights of letters are those of their
    line's ink, of vertical writing its width.
    """
    faces = face_corners(sign)
    away = np.array(view.eye) - faces.mean(1)
    slant = (face_normals(faces) * away).sum(1) / np.linalg.norm(away, axis=1)
    face = int(slant.argmax())
    corners, depth = project(view, faces[face])
    if slant[face] <= 0.02 or depth.min() <= NEAR_M:
        return None
    spec = sign.spec
    lines = [_line(view, sign, face, number) for number in range(len(spec.lines))]
    return {
        "kind": spec.kind.value,
        "language": spec.language.value,
        "text": spec.text,
        "visible_text": visible_text(spec),
        "covered": [hidden_text(spec, cover) for cover in spec.covers],
        "mounting": spec.mounting.value,
        "vertical": spec.vertical,
        "height_m": round(spec.height_m, 3),
        "face_px": _rounded(corners),
        "angle_deg": round(math.degrees(math.acos(min(float(slant[face]), 1.0))), 2),
        "face_distance_m": round(float(np.linalg.norm(away[face])), 3),
        "letter_px": max(line["letter_px"] for line in lines),
        "lines": lines,
    }


def _line(view: View, sign: PlacedSign, face: int, number: int) -> dict[str, Any]:
    spec = sign.spec
    corners, _ = project(view, rect_corners(sign, line_box(spec, number))[face])
    across = (
        (corners[0] - corners[1], corners[3] - corners[2])
        if spec.vertical
        else (corners[3] - corners[0], corners[2] - corners[1])
    )
    return {
        "text": spec.lines[number].text,
        "visible_text": line_visible_text(spec, number),
        "corners_px": _rounded(corners),
        "letter_px": round(float(np.mean(np.linalg.norm(across, axis=1))), 2),
    }


def _rounded(corners: Floats) -> list[list[float]]:
    return [[round(x, 2), round(y, 2)] for x, y in corners.tolist()]


def crop_of(view: View, sign: PlacedSign, number: int, high_px: int) -> Crop:
    """The crop of a line on the face that the eye sees; letters of vertical writing are as wide as others are high."""
    spec = sign.spec
    box = line_box(spec, number)
    short = box.width if spec.vertical else box.height
    room = box._replace(
        left=box.left - _MARGIN * short, top=box.top - _MARGIN * short,
        right=box.right + _MARGIN * short, bottom=box.bottom + _MARGIN * short,
    )  # fmt: skip
    faces = rect_corners(sign, room)
    away = np.array(view.eye) - faces.mean(1)
    face = int((face_normals(faces) * away).sum(1).argmax())
    corners, _ = project(view, faces[face])
    long = min(round(high_px * max(room.width, room.height) / min(room.width, room.height)), _LONGEST * high_px)
    wide = (high_px, long) if room.height > room.width else (long, high_px)
    return Crop(corners, wide)


def cut(rgb: NDArray[np.uint8], crop: Crop) -> NDArray[np.uint8]:
    """The line upright and flat: (height, width, 3)."""
    width, height = crop.size_px
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    turn = cv2.getPerspectiveTransform((crop.corners_px - 0.5).astype(np.float32), target)
    return np.asarray(cv2.warpPerspective(rgb, turn, (width, height), flags=cv2.INTER_LINEAR), np.uint8)
