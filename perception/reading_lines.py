"""From a finder's maps to quadrilaterals around lines, and from these to rectified pictures of lines."""

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from goldentime.perception.reading_net import LINE_PX

__all__ = [
    "KERNEL",
    "RIMS",
    "FoundLine",
    "cut_line",
    "face_quad",
    "find_faces",
    "find_lines",
    "normalise",
    "picture_width",
    "rectify",
    "sideways",
    "strip",
    "with_rim",
]

Floats = NDArray[np.float32]
KERNEL = 0.5
"""Height of the middle of a line that the finder marks, in heights of the line; its ends are a quarter of one short."""
RIMS = (0.11, 0.2)
"""Above and below the ink of a rectified line, in heights of the line: a reader that looks twice errs less."""
_END_RIM = 0.22
_LEAST_CELLS = 6
_WIDEST_PX = 960


class FoundLine(NamedTuple):
    """A line of text in a frame."""

    quad: Floats
    """(4, 2) [cells of the maps]: upper left, upper right, lower right, lower left of the ink."""
    down: bool
    """Its characters stand below one another."""
    score: float
    """Mean probability over its middle."""


def sideways(quad: Floats) -> Floats:
    """The corners of a column such that it is rectified to a line of characters that lie on their left side."""
    return quad[[1, 2, 3, 0]]


