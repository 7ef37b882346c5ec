"""Signs as data: what is written, how it looks, how it hangs, and what hides part of it.

Sign coordinates are metres from the face's upper left corner, x to the right and y down, as its reader sees it.
"""

import unicodedata
from enum import StrEnum
from typing import NamedTuple

from goldentime.errors import ConfigError
from goldentime.records import record

__all__ = ["Colour", "Cover", "Language", "Mounting", "Pictogram", "Rect", "SignKind", "SignSpec", "TextLine"]

Colour = tuple[int, int, int]
"""Red, green, blue in 0..255, sRGB."""


class Rect(NamedTuple):
    """A rectangle in sign coordinates [m]."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


class SignKind(StrEnum):
    """What a sign is for."""

    ROOM_PLATE = "room_plate"
    EXIT = "exit"
    FLOOR_NUMBER = "floor_number"
    SHOP = "shop"
    STREET = "street"
    HAZARD = "hazard"
    NOTICE = "notice"
    BUILDING = "building"


class Language(StrEnum):
    """The language of the words; bare numbers belong to either."""

    KO = "ko"
    EN = "en"
    MIXED = "mixed"


class Mounting(StrEnum):
    """How a sign is fixed: on the wall, at right angles to the wall, or below a ceiling. The last two have two faces."""

    FLAT = "flat"
    PROJECTING = "projecting"
    HANGING = "hanging"


class Pictogram(StrEnum):
    """The drawing beside the text."""

    NONE = "none"
    RUNNING = "running"
    WARNING = "warning"
    BOLT = "bolt"
    FLAME = "flame"
    FORBIDDEN = "forbidden"
    ARROW = "arrow"


@record
class TextLine:
    """One line of text in Unicode NFC."""

    text: str
    scale: float = 1.0
    """Letter size relative to the sign's largest line."""


@record
class Cover:
    """An opaque rectangle over part of the face, and the characters of one line that it hides."""

    x_m: float
    y_m: float
    width_m: float
    height_m: float
    line: int
    """Index of the line."""
    start: int
    """The first hidden character."""
    stop: int
    """One past the last hidden character."""
    colour: Colour = (184, 160, 118)


@record
class SignSpec:
    """Everything that decides a sign's picture. Equal records give equal bytes for one version of Pillow and the fonts."""

    kind: SignKind
    language: Language
    lines: tuple[TextLine, ...]
    font: str
    """A name of `font_names()`, or the path of a font file."""
    size_m: tuple[float, float]
    """Width and height of the face."""
    height_m: float
    """The face's centre above the floor."""
    face: Colour
    ink: Colour
    edge: Colour
    """Of the border."""
    border_m: float = 0.0
    corner: float = 0.0
    """Radius of the corners as a fraction of the shorter side, in [0, 0.5]."""
    mounting: Mounting = Mounting.FLAT
    pictogram: Pictogram = Pictogram.NONE
    vertical: bool = False
    """Characters stand below one another; one line only."""
    stretch: float = 1.0
    """Width of the letters relative to the font's own."""
    weight: float = 0.0
    """Thickening of the strokes on either side, as a fraction of the letter size."""
    wear: float = 0.0
    """Fading, flaking and scratches, in [0, 1]."""
    soot: float = 0.0
    """Blackening, in [0, 1]."""
    backlight: float = 0.0
    """Light from inside the face, in [0, 1]; also the share of its colour that the face emits."""
    covers: tuple[Cover, ...] = ()
    seed: int = 0
    """Of the pattern of wear and soot."""

    @property
    def text(self) -> str:
        """All that is written, lines joined by a space: what a reader should infer, covers or not."""
        return " ".join(line.text for line in self.lines)

    def __post_init__(self) -> None:
        _check_text(self)
        _check_numbers(self)
        for cover in self.covers:
            _check_cover(self, cover)


def _check_text(spec: SignSpec) -> None:
    if not spec.lines:
        raise ConfigError("lines: expected at least one, got none")
    if spec.vertical and len(spec.lines) != 1:
        raise ConfigError(f"vertical: expected one line, got {len(spec.lines)}")
    for line in spec.lines:
        if not line.text.strip() or line.text != unicodedata.normalize("NFC", line.text):
            raise ConfigError(f"lines: expected text in Unicode NFC, got {line.text!r}")
        if not 0.1 <= line.scale <= 1.0:
            raise ConfigError(f"lines: expected a scale in [0.1, 1], got {line.scale}")


def _check_numbers(spec: SignSpec) -> None:
    ranges = {
        "size_m": (0.02, 30.0, *spec.size_m),
        "height_m": (0.0, 100.0, spec.height_m),
        "border_m": (0.0, 0.2 * min(spec.size_m), spec.border_m),
        "corner": (0.0, 0.5, spec.corner),
        "stretch": (0.5, 2.0, spec.stretch),
        "weight": (0.0, 0.1, spec.weight),
        "wear": (0.0, 1.0, spec.wear),
        "soot": (0.0, 1.0, spec.soot),
        "backlight": (0.0, 1.0, spec.backlight),
        "colours": (0, 255, *spec.face, *spec.ink, *spec.edge),
        "seed": (0, 2**63, spec.seed),
    }
    for name, (low, high, *values) in ranges.items():
        for value in values:
            if not low <= value <= high:
                raise ConfigError(f"{name}: expected {low:g} to {high:g}, got {value}")


def _check_cover(spec: SignSpec, cover: Cover) -> None:
    if not 0 <= cover.line < len(spec.lines):
        raise ConfigError(f"covers: the sign has {len(spec.lines)} lines, got line {cover.line}")
    length = len(spec.lines[cover.line].text)
    if not 0 <= cover.start < cover.stop <= length:
        raise ConfigError(f"covers: expected 0 <= start < stop <= {length}, got {cover.start} and {cover.stop}")
    if not (cover.width_m > 0.0 and cover.height_m > 0.0):
        raise ConfigError(f"covers: expected a positive size, got {cover.width_m} by {cover.height_m} m")
    width, height = spec.size_m
    slack = 1e-6
    inside_x = -slack <= cover.x_m and cover.x_m + cover.width_m <= width + slack
    inside_y = -slack <= cover.y_m and cover.y_m + cover.height_m <= height + slack
    if not (inside_x and inside_y):
        raise ConfigError(f"covers: expected a rectangle within the face of {width} by {height} m, got {cover}")
