"""Colours: the named ones that clothes are told by, natural ones of people, and paints of walls, floors and ground."""

import colorsys
from typing import NamedTuple

import numpy as np

from goldentime.envs.assets.library import Colour
from goldentime.envs.scenes.scene import Pool

__all__ = ["CLOTHES", "Look", "Named", "draw_look", "hair", "named", "near", "paint", "shoes", "skin"]

Rng = np.random.Generator
Span = tuple[float, float]

CLOTHES: dict[str, Colour] = {
    "red": (0.76, 0.10, 0.11),
    "orange": (0.93, 0.48, 0.08),
    "yellow": (0.94, 0.82, 0.16),
    "green": (0.13, 0.50, 0.22),
    "light blue": (0.45, 0.70, 0.90),
    "blue": (0.11, 0.28, 0.72),
    "navy": (0.07, 0.10, 0.26),
    "purple": (0.42, 0.16, 0.56),
    "pink": (0.93, 0.52, 0.66),
    "brown": (0.38, 0.23, 0.13),
    "black": (0.07, 0.07, 0.08),
    "grey": (0.50, 0.51, 0.52),
    "white": (0.93, 0.93, 0.91),
}
"""What the colours of clothes are called; a drawn one lies close enough to its own to keep the name."""

_BOTTOMS = ("navy", "black", "grey", "brown", "blue", "black", "navy", "green", "white", "red", "purple", "pink")
_SKINS: tuple[Colour, ...] = (
    (0.95, 0.80, 0.70), (0.90, 0.72, 0.58), (0.82, 0.62, 0.47), (0.66, 0.47, 0.34), (0.46, 0.31, 0.22), (0.30, 0.20, 0.15),
)  # fmt: skip
_HAIRS: tuple[Colour, ...] = (
    (0.06, 0.05, 0.05), (0.10, 0.07, 0.05), (0.20, 0.13, 0.08), (0.36, 0.22, 0.12), (0.70, 0.54, 0.30), (0.45, 0.18, 0.08),
)  # fmt: skip
_SHOES: tuple[Colour, ...] = (
    (0.06, 0.06, 0.07), (0.30, 0.19, 0.11), (0.92, 0.92, 0.90), (0.42, 0.43, 0.45), (0.70, 0.12, 0.12), (0.12, 0.2, 0.45),
)  # fmt: skip


class Named(NamedTuple):
    """A drawn colour and what it is called."""

    name: str
    colour: Colour


def near(colour: Colour, rng: Rng, hue: float = 0.012, light: float = 0.06) -> Colour:
    """A colour close to another: a little off in hue, saturation and brightness."""
    h, s, v = colorsys.rgb_to_hsv(*colour)
    h += float(rng.uniform(-hue, hue))
    s *= float(rng.uniform(0.85, 1.1))
    v += float(rng.uniform(-light, light))
    red, green, blue = colorsys.hsv_to_rgb(h % 1.0, min(s, 1.0), min(max(v, 0.03), 1.0))
    return round(red, 3), round(green, 3), round(blue, 3)


def named(rng: Rng, *, bottom: bool = False) -> Named:
    """A colour of a piece of clothing; trousers and skirts are dark more often."""
    names = _BOTTOMS if bottom else tuple(CLOTHES)
    name = names[int(rng.integers(len(names)))]
    return Named(name, near(CLOTHES[name], rng, light=0.03 if name in ("black", "navy", "white", "grey") else 0.05))


def skin(rng: Rng) -> Colour:
    """From light to dark, the lighter half more often."""
    place = float(rng.beta(1.2, 1.8)) * (len(_SKINS) - 1)
    low = min(int(place), len(_SKINS) - 2)
    blend = [a + (b - a) * (place - low) for a, b in zip(_SKINS[low], _SKINS[low + 1], strict=True)]
    return near((blend[0], blend[1], blend[2]), rng, 0.008, 0.02)


def hair(rng: Rng, *, old: bool) -> Colour:
    """Black and brown mostly; grey and white on the old."""
    if old:
        grey = float(rng.uniform(0.55, 0.9))
        return near((grey, grey, 0.98 * grey), rng, 0.0, 0.02)
    share = (0.3, 0.25, 0.2, 0.12, 0.08, 0.05)
    return near(_HAIRS[int(rng.choice(len(_HAIRS), p=share))], rng, 0.01, 0.02)


def shoes(rng: Rng) -> Colour:
    """Of leather or cloth."""
    return near(_SHOES[int(rng.integers(len(_SHOES)))], rng)


def paint(colour: Colour) -> str:
    """The material of that colour, see `render.classes.colour_of`."""
    return "paint_" + "".join(f"{round(255 * min(max(part, 0.0), 1.0)):02x}" for part in colour)


class Look(NamedTuple):
    """Materials that make one scene look unlike the next."""

    walls: tuple[str, ...]
    """Some, to choose from."""
    floor: str
    ceiling: str
    ground: str
    paving: str
    road: str
    trim: str
    """Door frames and skirting boards, the tops of walls."""
    kerb: str


# Hues of the pools do not meet: the middle of each span and half its width, with saturation and brightness.
_WALL_HUES: dict[Pool, tuple[float, ...]] = {"train": (0.05, 0.12, 0.30, 0.58, 0.95), "test": (0.08, 0.17, 0.45, 0.72)}
_HUE_SPREAD = 0.012
_LIGHT: dict[Pool, tuple[Span, ...]] = {"train": ((0.72, 0.80), (0.86, 0.94)), "test": ((0.80, 0.86), (0.94, 0.98))}
"""Brightness of walls."""


def draw_look(pool: Pool, rng: Rng) -> Look:
    """The materials of one scene; those of the pools differ in hue and brightness."""
    walls = tuple(_tint(pool, rng, (0.02, 0.26), 1.02) for _ in range(5))
    green = bool(rng.random() < 0.4)
    earth: Colour = (0.32, 0.42, 0.20) if green else (0.46, 0.42, 0.35)
    shift = 0.0 if pool == "train" else 0.07
    grey = float(rng.uniform(0.20, 0.27)) + shift
    return Look(
        walls=walls,
        floor=_tint(pool, rng, (0.03, 0.26), 0.72),
        ceiling=_tint(pool, rng, (0.0, 0.05), 1.05),
        ground=paint(near((earth[0] + shift, earth[1] + shift, earth[2] + shift), rng, 0.02, 0.03)),
        paving=_tint(pool, rng, (0.02, 0.12), 0.74),
        road=paint(near((grey, grey, grey + 0.01), rng, 0.0, 0.01)),
        trim=_tint(pool, rng, (0.05, 0.4), 0.5),
        kerb=_tint(pool, rng, (0.02, 0.1), 0.62),
    )


def _tint(pool: Pool, rng: Rng, saturation: Span, brightness: float) -> str:
    hue = _WALL_HUES[pool][int(rng.integers(len(_WALL_HUES[pool])))] + float(rng.uniform(-_HUE_SPREAD, _HUE_SPREAD))
    low, high = _LIGHT[pool][int(rng.integers(len(_LIGHT[pool])))]
    light = min(float(rng.uniform(low, high)) * brightness, 1.0)
    return paint(colorsys.hsv_to_rgb(hue % 1.0, float(rng.uniform(*saturation)), light))
