"""Where the rescuer looks next, and where it can change storeys."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from goldentime.baselines.rescuer_flight import Field
from goldentime.control.planner import Space, flood
from goldentime.perception.slice_map import SliceMap

__all__ = ["beside", "indoors", "next_view", "outer_walls", "shaft", "unseen", "walk_m"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Area = tuple[list[float], list[float]]

_SIDES_M, _BEHIND_M = 8.0, 6.0
"""How far the area of a rescue reaches beyond the building's side walls and its back."""
_OUTER_M, _INNER_M, _DOOR_M = 4.0, 4.25, 1.0
"""How far its front wall is from the start, outside and inside, and half the width of its entrance."""
_GAIN_M, _AROUND_M, _FEWEST = 5.0, 2.4, 0.12
"""Nothing seen around a place is worth so many metres of way; what is around; and the least share to be worth a look."""
_STAIRS_M = 1.0
"""Width of a flight of stairs beside the hole over them."""
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_HOLE_M, _HOLE_M2 = 0.35, 0.8
"""How far from its edge, and how large a hole in the ceiling is."""


def _turned(plan: SliceMap, yaw_rad: float) -> tuple[Floats, Floats]:
    """How far the cells lie ahead of the start and to its left, (nx, ny) each."""
    x, y = (plan.lower_m[axis] + (np.arange(plan.shape[axis]) + 0.5) * plan.cell_m for axis in (0, 1))
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    return c * x[:, None] + s * y[None], c * y[None] - s * x[:, None]


def indoors(plan: SliceMap, area_m: Area, yaw_rad: float, wall_m: float, off_m: float = 0.3) -> Mask:
    """Cells that may be within the building, (nx, ny).

    Args:
        plan: of a storey.
        area_m: corners of what may be flown in.
        yaw_rad: from the start straight to the entrance.
        wall_m: how far off the front is.
        off_m: how far to keep off the other outer walls' outsides.
    """
    ahead, aside = _turned(plan, yaw_rad)
    corners = np.array(area_m)[:, :2]
    far = corners @ (math.cos(yaw_rad), math.sin(yaw_rad))
    wide = corners @ (-math.sin(yaw_rad), math.cos(yaw_rad))
    inside: Mask = (ahead > wall_m) & (ahead < far.max() - _BEHIND_M - off_m)
    inside &= (aside > wide.min() + _SIDES_M + off_m) & (aside < wide.max() - _SIDES_M - off_m)
    return inside


def outer_walls(plan: SliceMap, area_m: Area, yaw_rad: float, *, door: bool) -> Mask:
    """Cells of the building's outer walls and of what is beside and behind it, (nx, ny): beams go through windows, drones
    don't.

    Args:
        plan: of a storey.
        area_m: corners of what may be flown in.
        yaw_rad: from the start straight to the entrance.
        door: whether the entrance is on this storey.
    """
    ahead, aside = _turned(plan, yaw_rad)
    closed: Mask = (ahead > _OUTER_M) & ~indoors(plan, area_m, yaw_rad, _INNER_M, 0.05)
    if door:
        closed &= (np.abs(aside) > _DOOR_M) | (ahead > _INNER_M)
    return closed


def unseen(plan: SliceMap, inside: Mask, covered: Mask) -> Mask:
    """Cells within the building from which or of which more is to be seen, but for those beside holes in covered ones."""
    worth: Mask = (~plan.seen | plan.rim) & ~plan.done & inside
    holes = plan.holes & covered
    if holes.any():
        # Nobody waits on the stairs, and over their steps a drone can't tell its height.
        wide = cv2.dilate(holes.view(np.uint8), _CROSS, iterations=round(_STAIRS_M / plan.cell_m))
        worth &= ~wide.view(np.bool_)
    return worth


def next_view(plan: SliceMap, field: Field, wanted: Mask) -> Floats | None:
    """The place from which most is seen for the way there; None if all that can be got to is seen.

    Args:
        plan: of the storey.
        field: where the drone can get to.
        wanted: cells of which more is to be seen.
    """
    costs = field.costs_m[:, :, 0]
    fresh = np.isfinite(costs) & wanted
    if not fresh.any():
        return None
    size = 2 * round(0.5 * _AROUND_M / plan.cell_m) + 1
    share = ndimage.uniform_filter(fresh.astype(np.float32), size, mode="constant")
    worth = np.where(fresh & (share > _FEWEST), _GAIN_M * np.sqrt(share) - costs, -np.inf)
    best = np.unravel_index(int(np.argmax(worth)), worth.shape)
    if not math.isfinite(worth[best]):
        return None
    place: Floats = plan.middles(np.array([best]))[0]
    return place


def shaft(plan: SliceMap, inside: Mask) -> Floats | None:
    """The middle of the widest hole in the ceiling, wide enough to fly through; None if none was seen."""
    # Where flights of stairs cross the plan one can't fly up.
    parts, count = ndimage.label(plan.holes & inside & ~plan.occupied)
    if not count:
        return None
    numbers = np.arange(1, count + 1)
    large = ndimage.sum_labels(parts > 0, parts, numbers) * plan.cell_m**2 >= _HOLE_M2
    depth = ndimage.distance_transform_edt(parts) * plan.cell_m
    deepest = np.where(large, ndimage.maximum(depth, parts, numbers), 0.0)
    best = int(np.argmax(deepest))
    if deepest[best] < _HOLE_M:
        return None
    # The middle of all places that are nearly as far from the edge as can be.
    gate: Floats = plan.middles(np.argwhere((parts == best + 1) & (depth > 0.8 * deepest[best]))).mean(axis=0)
    return gate


def beside(plan: SliceMap, field: Field, place_m: Floats, away_m: float) -> Floats | None:
    """The cheapest place to get to that is within a distance of another and in view of it; None without any."""
    costs = np.where(plan.disc(place_m, away_m), field.costs_m[:, :, 0], np.inf)
    for cell in np.argsort(costs, axis=None)[:400]:
        x, y = divmod(int(cell), plan.shape[1])
        if not math.isfinite(costs[x, y]):
            return None
        point: Floats = plan.middles(np.array([[x, y]]))[0]
        line = plan.index(point + np.linspace(0.0, 0.8, 8)[:, None] * (place_m[:2] - point))
        if not plan.occupied[line[:, 0], line[:, 1]].any():
            return point
    return None


def walk_m(plan: SliceMap, place_m: Floats, goals_m: list[Floats]) -> list[float]:
    """How far it is from a place to each of some others through what is known to be free; inf without a way."""
    away = ndimage.distance_transform_edt(~plan.occupied) * plan.cell_m
    free = plan.free & (away > 0.25)
    if not free.any():
        return [math.inf] * len(goals_m)
    origin = (float(plan.lower_m[0]), float(plan.lower_m[1]), 0.0)
    # The nearest free cell of each place, for people and plates are beside what one flies through.
    nearest = ndimage.distance_transform_edt(~free, return_distances=False, return_indices=True)
    begin, *ends = (nearest[:, i, j] for i, j in plan.index(np.array([place_m, *goals_m])).tolist())
    x, y = plan.middles(begin[None])[0].tolist()
    costs = flood(Space(origin, plan.cell_m, free[:, :, None]), (x, y, 0.5 * plan.cell_m))
    return [float(costs[i, j, 0]) for i, j in ends]
