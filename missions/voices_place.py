"""Where somebody calls: an open field, a bare room, a floor or a street; where the drone hovers in it, and who is near.

The mission frame has its origin on the ground below the start and the world's axes, as in the search.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.acoustics.space import room_at, space_of
from goldentime.envs.level import UNSEEN, Box, Level, Point, Room
from goldentime.envs.scenes.scene import Scene, SceneConfig, Thing
from goldentime.errors import ScenarioError
from goldentime.records import record

__all__ = ["Place", "PlaceConfig", "Seat", "Stand", "draw_stand", "rt60_s"]

Place = Literal["open", "street", "room", "floor"]
Rng = np.random.Generator

_DRAWS = 12
_STEP_M, _WAY_M = 0.5, 6.0
_ROOM_M = 0.9
"""What is free around the start."""
_VOICES = {"man": "man", "elderly_man": "man", "woman": "woman", "elderly_woman": "woman", "child": "child"}
_STAFF = ("firefighter", "medic")
_MOUTH = 0.9
"""Height of a mouth as a share of a person's height, whatever the posture."""
_MOUTHS_M = (1.5, 1.5, 1.1, 0.5)
"""Where nobody is to be seen: standing, standing, sitting, lying."""
_WALLS = ("plasterboard", "plaster", "brick", "concrete")
_FLOORS = ("linoleum", "wood", "concrete")
_CEILINGS = ("mineral_tile", "plasterboard_ceiling", "plaster", "concrete")
_THICK_M = 0.15
_MIDDLE = slice(2, 4)
"""Octave bands of 500 and 1000 Hz."""


@record
class PlaceConfig:
    """What places are drawn; pairs are the least and the most."""

    places: tuple[Place, ...] = ("open", "street", "room", "floor")
    distance_m: tuple[float, float] = (1.5, 7.0)
    """Of callers from where the drone starts."""
    height_m: tuple[float, float] = (1.5, 2.5)
    """Of the start, in the open; elsewhere that of the route."""
    ahead: bool = False
    """Whether all callers stand at the drone's height in the half plane ahead of it, at multiples of 20 degrees from its
    right, as in the contest's track; in the open alone."""
    room_m: tuple[Point, Point] = ((5.0, 4.0, 2.5), (12.0, 9.0, 4.0))
    """Measures of bare rooms."""
    rt60_s: tuple[float, float] = (0.25, 1.3)
    """Reverberation time of bare rooms, from the easiest to the hardest."""
    scene: SceneConfig = SceneConfig(pool="test", people=(5, 10), signs=(0, 4), distractors=(0, 1))
    """Of floors and streets; `place` is drawn."""

    def __post_init__(self) -> None:
        if not self.places or (self.ahead and self.places != ("open",)):
            raise ValueError(f"expected places, and with ahead no other than open, got {self.places}")
        for name in ("distance_m", "height_m", "rt60_s"):
            low, high = getattr(self, name)
            if not 0.0 < low <= high:
                raise ValueError(f"{name}: expected 0 < least <= most, got {low:g} and {high:g}")


class Seat(NamedTuple):
    """A place from which somebody may call."""

    mouth: Point
    """[m] world ENU."""
    voice: str = ""
    """`man`, `woman` or `child` where one is to be seen; else anybody."""


class Stand(NamedTuple):
    """A drawn place, and where the drone is in it. World frame."""

    place: Place
    level: Level
    start: Point
    """[m] where it hovers."""
    ground_m: float
    yaw: float
    route: tuple[Point, ...]
    """[m] from the start, free for the drone."""
    seats: tuple[Seat, ...]
    """Nearest first; as many as there are, in scenes."""
    staff: tuple[Point, ...]
    """Mouths of rescuers."""
    scene: Scene | None = None


def draw_stand(config: PlaceConfig, difficulty: float, seats: tuple[int, int], rng: Rng) -> Stand:
    """Draw a place.

    Args:
        difficulty: in [0, 1]: at 0 the open field, at 1 rooms and floors, hard ones.
        seats: the fewest that will do, and how many are made where nobody is to be seen.

    Raises:
        ScenarioError: too few people near any point of the route, in many scenes.
    """
    ease = 1.0 - difficulty
    weights = {"open": ease, "street": 2.0 * ease * difficulty, "room": difficulty, "floor": difficulty}
    share = np.array([weights[place] for place in config.places])
    if not share.sum() > 0.0:
        share = np.ones(len(config.places))
    place = config.places[int(rng.choice(len(config.places), p=share / share.sum()))]
    if place == "open":
        return _open(config, seats[1], rng)
    if place == "room":
        return _room(config, difficulty, seats[1], rng)
    return _scene(config, "street" if place == "street" else "floor", seats[0], rng)


