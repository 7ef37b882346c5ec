"""What of a scene is annotated, and points on its surface from which its visible share is told."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.assets.library import load_asset
from goldentime.envs.hazards.flames import Flame
from goldentime.envs.level import triangulate
from goldentime.envs.render.content import instances
from goldentime.envs.scenario import Prop, Scenario
from goldentime.envs.scenes.scene import Scene, Thing
from goldentime.envs.signs import PlacedSign, face_corners
from goldentime.eval.dataset.categories import category_of

__all__ = ["Item", "SceneItems", "items_of", "scenario_of"]

Floats = NDArray[np.float64]

_POINTS = 160
"""Per item."""


class Item(NamedTuple):
    """One thing that is annotated."""

    category: str
    kind: str
    posture: str
    parts: tuple[tuple[str, int], ...]
    """Kind and place of its instances, see `content.Instance`."""


class Surface(NamedTuple):
    """Points on a surface, each standing for as much of it as the others."""

    points: Floats
    """(n, 3) [m]."""
    normals: Floats
    """(n, 3) outwards; zero where a thing looks the same from all sides."""


class SceneItems(NamedTuple):
    """All items of a scene; numbers of items are places in `items`, and identities within the scene."""

    items: tuple[Item, ...]
    owner: NDArray[np.uint16]
    """By instance number: the item's number plus 1, 0 for what is not annotated."""
    points: Floats
    """(n, 3) [m] on the items' surfaces."""
    normals: Floats
    """(n, 3)."""
    number: NDArray[np.int64]
    """(n,) the item that a point lies on."""


def scenario_of(scene: Scene) -> Scenario:
    """The scene as a renderer takes it: without drones and task."""
    return Scenario(
        mission="dataset", level=scene.level, drones=(), props=scene.props, signs=scene.signs, flames=scene.flames,
        smoke=scene.smoke, light=scene.light, time_limit_s=1.0, task={},
    )  # fmt: skip


def items_of(scene: Scene, scenario: Scenario) -> SceneItems:
    """The scene's things in their order, then what people carry, then the signs."""
    items = [item for item in map(_item, scene.things) if item is not None]
    items += [item for thing in scene.things for item in _carried(scene, thing)]
    items += [Item("sign", sign.spec.kind.value, "", (("sign", i),)) for i, sign in enumerate(scene.signs)]
    places = {part: number for number, item in enumerate(items) for part in item.parts}
    named = instances(scenario)
    owner = np.array([places.get((i.kind, i.place), -1) + 1 for i in named], np.uint16)
    surfaces = [_surface(scene, item) for item in items]
    return SceneItems(
        tuple(items),
        owner,
        np.concatenate([s.points for s in surfaces]) if surfaces else np.zeros((0, 3)),
        np.concatenate([s.normals for s in surfaces]) if surfaces else np.zeros((0, 3)),
        np.repeat(np.arange(len(items)), [len(s.points) for s in surfaces]),
    )


def _item(thing: Thing) -> Item | None:
    category = category_of(thing.kind)
    if category is None:
        return None
    parts = [("prop", i) for i in thing.props[:1]]
    parts += [("solid", i) for i in thing.solids] + [("flame", i) for i in thing.flames]
    return Item(category, thing.kind, thing.posture, tuple(parts))


def _carried(scene: Scene, thing: Thing) -> list[Item]:
    kinds = [(load_asset(scene.props[i].asset).kind, i) for i in thing.props[1:]]
    return [Item(category, kind, "", (("prop", i),)) for kind, i in kinds if (category := category_of(kind))]


def _surface(scene: Scene, item: Item) -> Surface:
    kind, place = item.parts[0]
    if kind == "prop":
        return _prop_surface(scene.props[place])
    if kind == "sign":
        return _sign_surface(scene.signs[place])
    if kind == "flame":
        return _fire_surface([scene.flames[i] for _, i in item.parts])
    soup = triangulate(tuple(scene.level.solids[i] for _, i in item.parts))
    return _sampled(soup.vertices, soup.faces)


def _sampled(vertices: Floats, faces: NDArray[np.int32]) -> Surface:
    """Points on triangles, evenly by area; the same for the same triangles."""
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    across = np.cross(b - a, c - a)
    twice = np.linalg.norm(across, axis=1)
    ends = np.cumsum(twice)
    at = (np.arange(_POINTS) + 0.5) / _POINTS * ends[-1]
    face = np.minimum(np.searchsorted(ends, at), len(faces) - 1)
    # Fills the unit square evenly: Roberts 2018, "The unreasonable effectiveness of quasirandom sequences".
    u, v = (np.arange(_POINTS) * step % 1.0 for step in (0.7548776662466927, 0.5698402909980532))
    over = u + v > 1.0
    u, v = np.where(over, 1.0 - u, u)[:, None], np.where(over, 1.0 - v, v)[:, None]
    points = a[face] + u * (b[face] - a[face]) + v * (c[face] - a[face])
    return Surface(points, across[face] / np.maximum(twice[face, None], 1e-12))


@lru_cache(maxsize=2048)
def _asset_surface(name: str) -> Surface:
    asset = load_asset(name)
    return _sampled(asset.vertices.astype(np.float64), asset.faces)


def _prop_surface(prop: Prop) -> Surface:
    own = _asset_surface(prop.asset)
    cos, sin = math.cos(prop.yaw), math.sin(prop.yaw)
    turn = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    return Surface(own.points @ turn.T * prop.scale + np.array(prop.position), own.normals @ turn.T)


def _sign_surface(sign: PlacedSign) -> Surface:
    corners = face_corners(sign)
    u, v = ((np.arange(_POINTS) * step % 1.0)[:, None] for step in (0.7548776662466927, 0.5698402909980532))
    points, normals = [], []
    for face in corners:
        right, down = face[1] - face[0], face[3] - face[0]
        points.append(face[0] + u * right + v * down)
        normal = np.cross(down, right)
        normals.append(np.broadcast_to(normal / np.linalg.norm(normal), (_POINTS, 3)))
    return Surface(np.concatenate(points), np.concatenate(normals))


def _fire_surface(flames: list[Flame]) -> Surface:
    """In the core of each flame, which hardly flickers."""
    per = max(_POINTS // len(flames), 8)
    up = (np.arange(per) + 0.5) / per
    points = []
    for flame in flames:
        foot = np.array(flame.position)
        points.append(foot + np.stack([np.zeros(per), np.zeros(per), 0.05 + 0.55 * flame.height_m * up], -1))
    stacked = np.concatenate(points)
    return Surface(stacked, np.zeros_like(stacked))
