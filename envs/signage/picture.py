"""A sign's face as an image: background, border, pictogram, text, age, light, covers, soot."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from goldentime.envs.signage.fonts import load_font
from goldentime.envs.signage.layout import glyphs, panes
from goldentime.envs.signage.pictograms import pictogram_tile
from goldentime.envs.signage.spec import Cover, Pictogram, SignSpec
from goldentime.envs.signage.weather import blacken, lighten, weather
from goldentime.errors import ConfigError

__all__ = ["sign_image"]

_EDGE_OVERSIZE = 4
_IN_PLACE = ((0.0, 0.0),)
_AROUND = (
    *((-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)),
    *((-0.7, -0.7), (0.7, -0.7), (-0.7, 0.7), (0.7, 0.7)),
)
_MOST_PIXELS = 16_000_000


@lru_cache(maxsize=128)
def sign_image(spec: SignSpec, pixels_per_m: float) -> NDArray[np.uint8]:
    """The face as its reader sees it, lit evenly.

    Args:
        spec: the sign.
        pixels_per_m: resolution; `512 / spec.size_m[0]` gives 512 pixels of width.

    Returns:
        (height, width, 4) uint8, sRGB and opacity (0 outside rounded corners), top row first. It is shared by all who ask,
        so it can't be written to.

    Raises:
        ConfigError: the font is unknown, or the picture would be beyond 16 million pixels.
    """
    width, height = (max(round(side * pixels_per_m), 1) for side in spec.size_m)
    if width * height > _MOST_PIXELS:
        raise ConfigError(f"pixels_per_m: {pixels_per_m} makes {width} by {height} pixels, more than {_MOST_PIXELS}")
    body, opacity = _body(spec, width, height)
    _add_pictogram(spec, body, pixels_per_m)
    body.paste(spec.ink, mask=_text_mask(spec, width, height, pixels_per_m))
    body = lighten(spec, weather(spec, body))
    for cover in spec.covers:
        _add_cover(cover, body, opacity, pixels_per_m)
    body = blacken(spec, body)
    body.putalpha(opacity)
    return np.asarray(body, dtype=np.uint8)  # of an image's own memory, hence read-only


def _body(spec: SignSpec, width: int, height: int) -> tuple[Image.Image, Image.Image]:
    """The bare face with its border, and the opacity of its outline."""
    radius = spec.corner * min(width, height)
    border = spec.border_m * width / spec.size_m[0]
    body = Image.new("RGB", (width, height), spec.edge if border else spec.face)
    if border:
        body.paste(spec.face, mask=_plate(width, height, border, max(radius - border, 0.0)))
    return body, _plate(width, height, 0.0, radius)


def _plate(width: int, height: int, inset: float, radius: float) -> Image.Image:
    """A rounded rectangle as an opacity mask with smooth edges."""
    if inset == 0.0 and radius == 0.0:
        return Image.new("L", (width, height), 255)
    size = _EDGE_OVERSIZE
    large = Image.new("L", (width * size, height * size), 0)
    box = (inset * size, inset * size, (width - inset) * size - 1, (height - inset) * size - 1)
    ImageDraw.Draw(large).rounded_rectangle(box, radius * size, fill=255)
    return large.reduce(size)


def _add_pictogram(spec: SignSpec, body: Image.Image, pixels_per_m: float) -> None:
    square, _ = panes(spec)
    if square is None or spec.pictogram is Pictogram.NONE:
        return
    side = max(round(square.width * pixels_per_m), 1)
    corner = (round(square.left * pixels_per_m), round(square.top * pixels_per_m))
    body.paste(pictogram_tile(spec.pictogram, side, spec.face, spec.ink), corner)


def _text_mask(spec: SignSpec, width: int, height: int, pixels_per_m: float) -> Image.Image:
    """Opacity of the text. It is drawn with the font's own widths and stretched afterwards."""
    narrow = max(round(width / spec.stretch), 1)
    mask = Image.new("L", (narrow, height), 0)
    pen = ImageDraw.Draw(mask)
    across = narrow / width * pixels_per_m
    for glyph in glyphs(spec):
        letter = max(glyph.letter_m * pixels_per_m, 1.0)
        font = load_font(spec.font, round(letter, 2))
        # FreeType's own stroker thins glyphs whose contours run the other way round (Nanum Gothic Light has some).
        for dx, dy in _AROUND if spec.weight else _IN_PLACE:
            place = (glyph.x_m * across + dx * spec.weight * letter, glyph.y_m * pixels_per_m + dy * spec.weight * letter)
            pen.text(place, glyph.character, 255, font, anchor="ls")
    return mask if narrow == width else mask.resize((width, height), Image.Resampling.BILINEAR)


def _add_cover(cover: Cover, body: Image.Image, opacity: Image.Image, pixels_per_m: float) -> None:
    """Paste an opaque patch with a darker rim, on whole pixels."""
    left, top = round(cover.x_m * pixels_per_m), round(cover.y_m * pixels_per_m)
    right = max(round((cover.x_m + cover.width_m) * pixels_per_m) - 1, left)
    bottom = max(round((cover.y_m + cover.height_m) * pixels_per_m) - 1, top)
    red, green, blue = (part * 4 // 5 for part in cover.colour)
    rim = max((bottom - top) // 24, 1)
    box = (left, top, right, bottom)
    ImageDraw.Draw(body).rectangle(box, fill=cover.colour, outline=(red, green, blue), width=rim)
    ImageDraw.Draw(opacity).rectangle(box, fill=255)
