"""Lines of text as a drone's camera would show them, cut out of flat sheets on the fly."""

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from goldentime.eval.dataset.sign_sheets import SheetLine, SheetNote
from goldentime.perception.reading_alphabet import encode
from goldentime.perception.reading_lines import normalise, picture_width, rectify, sideways
from goldentime.perception.reading_net import COLUMN_PX, LINE_PX

__all__ = ["LineBatch", "Sheets", "decoded", "line_batch", "seen_line_picture"]

Rng = np.random.Generator
_COLUMNS_PX = 48 * 224
"""Width of all lines of a batch together."""
_WIDEST_PX = 448
_OVERRUN = 0.2
"""Share of the lines that are found too long at one end."""
_LETTER_PX = (9.0, 64.0)
"""Height of a line in the camera's picture."""


class Sheets(NamedTuple):
    """All sheets, and the lines on them."""

    pictures: list[NDArray[np.uint8]]
    """JPEG files."""
    notes: list[SheetNote]
    lines: list[tuple[int, int]]
    """Sheet and place of each line."""


def decoded(file: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The RGB picture in a JPEG file."""
    return np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR_RGB), np.uint8)


class LineBatch(NamedTuple):
    """Lines of similar width."""

    pictures: NDArray[np.float32]
    """(n, 1, LINE_PX, width)."""
    columns: NDArray[np.int64]
    """(n) columns of the network that are filled."""
    classes: NDArray[np.int64]
    """The classes of all texts, one after another."""
    lengths: NDArray[np.int64]
    """(n) classes of each text."""


def _squeeze(rng: Rng) -> float:
    """Width of what is seen at an angle, of its width straight on."""
    return math.cos(math.radians(52.0) * math.sqrt(float(rng.random())))


def line_batch(sheets: Sheets, rng: Rng) -> LineBatch:
    """Some lines, as many as fill the batch."""
    drawn = [(sheets.lines[int(i)], _squeeze(rng)) for i in rng.integers(len(sheets.lines), size=400)]
    widths = np.array([_width(sheets, place, squeeze) for place, squeeze in drawn])
    order = np.argsort(widths, kind="stable")
    order = order[widths[order] <= _WIDEST_PX]
    first = int(rng.integers(len(order)))
    rows: list[tuple[NDArray[np.float32], list[int]]] = []
    widest = 0
    for number in order[first:]:
        (sheet, line), squeeze = drawn[int(number)]
        picture, classes = _sample(sheets, sheet, line, squeeze, rng)
        if picture.shape[1] > _WIDEST_PX:
            continue
        rows.append((picture, classes))
        widest = max(widest, picture.shape[1])
        if len(rows) * widest >= _COLUMNS_PX or len(rows) == 96:
            break
    if len(rows) < 4:
        return line_batch(sheets, rng)
    return _stack(rows)


def _width(sheets: Sheets, place: tuple[int, int], squeeze: float) -> float:
    note = sheets.notes[place[0]]
    left, top, right, bottom = note.lines[place[1]].box_px
    across, along = (right - left, bottom - top) if not note.vertical else ((bottom - top) / squeeze, right - left)
    return LINE_PX * squeeze * across / along


def _stack(rows: list[tuple[NDArray[np.float32], list[int]]]) -> LineBatch:
    width = -(-max(picture.shape[1] for picture, _ in rows) // 32) * 32
    pictures = np.zeros((len(rows), 1, LINE_PX, width), np.float32)
    for row, (picture, _) in enumerate(rows):
        pictures[row, 0, :, : picture.shape[1]] = picture
    columns = np.array([-(-picture.shape[1] // COLUMN_PX) for picture, _ in rows])
    classes = np.array([kind for _, kinds in rows for kind in kinds])
    return LineBatch(pictures, columns, classes, np.array([len(kinds) for _, kinds in rows]))


def _sample(sheets: Sheets, sheet: int, line: int, squeeze: float, rng: Rng) -> tuple[NDArray[np.float32], list[int]]:
    note = sheets.notes[sheet]
    flat = decoded(sheets.pictures[sheet])
    classes = encode(note.lines[line].text)
    picture = seen_line_picture(flat, note.lines[line], note.vertical, squeeze, rng)
    need = COLUMN_PX * (2 * len(classes) + 1)
    if picture.shape[1] < need:
        picture = np.asarray(cv2.resize(picture, (need, LINE_PX), interpolation=cv2.INTER_LINEAR), np.float32)
    return picture, classes


def seen_line_picture(
    flat: NDArray[np.uint8], line: SheetLine, vertical: bool, squeeze: float, rng: Rng
) -> NDArray[np.float32]:
    """One line seen at an angle from afar, and rectified as well as a finder does it: (LINE_PX, width), normalised."""
    left, top, right, bottom = line.box_px
    box = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
    seen, corners = _photograph(flat, box, vertical, squeeze, rng)
    grey = _spoil(seen, rng)
    quad = _as_found(corners, vertical, rng)
    quad = sideways(quad) if vertical else quad
    return normalise(rectify(grey, quad, picture_width(quad)))


def _photograph(
    flat: NDArray[np.uint8], box: NDArray[np.float32], vertical: bool, squeeze: float, rng: Rng
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The surroundings of a box through a camera, and the box's corners there."""
    letter = box[1, 0] - box[0, 0] if vertical else box[3, 1] - box[0, 1]
    low, high = _LETTER_PX
    scale = low * (high / low) ** float(rng.random() ** 0.8) / letter
    ready = flat
    if scale < 0.55:  # as a texture's mipmaps do
        smaller = cv2.resize(flat, None, fx=1.3 * scale, fy=1.3 * scale, interpolation=cv2.INTER_AREA)
        ready = np.asarray(smaller, np.uint8)
    sx, sy = ready.shape[1] / flat.shape[1], ready.shape[0] / flat.shape[0]
    points = box * (sx, sy) - 0.5
    aim = _tilted(box * scale, squeeze, vertical, rng)
    aim -= aim.min(0) - letter * scale * 0.7 - rng.random(2)
    size = np.ceil(aim.max(0) + letter * scale * 0.7).astype(int)
    to_view = cv2.getPerspectiveTransform(points.astype(np.float32), aim.astype(np.float32))
    mode = cv2.BORDER_CONSTANT if rng.random() < 0.7 else cv2.BORDER_REPLICATE
    wall = tuple(int(part) for part in rng.integers(20, 235, 3))
    seen = cv2.warpPerspective(
        ready, to_view, (int(size[0]), int(size[1])), flags=cv2.INTER_LINEAR, borderMode=mode, borderValue=wall
    )
    return np.asarray(seen, np.uint8), aim.astype(np.float32)


def _tilted(box: NDArray[np.floating], squeeze: float, vertical: bool, rng: Rng) -> NDArray[np.float64]:
    """A box narrowed by the angle, with the far end smaller, and turned a little."""
    centre = box.mean(0)
    away = (box - centre) * (squeeze, 1.0)
    half = np.abs(away).max(0)
    reach = half[1 if vertical else 0]
    slope = float(rng.normal(0.0, 0.07)) * math.sqrt(max(1.0 - squeeze**2, 0.02)) * min(reach / half.min(), 6.0) / 2
    slope = float(np.clip(slope, -0.25, 0.25))
    x = away[:, 0] / half[0]
    depth = 1.0 + slope * x
    away = away / depth[:, None]
    angle = float(rng.normal(0.0, math.radians(3.0)))
    shear = float(rng.normal(0.0, 0.04))
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle) + shear, math.cos(angle)]])
    return np.asarray(away @ turn.T, np.float64)


