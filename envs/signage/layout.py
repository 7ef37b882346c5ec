"""Where each character stands on a sign, in metres: independent of the picture's resolution.

Characters are placed one by one without kerning, so the picture, the truth about covers and a crop of one line agree.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from goldentime.envs.signage.fonts import load_font
from goldentime.envs.signage.spec import Pictogram, Rect, SignSpec, TextLine

__all__ = ["Glyph", "Lettering", "around", "glyphs", "line_box", "natural_size", "panes"]

_TRIAL_PX = 200.0
_LINE_GAP = 0.28
"""Between lines, in letter sizes of the lower one."""
_CELL_GAP = 0.10
_PADDING = 0.10
"""Around text and pictogram, as a fraction of the shorter side."""
_SQUARISH = 1.35


def around(rects: Sequence[Rect]) -> Rect:
    """The smallest rectangle that holds all of them."""
    lefts, tops, rights, bottoms = zip(*rects, strict=True)
    return Rect(min(lefts), min(tops), max(rights), max(bottoms))


class Glyph(NamedTuple):
    """One character in place."""

    line: int
    place: int
    """In its line's text."""
    character: str
    x_m: float
    """Pen position."""
    y_m: float
    """Baseline."""
    letter_m: float
    """Letter size."""
    ink: Rect


class Lettering(NamedTuple):
    """How text is set, whatever its size."""

    font: str
    stretch: float
    weight: float
    vertical: bool

    @staticmethod
    def of(spec: SignSpec) -> "Lettering":
        return Lettering(spec.font, spec.stretch, spec.weight, spec.vertical)


@lru_cache(maxsize=16384)
def _metrics(font: str, character: str) -> tuple[float, Rect]:
    """Advance and ink box about the pen position, in letter sizes."""
    trial = load_font(font, _TRIAL_PX)
    box = trial.getbbox(character, anchor="ls")
    return trial.getlength(character) / _TRIAL_PX, Rect(*(float(edge) / _TRIAL_PX for edge in box))


def _set_line(line: TextLine, how: Lettering) -> tuple[Rect, list[Glyph]]:
    """One line about its own pen start at letter size 1: its box, and its glyphs."""
    capital = _metrics(how.font, "H")[1]
    top, bottom = capital.top, capital.bottom
    pen, placed = 0.0, []
    for index, character in enumerate(line.text):
        advance, box = _metrics(how.font, character)
        ink = Rect(
            pen + box.left * how.stretch - how.weight,
            box.top - how.weight,
            pen + box.right * how.stretch + how.weight,
            box.bottom + how.weight,
        )
        placed.append(Glyph(0, index, character, pen, 0.0, 1.0, ink))
        top, bottom = min(top, ink.top), max(bottom, ink.bottom)
        pen += advance * how.stretch + 2 * how.weight
    return Rect(min(glyph.ink.left for glyph in placed), top, max(glyph.ink.right for glyph in placed), bottom), placed


def _set_column(line: TextLine, how: Lettering) -> tuple[Rect, list[Glyph]]:
    """One line with its characters below one another."""
    pen, placed = 0.0, []
    for index, character in enumerate(line.text):
        _, box = _metrics(how.font, character)
        if character == " ":
            pen += 0.4
            continue
        height, middle = box.height + 2 * how.weight, (box.left + box.right) / 2 * how.stretch
        half = box.width * how.stretch / 2 + how.weight
        ink = Rect(-half, pen, half, pen + height)
        placed.append(Glyph(0, index, character, -middle, pen - box.top + how.weight, 1.0, ink))
        pen += height + _CELL_GAP
    half = max(glyph.ink.right for glyph in placed)
    return Rect(-half, 0.0, half, pen - _CELL_GAP), placed


def _moved(glyph: Glyph, line: int, scale: float, x: float, y: float) -> Glyph:
    left, top, right, bottom = glyph.ink
    ink = Rect(x + scale * left, y + scale * top, x + scale * right, y + scale * bottom)
    return Glyph(
        line, glyph.place, glyph.character, x + scale * glyph.x_m, y + scale * glyph.y_m, scale * glyph.letter_m, ink
    )


def _block(lines: tuple[TextLine, ...], how: Lettering) -> tuple[float, float, list[Glyph]]:
    """All lines centred below one another at letter size 1, from (0, 0): width, height, glyphs."""
    parts = [_set_column(lines[0], how)] if how.vertical else [_set_line(line, how) for line in lines]
    width = max(line.scale * box.width for line, (box, _) in zip(lines, parts, strict=True))
    y, placed = 0.0, []
    for number, (line, (box, part)) in enumerate(zip(lines, parts, strict=True)):
        scale = line.scale
        y += _LINE_GAP * scale if number else 0.0
        x = (width - scale * box.width) / 2 - scale * box.left
        placed += [_moved(glyph, number, scale, x, y - scale * box.top) for glyph in part]
        y += scale * box.height
    return width, y, placed


def natural_size(lines: tuple[TextLine, ...], how: Lettering) -> tuple[float, float]:
    """Width and height of the text in sizes of its largest letters."""
    width, height, _ = _block(lines, how)
    return width, height


def panes(spec: SignSpec) -> tuple[Rect | None, Rect]:
    """Where the pictogram (a square) and the text go: side by side, or one above the other on a squarish face."""
    width, height = spec.size_m
    inset = spec.border_m + _PADDING * min(width, height)
    left, top, right, bottom = inset, inset, width - inset, height - inset
    if spec.pictogram is Pictogram.NONE:
        return None, Rect(left, top, right, bottom)
    if width >= _SQUARISH * height:
        side = min(bottom - top, 0.4 * (right - left))
        middle = (top + bottom) / 2
        square = Rect(left, middle - side / 2, left + side, middle + side / 2)
        return square, Rect(left + side + inset, top, right, bottom)
    side = min(0.5 * (bottom - top), right - left)
    middle = (left + right) / 2
    return Rect(middle - side / 2, top, middle + side / 2, top + side), Rect(left, top + side + inset / 2, right, bottom)


@lru_cache(maxsize=1024)
def glyphs(spec: SignSpec) -> tuple[Glyph, ...]:
    """All characters of a sign, as large as its text pane lets them be."""
    _, pane = panes(spec)
    width, height, placed = _block(spec.lines, Lettering.of(spec))
    scale = min(pane.width / width, pane.height / height)
    x = pane.left + (pane.width - scale * width) / 2
    y = pane.top + (pane.height - scale * height) / 2
    return tuple(_moved(glyph, glyph.line, scale, x, y) for glyph in placed)


def line_box(spec: SignSpec, line: int) -> Rect:
    """The box around the ink of one line."""
    inks = [glyph.ink for glyph in glyphs(spec) if glyph.line == line and glyph.character != " "]
    return around(inks)
