"""Frames with signs in them, put together on the fly from flat sheets and backgrounds: what the finder is trained on.

Pictures are half the size of the camera's; the maps' cells are `reading_net.MAP_PX` pixels of them.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from goldentime.baselines.vision.reader_lines import Sheets, decoded
from goldentime.baselines.vision.reader_walls import draw_wall
from goldentime.eval.dataset.sign_sheets import SheetNote
from goldentime.perception.reading_lines import KERNEL
from goldentime.perception.reading_net import MAP_PX

__all__ = ["FrameBatch", "FrameSource", "frame_batch"]

Rng = np.random.Generator
Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]
_FOCAL_PX = (180.0, 470.0)
_FINEST = 16
"""Sub-pixel steps of polygons (OpenCV's `shift` of 4)."""


class _Kind(NamedTuple):
    """A kind of batch."""

    share: float
    """Of the batches."""
    frames: int
    """Of a batch."""
    height: int
    width: int
    letter_px: tuple[float, float]
    signs: tuple[float, ...]
    """Shares of the frames with 0, 1, ... signs."""


_KINDS = (
    _Kind(0.3, 6, 240, 320, (3.5, 75.0), (0.05, 0.25, 0.3, 0.25, 0.15)),  # a first look
    _Kind(0.45, 18, 112, 224, (14.0, 36.0), (0.03, 0.97)),  # a closer look at one sign
    _Kind(0.25, 12, 112, 352, (14.0, 32.0), (0.03, 0.97)),  # at a long one
)


class FrameSource(NamedTuple):
    """What frames are put together from."""

    sheets: Sheets
    backgrounds: Sequence[Picture] = ()
    """JPEG files of frames without any text; there may be none."""


class FrameBatch(NamedTuple):
    """Frames and what is to be found in them."""

    pictures: NDArray[np.uint8]
    """(n, height, width, 3) RGB."""
    masks: NDArray[np.float32]
    """(n, 3, height / 2, width / 2): middles of lines across, of columns, faces."""
    reach: NDArray[np.float32]
    """(n, 2, ...) as `FinderMaps.reach`, where the first two masks are 1."""


class _Canvas:
    """A frame in the making."""

    def __init__(self, picture: Picture, letter_px: tuple[float, float]) -> None:
        self.picture, self.letter_px = picture, letter_px
        self.height, self.width = picture.shape[:2]
        cells = (self.height // MAP_PX, self.width // MAP_PX)
        self.masks = np.zeros((3, *cells), np.uint8)
        self.reach = np.zeros((2, *cells), np.float32)
        self.taken: list[Floats] = []


def frame_batch(source: FrameSource, rng: Rng) -> FrameBatch:
    """Some frames of one size."""
    kind = _KINDS[int(rng.choice(len(_KINDS), p=[kind.share for kind in _KINDS]))]
    frames = [_frame(source, kind, rng) for _ in range(kind.frames)]
    return FrameBatch(
        np.stack([frame.picture for frame in frames]),
        np.stack([frame.masks for frame in frames]).astype(np.float32),
        np.stack([frame.reach for frame in frames]),
    )


def _frame(source: FrameSource, kind: _Kind, rng: Rng) -> _Canvas:
    canvas = _Canvas(_background(source, kind.height, kind.width, rng), kind.letter_px)
    for _ in range(int(rng.choice(len(kind.signs), p=kind.signs))):
        sheet = source.sheets.lines[int(rng.integers(len(source.sheets.lines)))][0]
        flat = decoded(source.sheets.pictures[sheet])
        if rng.random() < 0.12:
            _add_blank(canvas, flat, rng)
        else:
            _add_sign(canvas, flat, source.sheets.notes[sheet], rng)
    canvas.picture = _spoil(canvas.picture, rng)
    return canvas


def _background(source: FrameSource, height: int, width: int, rng: Rng) -> Picture:
    if not len(source.backgrounds) or rng.random() < 0.4:
        return draw_wall(height, width, rng)
    picture = decoded(source.backgrounds[int(rng.integers(len(source.backgrounds)))])
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
    zoom = float(rng.uniform(1.0, 2.5))
    high, wide = picture.shape[:2]
    part_h, part_w = int(high / zoom), min(int(high / zoom * width / height), wide)
    top, left = int(rng.integers(high - part_h + 1)), int(rng.integers(wide - part_w + 1))
    part = np.ascontiguousarray(picture[top : top + part_h, left : left + part_w])
    how = cv2.INTER_AREA if part_w > width else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (width, height), interpolation=how), np.uint8)


