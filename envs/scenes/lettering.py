"""Signs in a scene: drawn for the pool, and hung where there is a wall behind and room for a look."""

import re
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from goldentime.envs.level import Point
from goldentime.envs.scenes.draft import Bounds, Draft
from goldentime.envs.signage.fonts import pool_fonts
from goldentime.envs.signage.words import sign_lines
from goldentime.envs.signs import Language, Mounting, PlacedSign, SignKind, SignSpec, SignVariety, TextLine, draw_sign

__all__ = ["Wall", "draw_flat", "hang_on_wall", "room_plate", "scene_sign", "wall_behind"]

Rng = np.random.Generator

_ROOM_NUMBER = re.compile(r"B?\d{3,4}(-\d+)?")
_TRIES = 8


class Wall(NamedTuple):
    """A stretch of wall that signs may hang on."""

    begin: Point
    """[m] foot of its left end, as who looks at it sees it."""
    end: Point
    yaw: float
    """[rad] which way it faces."""
    height_m: float

    def at(self, along_m: float) -> Point:
        """A place at the wall's foot, so far from its left end [m]."""
        share = along_m / self.length_m
        x, y, z = (a + share * (b - a) for a, b in zip(self.begin, self.end, strict=True))
        return round(x, 4), round(y, 4), round(z, 4)

    @property
    def length_m(self) -> float:
        """Of the stretch."""
        return max(float(np.hypot(self.end[0] - self.begin[0], self.end[1] - self.begin[1])), 1e-9)


def scene_sign(
    kind: SignKind, draft: Draft, lines: tuple[TextLine, ...] = (), language: Language | None = None
) -> SignSpec:
    """A sign of a kind, of the fonts and words of the pool."""
    variety = SignVariety(fonts=pool_fonts(draft.pool), words=draft.pool)
    return draw_sign(kind, draft.rng, variety, language=language, lines=lines)


def draw_flat(kind: SignKind, draft: Draft) -> SignSpec:
    """A sign that is fixed to a wall."""
    spec = scene_sign(kind, draft)
    return replace(spec, mounting=Mounting.FLAT) if spec.mounting is Mounting.HANGING else spec


def room_plate(draft: Draft, floor: int, place: int) -> SignSpec:
    """The plate of one room; the numbers of one storey's rooms agree."""
    rng = draft.rng
    language = (Language.KO, Language.EN, Language.MIXED)[int(rng.choice(3, p=(0.5, 0.3, 0.2)))]
    number = f"{floor}{place:02d}" if floor > 0 else f"B{-floor}{place:02d}"
    lines = sign_lines(SignKind.ROOM_PLATE, language, rng, draft.pool)
    own = tuple(replace(line, text=_ROOM_NUMBER.sub(number, line.text)) for line in lines)
    spec = scene_sign(SignKind.ROOM_PLATE, draft, own, language)
    return replace(spec, mounting=Mounting.FLAT) if spec.mounting is Mounting.PROJECTING else spec


def wall_behind(draft: Draft, sign: PlacedSign) -> bool:
    """Whether a flat sign's back lies on something solid everywhere."""
    width, height = sign.spec.size_m
    x, y, z = sign.anchor
    out, across = (np.cos(sign.yaw), np.sin(sign.yaw)), (-np.sin(sign.yaw), np.cos(sign.yaw))
    for u in (-0.48, 0.0, 0.48):
        for v in (-0.48, 0.0, 0.48):
            a = x - 0.03 * out[0] + u * width * across[0]
            b = y - 0.03 * out[1] + u * width * across[1]
            c = z + sign.spec.height_m + v * height
            spot = Bounds((a - 0.01, b - 0.01, c - 0.01), (a + 0.01, b + 0.01, c + 0.01))
            if draft.fits(spot, among_solids=True):
                return False
    return True


def hang_on_wall(draft: Draft, spec: SignSpec, wall: Wall, along_m: float | None = None) -> int | None:
    """Hang a sign on a wall, at a place of its own choice unless told; its place among the signs, None without room."""
    half = 0.5 * spec.size_m[0] if spec.mounting is Mounting.FLAT else 0.1
    top = wall.height_m - 0.5 * spec.size_m[1] - 0.05
    low = 0.5 * spec.size_m[1] + 0.05
    if wall.length_m < 2 * half + 0.05 or top < low:
        return None
    spec = replace(spec, height_m=round(min(max(spec.height_m, low), top), 3))
    for _ in range(_TRIES if along_m is None else 1):
        place = float(draft.rng.uniform(half, wall.length_m - half)) if along_m is None else along_m
        sign = PlacedSign(spec=spec, anchor=wall.at(place), yaw=wall.yaw)
        if spec.mounting is Mounting.FLAT and not wall_behind(draft, sign):
            continue
        number = draft.hang(sign)
        if number is not None:
            return number
    return None
