"""From a rescue to a team's: who flies with what, where they start, the heavy load, and the marks for the anchors.

Besides what `rescue_place` says, `Scenario.task` holds in the world frame `goal` (where the load is wanted) and `marks`
(where the two anchors belong).
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import Point
from goldentime.envs.scenario import DroneSpec, KitSpec, LoadSpec, Scenario
from goldentime.envs.scenes.proof import Boxes, boxes_of, clearance_m, sampled
from goldentime.errors import ScenarioError
from goldentime.missions.rescue_place import RescueConfig, Site, compose, draw_site, rescue_brief, standing_m
from goldentime.missions.rescue_tour import Tour
from goldentime.missions.search_place import local
from goldentime.records import record

__all__ = ["CARRIER", "SCOUT", "TeamConfig", "draw_team", "team_brief"]

Rng = np.random.Generator
Floats = NDArray[np.float64]

SCOUT, CARRIER = "scout", "carrier"
"""Roles."""

_TRIES = 8
_GRID_M, _AROUND_M, _KNEE = 0.5, 14.0, np.array((0.0, 0.0, 0.6))
"""Places on the ground are looked for on such a grid, so far around the start, and are free so high over it [m]."""
_STAND_M, _APART_M, _PAIR_M, _DOOR_M = 0.5, 1.3, 1.5, 1.6
"""Room around a drone that stands, between two, between the two at the load, and around where all fly by who fly in."""
_NEAR_M = 4.0
"""What is farther from all places of the yard does not matter."""
_LIFT_M, _FREE_M, _RISE_M = (2.0, 3.9), 0.6, 0.3
"""Between these heights over the ground the way of the load is free so far around it; and at which steps one looks
whether something hangs over a start."""
_HAUL_M, _MARKS_M = (7.0, 12.0), (3.0, 7.0)
"""From start to goal; from mark to mark, and at most as far from the start."""


@record
class TeamConfig:
    """Who flies. The first two carriers share the load and bring an anchor each."""

    scouts: int = 2
    carriers: int = 2
    carrier: str = "carrier"
    """Airframe of the carriers; that of the scouts is the rescue's."""
    load_kg: float = LoadSpec.mass_kg
    rope_m: float = 1.5
    anchor_kg: float = 0.1
    haul_s: float = 60.0
    """What hauling the load and dropping the anchors take of the best tour of a carrier; our choice."""

    def __post_init__(self) -> None:
        if self.carriers < 2 or self.scouts < 0 or self.carriers + self.scouts > 6:
            got = f"{self.scouts} scouts and {self.carriers} carriers"
            raise ValueError(f"expected at least 2 carriers and at most 6 drones, got {got}")


class _Yard(NamedTuple):
    """Places on the ground, the nearest to the start first."""

    points: Floats
    """(n, 3) [m] on the ground."""
    room_m: Floats
    """(n,) to the nearest solid."""


def draw_team(mission: str, config: RescueConfig, team: TeamConfig, rng: Rng) -> Scenario:
    """A building on fire with people in it, and a team before its door.

    Raises:
        ScenarioError: nobody can be reached, or there is no place for the team.
    """
    for tries_left in reversed(range(_TRIES)):
        site = draw_site(config, rng)
        try:
            place = _placed(site, team, rng)
            break
        except ScenarioError:
            # Some yards are full of cars.
            if config.plan or not tries_left:
                raise
    tours = _tours(site, config, team)
    load, *stands = place["stands"]
    drones = tuple(_drone(i, stand, site, config, team) for i, stand in enumerate(stands))
    first = team.scouts
    kits = [KitSpec(kind="anchor", carrier=i, mass_kg=team.anchor_kg, size=(0.1, 0.1, 0.1)) for i in (first, first + 1)]
    kits += [KitSpec(carrier=first + i, mass_kg=config.kit_kg) for i in range(team.carriers) for _ in range(config.kits)]
    size = LoadSpec.size
    x, y, z = load
    hauled = LoadSpec(
        position=(x, y, round(z + 0.5 * size[2] + 1e-3, 4)), drones=(first, first + 1), rope_m=team.rope_m,
        mass_kg=team.load_kg,
    )  # fmt: skip
    scenario = compose(
        mission, config, site, tours, rng, drones=drones, kits=tuple(kits), loads=(hauled,),
        base=_over(site.building.entrance.position),
    )  # fmt: skip
    return replace(scenario, task={**scenario.task, "goal": place["goal"], "marks": place["marks"]})


