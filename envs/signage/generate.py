"""Draws signs of a kind: words, font, colours, size, mounting, age, and what covers them."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from goldentime.envs.signage.fonts import font_names, missing_glyphs
from goldentime.envs.signage.layout import Lettering, around, glyphs, natural_size
from goldentime.envs.signage.spec import Colour, Cover, Language, Mounting, Pictogram, Rect, SignKind, SignSpec, TextLine
from goldentime.envs.signage.vocabulary import Words
from goldentime.envs.signage.words import sign_lines
from goldentime.errors import ConfigError
from goldentime.records import record

__all__ = ["SignVariety", "draw_sign"]

Rng = np.random.Generator
Span = tuple[float, float]


@record
class SignVariety:
    """How much signs differ from one another."""

    languages: tuple[float, float, float] = (0.5, 0.3, 0.2)
    """Shares of Korean, English and both on one sign."""
    fonts: tuple[str, ...] = ()
    """Names of installed fonts or paths of font files; none given means all that are installed. `pool_fonts` names a
    pool's."""
    words: Words = "all"
    """Whose words: those for training, those for tests, or both; see `vocabulary`."""
    wear: Span = (0.0, 0.5)
    soot: Span = (0.0, 0.3)
    backlit: float = 0.3
    """Share of the signs of lit kinds (exits, shops) that are lit from inside."""
    covered: float = 0.1
    """Share of the signs that are partly covered."""

    def __post_init__(self) -> None:
        for name, (low, high) in {"wear": self.wear, "soot": self.soot}.items():
            if not 0.0 <= low <= high <= 1.0:
                raise ConfigError(f"{name}: expected 0 <= low <= high <= 1, got {low} and {high}")
        for name, share in {"backlit": self.backlit, "covered": self.covered}.items():
            if not 0.0 <= share <= 1.0:
                raise ConfigError(f"{name}: expected a share in [0, 1], got {share}")
        if min(self.languages) < 0.0 or sum(self.languages) <= 0.0:
            raise ConfigError(f"languages: expected shares of which one is positive, got {self.languages}")


class _Style(NamedTuple):
    """How signs of one kind are made."""

    palettes: tuple[tuple[Colour, Colour, Colour], ...]
    """Face, ink, edge."""
    letter_m: Span
    widest_m: float
    height_m: Span
    mountings: tuple[Mounting, ...]
    lit: bool = False
    pictograms: tuple[Pictogram, ...] = (Pictogram.NONE,)
    light: bool = True
    """Thin fonts may be used."""


