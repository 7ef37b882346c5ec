"""What is in a storey: furniture, signs, objects, fires and people in corridor and rooms."""

import math
from dataclasses import replace

import numpy as np

from goldentime.envs.level import Point
from goldentime.envs.scenes.burning import add_open_fire
from goldentime.envs.scenes.cast import add_mannequins, add_people, add_poster, lie_tags
from goldentime.envs.scenes.catalogue import draw_object
from goldentime.envs.scenes.draft import Draft
from goldentime.envs.scenes.floor import SLAB_M, Floor, Room, build_floor, draw_plan, route_of
from goldentime.envs.scenes.furnishing import FURNISHING, put_at_wall
from goldentime.envs.scenes.lamps import hang_lamps
from goldentime.envs.scenes.lettering import Wall, draw_flat, hang_on_wall, room_plate, scene_sign
from goldentime.envs.scenes.objects import add_object
from goldentime.envs.signs import Mounting, PlacedSign, SignKind

__all__ = ["draw_storey"]

Rng = np.random.Generator

_KINDS = {
    "fire_extinguisher": 0.36, "bicycle": 0.09, "motorcycle": 0.05, "suitcase": 0.1, "backpack": 0.12, "gas_cylinder": 0.1,
    "wheelchair": 0.1, "cone": 0.04, "relief_kit": 0.04,
}  # fmt: skip
_AT_WALLS = frozenset({"fire_extinguisher", "gas_cylinder", "suitcase", "backpack", "relief_kit"})
_SIGNS = {SignKind.NOTICE: 0.4, SignKind.HAZARD: 0.3, SignKind.EXIT: 0.15, SignKind.FLOOR_NUMBER: 0.15}


def draw_storey(draft: Draft) -> tuple[Floor, tuple[Point, ...]]:
    """Fill a draft with a storey; its measures and the route, whose first point is where a drone starts."""
    rng, config = draft.rng, draft.config
    floor = draw_plan(rng)
    walls = build_floor(draft, floor)
    _hang_signs(draft, floor, walls, int(rng.integers(config.signs[0], config.signs[1] + 1)))
    places = [(round(share * floor.length_m, 3), 0.0) for share in (0.2, 0.5, 0.8)]
    places += [(room.door_x, round(room.inside[1], 3)) for room in floor.rooms]
    if floor.ceiling:
        hang_lamps(draft, floor.height_m, places, dark=floor.number < 0)
    for room in floor.rooms:
        _furnish(draft, walls[room.place])
    _fill(draft, floor, walls)
    return floor, route_of(floor)


def _hang_signs(draft: Draft, floor: Floor, walls: dict[int, list[Wall]], count: int) -> None:
    """Room plates, an exit, the storey's number; then whatever else there is."""
    rng = draft.rng
    left = count
    # The order leaves something of everything where there are few.
    for number in rng.permutation(len(floor.rooms)).tolist()[: max(count - 2, 0)]:
        left -= _plate(draft, floor, floor.rooms[number])
    if left > 0 and floor.ceiling:
        left -= _hanging(draft, floor, SignKind.EXIT)
    kinds, shares = list(_SIGNS), np.array(list(_SIGNS.values()))
    tries = 6 * count
    while left > 0 and tries > 0:
        tries -= 1
        kind = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
        if kind in (SignKind.EXIT, SignKind.FLOOR_NUMBER) and floor.ceiling and rng.random() < 0.3:
            left -= _hanging(draft, floor, kind)
            continue
        inside = kind in (SignKind.NOTICE, SignKind.HAZARD) and rng.random() < 0.4
        places = walls[floor.rooms[int(rng.integers(len(floor.rooms)))].place] if inside else walls[0]
        spec = draw_flat(kind, draft)
        if spec.mounting is Mounting.PROJECTING and 2.0 * spec.size_m[0] > floor.corridor_m:
            spec = replace(spec, mounting=Mounting.FLAT)
        left -= hang_on_wall(draft, spec, places[int(rng.integers(len(places)))]) is not None