def _over(ground: Point) -> Point:
    """Where the antenna of those outside is: on a mast, behind the start as seen from the door."""
    x, y, z = ground
    return x, y, z + 2.0


def _drone(number: int, stand: Point, site: Site, config: RescueConfig, team: TeamConfig) -> DroneSpec:
    role = SCOUT if number < team.scouts else CARRIER
    airframe = config.airframe if role == SCOUT else team.carrier
    x, y, z = stand
    return DroneSpec(
        airframe=airframe, position=(x, y, standing_m(z, airframe)), yaw=site.building.entrance.yaw, role=role
    )  # fmt: skip


def _tours(site: Site, config: RescueConfig, team: TeamConfig) -> list[Tour]:
    """By drone. Carriers bring the kits, turn and turn about; scouts pass by the others, or else the carriers do."""
    helped = site.helped(config.kits * team.carriers)
    others = [i for i, node in enumerate(site.nodes) if node >= 0 and i not in helped]
    start = site.building.entrance.node
    others.sort(key=lambda person: float(site.ways.length_m[start, site.nodes[person]]))
    hauling = replace(config.pace, take_off_s=config.pace.take_off_s + team.haul_s)
    seen = [others[i :: team.scouts] for i in range(team.scouts)]
    brought = [helped[i :: team.carriers] for i in range(team.carriers)]
    passed = [[] if team.scouts else others[i :: team.carriers] for i in range(team.carriers)]
    return [site.tour(people, (), config.pace) for people in seen] + [
        site.tour([*kits, *more], kits, hauling) for kits, more in zip(brought, passed, strict=True)
    ]


def _placed(site: Site, team: TeamConfig, rng: Rng) -> dict[str, Any]:
    """Where the load and then the drones stand, where the load is wanted, and where the anchors belong."""
    yard, boxes = _yard(site)
    load, pair = _load_and_pair(yard, boxes)
    taken = [*pair, load]
    stands: list[Floats] = []
    wanted = team.scouts + team.carriers - 2
    for point, room_m in zip(yard.points, yard.room_m, strict=True):
        if len(stands) == wanted:
            break
        apart = all(np.linalg.norm(point - other) >= _APART_M for other in (*taken, *stands))
        if room_m >= _STAND_M and apart and _open(point[None], boxes):
            stands.append(point)
    if len(stands) < wanted:
        raise ScenarioError(
            f"team: expected room for {wanted + 2} drones before the door, there is some for {len(stands) + 2}"
        )
    ordered = [load, *stands[: team.scouts], *pair, *stands[team.scouts :]]
    goal = _goal(yard, boxes, load, pair[1] - load, rng)
    return {
        "stands": [_point(p) for p in ordered],
        "goal": list(_point(goal)),
        "marks": [list(_point(p)) for p in _marks(yard, boxes, load, goal, rng)],
    }


def _point(p: Floats) -> Point:
    return round(float(p[0]), 3), round(float(p[1]), 3), round(float(p[2]), 3)


def _yard(site: Site) -> tuple[_Yard, Boxes]:
    """What lies before the door, in front of the building, at the height of the start; and what stands around there."""
    entrance = site.building.entrance
    x, y, z = entrance.position
    ahead = np.array((np.cos(entrance.yaw), np.sin(entrance.yaw)))
    steps = np.arange(-_AROUND_M, _AROUND_M + 1e-9, _GRID_M)
    offsets = np.stack(np.meshgrid(steps, steps, indexing="ij"), -1).reshape(-1, 2)
    # Behind the start as seen by whoever looks at the door.
    offsets = offsets[offsets @ ahead <= 0.0]
    points = np.column_stack([offsets + np.array((x, y)), np.full(len(offsets), z)])
    lower, upper = site.building.level.bounds
    inside = np.linalg.norm(offsets, axis=1) >= _DOOR_M
    inside &= np.all((points[:, :2] > np.array(lower[:2]) + 1.0) & (points[:, :2] < np.array(upper[:2]) - 1.0), axis=1)
    points = points[inside]
    points = points[np.argsort(np.linalg.norm(points[:, :2] - (x, y), axis=1), kind="stable")]
    boxes = _near(boxes_of((*site.building.level.solids, *site.building.level.glass)), points)
    return _Yard(points, clearance_m(points + _KNEE, boxes)), boxes


