"""Signs in a frame: the finder looks at the whole frame at half size, then closer at each sign with small letters."""

from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from goldentime.perception.reading_lines import FoundLine, face_quad, find_faces, find_lines
from goldentime.perception.reading_net import MAP_PX, FinderNet

__all__ = ["FoundSign", "find_signs"]

_LEAST = 0.5
_LEAST_FACE = 0.5
_AIM_PX = 26.0
"""Height that letters are brought to for a closer look: neither too small nor larger than what the finder was taught."""
_LINES_PER_FACE = 2.5
"""Height of a face without a line found, in heights of the line that may be on it."""
_FINEST, _COARSEST = 3.0, 0.15
_AROUND = 0.3
"""Of a sign's size that a closer look shows on each side."""
_MOST_CLOSER = 12
_TALL, _SQUARE = 1.7, 1.5
"""Height of a face over its width from which letters on it may form a column, and width of a letter over its height."""

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]


class FoundSign(NamedTuple):
    """Lines on one face."""

    lines: list[FoundLine]
    """From top to bottom; their quadrilaterals in pixels of the frame."""
    quad: Floats
    """(4, 2) [px] the face, or the text where no face is seen."""


class _Glance(NamedTuple):
    """A part of the frame as the finder is shown it."""

    left: int
    top: int
    scale: float
    """Pixels of the finder's input per pixel of the frame."""

    def to_px(self, cells: Floats) -> Floats:
        """From cells of the maps to pixels of the frame; centres lie on whole numbers in both."""
        return np.asarray((MAP_PX * cells + MAP_PX / 2) / self.scale - 0.5 + (self.left, self.top), np.float32)


def find_signs(net: FinderNet, rgb: Picture) -> list[FoundSign]:
    """All signs, from left to right.

    Args:
        net: in evaluation mode.
        rgb: (height, width, 3) uint8.
    """
    signs = [_closer(net, rgb, sign) for sign in _look(net, rgb, _Glance(0, 0, 0.5))[:_MOST_CLOSER]]
    return sorted((_as_column(s) for s in signs if s.lines), key=lambda sign: float(sign.quad[:, 0].mean()))


def _as_column(sign: FoundSign) -> FoundSign:
    """One column where single letters stand below one another on a tall face, which the finder takes for lines.

    Letters it missed are read too: the column is as far from the face's ends as from its sides.
    """
    (wide, high), letters = _sides(sign.quad), [_sides(line.quad) for line in sign.lines]
    if high < _TALL * wide or any(line.down for line in sign.lines) or any(w > _SQUARE * h for w, h in letters):
        return sign
    margin = max(0.5 * (wide - float(np.mean([w for w, _ in letters]))), 0.0)
    u, v = margin / wide, margin / high
    a, b, c, d = sign.quad
    ends = [((1 - y) * (1 - x) * a + (1 - y) * x * b + y * x * c + y * (1 - x) * d)
            for x, y in ((u, v), (1 - u, v), (1 - u, 1 - v), (u, 1 - v))]  # fmt: skip
    column = FoundLine(np.asarray(ends, np.float32), True, float(np.mean([line.score for line in sign.lines])))
    return FoundSign([column], sign.quad)


def _sides(quad: Floats) -> tuple[float, float]:
    """Mean width and height."""
    wide, high = ((quad[1] - quad[0]) + (quad[2] - quad[3])) / 2, ((quad[3] - quad[0]) + (quad[2] - quad[1])) / 2
    return float(np.hypot(*wide)), max(float(np.hypot(*high)), 1e-3)


def _size(sign: FoundSign) -> float:
    """Height of the largest letters [px], guessed where there are none."""
    sizes = []
    for line in sign.lines:
        a, b = (line.quad[1] - line.quad[0], line.quad[2] - line.quad[3])
        c, d = (line.quad[3] - line.quad[0], line.quad[2] - line.quad[1])
        sizes.append(float(np.hypot(*(a + b)) if line.down else np.hypot(*(c + d))) / 2)
    return max(sizes, default=float(np.hypot(*(sign.quad[3] - sign.quad[0]))) / _LINES_PER_FACE)


def _closer(net: FinderNet, rgb: Picture, sign: FoundSign) -> FoundSign:
    """The same sign from a closer look, or the first one where that shows nothing."""
    size = _size(sign)
    corners = np.concatenate([sign.quad, *(line.quad for line in sign.lines)])
    low, top = corners.min(0), corners.max(0)
    rim = _AROUND * (top - low).min() + 8
    left, upper = np.maximum(np.floor(low - rim).astype(int), 0).tolist()
    right, lower = np.minimum(np.ceil(top + rim).astype(int), (rgb.shape[1], rgb.shape[0])).tolist()
    if right - left < 8 or lower - upper < 8:
        return sign
    scale = float(np.clip(_AIM_PX / max(size, 1.0), _COARSEST, _FINEST))
    found = _look(net, rgb[upper:lower, left:right], _Glance(left, upper, scale))
    middle = sign.quad.mean(0)
    same = [f for f in found if f.lines and cv2.pointPolygonTest(f.quad, middle.tolist(), False) >= 0]
    best = max(same, key=lambda f: len(f.lines), default=None)
    return best or sign


def _look(net: FinderNet, part: Picture, glance: _Glance) -> list[FoundSign]:
    """The signs in a part of the frame; a face without a line is one too."""
    wide, high = (max(round(side * glance.scale / MAP_PX) * MAP_PX, 32) for side in part.shape[1::-1])
    how = cv2.INTER_AREA if glance.scale < 1 else cv2.INTER_LINEAR
    shown = cv2.resize(np.ascontiguousarray(part), (wide, high), interpolation=how)
    with torch.inference_mode():
        maps = net(torch.from_numpy(shown)[None].permute(0, 3, 1, 2).float() / 255)
        across, down, face = (one[0].sigmoid().numpy() for one in maps[:3])
    reach = maps.reach[0].numpy()
    lines = find_lines(across, reach, False, _LEAST) + find_lines(down, reach, True, _LEAST)
    return _grouped(lines, find_faces(face, _LEAST_FACE), glance)


def _grouped(lines: list[FoundLine], faces: NDArray[np.int32], glance: _Glance) -> list[FoundSign]:
    """Lines by the face they stand on; lines on no face stand alone."""
    by_face: dict[int, list[FoundLine]] = {int(number): [] for number in np.unique(faces) if number}
    for number, line in enumerate(lines):
        label = _label(faces, line.quad)
        by_face.setdefault(label or -1 - number, []).append(line._replace(quad=glance.to_px(line.quad)))
    signs = []
    for label, group in by_face.items():
        group.sort(key=lambda line: float(line.quad[:, 1].mean()))
        quad = glance.to_px(face_quad(faces == label)) if label > 0 else group[0].quad
        signs.append(FoundSign(group, quad))
    return sorted(signs, key=lambda sign: -_size(sign))


def _label(faces: NDArray[np.int32], quad: Floats) -> int:
    """The face that holds most of the middle of a line."""
    along = np.linspace(0.1, 0.9, 9)[:, None]
    points = (1 - along) * (quad[0] + quad[3]) / 2 + along * (quad[1] + quad[2]) / 2
    x = np.clip(np.rint(points[:, 0]).astype(int), 0, faces.shape[1] - 1)
    y = np.clip(np.rint(points[:, 1]).astype(int), 0, faces.shape[0] - 1)
    labels, counts = np.unique(faces[y, x], return_counts=True)
    return int(labels[counts.argmax()]) if counts.max() >= 5 else int(labels.max())
