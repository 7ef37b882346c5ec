"""From one drawn frame to its annotations."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

from goldentime.envs.hazards.smoke import SmokeLayers, transmittance
from goldentime.envs.render.frame import NEAR_M, Frame, View
from goldentime.eval.dataset.categories import category_id
from goldentime.eval.dataset.masks import encode_mask
from goldentime.eval.dataset.scene_items import SceneItems

__all__ = [
    "LEAST_PIXELS",
    "LEAST_SIDE_PX",
    "SMOKE_CELLS",
    "Shown",
    "SmokeGrid",
    "annotate",
    "project",
    "ranges_m",
    "shares_shown",
    "smoke_grid",
]

LEAST_PIXELS = 12
"""Of what is annotated."""
LEAST_SIDE_PX = 4
"""Of its box."""

SMOKE_CELLS = (6, 8)
"""Rows and columns of `SmokeGrid`."""

Floats = NDArray[np.float64]


class Shown(NamedTuple):
    """How much of each item a picture shows."""

    visibility: Floats
    """(items,) share of what the eye would see of it if nothing stood before it and the picture had no edges."""
    occlusion: Floats
    """(items,) share of what lies within the picture's edges that is hidden by something else."""


def project(view: View, points: Floats) -> tuple[Floats, Floats]:
    """Places in the picture [px from its upper left corner] and depths [m] of points (..., 3) in the world."""
    seen = (points - np.array(view.eye)) @ view.axes.T
    depth = seen[..., 2]
    scale = 0.5 * view.width / view.half_width
    ahead = np.maximum(depth, NEAR_M)[..., None]
    return seen[..., :2] / ahead * scale + 0.5 * np.array([view.width, view.height]), depth


def ranges_m(view: View, frame: Frame) -> NDArray[np.float32]:
    """(height, width) [m] along each pixel's ray, from the depth along the axis."""
    across, down = _ray_parts(view)
    slant: NDArray[np.float32] = np.sqrt(1.0 + across[None, :] ** 2 + down[:, None] ** 2)
    return frame.depth * slant


def _ray_parts(view: View) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    wide = view.half_width
    across = ((np.arange(view.width) + 0.5) / view.width * 2.0 - 1.0) * wide
    down = ((np.arange(view.height) + 0.5) / view.height * 2.0 - 1.0) * wide * view.height / view.width
    return across.astype(np.float32), down.astype(np.float32)