def picture_width(quad: Floats) -> int:
    """The width that a line's picture has at a height of LINE_PX, so that letters keep their shape [px]."""
    across = 0.5 * (math.dist(quad[0], quad[1]) + math.dist(quad[3], quad[2]))
    along = 0.5 * (math.dist(quad[0], quad[3]) + math.dist(quad[1], quad[2]))
    return int(np.clip(round(LINE_PX * across / max(along, 1e-3)), LINE_PX // 2, _WIDEST_PX))


def rectify(picture: NDArray[np.uint8] | Floats, quad: Floats, width_px: int) -> NDArray[np.integer | np.floating]:
    """What lies in a quadrilateral, as a rectangle: (LINE_PX, width_px, ...).

    Args:
        picture: (height, width) or with channels behind, uint8 or float32.
        quad: (4, 2) [px] upper left, upper right, lower right, lower left; pixel centres lie on whole numbers.
        width_px: of the rectangle.
    """
    along = 0.5 * (math.dist(quad[0], quad[3]) + math.dist(quad[1], quad[2]))
    finer = int(np.clip(round(along / LINE_PX), 1, 4))  # large letters are averaged, not skipped over
    w, h = width_px * finer, LINE_PX * finer
    aim = np.array([(-0.5, -0.5), (w - 0.5, -0.5), (w - 0.5, h - 0.5), (-0.5, h - 0.5)], np.float32)
    turn = cv2.getPerspectiveTransform(np.asarray(quad, np.float32), aim)
    flags = cv2.INTER_LINEAR if along > LINE_PX else cv2.INTER_CUBIC
    large = cv2.warpPerspective(picture, turn, (w, h), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return large if finer == 1 else cv2.resize(large, (width_px, LINE_PX), interpolation=cv2.INTER_AREA)


def normalise(grey: NDArray[np.generic]) -> Floats:
    """Grey levels with mean 0 and deviation 1; a flat picture stays 0."""
    levels = np.asarray(grey, np.float32)
    return np.asarray((levels - levels.mean()) / max(float(levels.std()), 2.0), np.float32)


def find_lines(middle: Floats, reach: Floats, down: bool, least: float) -> list[FoundLine]:
    """Lines of text out of the finder's maps.

    Args:
        middle: (rows, columns) probability of a line's middle.
        reach: (2, rows, columns) logarithm of the distance [cells] to the edges on either side.
        down: whether the middles are those of columns of characters.
        least: probability from which a cell counts.
    """
    _, labels, boxes, _ = cv2.connectedComponentsWithStats((middle > least).astype(np.uint8), connectivity=8)
    found = []
    for number, (left, top, width, height, area) in enumerate(boxes[1:].tolist(), 1):
        if area < _LEAST_CELLS:
            continue
        rows, columns = np.nonzero(labels[top : top + height, left : left + width] == number)
        rows, columns = rows + top, columns + left
        weight = middle[rows, columns]
        if (score := float(weight.mean())) < 0.5 * (1 + least):
            continue
        near, far = np.exp(np.clip(reach[:, rows, columns], -3.0, 5.0))
        at, across = (rows, columns) if down else (columns, rows)
        edges = _edges(at, across, near, far, weight)
        if edges is not None:
            found.append(FoundLine(edges[:, ::-1].copy()[[0, 3, 2, 1]] if down else edges, down, score))
    return found


def _edges(
    at: NDArray[np.integer], across: NDArray[np.integer], near: Floats, far: Floats, weight: Floats
) -> Floats | None:
    """The quadrilateral between the straight lines that fit both edges, with the ends that the middle falls short of."""
    first, second = _fit(at, across - near, weight), _fit(at, across + far, weight)
    start, end = float(at.min()) - 0.5, float(at.max()) + 0.5
    start -= 0.25 * max(second(start) - first(start), 0.5)
    end += 0.25 * max(second(end) - first(end), 0.5)
    quad = np.array([(start, first(start)), (end, first(end)), (end, second(end)), (start, second(start))], np.float32)
    size = quad[[3, 2], 1] - quad[[0, 1], 1]
    return quad if bool((size > 0.5).all()) else None


def _fit(at: NDArray[np.integer], edge: NDArray[np.floating], weight: Floats) -> np.poly1d:
    """A straight line through points of which some are astray."""
    x = at.astype(np.float64)
    degree = 1 if np.ptp(x) >= 4 else 0
    trust = weight.astype(np.float64)
    line = np.poly1d(np.polyfit(x, edge, degree, w=trust))
    for _ in range(2):
        off = np.abs(edge - line(x))
        line = np.poly1d(np.polyfit(x, edge, degree, w=trust / (1.0 + (off / 0.5) ** 2)))
    return line


def find_faces(face: Floats, least: float) -> NDArray[np.int32]:
    """(rows, columns): 0 where no sign is, else a number for each face."""
    _, labels = cv2.connectedComponents((face > least).astype(np.uint8), connectivity=4)
    return np.asarray(labels, np.int32)


def with_rim(quad: Floats, down: bool, rim: float) -> Floats:
    """The quadrilateral that is cut out for a line: wider than its ink, as the reader was taught."""
    turned = sideways(quad) if down else quad
    along = 0.5 * ((turned[1] - turned[0]) + (turned[2] - turned[3]))
    side = 0.5 * ((turned[3] - turned[0]) + (turned[2] - turned[1]))
    size, length = float(np.hypot(*side)), max(float(np.hypot(*along)), 1e-3)
    end = along / length * _END_RIM * size
    top, bottom = (turned[3] - turned[0]) * rim, (turned[2] - turned[1]) * rim
    return np.asarray(
        [turned[0] - end - top, turned[1] + end - bottom, turned[2] + end + bottom, turned[3] - end + top], np.float32
    )


def cut_line(rgb: NDArray[np.uint8], quad_px: Floats, down: bool, rim: float) -> Floats:
    """A found line as the network takes it: (LINE_PX, width) grey levels."""
    quad = with_rim(quad_px, down, rim)
    low = np.maximum(np.floor(quad.min(0)).astype(int) - 2, 0)
    top = np.minimum(np.ceil(quad.max(0)).astype(int) + 3, rgb.shape[1::-1])
    if (top - low < 2).any():
        return np.zeros((LINE_PX, LINE_PX), np.float32)
    part = np.ascontiguousarray(rgb[low[1] : top[1], low[0] : top[0]])
    grey = part.astype(np.float32) @ np.array([0.3, 0.59, 0.11], np.float32)
    moved = np.asarray(quad - low, np.float32)
    return normalise(rectify(grey, moved, picture_width(moved)))


def strip(rgb: NDArray[np.uint8], quad_px: Floats, down: bool) -> NDArray[np.uint8]:
    """A found line in colour, 40 pixels high."""
    quad = with_rim(quad_px, down, RIMS[-1])
    width = picture_width(quad) * 40 // LINE_PX
    aim = np.array([(-0.5, -0.5), (width - 0.5, -0.5), (width - 0.5, 39.5), (-0.5, 39.5)], np.float32)
    turn = cv2.getPerspectiveTransform(quad, aim)
    cut = cv2.warpPerspective(rgb, turn, (width, 40), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def face_quad(face: NDArray[np.bool_]) -> Floats:
    """The corners of a face of a sign from its cells: (4, 2) [cells], from the upper left one clockwise."""
    contours, _ = cv2.findContours(face.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))
    length = cv2.arcLength(hull, True)
    corners: Floats = np.asarray(cv2.boxPoints(cv2.minAreaRect(hull)), np.float32)
    for share in (0.02, 0.04, 0.06, 0.08, 0.1):
        fewer = cv2.approxPolyDP(hull, share * length, True)
        if len(fewer) == 4:
            corners = np.asarray(fewer[:, 0], np.float32)
            break
    centre = corners.mean(0)
    around = corners[np.argsort(np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0]))]
    first = int(np.argmin(around.sum(1)))
    ordered = np.roll(around, -first, 0)
    away = ordered - centre
    reach = np.maximum(np.abs(away), 1e-6)
    return np.asarray(centre + away * (1.0 + 1.0 / reach), np.float32)  # marked a cell short on each side