def rt60_s(level: Level, at: Point) -> float:
    """Reverberation time at middle frequencies where a point is; 0 in the open air."""
    space = space_of(level)
    return float(space.rt60_s[room_at(space, np.array(at)), _MIDDLE].mean())


def _open(config: PlaceConfig, count: int, rng: Rng) -> Stand:
    yaw, height = float(rng.uniform(-math.pi, math.pi)), float(rng.uniform(*config.height_m))
    reach = config.distance_m[1] + 8.0
    start = (0.0, 0.0, round(height, 3))
    level = Level(bounds=((-reach, -reach, 0.0), (reach, reach, 12.0)))
    if config.ahead:
        seats = [_ahead(config, yaw, start[2], rng) for _ in range(count)]
    else:
        seats = _apart(start, lambda: _around(config, start, rng), count)
    ahead = (_WAY_M * math.cos(yaw), _WAY_M * math.sin(yaw), height)
    staff = tuple(_around(config, start, rng).mouth for _ in range(2))
    return Stand("open", level, start, 0.0, yaw, (start, ahead), tuple(seats), staff)


def _ahead(config: PlaceConfig, yaw: float, height: float, rng: Rng) -> Seat:
    turn, away = yaw + math.radians(20.0 * int(rng.integers(10)) - 90.0), float(rng.uniform(*config.distance_m))
    return Seat((away * math.cos(turn), away * math.sin(turn), height))


def _around(config: PlaceConfig, start: Point, rng: Rng) -> Seat:
    turn, away = float(rng.uniform(-math.pi, math.pi)), float(rng.uniform(*config.distance_m))
    mouth = _MOUTHS_M[int(rng.integers(len(_MOUTHS_M)))]
    return Seat((start[0] + away * math.cos(turn), start[1] + away * math.sin(turn), mouth))


def _apart(start: Point, draw: Callable[[], Seat], count: int) -> list[Seat]:
    """Seats that do not hide behind one another: at least 30 degrees apart as far as that can be had."""
    seats: list[Seat] = []
    for _ in range(40 * count):
        if len(seats) == count:
            break
        seat = draw()
        turn = _turn(start, seat)
        if all(abs(math.remainder(turn - _turn(start, other), 2.0 * math.pi)) > math.radians(30.0) for other in seats):
            seats.append(seat)
    return seats


def _turn(start: Point, seat: Seat) -> float:
    return math.atan2(seat.mouth[1] - start[1], seat.mouth[0] - start[0])


def _room(config: PlaceConfig, difficulty: float, count: int, rng: Rng) -> Stand:
    odd = int(config.scene.pool == "test")
    # Even centimetres for training, odd ones for tests: no room is in both pools.
    length, width, height = (
        (2 * round(50.0 * float(rng.uniform(a, b))) + odd) / 100.0 for a, b in zip(*config.room_m, strict=True)
    )
    level = _bare_room(config, difficulty, (length, width, height), rng)
    margin, flight = 1.2, round(float(rng.uniform(1.4, min(1.8, height - 0.6))), 2)
    spots = [
        (float(rng.uniform(margin, length - margin)), float(rng.uniform(margin, width - margin)), flight) for _ in "ab"
    ]

    def draw() -> Seat:
        for _ in range(100):
            x, y = float(rng.uniform(0.4, length - 0.4)), float(rng.uniform(0.4, width - 0.4))
            if config.distance_m[0] <= math.hypot(x - spots[0][0], y - spots[0][1]) <= config.distance_m[1]:
                break
        return Seat((x, y, _MOUTHS_M[int(rng.integers(len(_MOUTHS_M)))]))

    seats = _apart(spots[0], draw, count)
    yaw = float(rng.uniform(-math.pi, math.pi))
    return Stand("room", level, spots[0], 0.0, yaw, tuple(spots), tuple(seats), tuple(draw().mouth for _ in range(2)))