def _points(view: View, depth: NDArray[np.float32], rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Floats:
    """(n, 3) [m] world points of pixels."""
    across, down = _ray_parts(view)
    along = depth[rows, columns]
    seen = np.stack([across[columns] * along, down[rows] * along, along], -1)
    points: Floats = seen @ view.axes + np.array(view.eye)
    return points


class SmokeGrid(NamedTuple):
    """How thick the smoke is in each part of a picture; the parts are `SMOKE_CELLS`, row by row."""

    extinction_per_m: Floats
    """(rows, columns) that light meets on its way to the eye: the mean over pixels of what each ray meets on the mean."""
    transmittance: Floats
    """(rows, columns) share of the light that passes, from what is seen there; the sky counts as `far_m` away."""


def smoke_grid(view: View, frame: Frame, smoke: SmokeLayers | None) -> SmokeGrid:
    """The smoke before a picture, from 25 rays in each cell."""
    if smoke is None:
        return SmokeGrid(np.zeros(SMOKE_CELLS), np.ones(SMOKE_CELLS))
    counts = 5 * SMOKE_CELLS[0], 5 * SMOKE_CELLS[1]
    rows, columns = (
        ((np.arange(count) + 0.5) / count * side).astype(np.int64)
        for count, side in zip(counts, (view.height, view.width), strict=True)
    )
    points = _points(view, frame.depth, *(part.ravel() for part in np.meshgrid(rows, columns, indexing="ij")))
    through, _ = transmittance(smoke, np.array(view.eye), points)
    length = np.linalg.norm(points - np.array(view.eye), axis=1)
    extinction = -np.log(np.maximum(through, 1e-30)) / length
    return SmokeGrid(*(_cell_means(part.reshape(counts)) for part in (extinction, through)))


def _cell_means(values: Floats) -> Floats:
    rows, columns = SMOKE_CELLS
    means: Floats = values.reshape(rows, 5, columns, 5).mean((1, 3))
    return means


def shares_shown(view: View, owner: NDArray[np.uint16], items: SceneItems) -> Shown:
    """The visible share of each item, told from points on its surface.

    Points on the far side are left out, and each counts by the solid angle that its piece of surface takes. One is seen if
    its pixel or a neighbour has the item's number: parts hidden by other parts of the same item count as seen.
    """
    away = np.array(view.eye) - items.points
    distance = np.linalg.norm(away, axis=1)
    facing = (items.normals * away).sum(1) / distance
    weight = np.where((items.normals == 0.0).all(1), 1.0, np.maximum(facing, 0.0)) / distance**2
    place, depth = project(view, items.points)
    column, row = np.floor(place).astype(np.int64).T
    inside = (depth > NEAR_M) & (column >= 0) & (row >= 0) & (column < view.width) & (row < view.height)
    padded = np.pad(owner, 1)
    at = np.where(inside, row + 1, 0), np.where(inside, column + 1, 0)
    own = np.zeros(len(weight), np.bool_)
    for down, across in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)):
        own |= padded[(at[0] + down) % len(padded), (at[1] + across) % len(padded[0])] == items.number + 1
    own &= inside
    count = len(items.items)
    total, within, seen = (np.bincount(items.number, weight * part, count) for part in (np.ones_like(own), inside, own))
    visibility = seen / np.maximum(total, 1e-12)
    occlusion = 1.0 - seen / np.maximum(within, 1e-12)
    return Shown(visibility, np.where(within > 0.0, occlusion, 0.0))


def annotate(view: View, frame: Frame, items: SceneItems, smoke: SmokeLayers | None) -> list[dict[str, Any]]:
    """The annotations of a frame in the order of the scene's items, without ids of image and annotation."""
    owner = items.owner[frame.instance]
    count = len(items.items)
    area = np.bincount(owner.ravel(), minlength=count + 1)[1:]
    if (area < LEAST_PIXELS).all():
        return []
    reach = np.bincount(owner.ravel(), ranges_m(view, frame).ravel(), count + 1)[1:]
    through = area.astype(reach.dtype)
    if smoke is not None:
        rows, columns = np.nonzero(owner)
        points = _points(view, frame.depth, rows, columns)
        number = owner[rows, columns].astype(np.int64) - 1
        through = np.bincount(number, transmittance(smoke, np.array(view.eye), points)[0], count)
    shown = shares_shown(view, owner, items)
    turned = np.ascontiguousarray(owner.T)
    found = []
    for i, box in enumerate(find_objects(owner, count)):
        if box is None or area[i] < LEAST_PIXELS:
            continue
        (top, bottom), (left, right) = ((int(side.start), int(side.stop)) for side in box)
        if min(bottom - top, right - left) < LEAST_SIDE_PX:
            continue
        item = items.items[i]
        found.append(
            {
                "category_id": category_id(item.category),
                "bbox": [left, top, right - left, bottom - top],
                "area": int(area[i]),
                "segmentation": {
                    "size": [view.height, view.width],
                    "counts": encode_mask(turned, i + 1, left, right),
                },
                "iscrowd": 0,
                "visibility": round(min(float(shown.visibility[i]), 1.0), 3),
                "occlusion": round(min(max(float(shown.occlusion[i]), 0.0), 1.0), 3),
                "distance_m": round(float(reach[i] / area[i]), 3),
                "transmittance": round(float(through[i] / area[i]), 4),
                "kind": item.kind,
                "posture": item.posture,
                "thing": i,
            }
        )
    return found
