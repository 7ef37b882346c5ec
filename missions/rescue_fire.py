"""What burns in a rescue, since when, and what else endangers people: cylinders near the fire, an exit that is blocked."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from goldentime.envs.acoustics.sounds import Sounding, Source, Waypoint
from goldentime.envs.assets.library import load_asset
from goldentime.envs.buildings.building import Building, Exit
from goldentime.envs.fire.plan import FirePlan, Fuel, Ignition
from goldentime.envs.hazards.flames import Flame
from goldentime.envs.level import Box, Point, Primitive
from goldentime.errors import ScenarioError
from goldentime.missions.rescue_tour import ways_of
from goldentime.missions.search_ledger import Target
from goldentime.records import record
from goldentime.types import Vec3

__all__ = ["Blaze", "FireConfig", "draw_blaze"]

Rng = np.random.Generator

_LEAST_W = 3e5
"""What begins to burn is large enough to fill a room with smoke."""
_SMOULDER_W, _SMOULDER_SOOT, _SMOULDER_CO = 2e4, 0.15, 0.2
"""Of an item that smokes without flames; smouldering gives far more carbon monoxide per mass than flames do, some tenths
of the mass (our choice)."""
_CYLINDER_M, _STOREY_M = 3.0, 1.5
_FLAMES = 2
"""Tongues of each fuel."""
_CRACKLE_DB, _ALARM_DB = 85.0, 88.0
"""At 1 m; of a fire at the power of its fuel's peak."""
_RUBBLE: tuple[tuple[Point, Point], ...] = (
    ((0.0, 0.0, 0.35), (1.3, 0.5, 0.7)),
    ((0.1, 0.05, 0.95), (1.0, 0.45, 0.5)),
    ((-0.15, 0.0, 1.4), (0.8, 0.4, 0.4)),
)
"""Middles and sizes of crates in a doorway."""


@record
class FireConfig:
    """How the fire begins; pairs are the least and the most."""

    head_start_s: tuple[float, float] = (120.0, 200.0)
    """For how long it burns when the drone starts."""
    cylinder: float = 0.5
    """How often it begins beside a gas cylinder, where there is one."""
    smouldering: float = 0.35
    """How often something else smokes without flames."""
    blocked: float = 0.5
    """How often an exit is blocked, where there is more than one."""
    alarm: float = 0.5
    """How often a smoke alarm sounds."""

    def __post_init__(self) -> None:
        low, high = self.head_start_s
        shares = (self.cylinder, self.smouldering, self.blocked, self.alarm)
        if not 0.0 <= low <= high or not all(0.0 <= share <= 1.0 for share in shares):
            raise ValueError(f"expected 0 <= least <= most head_start_s and shares in [0, 1], got {self}")


class Blaze(NamedTuple):
    """A fire and its dangers."""

    plan: FirePlan
    origin: int
    """The fuel that began."""
    flames: tuple[Flame, ...]
    sounds: tuple[Source, ...]
    rubble: tuple[Primitive, ...]
    """Further solids of the level."""
    hazards: tuple[Target, ...]
    """In the world frame."""
    blocked: tuple[Point, ...]
    """Doorways that nobody gets through."""
    rooms: tuple[int, ...]
    """Places in `Level.rooms` of those where something burns or smokes from the beginning."""

    def away_m(self, position: Point) -> float:
        """Distance from where it began, storeys counting threefold."""
        (x, y, z), (a, b, c) = position, self.plan.fuels[self.origin].position
        return math.hypot(x - a, y - b, 3.0 * (z - c + 0.5))


def draw_blaze(building: Building, config: FireConfig, rng: Rng) -> Blaze:
    """A fire for a building.

    Raises:
        ScenarioError: nothing in it burns.
    """
    cylinders = [p.position for p in building.props if load_asset(p.asset).kind == "gas_cylinder"]
    origin = _origin(building, cylinders, config, rng)
    smoulder = _smoulder(building, origin, config, rng)
    fuels = [_smouldering(fuel) if i == smoulder else fuel for i, fuel in enumerate(building.fuels)]
    begun_s = -round(float(rng.uniform(*config.head_start_s)), 1)
    ignitions = [Ignition(fuel=origin, time_s=begun_s)]
    if smoulder is not None:
        ignitions.append(Ignition(fuel=smoulder, time_s=begun_s))
    hazards = [_around("fire", fuels[origin].position)]
    if smoulder is not None:
        hazards.append(_around("smoke", fuels[smoulder].position))
    hazards += [_around("gas_cylinder", p) for p in cylinders if _near(fuels[origin], p)][:1]
    rubble = _rubble(building, config, rng)
    if rubble:
        hazards.append(_around("blocked_exit", rubble[0].centre))
    flames = [flame for i, fuel in enumerate(fuels) if i != smoulder for flame in _flames(building, fuel, i, rng)]
    sounds = _sounds(building, fuels[origin], origin, config, rng)
    return Blaze(
        FirePlan(fuels=tuple(fuels), ignitions=tuple(ignitions)), origin, tuple(flames), sounds, rubble,
        tuple(target._replace(number=i) for i, target in enumerate(hazards)),
        (rubble[0].centre,) if rubble else (), tuple(fuels[ignition.fuel].room for ignition in ignitions),
    )  # fmt: skip


def _smouldering(fuel: Fuel) -> Fuel:
    return replace(
        fuel, growth="slow", peak_w=_SMOULDER_W, soot_yield=_SMOULDER_SOOT, co_yield=_SMOULDER_CO
    )  # fmt: skip