def _turned(rng: Rng) -> Floats:
    """A rotation: to the side by up to 55 degrees, up by some, about the line of sight by a few."""
    side = math.radians(58.0) * float(rng.random()) ** 0.8 * (1 if rng.random() < 0.5 else -1)
    rise, roll = float(rng.normal(0.0, 0.12)), float(rng.normal(0.0, 0.05))
    about_y = np.array([[math.cos(side), 0, math.sin(side)], [0, 1, 0], [-math.sin(side), 0, math.cos(side)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(rise), -math.sin(rise)], [0, math.sin(rise), math.cos(rise)]])
    about_z = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    turn: Floats = about_z @ about_x @ about_y
    return turn


def _view(canvas: _Canvas, shape: tuple[int, ...], letter: float, rng: Rng) -> Floats | None:
    """The homography from a flat face to the frame, None where it does not fit in."""
    high, wide = shape[:2]
    low, top = canvas.letter_px
    scale = low * (top / low) ** float(rng.random()) / letter
    scale = min(scale, 0.98 * canvas.width / wide, 0.98 * canvas.height / high)
    focal = float(rng.uniform(*_FOCAL_PX))
    turn = _turned(rng)
    # Face pixels about the centre, turned, at the distance where one of them is `scale` pixels of the frame.
    plane = np.column_stack([turn[:, 0], turn[:, 1], np.array([0.0, 0.0, focal / scale])])
    to_frame = (
        np.diag([focal, focal, 1.0]) @ plane @ np.array([[1, 0, -wide / 2 + 0.5], [0, 1, -high / 2 + 0.5], [0, 0, 1]])
    )
    corners = _moved(_rim(wide, high), to_frame)
    low_x, low_y = corners.min(0)
    top_x, top_y = corners.max(0)
    free_x, free_y = canvas.width - (top_x - low_x), canvas.height - (top_y - low_y)
    if free_x < 0 or free_y < 0:
        return None
    shift = np.eye(3)
    shift[0, 2] = float(rng.uniform(0, free_x)) - low_x
    shift[1, 2] = float(rng.uniform(0, free_y)) - low_y
    found: Floats = shift @ to_frame
    return found


def _rim(wide: float, high: float) -> Floats:
    return np.array([(-0.5, -0.5), (wide - 0.5, -0.5), (wide - 0.5, high - 0.5), (-0.5, high - 0.5)])


def _moved(points: Floats, to_frame: Floats) -> Floats:
    moved = np.column_stack([points, np.ones(len(points))]) @ to_frame.T
    result: Floats = moved[:, :2] / moved[:, 2:]
    return result


def _placed(canvas: _Canvas, shape: tuple[int, ...], letter: float, rng: Rng) -> Floats | None:
    """A view that covers no earlier sign."""
    for _ in range(6):
        to_frame = _view(canvas, shape, letter, rng)
        if to_frame is None:
            continue
        corners = _moved(_rim(shape[1], shape[0]), to_frame)
        box = np.concatenate([corners.min(0) - 2, corners.max(0) + 2])
        if all((box[:2] > t[2:]).any() or (box[2:] < t[:2]).any() for t in canvas.taken):
            canvas.taken.append(box)
            return to_frame
    return None


