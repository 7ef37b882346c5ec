"""Draws who is in a building: victims in any state, and rescuers who are none."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Literal, NamedTuple, TypeVar

import numpy as np

from goldentime.envs.level import Level, Point
from goldentime.envs.people.ground import Ground, ground_of, way_is_clear
from goldentime.envs.people.person import Behaviour, Mobility, Person
from goldentime.envs.people.triage import LOST, SENSELESS
from goldentime.errors import ScenarioError
from goldentime.records import record

__all__ = ["PeopleConfig", "Spot", "draw_people"]

Rng = np.random.Generator
Name = TypeVar("Name", bound=str)
Ailing = Literal["well", "hurt", "senseless", "dead"]

_KINDS = {"man": 0.29, "woman": 0.29, "child": 0.22, "elderly_man": 0.1, "elderly_woman": 0.1}
_RESCUERS = {"firefighter": 0.6, "medic": 0.4}
_POSTURES: dict[Ailing, dict[str, float]] = {
    "well": {"standing": 0.35, "waving": 0.25, "sitting": 0.2, "crouching": 0.2},
    "hurt": {"sitting": 0.35, "crouching": 0.15, "lying_back": 0.25, "lying_side": 0.25},
    "senseless": {"lying_back": 0.5, "lying_side": 0.5},
    "dead": {"lying_back": 0.5, "lying_side": 0.5},
}
_INJURIES: dict[Ailing, tuple[float, float]] = {
    "well": (0.0, 0.25), "hurt": (0.35, SENSELESS - 0.05), "senseless": (SENSELESS + 0.02, LOST - 0.05),
    "dead": (LOST + 0.03, 1.0),
}  # fmt: skip
_UPRIGHT = ("standing", "walking", "waving")
_LEAST_WAY_M, _APART_M, _LEVEL_M = 1.5, 0.6, 0.1
"""Of a path: its least length, how near it may come to others, and how much it may rise."""


class Spot(NamedTuple):
    """A free place on the ground."""

    room: int
    """Place in `Level.rooms`."""
    position: Point
    """[m] world ENU."""


@record
class PeopleConfig:
    """Who is drawn; pairs are the fewest and the most."""

    count: tuple[int, int] = (6, 10)
    rescuers: float = 0.15
    """Share of them that are firefighters and medics."""
    states: Mapping[Ailing, float] = field(
        default_factory=lambda: {"well": 0.45, "hurt": 0.3, "senseless": 0.2, "dead": 0.05}
    )
    """Shares of victims that walk, that crawl or are trapped, that are unconscious, and that are dead at the start."""
    behaviours: Mapping[Behaviour, float] = field(default_factory=lambda: {"stays": 0.4, "wanders": 0.35, "follows": 0.25})
    """Shares of those who walk."""
    trapped: float = 0.5
    """Share of those who don't walk that is; the others crawl while they can."""
    pool: Literal["train", "test"] = "test"
    """Of the figures."""

    def __post_init__(self) -> None:
        low, high = self.count
        shares = (*self.states.values(), *self.behaviours.values(), self.rescuers, self.trapped)
        if not 0 <= low <= high or min(shares) < 0.0 or not sum(self.states.values()) or not sum(self.behaviours.values()):
            raise ValueError(f"expected 0 <= fewest <= most and shares of at least 0 that are not all 0, got {self}")


def draw_people(spots: Sequence[Spot], level: Level, config: PeopleConfig, rng: Rng) -> tuple[Person, ...]:
    """People on some of the spots; the spots that stay free serve those who wander.

    Raises:
        ScenarioError: fewer spots than people.
    """
    count = int(rng.integers(config.count[0], config.count[1] + 1))
    if count > len(spots):
        raise ScenarioError(f"people: expected a spot for each of {count}, got {len(spots)}")
    order = rng.permutation(len(spots)).tolist()
    taken, free = [spots[i] for i in order[:count]], [spots[i] for i in order[count:]]
    ground = ground_of(level, [spot.position for spot in taken])
    return tuple(_draw(spot, _Place(taken, free, ground), config, rng) for spot in taken)


class _Place(NamedTuple):
    taken: list[Spot]
    free: list[Spot]
    ground: Ground