WHITE, BLACK, GREY = (244, 244, 240), (24, 24, 26), (96, 100, 104)
GREEN, RED, YELLOW, BLUE = (0, 122, 61), (196, 24, 32), (250, 204, 16), (20, 68, 150)
NAVY, CREAM, BROWN, TEAL = (18, 34, 74), (246, 234, 204), (84, 52, 30), (0, 110, 120)
ORANGE, PINK, SILVER, WINE = (238, 120, 16), (250, 196, 206), (206, 208, 210), (112, 20, 40)
_FLAT, _OUT, _HUNG = Mounting.FLAT, Mounting.PROJECTING, Mounting.HANGING
_SHOP_COLOURS = (
    (WHITE, BLACK, SILVER), (RED, WHITE, RED), (NAVY, WHITE, NAVY), (YELLOW, BLACK, YELLOW), (CREAM, BROWN, BROWN),
    (GREEN, WHITE, WHITE), (BLACK, YELLOW, BLACK), (TEAL, WHITE, TEAL), (WHITE, RED, RED), (PINK, WINE, WINE),
    (ORANGE, WHITE, ORANGE), (BROWN, CREAM, CREAM), (WHITE, BLUE, BLUE), (BLACK, WHITE, SILVER), (WINE, CREAM, WINE),
)  # fmt: skip
_STYLES: dict[SignKind, _Style] = {
    SignKind.ROOM_PLATE: _Style(
        ((WHITE, BLACK, GREY), (SILVER, BLACK, GREY), (NAVY, WHITE, NAVY), (BROWN, CREAM, BROWN), (BLACK, WHITE, GREY)),
        (0.11, 0.17), 1.3, (1.3, 2.3), (_FLAT, _FLAT, _FLAT, _OUT),
    ),
    SignKind.EXIT: _Style(
        ((GREEN, WHITE, GREEN), (WHITE, GREEN, GREEN), (GREEN, WHITE, WHITE)),
        (0.12, 0.2), 1.8, (0.5, 2.6), (_FLAT, _HUNG, _HUNG, _OUT), True, (Pictogram.RUNNING, Pictogram.NONE), False,
    ),
    SignKind.FLOOR_NUMBER: _Style(
        ((WHITE, BLACK, WHITE), (YELLOW, BLACK, YELLOW), (BLUE, WHITE, WHITE), (SILVER, NAVY, GREY), (GREY, WHITE, GREY)),
        (0.2, 0.5), 1.8, (0.8, 2.4), (_FLAT, _FLAT, _HUNG), False, (Pictogram.NONE, Pictogram.NONE, Pictogram.ARROW),
    ),
    SignKind.SHOP: _Style(_SHOP_COLOURS, (0.28, 0.6), 5.0, (2.5, 5.5), (_FLAT, _FLAT, _OUT), True),
    SignKind.STREET: _Style(
        ((BLUE, WHITE, WHITE), (GREEN, WHITE, WHITE), (NAVY, WHITE, WHITE), (WHITE, NAVY, NAVY)),
        (0.14, 0.26), 1.8, (2.2, 3.8), (_FLAT, _OUT), False, (Pictogram.NONE, Pictogram.NONE, Pictogram.ARROW), False,
    ),
    SignKind.HAZARD: _Style(
        ((YELLOW, BLACK, BLACK), (WHITE, RED, RED), (RED, WHITE, WHITE), (ORANGE, BLACK, BLACK), (YELLOW, BLACK, YELLOW)),
        (0.12, 0.24), 1.6, (0.5, 3.0), (_FLAT, _FLAT, _FLAT, _HUNG), False, (Pictogram.WARNING, Pictogram.NONE), False,
    ),
    SignKind.NOTICE: _Style(
        ((WHITE, BLACK, BLACK), (BLUE, WHITE, BLUE), (RED, WHITE, WHITE), (WHITE, RED, RED), (GREEN, WHITE, WHITE)),
        (0.11, 0.2), 1.5, (0.5, 2.5), (_FLAT, _FLAT, _OUT, _HUNG),
    ),
    SignKind.BUILDING: _Style(
        ((WHITE, BLACK, WHITE), (SILVER, NAVY, SILVER), (NAVY, WHITE, NAVY), (RED, WHITE, RED), (WHITE, BLUE, WHITE)),
        (0.35, 0.7), 7.0, (3.2, 8.0), (_FLAT,), True,
    ),
}  # fmt: skip
_SYMBOLS = (
    (("전압", "감전", "VOLTAGE", "SHOCK"), Pictogram.BOLT),
    (("가스", "인화", "폭발", "고온", "FLAMMABLE", "GAS", "EXPLOSIVE", "HOT"), Pictogram.FLAME),
    (("금지", "엄금", "KEEP OUT", "NO "), Pictogram.FORBIDDEN),
)
_THIN = "NanumGothicLight"


def draw_sign(
    kind: SignKind,
    rng: Rng,
    variety: SignVariety | None = None,
    *,
    language: Language | None = None,
    lines: tuple[TextLine, ...] | None = None,
) -> SignSpec:
    """Draw one sign.

    Args:
        kind: what the sign is for; a `SignKind` or its value.
        rng: the only source of chance.
        variety: how much signs differ.
        language: this one rather than a drawn one.
        lines: what the sign says; drawn from the vocabulary of the kind when not given. Then `language` says whose it is.

    Raises:
        ConfigError: no font is installed, or none given holds all characters of the text.
    """
    kind, variety = SignKind(kind), variety or SignVariety()
    drawn = tuple(Language)[int(rng.choice(3, p=np.array(variety.languages) / sum(variety.languages)))]
    language = language or drawn
    lines = lines or sign_lines(kind, language, rng, variety.words)
    spec = _dressed(kind, language, lines, variety, rng)
    return _covered(spec, rng) if rng.random() < variety.covered else spec


def _dressed(kind: SignKind, language: Language, lines: tuple[TextLine, ...], variety: SignVariety, rng: Rng) -> SignSpec:
    style = _STYLES[kind]
    face, ink, edge = style.palettes[int(rng.integers(len(style.palettes)))]
    mounting = style.mountings[int(rng.integers(len(style.mountings)))]
    how = _lettering(lines, variety.fonts, style, rng)
    how = how._replace(vertical=_stands_upright(kind, mounting, lines))
    pictogram = _pictogram(kind, style, lines, rng)
    border, size = _size(lines, how, pictogram, style, rng)
    return SignSpec(
        kind=kind,
        language=language,
        lines=lines,
        font=how.font,
        size_m=size,
        height_m=round(max(float(rng.uniform(*style.height_m)), size[1] / 2 + 0.05), 3),
        face=_shade(face, rng),
        ink=ink,
        edge=edge,
        border_m=border,
        corner=(0.0, 0.0, 0.12, 0.25)[int(rng.integers(4))],
        mounting=mounting,
        pictogram=pictogram,
        vertical=how.vertical,
        stretch=how.stretch,
        weight=how.weight,
        wear=round(float(rng.uniform(*variety.wear)), 3),
        soot=round(float(rng.uniform(*variety.soot)), 3),
        backlight=round(float(rng.uniform(0.3, 1.0)), 3) if style.lit and rng.random() < variety.backlit else 0.0,
        seed=int(rng.integers(2**31)),
    )