def _near(boxes: Boxes, points: Floats) -> Boxes:
    """Those that may be near to one of the points; most of a building is not."""
    reach = np.linalg.norm(boxes.half, axis=1)[:, None] + _NEAR_M
    near = np.all((boxes.centre + reach > points.min(0)) & (boxes.centre - reach < points.max(0) + _NEAR_M), axis=1)
    return Boxes(boxes.centre[near], boxes.half[near], boxes.yaw[near])


def _load_and_pair(yard: _Yard, boxes: Boxes) -> tuple[Floats, tuple[Floats, Floats]]:
    """Where the load stands, and the two drones to its left and right."""
    for axis in ((0.5 * _PAIR_M, 0.0, 0.0), (0.0, 0.5 * _PAIR_M, 0.0)):
        for point in yard.points[yard.room_m >= _STAND_M]:
            pair = (point - axis, point + axis)
            if _open(np.array(pair), boxes):
                return point, pair
    raise ScenarioError("team: expected room for a load and two drones before the door, there is none")


def _open(places: Floats, boxes: Boxes) -> bool:
    """Whether drones can rise straight from all of some places on the ground, (n, 3), to where they fly with the load."""
    up = np.array((0.0, 0.0, 1.0)) * np.arange(_KNEE[2], _LIFT_M[1], _RISE_M)[:, None]
    return bool(clearance_m((places[:, None] + up).reshape(-1, 3), boxes).min() >= _STAND_M)


def _goal(yard: _Yard, boxes: Boxes, load: Floats, side: Floats, rng: Rng) -> Floats:
    """Where the load comes to, and both drones beside it can come down and rise again."""
    away_m = np.linalg.norm(yard.points - load, axis=1)
    among = np.flatnonzero((yard.room_m >= _STAND_M) & (away_m >= _HAUL_M[0]) & (away_m <= _HAUL_M[1]))
    for i in rng.permutation(among).tolist():
        goal: Floats = yard.points[i]
        if _free(load, goal, boxes) and _open(np.array((goal - side, goal + side)), boxes):
            return goal
    raise ScenarioError("team: expected a free way for the load, there is none")


def _marks(yard: _Yard, boxes: Boxes, load: Floats, goal: Floats, rng: Rng) -> tuple[Floats, Floats]:
    """Two places on the ground, away from the load's goal, to which there is a free way."""
    least, most = _MARKS_M
    away_m = np.linalg.norm(yard.points - load, axis=1)
    clear = (
        (yard.room_m >= _STAND_M)
        & (away_m >= least)
        & (away_m <= most)
        & (np.linalg.norm(yard.points - goal, axis=1) >= least)
    )
    among = rng.permutation(np.flatnonzero(clear))[:40].tolist()
    points = [yard.points[i] for i in among if _free(load, yard.points[i], boxes) and _free(goal, yard.points[i], boxes)]
    for a, b in combinations(points, 2):
        if least <= float(np.linalg.norm(a - b)) <= most:
            return a, b
    raise ScenarioError("team: expected two places for anchors, there are none")


def _free(a: Floats, b: Floats, boxes: Boxes) -> bool:
    """Whether one can fly straight from over one place to over another."""
    ends: list[Sequence[float]] = []
    low, high = _LIFT_M
    for height_m in (low, 0.5 * (low + high), high):
        line = sampled(((*a[:2].tolist(), a[2] + height_m), (*b[:2].tolist(), b[2] + height_m)), 0.5)
        ends.append(clearance_m(line, boxes).tolist())
    return min(map(min, ends)) >= _FREE_M


def team_brief(scenario: Scenario, bank: str = "default") -> dict[str, Any]:
    """What is told of the team and of its tasks, in the mission frame; a voice comes out of a bank of speech."""
    task = scenario.task
    assert scenario.base is not None
    load = scenario.loads[0]

    def near(point: Sequence[float]) -> list[float]:
        return [round(number, 3) for number in local(task, point)]

    return {
        **rescue_brief(scenario, bank),
        "team": [
            {"role": drone.role, "start_m": near(drone.position), "kits": [k.kind for k in scenario.kits if k.carrier == i]}
            for i, drone in enumerate(scenario.drones)
        ],
        "base_m": near(scenario.base),
        "load": {
            "drones": list(load.drones), "at_m": near(load.position), "goal_m": near(task["goal"]),
            "mass_kg": load.mass_kg, "rope_m": load.rope_m,
        },
        "anchors_m": [near(mark) for mark in task["marks"]],
    }  # fmt: skip