def _bare_room(config: PlaceConfig, difficulty: float, size: Point, rng: Rng) -> Level:
    """Four walls and a ceiling, with as much in it as its reverberation time wants."""
    length, width, height = size
    wall, floor, ceiling = (names[int(rng.integers(len(names)))] for names in (_WALLS, _FLOORS, _CEILINGS))
    low, high = config.rt60_s
    wanted_s = (low + difficulty * (high - low)) * float(rng.uniform(0.8, 1.25))
    room = Room(lower=(0.0, 0.0, 0.0), upper=size, materials=(wall, wall, wall, wall, floor, ceiling))
    bare = Level(rooms=(room,))
    # Eyring's formula the other way round: what `space_of` makes of furniture.
    faces_m2 = 2.0 * (length * width + length * height + width * height)
    missing_m2 = 0.161 * length * width * height * (1.0 / wanted_s - 1.0 / rt60_s(bare, (0.1, 0.1, 0.1)))
    area_m2 = faces_m2 * (1.0 - math.exp(-max(missing_m2, 0.0) / faces_m2))
    room = replace(room, absorption_m2=round(area_m2, 2))
    t = _THICK_M
    spans = (
        ((-t, 0.0), (-t, width + t), (0.0, height), wall, "wall"),
        ((length, length + t), (-t, width + t), (0.0, height), wall, "wall"),
        ((0.0, length), (-t, 0.0), (0.0, height), wall, "wall"),
        ((0.0, length), (width, width + t), (0.0, height), wall, "wall"),
        ((-t, length + t), (-t, width + t), (height, height + t), ceiling, "ceiling"),
    )
    solids = tuple(
        Box(
            centre=(0.5 * (x[0] + x[1]), 0.5 * (y[0] + y[1]), 0.5 * (z[0] + z[1])),
            size=(x[1] - x[0], y[1] - y[0], z[1] - z[0]),
            semantic=semantic,
            material=material,
        )
        for x, y, z, material, semantic in spans
    )
    return Level(solids=solids, bounds=((0.0, 0.0, 0.0), size), rooms=(room,))


def _scene(config: PlaceConfig, place: Literal["street", "floor"], fewest: int, rng: Rng) -> Stand:
    # Late: all missions are loaded together, and the others do without what draws scenes.
    from goldentime.envs.scenes.draw import draw_scene
    from goldentime.envs.scenes.proof import sampled

    for _ in range(_DRAWS):
        scene = draw_scene(replace(config.scene, place=place), rng)
        way = sampled(scene.route, _STEP_M)
        people = [thing for thing in scene.things if thing.kind in _VOICES]
        near = _near(scene, way, people, config.distance_m)
        best = int(near.sum(1).max()) if len(people) else 0
        if best >= fewest:
            begin = int(rng.choice(np.flatnonzero(near.sum(1) == best)))
            return _stand_in(scene, place, way[begin:], [p for p, there in zip(people, near[begin], strict=True) if there])
    raise ScenarioError(f"voices: expected {fewest} people near the route, got fewer in {_DRAWS} scenes of {config.scene}")


def _near(
    scene: Scene, way: NDArray[np.float64], people: Sequence[Thing], distance_m: tuple[float, float]
) -> NDArray[np.bool_]:
    """(points of the way, people) whether one can be seen from there, at the right distance; nobody where it is narrow."""
    from goldentime.envs.scenes.proof import boxes_of, clearance_m, sees

    if not people:
        return np.zeros((len(way), 0), bool)
    mouths = np.array([_mouth(person) for person in people])
    eyes = np.repeat(way, len(people), axis=0)
    targets = np.tile(mouths, (len(way), 1))
    boxes = boxes_of([solid for solid in scene.level.solids if solid.material != UNSEEN])
    clear = sees(eyes, targets, boxes, np.ones((len(eyes), len(boxes.yaw)), bool))
    away = np.linalg.norm(targets - eyes, axis=1)
    fits: NDArray[np.bool_] = (clear & (away >= distance_m[0]) & (away <= distance_m[1])).reshape(len(way), len(people))
    # A drone without a position fix drifts: not in a door.
    fits[clearance_m(way, boxes_of(scene.level.solids)) < _ROOM_M] = False
    # Not where a drone takes off, nor at the very end.
    fits[:2] = fits[-2:] = False
    return fits


def _stand_in(scene: Scene, place: Place, way: NDArray[np.float64], people: Sequence[Thing]) -> Stand:
    start = _point(way[0])
    seats = sorted(
        (Seat(_mouth(person), _VOICES[person.kind]) for person in people), key=lambda s: math.dist(s.mouth, start)
    )
    staff = tuple(_mouth(thing) for thing in scene.things if thing.kind in _STAFF)
    route = tuple(_point(row) for row in way[: int(_WAY_M / _STEP_M) + 1])
    return Stand(place, scene.level, start, scene.start[2], scene.start_yaw, route, tuple(seats), staff, scene)


def _mouth(person: Thing) -> Point:
    x, y, z = person.centre
    return x, y, round(z + (_MOUTH - 0.5) * person.size[2], 3)


def _point(row: Any) -> Point:
    x, y, z = (round(float(value), 3) for value in row)
    return x, y, z