def _lettering(lines: tuple[TextLine, ...], wanted: tuple[str, ...], style: _Style, rng: Rng) -> Lettering:
    """A font that holds all characters, and how it is bent."""
    text = "".join(line.text for line in lines)
    fonts = wanted or font_names()
    if not style.light:
        fonts = tuple(name for name in fonts if name != _THIN) or fonts
    fit = [name for name in fonts if not missing_glyphs(name, text)]
    if not fit:
        raise ConfigError(f"fonts: none of {list(fonts)} holds all characters of {text!r}; installed: {font_names()}")
    font = fit[int(rng.integers(len(fit)))]
    heavy = "Bold" in font
    weight = 0.0 if heavy or rng.random() < 0.5 else round(float(rng.uniform(0.005, 0.02)), 3)
    return Lettering(font, round(float(rng.uniform(0.85, 1.15)), 2), weight, False)


def _stands_upright(kind: SignKind, mounting: Mounting, lines: tuple[TextLine, ...]) -> bool:
    """Projecting shop signs of one Korean word are written downwards."""
    text = lines[0].text
    short = len(lines) == 1 and len(text) <= 8 and " " not in text
    return kind is SignKind.SHOP and mounting is Mounting.PROJECTING and short and not text.isascii()


def _pictogram(kind: SignKind, style: _Style, lines: tuple[TextLine, ...], rng: Rng) -> Pictogram:
    chosen = style.pictograms[int(rng.integers(len(style.pictograms)))]
    if kind is not SignKind.HAZARD or chosen is Pictogram.NONE:
        return chosen
    text = lines[0].text
    return next((symbol for words, symbol in _SYMBOLS if any(word in text for word in words)), Pictogram.WARNING)


def _size(
    lines: tuple[TextLine, ...], how: Lettering, pictogram: Pictogram, style: _Style, rng: Rng
) -> tuple[float, tuple[float, float]]:
    """Width of the border, and width and height of a face that holds the text at a drawn letter size."""
    wide, high = natural_size(lines, how)
    letter = float(rng.uniform(*style.letter_m))
    margin = float(rng.uniform(0.3, 0.6))
    square = 0.0 if pictogram is Pictogram.NONE else max(high, 1.4) + margin / 2
    letter = min(letter, style.widest_m / (wide + square + margin))
    width, height = letter * (wide + square + margin), letter * (max(high, 1.0) + margin)
    border = round(0.03 * min(width, height), 4) if rng.random() < 0.6 else 0.0
    return border, (round(width + 2 * border, 3), round(height + 2 * border, 3))


def _shade(colour: Colour, rng: Rng) -> Colour:
    """The colour, a little off."""
    red, green, blue = (int(np.clip(part + rng.integers(-10, 11), 0, 255)) for part in colour)
    return red, green, blue


def _covered(spec: SignSpec, rng: Rng) -> SignSpec:
    """The sign with up to a third of one line's characters behind a patch; too short a text stays open."""
    line = int(rng.integers(len(spec.lines)))
    row = [glyph for glyph in glyphs(spec) if glyph.line == line and glyph.character != " "]
    if len(row) < 3:
        return spec
    count = int(rng.integers(1, max(len(row) // 3, 1) + 1))
    first = int(rng.integers(len(row) - count + 1))
    hidden = row[first : first + count]
    before = row[first - 1].ink if first else None
    after = row[first + count].ink if first + count < len(row) else None
    patch = _patch(spec, [glyph.ink for glyph in hidden], before, after)
    colour = ((184, 160, 118), (232, 230, 220), (60, 84, 52), (120, 122, 126))[int(rng.integers(4))]
    cover = Cover(
        x_m=patch.left, y_m=patch.top, width_m=patch.width, height_m=patch.height,
        line=line, start=hidden[0].place, stop=hidden[-1].place + 1, colour=colour,
    )  # fmt: skip
    return replace(spec, covers=(cover,))


def _patch(spec: SignSpec, inks: list[Rect], before: Rect | None, after: Rect | None) -> Rect:
    """The box around the hidden ink, wider by half of the gaps to its neighbours and by a margin across the line."""
    left, top, right, bottom = around(inks)
    margin = 0.06 * min(bottom - top, right - left)

    def gap(near: float) -> float:
        return min(near / 2, margin)  # negative where letters overlap, as the A and Y of WAY do

    if spec.vertical:
        up = gap(top - before.bottom) if before else margin
        down = gap(after.top - bottom) if after else margin
        patch = Rect(left - margin, top - up, right + margin, bottom + down)
    else:
        west = gap(left - before.right) if before else margin
        east = gap(after.left - right) if after else margin
        patch = Rect(left - west, top - margin, right + east, bottom + margin)
    width, height = spec.size_m
    return Rect(max(patch.left, 0.0), max(patch.top, 0.0), min(patch.right, width), min(patch.bottom, height))
