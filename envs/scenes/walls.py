"""What walls are put together from: blocks, holes with what is left around them, door frames, skirting boards."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from goldentime.envs.level import Box
from goldentime.envs.scenes.draft import Draft
from goldentime.envs.scenes.lettering import Wall

__all__ = ["FRAME_M", "WALL_M", "Hole", "Span", "across", "block", "frame_door", "paint_of", "pierced", "skirt"]

Span = tuple[float, float]

WALL_M = 0.14
"""Thickness of a wall."""
FRAME_M = 0.05
"""Width of the posts of a door's frame, and height of its lintel."""
_PROUD_M = 0.02
"""By how much a frame stands out of the wall."""
_BOARD_M = (0.012, 0.09)
"""Thickness and height of skirting boards."""


class Hole(NamedTuple):
    """An opening in a wall: along the wall, and in height [m]."""

    along: Span
    z: Span


def paint_of(draft: Draft, number: int) -> str:
    """The material of a wall by some number of its own."""
    return draft.look.walls[number % len(draft.look.walls)]


def block(x: Span, y: Span, z: Span, material: str, semantic: str = "wall") -> Box:
    """A cuboid between two values along each axis."""
    spans = (x, y, z)
    a, b, c = (round(0.5 * (low + high), 4) for low, high in spans)
    d, e, f = (round(high - low, 4) for low, high in spans)
    return Box(centre=(a, b, c), size=(d, e, f), semantic=semantic, material=material)


def across(axis: int, along: Span, thick: Span) -> tuple[Span, Span]:
    """The spans in x and y of a part of a wall that runs along an axis."""
    return (thick, along) if axis else (along, thick)


def pierced(draft: Draft, wall: Box, holes: Sequence[Hole], axis: int = 0) -> None:
    """A wall along x or y with holes, as boxes: full pieces between the holes, then what is below and above each."""
    x, y, z = ((c - 0.5 * s, c + 0.5 * s) for c, s in zip(wall.centre, wall.size, strict=True))
    length, thick = (y, x) if axis else (x, y)
    begin = length[0]
    for hole in sorted(holes):
        if hole.along[0] > begin + 1e-6:
            draft.build(block(*across(axis, (begin, hole.along[0]), thick), z, wall.material))
        if hole.z[0] > z[0] + 0.01:
            draft.build(block(*across(axis, hole.along, thick), (z[0], hole.z[0]), wall.material))
        if hole.z[1] < z[1] - 0.01:
            draft.build(block(*across(axis, hole.along, thick), (hole.z[1], z[1]), wall.material))
        begin = hole.along[1]
    if length[1] > begin + 1e-6:
        draft.build(block(*across(axis, (begin, length[1]), thick), z, wall.material))


def frame_door(draft: Draft, at: Span, thick: Span, z: Span, axis: int = 0) -> None:
    """Posts and lintel around a doorway.

    Args:
        draft: what it is built in.
        at: middle of the doorway along its wall, and half its width.
        thick: of the wall, across it.
        z: of the doorway, from floor to lintel.
        axis: along which the wall runs.
    """
    middle, half = at
    reach, deep = half + FRAME_M, (thick[0] - _PROUD_M, thick[1] + _PROUD_M)
    for sign in (-1, 1):
        post = sorted((middle + sign * half, middle + sign * reach))
        draft.build(block(*across(axis, (post[0], post[1]), deep), z, draft.look.trim))
    top = (middle - reach, middle + reach)
    draft.build(block(*across(axis, top, deep), (z[1], z[1] + FRAME_M), draft.look.trim))


def skirt(draft: Draft, walls: Sequence[Wall]) -> None:
    """A board along the foot of each wall; it is thin enough for things to stand against the wall all the same."""
    for wall in walls:
        x, y, z = wall.at(0.5 * wall.length_m)
        out = 0.5 * _BOARD_M[0]
        centre = (round(x + out * math.cos(wall.yaw), 4), round(y + out * math.sin(wall.yaw), 4), z + 0.5 * _BOARD_M[1])
        size = (_BOARD_M[0], round(wall.length_m, 3), _BOARD_M[1])
        board = Box(centre=centre, size=size, yaw=wall.yaw, semantic="wall", material=draft.look.trim)
        draft.build(board, claim=False)