class _Role(NamedTuple):
    posture: str
    injury: float
    mobility: Mobility = "walks"
    behaviour: Behaviour = "stays"
    victim: bool = True


def _draw(spot: Spot, place: _Place, config: PeopleConfig, rng: Rng) -> Person:
    rescues = bool(rng.random() < config.rescuers)
    kind = _pick(_RESCUERS if rescues else _KINDS, rng)
    role = _rescuer(rng) if rescues else _victim(config, rng)
    path = _path(spot, place, rng) if role.behaviour == "wanders" else ()
    if role.behaviour == "wanders" and not path:
        role = role._replace(behaviour="stays")
    stem, colours = _looks(kind, config.pool, rng)
    postures = {role.posture, "lying_side"}
    if role.behaviour != "stays":
        postures |= {"standing", "walking"}
    if role.posture in _UPRIGHT:
        postures.add("sitting")
    return Person(
        kind=kind,
        assets={posture: f"{stem}-{posture}" for posture in sorted(postures)},
        colours=colours,
        scale=round(float(rng.uniform(0.93, 1.07)), 3),
        position=spot.position,
        yaw=round(float(rng.uniform(-math.pi, math.pi)), 3),
        posture=role.posture,
        room=spot.room,
        mobility=role.mobility,
        behaviour=role.behaviour,
        path=path,
        injury=role.injury,
        victim=role.victim,
    )


def _victim(config: PeopleConfig, rng: Rng) -> _Role:
    ailing = _pick(config.states, rng)
    posture, injury = _pick(_POSTURES[ailing], rng), round(float(rng.uniform(*_INJURIES[ailing])), 3)
    if ailing == "well":
        behaviour = _pick(config.behaviours, rng)
        return _Role("standing" if behaviour != "stays" else posture, injury, behaviour=behaviour)
    return _Role(posture, injury, "trapped" if rng.random() < config.trapped else "crawls")


def _rescuer(rng: Rng) -> _Role:
    moves = bool(rng.random() < 0.5)
    posture = "standing" if moves else _pick({"standing": 0.5, "crouching": 0.5}, rng)
    return _Role(posture, 0.0, behaviour="wanders" if moves else "stays", victim=False)


def _path(spot: Spot, place: _Place, rng: Rng) -> tuple[Point, ...]:
    """From somebody's place straight to a free one of the same room; nothing where there is none."""
    for i in rng.permutation(len(place.free)).tolist():
        goal = place.free[i]
        others = [other.position for other in place.taken if other is not spot]
        if (
            goal.room == spot.room
            and abs(goal.position[2] - spot.position[2]) < _LEVEL_M
            and math.dist(goal.position, spot.position) >= _LEAST_WAY_M
            and all(_off(other, spot.position, goal.position) >= _APART_M for other in others)
            and way_is_clear(place.ground, spot.position, goal.position)
        ):
            return spot.position, goal.position
    return ()


def _off(point: Point, begin: Point, end: Point) -> float:
    """Distance [m] of a point from a stretch."""
    p, a, b = np.array(point), np.array(begin), np.array(end)
    along = b - a
    share = min(max(float((p - a) @ along) / float(along @ along), 0.0), 1.0)
    return float(np.linalg.norm(p - a - share * along))


def _looks(kind: str, pool: Literal["train", "test"], rng: Rng) -> tuple[str, dict[str, Point]]:
    """A figure's name without a posture, and the colours of its clothes."""
    # Late: a world with people in it can be run without what draws scenes.
    from goldentime.envs.scenes import palette
    from goldentime.envs.scenes.catalogue import draw_figure

    stem = draw_figure(kind, "standing", pool, rng).removesuffix("-standing")
    colours: dict[str, Point] = {"skin": palette.skin(rng)}
    if kind not in _RESCUERS:
        colours |= {"top": palette.named(rng).colour, "bottom": palette.named(rng, bottom=True).colour}
        colours |= {"shoes": palette.shoes(rng), "hair": palette.hair(rng, old=kind.startswith("elderly"))}
    return stem, colours


def _pick(shares: Mapping[Name, float], rng: Rng) -> Name:
    names, weights = list(shares), np.array(list(shares.values()))
    return names[int(rng.choice(len(names), p=weights / weights.sum()))]