def _paste(canvas: _Canvas, flat: Picture, corner: float, to_frame: Floats, rng: Rng) -> None:
    high, wide = flat.shape[:2]
    corners = _moved(_rim(wide, high), to_frame)
    left, top = np.maximum(np.floor(corners.min(0)).astype(int) - 1, 0)
    right, bottom = np.minimum(np.ceil(corners.max(0)).astype(int) + 2, (canvas.width, canvas.height))
    scale = math.sqrt(abs(cv2.contourArea(corners.astype(np.float32))) / (wide * high))
    ready, finer = flat, np.eye(3)
    if scale < 0.6:
        smaller = cv2.resize(flat, None, fx=1.2 * scale, fy=1.2 * scale, interpolation=cv2.INTER_AREA)
        ready = np.asarray(smaller, np.uint8)
        x, y = wide / ready.shape[1], high / ready.shape[0]
        finer = np.array([[x, 0, 0.5 * (x - 1)], [0, y, 0.5 * (y - 1)], [0, 0, 1]])
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], np.float64)
    turn, size = shift @ to_frame @ finer, (int(right - left), int(bottom - top))
    plate = _plate(ready.shape[0], ready.shape[1], corner)
    face = cv2.warpPerspective(ready, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    share = cv2.warpPerspective(plate, turn, size, flags=cv2.INTER_LINEAR)[..., None].astype(np.float32) / 255
    light = float(rng.uniform(0.55, 1.1))
    part = canvas.picture[top:bottom, left:right]
    part[:] = np.clip(part * (1 - share) + light * face * share, 0, 255).astype(np.uint8)


def _plate(high: int, wide: int, corner: float) -> Picture:
    """Opacity of a face with round corners."""
    plate = np.full((high, wide), 255, np.uint8)
    radius = int(corner * min(high, wide))
    if radius > 1:
        plate[:] = 0
        cv2.rectangle(plate, (radius, 0), (wide - 1 - radius, high - 1), 255, -1)
        cv2.rectangle(plate, (0, radius), (wide - 1, high - 1 - radius), 255, -1)
        for x in (radius, wide - 1 - radius):
            for y in (radius, high - 1 - radius):
                cv2.circle(plate, (x, y), radius, 255, -1)
    return plate


def _add_blank(canvas: _Canvas, flat: Picture, rng: Rng) -> None:
    """A plate of a sign's colours without any text: it is nothing."""
    high, wide = flat.shape[:2]
    blank = np.full_like(flat, flat[high // 2, 3])
    for _ in range(int(rng.integers(0, 4))):
        x, y = int(rng.integers(wide)), int(rng.integers(high))
        colour = tuple(int(part) for part in flat[int(rng.integers(high)), int(rng.integers(wide))])
        if rng.random() < 0.5:
            cv2.circle(blank, (x, y), int(rng.integers(2, max(high // 3, 3))), colour, int(rng.choice((-1, 3, 6))))
        else:
            cv2.line(blank, (x, y), (int(rng.integers(wide)), int(rng.integers(high))), colour, int(rng.integers(2, 9)))
    to_frame = _placed(canvas, flat.shape, 72.0, rng)
    if to_frame is not None:
        _paste(canvas, blank, float(rng.choice((0.0, 0.12, 0.25))), to_frame, rng)


def _add_sign(canvas: _Canvas, flat: Picture, note: SheetNote, rng: Rng) -> None:
    letter = max((b[2] - b[0]) if note.vertical else (b[3] - b[1]) for b in (line.box_px for line in note.lines))
    to_frame = _placed(canvas, flat.shape, letter, rng)
    if to_frame is None:
        return
    _paste(canvas, flat, note.corner, to_frame, rng)
    face = _cells(_moved(_rim(flat.shape[1], flat.shape[0]), to_frame))
    centre = face.mean(0)
    _fill(canvas.masks[2], centre + (face - centre) * _shrunk(face))
    for line in note.lines:
        left, top, right, bottom = (edge - 0.5 for edge in line.box_px)
        quad = _moved(np.array([(left, top), (right, top), (right, bottom), (left, bottom)]), to_frame)
        _mark(canvas, _cells(quad), note.vertical)


def _shrunk(face: Floats) -> float:
    """Faces are marked a cell short on each side, so that neighbours stay apart."""
    side = min(float(np.linalg.norm(face[1] - face[0])), float(np.linalg.norm(face[3] - face[0])))
    return max(1.0 - 2.0 / max(side, 1e-6), 0.5)


def _cells(points: Floats) -> Floats:
    """From pixels to cells of the maps; centres lie on whole numbers in both."""
    cells: Floats = (points - 0.5 * (MAP_PX - 1)) / MAP_PX
    return cells


def _fill(mask: NDArray[np.uint8], polygon: Floats) -> None:
    cv2.fillPoly(mask, [np.rint(polygon * _FINEST).astype(np.int32)], 1, cv2.LINE_8, 4)


def _inside(quad: Floats, s: float, t: float) -> Floats:
    """A point of a quadrilateral, from (0, 0) at the first corner to (1, 1) at the third."""
    point: Floats = (1 - t) * ((1 - s) * quad[0] + s * quad[1]) + t * ((1 - s) * quad[3] + s * quad[2])
    return point


def _mark(canvas: _Canvas, quad: Floats, vertical: bool) -> None:
    """Enter one line: its middle, and the distances to its edges there."""
    turned = quad[[1, 2, 3, 0]] if vertical else quad
    along = float(np.linalg.norm(turned[1] - turned[0] + turned[2] - turned[3])) / 2
    size = float(np.linalg.norm(turned[3] - turned[0] + turned[2] - turned[1])) / 2
    end, side = min(0.25 * size / max(along, 1e-6), 0.4), 0.5 * (1 - KERNEL)
    middle = np.stack(
        [_inside(turned, s, t) for s, t in ((end, side), (1 - end, side), (1 - end, 1 - side), (end, 1 - side))]
    )
    fresh = np.zeros_like(canvas.masks[0])
    _fill(fresh, middle)
    rows, columns = np.nonzero(fresh)
    canvas.masks[1 if vertical else 0][rows, columns] = 1
    if vertical:
        near = _edge(rows, quad[0, ::-1], quad[3, ::-1])
        far = _edge(rows, quad[1, ::-1], quad[2, ::-1])
        canvas.reach[0][rows, columns] = np.log(np.clip(columns - near, 0.15, None))
        canvas.reach[1][rows, columns] = np.log(np.clip(far - columns, 0.15, None))
    else:
        near, far = _edge(columns, quad[0], quad[1]), _edge(columns, quad[3], quad[2])
        canvas.reach[0][rows, columns] = np.log(np.clip(rows - near, 0.15, None))
        canvas.reach[1][rows, columns] = np.log(np.clip(far - rows, 0.15, None))


def _edge(at: NDArray[np.int64], start: Floats, end: Floats) -> Floats:
    """The second coordinate of the straight line through two points where its first is `at`."""
    reach = float(end[0] - start[0])
    reach = reach if abs(reach) > 1e-6 else 1e-6
    edge: Floats = start[1] + (at - start[0]) * (end[1] - start[1]) / reach
    return edge


def _spoil(picture: Picture, rng: Rng) -> Picture:
    """Light, haze, blur, noise and compression of a whole frame."""
    seen = picture.astype(np.float32)
    height, width = picture.shape[:2]
    if rng.random() < 0.4:
        coarse = rng.uniform(0.45, 1.2, (3, 4)).astype(np.float32)
        seen *= cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    if rng.random() < 0.35:
        clear = cv2.resize(rng.uniform(0.25, 1.0, (4, 4)).astype(np.float32), (width, height))[..., None]
        seen = clear * seen + (1 - clear) * rng.uniform(50, 210) * rng.uniform(0.9, 1.1, 3).astype(np.float32)
    seen *= float(rng.uniform(0.45, 1.2)) * rng.uniform(0.9, 1.1, 3).astype(np.float32)
    if rng.random() < 0.5:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), float(rng.uniform(0.3, 0.9))), np.float32)
    if rng.random() < 0.6:
        seen += float(rng.uniform(0.5, 6.0)) * rng.standard_normal((height, width, 1), np.float32)
    return np.clip(seen, 0, 255).astype(np.uint8)
