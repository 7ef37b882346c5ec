"""A scene in the making: what stands where, and whether something else still fits."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.assets.library import load_asset
from goldentime.envs.hazards.flames import Flame
from goldentime.envs.hazards.lights import Lighting
from goldentime.envs.level import UNSEEN, Box, Cylinder, Mesh, Point, Primitive
from goldentime.envs.scenario import Prop
from goldentime.envs.scenes.palette import Look
from goldentime.envs.scenes.scene import Pool, SceneConfig, Thing
from goldentime.envs.signs import PlacedSign, face_corners, sign_body

__all__ = [
    "Bounds",
    "Draft",
    "Place",
    "Seat",
    "around",
    "fire_bounds",
    "prop_bounds",
    "prop_hull",
    "prop_room",
    "sign_bounds",
    "solid_bounds",
]

Floats = NDArray[np.float64]
Place = Callable[[np.random.Generator], Point]
"""Draws a place on the ground where something may stand."""

_READING_M = 1.5
"""Kept free in front of a sign's face."""
_EDGE_M = 0.004
"""Things may come so near to one another that they are said to touch."""


class Bounds(NamedTuple):
    """A box along the world's axes."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]

    @property
    def centre(self) -> Point:
        """Of the box [m]."""
        x, y, z = (0.5 * (a + b) for a, b in zip(self.low, self.high, strict=True))
        return x, y, z

    @property
    def size(self) -> Point:
        """Extents [m]."""
        x, y, z = (b - a for a, b in zip(self.low, self.high, strict=True))
        return x, y, z

    def grown(self, by_m: float) -> "Bounds":
        """Wider by so much on every side."""
        a, b = self.low, self.high
        return Bounds((a[0] - by_m, a[1] - by_m, a[2] - by_m), (b[0] + by_m, b[1] + by_m, b[2] + by_m))


class Seat(NamedTuple):
    """Where someone may sit."""

    at: Point
    """[m] on the seat, where the back of whoever sits there comes, in the middle."""
    yaw: float
    """[rad] where they look."""
    aside_m: float
    """How far from the middle they may sit."""
    ground_m: float
    """Where their feet go."""
    claims: range
    """What was claimed for the thing one sits on."""
    thing: int | None
    """Its place among the things, if it is one."""


def around(points: NDArray[np.floating]) -> Bounds:
    """The bounds of points (..., 3)."""
    flat = points.reshape(-1, 3)
    (a, b, c), (d, e, f) = flat.min(0).tolist(), flat.max(0).tolist()
    return Bounds((a, b, c), (d, e, f))


def prop_bounds(prop: Prop) -> Bounds:
    """Of its mesh as it stands in the world."""
    low, high = _own_bounds(prop.asset, prop.scale, prop.yaw)
    # Rounding keeps the order of numbers: these are the bounds of the points moved one by one, to the last bit.
    a, b, c = prop.position
    return Bounds((low[0] + a, low[1] + b, low[2] + c), (high[0] + a, high[1] + b, high[2] + c))


@lru_cache(maxsize=4096)
def _own_bounds(asset: str, scale: float, yaw: float) -> Bounds:
    """Of a mesh at the origin."""
    points = load_asset(asset).vertices.astype(np.float64) * scale
    cos, sin = math.cos(yaw), math.sin(yaw)
    x, y = cos * points[:, 0] - sin * points[:, 1], sin * points[:, 0] + cos * points[:, 1]
    return around(np.column_stack([x, y, points[:, 2]]))


def prop_room(prop: Prop) -> Bounds:
    """The room that a prop takes: its mesh and its hull, which may be wider."""
    seen, hull = prop_bounds(prop), solid_bounds(prop_hull(prop))
    return around(np.array([*seen, *hull]))


def prop_hull(prop: Prop) -> Primitive:
    """What of a prop stops a drone: solid, but not drawn."""
    asset = load_asset(prop.asset)
    hull, scale = asset.collision, prop.scale
    cos, sin = math.cos(prop.yaw), math.sin(prop.yaw)

    def moved(point: Point) -> Point:
        x, y, z = (scale * part for part in point)
        return (
            round(prop.position[0] + cos * x - sin * y, 4),
            round(prop.position[1] + sin * x + cos * y, 4),
            round(prop.position[2] + z, 4),
        )

    if isinstance(hull, Cylinder):
        return Cylinder(
            base=moved(hull.base), radius=round(scale * hull.radius, 4), height=round(scale * hull.height, 4),
            semantic=asset.semantic, material=UNSEEN, facets=8,
        )  # fmt: skip
    a, b, c = (round(scale * part, 4) for part in hull.size)
    return Box(centre=moved(hull.centre), size=(a, b, c), yaw=prop.yaw, semantic=asset.semantic, material=UNSEEN)


def solid_bounds(solid: Primitive) -> Bounds:
    """Of a primitive."""
    if isinstance(solid, Mesh):
        return around(np.array(solid.vertices))
    if isinstance(solid, Cylinder):
        radius = max(solid.radius, solid.radius_top or 0.0) / math.cos(math.pi / solid.facets)
        x, y, z = solid.base
        return Bounds((x - radius, y - radius, z), (x + radius, y + radius, z + solid.height))
    cos, sin = abs(math.cos(solid.yaw)), abs(math.sin(solid.yaw))
    a, b, c = (0.5 * part for part in solid.size)
    dx, dy = cos * a + sin * b, sin * a + cos * b
    x, y, z = solid.centre
    return Bounds((x - dx, y - dy, z - c), (x + dx, y + dy, z + c))


def sign_bounds(sign: PlacedSign) -> Bounds:
    """Of its body."""
    return solid_bounds(sign_body(sign))


class Draft:
    """Collects the parts of a scene and knows what room is taken."""

    def __init__(self, config: SceneConfig, look: Look, rng: np.random.Generator) -> None:
        self.config, self.look, self.rng = config, look, rng
        self.solids: list[Primitive] = []
        self.glass: list[Box] = []
        self.props: list[Prop] = []
        self.signs: list[PlacedSign] = []
        self.flames: list[Flame] = []
        self.things: list[Thing] = []
        self.prop_hulls: list[int] = []
        """The place among the solids of each prop's hull."""
        self.sign_bodies: list[int] = []
        """The place among the solids of each sign's body."""
        self.seats: list[Seat] = []
        """Where someone may sit down; taken ones are taken out."""
        self.sitters: list[tuple[int, int]] = []
        """Who sits on what, as places among the things."""
        self.light = Lighting()
        self._taken = np.zeros((64, 6))
        self._solid = np.zeros(64, np.bool_)
        self._count = 0

    @property
    def pool(self) -> Pool:
        """What the scene is drawn from."""
        return self.config.pool

    @property
    def claims(self) -> int:
        """How much room has been claimed: numbers of claims count from here on."""
        return self._count

    def fits(self, room: Bounds, gap_m: float = 0.0, *, among_solids: bool = False, but: range = range(0)) -> bool:
        """Whether nothing lies within the bounds or nearer than a gap; what is only kept free counts too unless told.

        `but` are the numbers of claims that do not count.
        """
        low, high = np.array(room.low) - gap_m + _EDGE_M, np.array(room.high) + gap_m - _EDGE_M
        taken = self._taken[: self._count]
        hit: NDArray[np.bool_] = np.atleast_1d(((taken[:, :3] < high) & (taken[:, 3:] > low)).all(1))
        hit[but.start : but.stop] = False
        return not bool((hit & self._solid[: self._count] if among_solids else hit).any())

    def free(self, low: Floats, high: Floats) -> NDArray[np.bool_]:
        """(m,) Whether `fits` holds for each of many boxes, given by their lower and upper corners (m, 3)."""
        taken = self._taken[: self._count]
        near = ((taken[:, :3] < high.max(0)) & (taken[:, 3:] > low.min(0))).all(1)
        lower, upper = taken[near, :3], taken[near, 3:]
        hit = np.atleast_2d(((lower < high[:, None] - _EDGE_M) & (upper > low[:, None] + _EDGE_M)).all(2))
        free: NDArray[np.bool_] = ~np.atleast_1d(hit.any(1))
        return free

    def claim(self, room: Bounds, *, solid: bool = False) -> None:
        """From now on nothing else fits here: something stands here, or the place is kept free."""
        if self._count == len(self._taken):
            self._taken = np.concatenate([self._taken, np.zeros_like(self._taken)])
            self._solid = np.concatenate([self._solid, np.zeros_like(self._solid)])
        self._taken[self._count] = (*room.low, *room.high)
        self._solid[self._count] = solid
        self._count += 1

    def build(self, *solids: Primitive, claim: bool = True) -> tuple[int, ...]:
        """Add parts of the building; what one may stand on is not claimed. Their places among the solids."""
        for solid in solids:
            if claim:
                self.claim(solid_bounds(solid), solid=True)
        self.solids += solids
        return tuple(range(len(self.solids) - len(solids), len(self.solids)))

    def put(self, prop: Prop, room: Bounds) -> int:
        """Add a prop, which takes the room of `prop_room`, and its hull. Its place among the props."""
        self.claim(room, solid=True)
        self.prop_hulls.append(len(self.solids))
        self.solids.append(prop_hull(prop))
        self.props.append(prop)
        return len(self.props) - 1

    def hang(self, sign: PlacedSign) -> int | None:
        """Add a sign, if there is room for its body and for a look at its face. Its place among the signs."""
        body, views = sign_bounds(sign), [around(face) for face in _view_rooms(sign)]
        if not self.fits(body) or not any(self.fits(view, among_solids=True) for view in views):
            return None
        self.claim(body, solid=True)
        for view in views:
            self.claim(view)
        return self.fix(sign)

    def fix(self, sign: PlacedSign) -> int:
        """Add a sign and its body without a look around. Its place among the signs."""
        body = sign_body(sign)
        self.sign_bodies.append(len(self.solids))
        self.solids.append(Box(centre=body.centre, size=body.size, yaw=body.yaw, semantic="sign", material=UNSEEN))
        self.signs.append(sign)
        return len(self.signs) - 1

    def name(self, kind: str, props: Sequence[int], *, posture: str = "", colours: dict[str, str] | None = None) -> int:
        """Note props as a thing: the first is what it is, the others are carried. Its place among the things."""
        return self.note(
            Thing(
                kind=kind, centre=(0.0, 0.0, 0.0), size=(0.0, 0.0, 0.0), props=tuple(props), posture=posture,
                colours=colours or {},
                carries=load_asset(self.props[props[1]].asset).kind if len(props) > 1 else "",
            )
        )  # fmt: skip

    def note(self, thing: Thing) -> int:
        """Add a thing; where it is follows from its parts. Its place among the things."""
        self.things.append(thing)
        return len(self.things) - 1

    def measured(self) -> tuple[Thing, ...]:
        """All things, with where they are and how large."""
        rooms = [self.room_of(thing) for thing in self.things]
        return tuple(
            replace(thing, centre=_rounded(room.centre), size=_rounded(room.size))
            for thing, room in zip(self.things, rooms, strict=True)
        )

    def room_of(self, thing: Thing) -> Bounds:
        """The box around a thing's own parts; what a person carries does not count, nor do the signs of a building."""
        if thing.props:
            return prop_bounds(self.props[thing.props[0]])
        if thing.flames:
            return fire_bounds([self.flames[i] for i in thing.flames])
        rooms = [solid_bounds(self.solids[i]) for i in thing.solids]
        low, high = np.min([room.low for room in rooms], 0).tolist(), np.max([room.high for room in rooms], 0).tolist()
        return Bounds((low[0], low[1], low[2]), (high[0], high[1], high[2]))


def _rounded(point: Point) -> Point:
    x, y, z = (round(value, 4) for value in point)
    return x, y, z


def fire_bounds(flames: Sequence[Flame]) -> Bounds:
    """The box around flames."""
    low = [min(f.position[i] - (f.radius_m if i < 2 else 0.0) for f in flames) for i in range(3)]
    high = [max(f.position[i] + (f.radius_m if i < 2 else f.height_m) for f in flames) for i in range(3)]
    return Bounds((low[0], low[1], low[2]), (high[0], high[1], high[2]))


def _view_rooms(sign: PlacedSign) -> list[Floats]:
    """In front of each face: (8, 3) corners of the room that a look at it takes."""
    rooms = []
    for face in face_corners(sign):
        normal = np.cross(face[3] - face[0], face[1] - face[0])
        normal = normal / np.linalg.norm(normal)
        rooms.append(np.concatenate([face + 0.03 * normal, face + _READING_M * normal]))
    return rooms
