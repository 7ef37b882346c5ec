"""A street: a road with pavements between buildings, what is parked and lies there, and who is out.

It runs along +x from 0; its middle is y = 0.
"""

import math
from dataclasses import replace

import numpy as np

from goldentime.envs.level import Cylinder, Point
from goldentime.envs.scenes.buildings import BUILDINGS, Building, draw_building, place_building
from goldentime.envs.scenes.burning import add_fire_on, add_open_fire
from goldentime.envs.scenes.cast import add_mannequins, add_people, add_poster, lie_tags
from goldentime.envs.scenes.draft import Bounds, Draft, prop_room, solid_bounds
from goldentime.envs.scenes.lamps import light_posts
from goldentime.envs.scenes.lettering import Wall, draw_flat, hang_on_wall, scene_sign
from goldentime.envs.scenes.objects import add_object
from goldentime.envs.scenes.scene import Thing
from goldentime.envs.scenes.seats import add_bench
from goldentime.envs.scenes.street_ground import MARGIN_M, PAVING_M, ROAD_M, Street, lay_ground, plant, slab
from goldentime.envs.signs import Mounting, PlacedSign, SignKind, sign_body
from goldentime.errors import ScenarioError

__all__ = ["draw_street", "park"]

Rng = np.random.Generator

_LENGTH_M = (30.0, 60.0)
_FEWEST_BUILDINGS = 3
_HIGHEST_SIGN_M = 8.0
_KINDS = {
    "car": 0.27, "bicycle": 0.15, "motorcycle": 0.13, "hydrant": 0.12, "fire_extinguisher": 0.11, "cone": 0.07,
    "suitcase": 0.05, "backpack": 0.04, "gas_cylinder": 0.03, "relief_kit": 0.03,
}  # fmt: skip
_SIGNS = {SignKind.STREET: 0.25, SignKind.SHOP: 0.25, SignKind.NOTICE: 0.28, SignKind.HAZARD: 0.22}


def draw_street(draft: Draft) -> tuple[Street, tuple[Point, ...]]:
    """Fill a draft with a street; its measures and the route, whose first point is where a drone starts.

    Raises:
        ScenarioError: fewer than three buildings found room.
    """
    rng, config = draft.rng, draft.config
    road = round(float(rng.uniform(3.0, 3.8)), 2)
    front = round(road + float(rng.uniform(2.3, 3.0)), 2)
    chosen, length = _draw_row(draft, rng)
    street = Street(length, road, front, round(float(rng.uniform(2.8, 3.1)), 2))
    lay_ground(draft, street)
    _keep_start(draft)
    signs = int(rng.integers(config.signs[0], config.signs[1] + 1))
    walls = _build_row(draft, street, chosen, signs)
    _hang_signs(draft, street, walls, signs - len(draft.signs))
    light_posts(draft, plant(draft, street))
    _furnish(draft, street)
    _fill(draft, street, walls)
    y, z = 1.2, street.flight_m
    end = street.length_m - 1.5
    route = ((1.5, 0.0, z), (3.0, -y, z), (end, -y, z), (end, y, z), (3.0, y, z), (1.5, 0.0, z))
    return street, route


def _draw_row(draft: Draft, rng: Rng) -> tuple[list[tuple[Building, int, float]], float]:
    """Buildings with their side and the x of their middle, and the street's length."""
    kinds = [BUILDINGS[i] for i in rng.permutation(len(BUILDINGS))]
    count = int(rng.integers(_FEWEST_BUILDINGS, len(BUILDINGS) + 1))
    ends = {1: float(rng.uniform(0.0, 3.0)), -1: float(rng.uniform(0.0, 3.0))}
    chosen: list[tuple[Building, int, float]] = []
    for kind in kinds:
        side = min(ends, key=lambda s: ends[s])
        building = draw_building(kind, rng, pool=draft.pool)
        width = building.size[0]
        if len(chosen) == count or ends[side] + width > _LENGTH_M[1]:
            continue
        chosen.append((building, side, ends[side] + 0.5 * width))
        ends[side] += width + float(rng.uniform(1.5, 5.0))
    if len(chosen) < _FEWEST_BUILDINGS:
        raise ScenarioError(f"street: expected room for {_FEWEST_BUILDINGS} buildings, got {len(chosen)}")
    return chosen, round(min(max(*ends.values(), _LENGTH_M[0]), _LENGTH_M[1]), 2)


def _keep_start(draft: Draft) -> None:
    draft.claim(Bounds((0.3, -1.2, 0.0), (2.7, 1.2, 4.0)))


