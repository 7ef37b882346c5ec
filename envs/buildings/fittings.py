"""What closes the holes of a building: door frames and leaves, panes, and the openings they make."""

import math
from typing import NamedTuple

from goldentime.envs.buildings.plan import DoorPlan, WindowPlan
from goldentime.envs.level import OUTSIDE, Box, Opening, Point
from goldentime.envs.scenes.draft import Draft, solid_bounds
from goldentime.envs.scenes.walls import WALL_M, Span, across, block, frame_door

__all__ = ["Gap", "build_door", "build_window", "door_opening", "gap_of", "place_of", "window_opening"]

_LEAF_M, _PANE_M = 0.045, 0.02
_PLAY_M = 0.01
_DOUBLE_M = 1.25
"""From this width on a door has two leaves."""


class Gap(NamedTuple):
    """What an ajar leaf leaves free, as (along, across) the wall [m]."""

    post: tuple[float, float]
    """The post that the leaf falls to."""
    tip: tuple[float, float]
    """The edge of the leaf."""


def place_of(axis: int, along: float, over: float, z: float) -> Point:
    """A point from its coordinates along and across a wall."""
    x, y = (over, along) if axis else (along, over)
    return round(x, 4), round(y, 4), round(z, 4)


def gap_of(door: DoorPlan) -> Gap:
    """Between leaf and frame of a door with one leaf."""
    half, face = 0.5 * door.width, door.line + door.swing * 0.5 * WALL_M
    tip_along = door.at + door.hinge * (half - door.width * math.cos(door.angle))
    return Gap((door.at - door.hinge * half, face), (tip_along, face + door.swing * door.width * math.sin(door.angle)))


def build_door(draft: Draft, door: DoorPlan, floor_m: float) -> None:
    """Frame, and leaf or leaves as they stand."""
    thick = (door.line - 0.5 * WALL_M, door.line + 0.5 * WALL_M)
    frame_door(draft, (door.at, 0.5 * door.width), thick, (floor_m, round(floor_m + door.height, 4)), door.axis)
    if not door.leaf:
        return
    hinges = (-1, 1) if door.width > _DOUBLE_M else (door.hinge,)
    for hinge in hinges:
        leaf = _leaf(door, hinge, door.width / len(hinges) - _PLAY_M, floor_m)
        if door.leaf == "glass":
            draft.glass.append(leaf)
            draft.claim(solid_bounds(leaf), solid=True)
        else:
            draft.build(leaf)


def _leaf(door: DoorPlan, hinge: int, wide: float, floor_m: float) -> Box:
    cos, sin = math.cos(door.angle), math.sin(door.angle)
    # From the hinge along the leaf, and from its outer face into it.
    ahead = (-hinge * cos, door.swing * sin)
    into = (-hinge * sin, -door.swing * cos)
    pivot = (door.at + hinge * 0.5 * door.width, door.line + door.swing * 0.5 * WALL_M)
    a, b = (p + 0.5 * wide * f + 0.5 * _LEAF_M * i for p, f, i in zip(pivot, ahead, into, strict=True))
    x, y, z = place_of(door.axis, a, b, floor_m + 0.5 * door.height)
    dx, dy = (ahead[1], ahead[0]) if door.axis else ahead
    tall = round(door.height - 2.0 * _PLAY_M, 4)
    return Box(
        centre=(x, y, z), size=(round(wide, 4), _LEAF_M, tall), yaw=round(math.atan2(dy, dx), 4), semantic="door",
        material=door.leaf,
    )  # fmt: skip


def door_opening(door: DoorPlan, floor_m: float) -> Opening:
    """The doorway as sound, smoke and drones meet it."""
    share = 1.0
    if door.leaf and door.state == "ajar":
        gap = gap_of(door)
        share = round(min(math.dist(gap.post, gap.tip) / door.width, 1.0), 3)
    elif door.state in ("closed", "locked"):
        share = 0.0
    centre = place_of(door.axis, door.at, door.line, floor_m + 0.5 * door.height)
    a, b = (door.width, WALL_M)
    size = (b, a, door.height) if door.axis else (a, b, door.height)
    return Opening(rooms=door.rooms, centre=centre, size=size, leaf=door.leaf, open=share)


def build_window(draft: Draft, pane: WindowPlan, floor_m: float) -> None:
    """Glass in its frame; where it is open, the sliding half stands before the other."""
    z = (round(floor_m + pane.z[0], 4), round(floor_m + pane.z[1], 4))
    low, high = pane.at - 0.5 * pane.width, pane.at + 0.5 * pane.width
    _pane(draft, pane, (low, high - pane.open * pane.width), 0.0, z)
    if pane.open > 0.0:
        _pane(draft, pane, (low, low + pane.open * pane.width), 0.04, z)
    post = high - pane.open * pane.width if pane.open > 0.0 else pane.at
    thick = (pane.line - 0.03, pane.line + 0.03)
    draft.build(block(*across(pane.axis, (post - 0.02, post + 0.02), thick), z, draft.look.trim))


def _pane(draft: Draft, window: WindowPlan, along: Span, aside: float, z: Span) -> None:
    thick = (window.line + aside - 0.5 * _PANE_M, window.line + aside + 0.5 * _PANE_M)
    pane = block(*across(window.axis, along, thick), z, "glass", "glass")
    draft.glass.append(pane)
    draft.claim(solid_bounds(pane), solid=True)


def window_opening(pane: WindowPlan, floor_m: float) -> Opening:
    """The window as sound and smoke meet it."""
    tall = round(pane.z[1] - pane.z[0], 4)
    centre = place_of(pane.axis, pane.at, pane.line, floor_m + 0.5 * sum(pane.z))
    size = (WALL_M, pane.width, tall) if pane.axis else (pane.width, WALL_M, tall)
    return Opening(rooms=(pane.room, OUTSIDE), centre=centre, size=size, leaf="glass", open=pane.open)