def _near(fuel: Fuel, place: Point) -> bool:
    """On the same storey."""
    rise_m = abs(fuel.position[2] - place[2])
    return math.dist(fuel.position, place) <= _CYLINDER_M and rise_m < _STOREY_M


def _around(kind: str, at: Vec3) -> Target:
    x, y, z = at
    return Target(0, kind, (x - 0.4, y - 0.4, z - 0.4), (x + 0.4, y + 0.4, z + 0.6), 0.0)


def _origin(building: Building, cylinders: Sequence[Point], config: FireConfig, rng: Rng) -> int:
    """In a room that a drone gets into, now and then beside a gas cylinder."""
    rooms = _open_rooms(building)
    power = np.zeros(len(rooms))
    for fuel in building.fuels:
        power[fuel.room] += fuel.peak_w
    large = [i for i, fuel in enumerate(building.fuels) if fuel.peak_w >= _LEAST_W and rooms[fuel.room]]
    if not large:
        raise ScenarioError(f"rescue: expected something of at least {_LEAST_W:g} W that burns, the building has nothing")
    # Smoke rises: from below it reaches most; and what grows fast beside much else that burns makes most of it.
    storey = [building.compartments[fuel.room].storey for fuel in building.fuels]
    large.sort(key=lambda i: (storey[i], building.fuels[i].growth != "fast", -power[building.fuels[i].room]))
    large = large[: max(len(large) // 4, 1)]
    beside = [i for i in large if any(_near(building.fuels[i], p) for p in cylinders)]
    among = beside if beside and rng.random() < config.cylinder else large
    return among[int(rng.integers(len(among)))]


def _open_rooms(building: Building) -> list[bool]:
    """Which compartments are rooms that a drone gets into."""
    return [c.kind == "room" and not c.sealed for c in building.compartments]


def _smoulder(building: Building, origin: int, config: FireConfig, rng: Rng) -> int | None:
    """In another room that a drone gets into."""
    room, rooms = building.fuels[origin].room, _open_rooms(building)
    others = [i for i, fuel in enumerate(building.fuels) if fuel.room != room and rooms[fuel.room]]
    draw, which = rng.random(), rng.random()
    return others[int(which * len(others))] if others and draw < config.smouldering else None


def _rubble(building: Building, config: FireConfig, rng: Rng) -> tuple[Box, ...]:
    """Crates in a doorway, of those without which everybody can still be reached."""
    start = building.entrance.position
    ways = sorted(building.exits, key=lambda way: math.dist(way.position, start))[1:]
    draw, order = rng.random(), rng.permutation(len(ways)).tolist()
    if draw >= config.blocked:
        return ()
    nodes = [spot.node for spot in building.spots if not building.compartments[spot.room].sealed]
    for i in order:
        length_m = ways_of(building.graph, [ways[i].position]).length_m[building.entrance.node]
        if np.isfinite(length_m[nodes]).all():
            return _crates(building, ways[i])
    return ()


def _crates(building: Building, way: Exit) -> tuple[Box, ...]:
    opening = building.level.openings[building.doors[way.door].opening]
    along_x = opening.size[0] > opening.size[1]
    x, y, z = way.position
    boxes = []
    for (a, b, c), (long, deep, tall) in _RUBBLE:
        centre = (x + a, y + b, z + c) if along_x else (x + b, y + a, z + c)
        size = (long, deep, tall) if along_x else (deep, long, tall)
        boxes.append(Box(centre=centre, size=size, semantic="obstacle", material="wood"))
    return tuple(boxes)


def _flames(building: Building, fuel: Fuel, number: int, rng: Rng) -> list[Flame]:
    """As large as at the peak, and no higher than the room."""
    x, y, z = fuel.position
    # Heskestad's flame height for a fire one metre wide.
    tall = 0.235 * (fuel.peak_w / 1000.0) ** 0.4 - 1.02
    room_m = building.level.rooms[fuel.room].upper[2] - z - 0.1
    found = []
    for index in range(_FLAMES):
        height = round(min(max(tall, 0.4), max(room_m, 0.3)) * (1.0 - 0.3 * index), 3)
        turn, away = float(rng.uniform(-math.pi, math.pi)), 0.25 * index
        foot = (round(x + away * math.cos(turn), 3), round(y + away * math.sin(turn), 3), round(z - 0.1, 3))
        found.append(
            Flame(
                position=foot, radius_m=round(0.3 * height, 3), height_m=height, seed=int(rng.integers(2**16)), fuel=number
            )
        )
    return found


def _sounds(building: Building, fuel: Fuel, number: int, config: FireConfig, rng: Rng) -> tuple[Source, ...]:
    """The fire's crackle, and perhaps an alarm under the ceiling of its room."""
    forever = 3600.0
    crackle = Source(
        kind="fire", path=(Waypoint(time_s=0.0, position=fuel.position),),
        soundings=(Sounding(start_s=0.0, duration_s=forever, level_db=_CRACKLE_DB),), fuel=number,
    )  # fmt: skip
    if rng.random() >= config.alarm:
        return (crackle,)
    room = building.level.rooms[fuel.room]
    x, y = (0.5 * (low + high) for low, high in zip(room.lower[:2], room.upper[:2], strict=True))
    at = (round(x, 3), round(y, 3), round(room.upper[2] - 0.15, 3))
    ringing = Sounding(start_s=0.0, duration_s=forever, level_db=_ALARM_DB)
    return crackle, Source(kind="alarm", path=(Waypoint(time_s=0.0, position=at),), soundings=(ringing,))