def _build_row(draft: Draft, street: Street, chosen: list[tuple[Building, int, float]], most_signs: int) -> list[Wall]:
    """Put up the buildings and the walls between them; the walls and fronts that may carry signs."""
    fronts: list[Wall] = []
    gaps: dict[int, list[tuple[float, float]]] = {1: [], -1: []}
    for building, side, x in chosen:
        away = street.front_m + building.overhang_m + 0.05 + float(draft.rng.uniform(0.0, 0.8))
        yaw = -side * 0.5 * math.pi
        placed = place_building(building, (x, side * away, 0.0), yaw)
        solids = draft.build(*placed.solids)
        draft.glass += placed.glass
        for pane in placed.glass:
            draft.claim(solid_bounds(pane), solid=True)
        numbers = []
        for sign in placed.signs:
            if sign.spec.height_m <= _HIGHEST_SIGN_M and len(draft.signs) < most_signs:
                draft.claim(solid_bounds(sign_body(sign)), solid=True)
                numbers.append(draft.fix(sign))
        draft.note(
            Thing(kind=building.kind, centre=(0, 0, 0), size=(0, 0, 0), solids=solids, signs=tuple(numbers))
        )  # fmt: skip
        half = 0.5 * building.size[0]
        gaps[side].append((x - half, x + half))
        fronts.append(_wall((x - half + 0.2, x + half - 0.2), side, away, min(building.size[2], 6.0)))
    return fronts + [wall for side in (1, -1) for wall in _close_gaps(draft, street, side, gaps[side])]


def _wall(x: tuple[float, float], side: int, away: float, height: float) -> Wall:
    """The front of something on one side; who looks at it from the road sees its left end first."""
    left, right = (x[0], x[1]) if side > 0 else (x[1], x[0])
    return Wall((left, side * away, 0.0), (right, side * away, 0.0), -side * 0.5 * math.pi, height)


def _close_gaps(draft: Draft, street: Street, side: int, taken: list[tuple[float, float]]) -> list[Wall]:
    """Boundary walls where there is no building."""
    walls, begin = [], -MARGIN_M + 2.0
    material = draft.look.walls[int(draft.rng.integers(len(draft.look.walls)))]
    height = round(float(draft.rng.uniform(1.8, 2.7)), 2)
    away = street.front_m + 0.1
    for low, high in [*sorted(taken), (street.length_m + MARGIN_M - 2.0, math.inf)]:
        if low - begin > 0.8:
            x, y = (begin + 0.02, low - 0.02), sorted((side * away, side * (away + 0.25)))
            cap = sorted((side * (away - 0.04), side * (away + 0.29)))
            draft.build(
                slab(x, (y[0], y[1]), (0.0, height), "wall", material),
                slab(x, (cap[0], cap[1]), (height, height + 0.08), "wall", draft.look.trim),
            )
            seen = (max(x[0], 0.5), min(x[1], street.length_m - 0.5))
            if seen[1] - seen[0] > 0.8:
                walls.append(_wall(seen, side, away, height))
        begin = max(begin, high)
    return walls


def _hang_signs(draft: Draft, street: Street, walls: list[Wall], count: int) -> None:
    """Hang up to so many further signs; a kind that finds no place makes way for another."""
    kinds, shares = list(_SIGNS), np.array(list(_SIGNS.values()))
    left, tries = count, 6 * count
    while left > 0 and tries > 0:
        tries -= 1
        kind = kinds[int(draft.rng.choice(len(kinds), p=shares / shares.sum()))]
        if kind is SignKind.STREET:
            left -= _street_sign(draft, street)
            continue
        wall = walls[int(draft.rng.integers(len(walls)))]
        left -= hang_on_wall(draft, draw_flat(kind, draft), wall) is not None


def _street_sign(draft: Draft, street: Street) -> bool:
    """A name plate that stands out from a pole at the kerb."""
    side = 1 if draft.rng.random() < 0.5 else -1
    x, y = float(draft.rng.uniform(3.0, street.length_m - 3.0)), side * (street.road_m + 0.35)
    spec = replace(scene_sign(SignKind.STREET, draft), mounting=Mounting.PROJECTING)
    spec = replace(spec, height_m=round(min(max(spec.height_m, 2.3), 3.2), 3))
    radius, top = 0.04, spec.height_m + 0.5 * spec.size_m[1] + 0.1
    pole = Cylinder(
        base=(round(x, 3), round(y, 3), PAVING_M - 0.02), radius=radius, height=round(top, 3), semantic="obstacle",
        material="steel", facets=10,
    )  # fmt: skip
    room = Bounds((x - 0.1, y - 0.1, 0.0), (x + 0.1, y + 0.1, top))
    yaw = (0.0 if draft.rng.random() < 0.5 else math.pi) if draft.rng.random() < 0.5 else side * 0.5 * math.pi
    anchor = (round(x + radius * math.cos(yaw), 4), round(y + radius * math.sin(yaw), 4), PAVING_M)
    if not draft.fits(room, 0.1) or draft.hang(PlacedSign(spec=spec, anchor=anchor, yaw=yaw)) is None:
        return False
    draft.build(pole)
    return True