def _plate(draft: Draft, floor: Floor, room: Room) -> bool:
    """Beside the door, on either side, in the corridor."""
    spec = room_plate(draft, floor.number, room.place)
    y, yaw = room.side * floor.corridor_m, -room.side * 0.5 * math.pi
    reach = 0.5 * floor.door_m[0] + 0.15 + 0.5 * spec.size_m[0]
    for x in (room.door_x + reach, room.door_x - reach):
        if 0.1 < x - 0.5 * spec.size_m[0] and x + 0.5 * spec.size_m[0] < floor.length_m - 0.1:
            spot = Wall((x - 1.0, y, SLAB_M), (x + 1.0, y, SLAB_M), yaw, floor.height_m)
            if hang_on_wall(draft, spec, spot, 1.0) is not None:
                return True
    return False


def _hanging(draft: Draft, floor: Floor, kind: SignKind) -> bool:
    """Below the corridor's ceiling, across it."""
    spec = scene_sign(kind, draft)
    wide, high = spec.size_m
    if wide > 2.0 * floor.corridor_m - 0.2 or floor.height_m - high - 0.08 < floor.flight_m + 0.5:
        return False
    height = round(floor.height_m - SLAB_M - 0.06 - 0.5 * high, 3)
    spec = replace(spec, mounting=Mounting.HANGING, height_m=height, vertical=False)
    for _ in range(6):
        x = round(float(draft.rng.uniform(1.5, floor.length_m - 1.5)), 2)
        sign = PlacedSign(spec=spec, anchor=(x, 0.0, SLAB_M), yaw=0.0 if draft.rng.random() < 0.5 else math.pi)
        if draft.hang(sign) is not None:
            return True
    return False


def _furnish(draft: Draft, walls: list[Wall]) -> None:
    uses = list(FURNISHING)
    use = uses[int(draft.rng.integers(len(uses)))]
    for kind in FURNISHING[use]:
        chair = (lambda: draw_object("chair", draft.pool, draft.rng)) if kind == "table" else None
        put_at_wall(draft, draw_object(kind, draft.pool, draft.rng), walls, chair=chair)


def _fill(draft: Draft, floor: Floor, walls: dict[int, list[Wall]]) -> None:
    """Objects, fires, people and who looks like them."""
    rng, config = draft.rng, draft.config
    objects, people, likenesses, fires = (
        int(rng.integers(low, high + 1)) for low, high in (config.objects, config.people, config.distractors, config.fires)
    )
    everywhere = [wall for places in walls.values() for wall in places]
    kinds, shares = list(_KINDS), np.array(list(_KINDS.values()))
    for number in rng.choice(len(kinds), size=objects, p=shares / shares.sum()).tolist():
        if not _add(draft, floor, everywhere, kinds[number]):
            _add(draft, floor, everywhere, "fire_extinguisher")
    for _ in range(fires):
        for _ in range(12):
            if add_open_fire(draft, _inside(rng, floor, 0.1), min(1.6, floor.height_m - 1.3)):
                break
    posters = int(rng.binomial(likenesses, 0.4)) if likenesses else 0
    hung = sum(add_poster(draft, everywhere) for _ in range(posters))
    add_mannequins(draft, likenesses - hung, lambda r: _inside(r, floor))
    add_people(draft, people, lambda r: _inside(r, floor))
    lie_tags(draft, lambda r: _inside(r, floor))


def _add(draft: Draft, floor: Floor, walls: list[Wall], kind: str) -> bool:
    """An object, at a wall or anywhere."""
    if kind in _AT_WALLS:
        return put_at_wall(draft, draw_object(kind, draft.pool, draft.rng), walls, jitter=0.3)
    return add_object(draft, kind, lambda r: _inside(r, floor), (0.0, 0.5 * math.pi, math.pi, -0.5 * math.pi))


def _inside(rng: Rng, floor: Floor, corridor: float = 0.2) -> Point:
    """Somewhere in a room, or in the corridor by so much of a chance."""
    if rng.random() < corridor:
        x = float(rng.uniform(1.0, floor.length_m - 0.5))
        return round(x, 3), round(float(rng.uniform(-1.0, 1.0)) * (floor.corridor_m - 0.25), 3), SLAB_M
    room = floor.rooms[int(rng.integers(len(floor.rooms)))]
    x, y = (float(rng.uniform(low + 0.3, high - 0.3)) for low, high in (room.x, room.y))
    return round(x, 3), round(y, 3), SLAB_M