def _spoil(seen: NDArray[np.uint8], rng: Rng) -> NDArray[np.float32]:
    """Grey levels after light, haze, blur, noise and compression."""
    weights = np.array([0.3, 0.59, 0.11])
    if rng.random() < 0.12:  # teaches other pairs of colours
        weights = rng.dirichlet((2.0, 2.0, 2.0))
    grey = seen.astype(np.float32) @ weights.astype(np.float32)
    height, width = grey.shape
    if rng.random() < 0.4:
        grey = grey * _shade(height, width, rng)
    if rng.random() < 0.35:
        clear = float(rng.uniform(0.2, 1.0))
        grey = clear * grey + (1.0 - clear) * float(rng.uniform(40, 220))
    grey = grey * float(rng.uniform(0.35, 1.25))
    if rng.random() < 0.5:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(0.3, 0.9))), np.float32)
    if rng.random() < 0.15:
        long = int(rng.integers(2, 5))
        kernel = np.full((1, long), 1 / long, np.float32)
        grey = np.asarray(cv2.filter2D(grey, -1, kernel if rng.random() < 0.5 else kernel.T), np.float32)
    if rng.random() < 0.7:
        grey = grey + rng.normal(0.0, float(rng.uniform(0.5, 8.0)), grey.shape).astype(np.float32)
    grey = np.clip(grey, 0, 255)
    if rng.random() < 0.15:
        _, file = cv2.imencode(".jpg", grey.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))])
        grey = np.asarray(cv2.imdecode(file, cv2.IMREAD_GRAYSCALE), np.float32)
    return np.asarray(grey, np.float32)


def _shade(height: int, width: int, rng: Rng) -> NDArray[np.float32]:
    """Light that changes smoothly, or the edge of a shadow."""
    if rng.random() < 0.5:
        coarse = rng.uniform(0.5, 1.2, (2, 3)).astype(np.float32)
        return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    angle, edge = float(rng.uniform(0, 2 * math.pi)), float(rng.uniform(-0.6, 0.6))
    side = x * math.cos(angle) + y * math.sin(angle) - edge
    return np.asarray(1.0 - float(rng.uniform(0.2, 0.6)) / (1 + np.exp(-side * 12)), np.float32)


def _as_found(corners: NDArray[np.float32], vertical: bool, rng: Rng) -> NDArray[np.float32]:
    """Corners of the rim that a finder leaves around the ink, with its errors."""
    down = 0.5 * float(np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1]))
    across = 0.5 * float(np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3]))
    size = across if vertical else down
    thick, ends = rng.uniform(0.02, 0.2, 2) * size, rng.uniform(0.0, 0.45, 2) * size
    if rng.random() < _OVERRUN:  # over the pictogram or the border beside the text, which are no letters
        ends[int(rng.integers(2))] = rng.uniform(0.45, 1.7) * size
    rims: list[float] = [*ends, *thick] if vertical else [*thick, *ends]
    top, bottom, left, right = rims
    u = (corners[1] - corners[0] + corners[2] - corners[3]) / (2 * max(across, 1e-6))
    v = (corners[3] - corners[0] + corners[2] - corners[1]) / (2 * max(down, 1e-6))
    moved = corners + np.array([-left * u - top * v, right * u - top * v, right * u + bottom * v, -left * u + bottom * v])
    return np.asarray(moved + rng.normal(0.0, 0.025 * size, (4, 2)), np.float32)