def _furnish(draft: Draft, street: Street) -> None:
    """Benches on the pavements, their backs to the buildings."""
    for _ in range(int(draft.rng.integers(0, 4))):
        side = 1.0 if draft.rng.random() < 0.5 else -1.0
        x = round(float(draft.rng.uniform(2.0, street.length_m - 2.0)), 2)
        add_bench(draft, (x, round(side * (street.front_m - 0.4), 3), PAVING_M), -side * 0.5 * math.pi)


def _fill(draft: Draft, street: Street, walls: list[Wall]) -> None:
    """Fires, objects, people and who looks like them, in this order: what is large first."""
    rng, config = draft.rng, draft.config
    objects, people, likenesses, fires = (
        int(rng.integers(low, high + 1)) for low, high in (config.objects, config.people, config.distractors, config.fires)
    )
    kinds, shares = list(_KINDS), np.array(list(_KINDS.values()))
    drawn = sorted(rng.choice(len(kinds), size=objects, p=shares / shares.sum()).tolist())
    for number in drawn:
        if not park(draft, street, kinds[number]):
            park(draft, street, "fire_extinguisher")
    for _ in range(fires):
        _burn(draft, street)
    posters = int(rng.binomial(likenesses, 0.4)) if likenesses else 0
    hung = sum(add_poster(draft, walls, PAVING_M) for _ in range(posters))
    add_mannequins(draft, likenesses - hung, lambda r: _out(r, street))
    add_people(draft, people, lambda r: _out(r, street))
    lie_tags(draft, lambda r: _out(r, street))


def _out(rng: Rng, street: Street) -> Point:
    """Somewhere on a pavement or on the road."""
    x = round(float(rng.uniform(1.0, street.length_m - 1.0)), 3)
    if rng.random() < 0.35:
        return x, round(float(rng.uniform(-1.0, 1.0)) * (street.road_m - 0.5), 3), ROAD_M
    side = 1.0 if rng.random() < 0.5 else -1.0
    return x, round(side * float(rng.uniform(street.road_m + 0.3, street.front_m - 0.3)), 3), PAVING_M


def park(draft: Draft, street: Street, kind: str) -> bool:
    """A vehicle or another thing where one finds it on a street, if there is room."""
    along = (0.0, math.pi)
    if kind == "car":

        def kerb(rng: Rng) -> Point:
            side = 1.0 if rng.random() < 0.5 else -1.0
            x = round(float(rng.uniform(4.5, street.length_m - 2.5)), 3)
            return x, round(side * (street.road_m - 0.12 - 1.08), 3), ROAD_M

        return add_object(draft, kind, kerb, along)
    if kind == "cone":
        return add_object(draft, kind, lambda r: _lane(r, street, -street.road_m + 0.4, street.road_m - 0.4, ROAD_M))
    edge = street.road_m + 0.06
    if kind in ("bicycle", "motorcycle"):
        return add_object(draft, kind, lambda r: _both(r, street, edge + 0.5, street.front_m - 0.5), along)
    if kind == "hydrant":
        return add_object(draft, kind, lambda r: _both(r, street, edge + 0.3, edge + 0.6), (0.5 * math.pi, -0.5 * math.pi))
    return add_object(draft, kind, lambda r: _both(r, street, edge + 0.3, street.front_m - 0.2))


def _lane(rng: Rng, street: Street, low: float, high: float, z: float) -> Point:
    x = round(float(rng.uniform(1.0, street.length_m - 1.0)), 3)
    return x, round(float(rng.uniform(low, high)), 3), z


def _both(rng: Rng, street: Street, low: float, high: float) -> Point:
    """A place on either pavement, so far from the middle of the road."""
    x, y, z = _lane(rng, street, low, high, PAVING_M)
    return x, y if rng.random() < 0.5 else -y, z


def _burn(draft: Draft, street: Street) -> None:
    """A fire at a car, in front of a building or in the open."""
    rng = draft.rng
    cars = [prop for prop in draft.props if prop.asset.startswith("car-")]
    for _ in range(12):
        if cars and rng.random() < 0.4:
            room = prop_room(cars[int(rng.integers(len(cars)))])
            x, y, _ = room.centre
            z = room.low[2] + 0.55 * room.size[2]
            add_fire_on(draft, (x + float(rng.uniform(-0.8, 0.8)), y, z), 0.5, 1.8)
            return
        if add_open_fire(draft, _both(rng, street, street.road_m + 0.8, street.front_m - 0.5), 1.8):
            return
