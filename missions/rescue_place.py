"""From a building to a rescue: its fire, its people, what endangers them, and what is told of it all.

`Scenario.task` of a rescue holds, in the world frame, `origin`, `start_yaw`, `tours` (by drone: the best `route`, its
`stops` and when it is back), and besides `hazards`, `message` and `sender` (who sent it); and `sent`, where that was a
`photo` or their `voice` in place of the text.

The mission frame has its origin on the ground below the start and the world's axes: x east, y north, z up.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from goldentime.envs.airframe import load_airframe
from goldentime.envs.buildings.building import HULL_M, Building, BuildingConfig
from goldentime.envs.buildings.generate import generate_building
from goldentime.envs.buildings.handmade import load_building
from goldentime.envs.hazards.lights import Lighting
from goldentime.envs.level import Point
from goldentime.envs.people.cast import PeopleConfig, draw_people
from goldentime.envs.people.cast import Spot as Place
from goldentime.envs.people.crowd import WORSENS
from goldentime.envs.people.person import Person
from goldentime.envs.people.triage import SENSELESS
from goldentime.envs.people.voices import VoicesConfig, draw_voices
from goldentime.envs.scenario import DroneSpec, KitSpec, Scenario
from goldentime.envs.scenes.proof import Boxes, boxes_of, clearance_m, sampled
from goldentime.errors import ScenarioError
from goldentime.missions.rescue_fire import Blaze, FireConfig, draw_blaze
from goldentime.missions.rescue_message import Form, form_of, message_of, told
from goldentime.missions.rescue_rules import Agreed, Facts
from goldentime.missions.rescue_tour import Pace, Tour, Ways, best_tour, ways_of
from goldentime.missions.search_flight import Limits
from goldentime.missions.search_ledger import ReportCosts, Target
from goldentime.missions.search_place import local
from goldentime.records import record

__all__ = [
    "RescueConfig", "Site", "compose", "draw_rescue", "draw_site", "facts_of", "rescue_brief", "rescue_limits",
    "score_facts", "standing_m",
]  # fmt: skip

Rng = np.random.Generator

_PLANS = Path(__file__).parent.parent / "configs" / "buildings"
_TRIES = 8
_BESIDE_M, _HOVER_M = 0.45, 1.0
"""From where a kit is dropped: so far beside somebody, so high over their ground."""
_BELOW, _SMOKY = 0.2, 8.0
"""How likely a place below the fire is taken, and one in a room where something smoulders, compared with others as far
away."""


@record
class RescueConfig:
    """Building, fire, people and supplies; where a part has a difficulty of its own, it is this one."""

    difficulty: float = 0.5
    building: BuildingConfig = BuildingConfig(pool="test")
    plan: str = ""
    """A hand-made building instead: path of a YAML file, or its name in `configs/buildings/`."""
    fire: FireConfig = FireConfig()
    people: PeopleConfig = PeopleConfig(count=(4, 7), states={"well": 0.4, "hurt": 0.42, "senseless": 0.12, "dead": 0.06})
    voices: VoicesConfig = VoicesConfig()
    pace: Pace = Pace()
    kits: int = 2
    """Of each drone that carries any."""
    kit_kg: float = 0.14
    airframe: str = "scout"
    time_limit_s: float = 480.0
    message: Form = "text"
    """How a victim's message is told; a sender who can't send it so writes."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.difficulty <= 1.0 or not 0 <= self.kits <= 8 or self.time_limit_s < 30.0:
            got = f"{self.difficulty:g}, {self.kits} and {self.time_limit_s:g}"
            raise ValueError(f"expected difficulty in [0, 1], kits in [0, 8] and time_limit_s of at least 30, got {got}")


class Site(NamedTuple):
    """A building on fire with people in it."""

    building: Building
    blaze: Blaze
    people: tuple[Person, ...]
    ways: Ways
    nodes: tuple[int, ...]
    """Of the graph, by person: from where a drone can fly up to them; -1 for those who are no victims."""

    def helped(self, kits: int) -> list[int]:
        """Who gets a kit on the best tours, the most urgent first."""
        return _helped(self.people, self.blaze, kits)

    def tour(self, people: Sequence[int], helped: Sequence[int], pace: Pace) -> Tour:
        """The best way for one drone past some of the people, of whom some get a kit."""
        nodes = [node if i in people else -1 for i, node in enumerate(self.nodes)]
        return best_tour(self.ways, self.building.entrance.node, nodes, helped, pace)


def draw_site(config: RescueConfig, rng: Rng) -> Site:
    """A building, its fire and its people.

    Raises:
        ScenarioError: nobody can be reached.
    """
    tries_left = _TRIES
    while True:
        tries_left -= 1
        try:
            return _site(config, rng)
        except ScenarioError:
            # Some buildings have too few places that can be reached, some fires cut one off.
            if not tries_left:
                raise


def _site(config: RescueConfig, rng: Rng) -> Site:
    building = _building(config, rng)
    blaze = draw_blaze(building, config.fire, rng)
    people = _people(building, blaze, config, rng)
    ways = ways_of(building.graph, blaze.blocked, blaze.rooms[:1])
    return Site(building, blaze, people, ways, _reached(building, people, ways))


def draw_rescue(mission: str, config: RescueConfig, rng: Rng) -> Scenario:
    """A building on fire with people in it, and one drone before its door.

    Raises:
        ScenarioError: nobody can be reached.
    """
    site = draw_site(config, rng)
    tour = site.tour(range(len(site.people)), site.helped(config.kits), config.pace)
    x, y, z = site.building.entrance.position
    start = (x, y, standing_m(z, config.airframe))
    drone = DroneSpec(airframe=config.airframe, position=start, yaw=site.building.entrance.yaw)
    kits = tuple(KitSpec(mass_kg=config.kit_kg) for _ in range(config.kits))
    return compose(mission, config, site, [tour], rng, drones=(drone,), kits=kits)


def standing_m(ground_m: float, airframe: str) -> float:
    """Height of the middle of a drone that stands on the ground."""
    return round(ground_m + 0.5 * load_airframe(airframe).hull_height_m + 1e-3, 4)


def compose(mission: str, config: RescueConfig, site: Site, tours: Sequence[Tour], rng: Rng, **drones: Any) -> Scenario:
    """The scenario of a site.

    Args:
        mission: its name.
        config: what it was drawn from.
        site: building, fire and people.
        tours: the best of each drone; people get their kits on these.
        rng: what voices, light and message are drawn with.
        drones: fields of the scenario that say who flies with what.
    """
    building, blaze = site.building, site.blaze
    people = _timed(site.people, tours, config.pace)
    people, voices = draw_voices(people, config.voices, config.time_limit_s, rng, first=len(blaze.sounds))
    light = _light(config, rng)
    task = _task(building, blaze, people, tours, rng)
    form = form_of(config.message, task["sender"], people, dict(enumerate(voices, len(blaze.sounds))), rng)
    return Scenario(
        mission=mission,
        level=replace(building.level, solids=(*building.level.solids, *blaze.rubble)),
        props=building.props,
        signs=building.signs,
        flames=blaze.flames,
        light=light,
        sounds=(*blaze.sounds, *voices),
        fire=blaze.plan,
        people=people,
        time_limit_s=config.time_limit_s,
        task=task if form == "text" else {**task, "sent": form},
        **drones,
    )


def _light(config: RescueConfig, rng: Rng) -> Lighting:
    """The power is cut: there is only daylight, the less the harder it is."""
    low, high = 0.8 - 0.45 * config.difficulty, 1.0 - 0.4 * config.difficulty
    return Lighting(daylight=round(float(rng.uniform(low, high)), 3))


def _building(config: RescueConfig, rng: Rng) -> Building:
    if not config.plan:
        return generate_building(replace(config.building, difficulty=config.difficulty), rng)
    named = _PLANS / f"{config.plan}.yaml"
    return load_building(named if named.is_file() else Path(config.plan))


def _people(building: Building, blaze: Blaze, config: RescueConfig, rng: Rng) -> tuple[Person, ...]:
    """On spots in rooms that a drone gets into, but for the one that burns, where neither would last.

    If it can be, somebody among them bleeds.
    """
    begun = building.compartments[blaze.plan.fuels[blaze.origin].room].storey
    spots = [spot for spot in building.spots if not building.compartments[spot.room].sealed and spot.room != blaze.rooms[0]]
    fewest, most = config.people.count
    roomy = [spot for spot in spots if spot.lying]
    spots = roomy if len(roomy) >= fewest else spots
    if len(spots) < fewest:
        raise ScenarioError(f"rescue: expected places for {fewest} people, the building has {len(spots)}")
    # Most are where smoke may come.
    below = np.array([building.compartments[spot.room].storey < begun for spot in spots])
    smoky = np.array([spot.room in blaze.rooms[1:] for spot in spots])
    weights = np.where(below, _BELOW, np.where(smoky, _SMOKY, 1.0)) / np.array(
        [max(blaze.away_m(spot.position), 1.0) for spot in spots]
    )
    count = min(max(2 * most, fewest), len(spots))
    chosen = rng.choice(len(spots), size=count, replace=False, p=weights / weights.sum()).tolist()
    boxes = boxes_of(building.level.solids)
    places = [Place(spots[i].room, spots[i].position) for i in chosen]
    places = [place for place in places if _node(building, place.room, place.position, boxes) >= 0]
    if len(places) < fewest:
        raise ScenarioError(f"rescue: expected places for {fewest} people, the building has {len(places)}")
    people = replace(config.people, count=(fewest, min(most, len(places))))
    for _ in range(_TRIES):
        drawn = draw_people(places, building.level, people, rng)
        if any(p.victim and WORSENS <= p.injury <= SENSELESS for p in drawn):
            break
    return drawn


def _reached(building: Building, people: Sequence[Person], ways: Ways) -> tuple[int, ...]:
    """For each victim the nearest node from which a drone can fly up to them; -1 for others.

    Raises:
        ScenarioError: what blocks an exit cuts a node off.
    """
    boxes = boxes_of(building.level.solids)
    nodes = tuple(_node(building, p.room, p.position, boxes) if p.victim else -1 for p in people)
    for person, node in enumerate(nodes):
        if node >= 0 and not np.isfinite(ways.length_m[building.entrance.node, node]):
            raise ScenarioError(f"rescue: person {person} at node {node} can't be reached from the entrance")
    return nodes


def _node(building: Building, room: int, place: Point, boxes: Boxes) -> int:
    """The nearest node of a room from which a drone can fly up to somebody at a place; -1 where there is none."""
    nodes, feet = np.array(building.graph.nodes), np.array(place)
    near = np.flatnonzero(np.array(building.graph.rooms) == room)
    gaps = feet[:2] - nodes[near, :2]
    flat = np.linalg.norm(gaps, axis=1)
    for i in np.argsort(flat, kind="stable").tolist():
        away = max(float(flat[i]), 1e-6)
        x, y = (feet[:2] - gaps[i] / away * min(_BESIDE_M, away)).tolist()
        a, b, c = nodes[near[i]].tolist()
        way = sampled(((a, b, c), (x, y, c), (x, y, min(c, float(feet[2]) + _HOVER_M))), 0.1)
        if clearance_m(way, boxes).min() >= HULL_M:
            return int(near[i])
    return -1


def _helped(people: Sequence[Person], blaze: Blaze, kits: int) -> list[int]:
    """Who gets a kit on the best tour: of those who are awake, first who bleeds or breathes smoke, then who is near it."""
    able = [i for i, person in enumerate(people) if person.victim and person.injury <= SENSELESS]

    def need(i: int) -> tuple[bool, float, float]:
        person = people[i]
        bleeds = person.injury if person.injury >= WORSENS else 0.0
        worst = -bleeds - 0.5 * (person.room in blaze.rooms)
        return person.behaviour != "stays", worst, blaze.away_m(person.position)

    return sorted(able, key=need)[:kits]


def _timed(people: Sequence[Person], tours: Sequence[Tour], pace: Pace) -> tuple[Person, ...]:
    """With the time at which a kit can be theirs."""
    help_s = {stop.person: stop.arrive_s + pace.delivery_s for tour in tours for stop in tour.stops if stop.deliver}
    return tuple(replace(p, help_s=round(help_s[i], 2)) if i in help_s else p for i, p in enumerate(people))


def _task(building: Building, blaze: Blaze, people: Sequence[Person], tours: Sequence[Tour], rng: Rng) -> dict[str, Any]:
    sender, message = message_of(building, people, rng)
    par = {stop.person: stop.arrive_s for tour in tours for stop in tour.stops}
    nodes = building.graph.nodes
    return {
        "origin": list(building.entrance.position),
        "start_yaw": building.entrance.yaw,
        "tours": [
            {
                "route": [list(point) for point in tour.points],
                "stops": [{"person": s.person, "deliver": s.deliver, "at": list(nodes[s.node])} for s in tour.stops],
                "back_s": tour.back_s,
            }
            for tour in tours
        ],
        "par_s": [par.get(number, 0.0) for number in range(len(people))],
        "hazards": [{"kind": t.kind, "lower": list(t.lower), "upper": list(t.upper)} for t in blaze.hazards],
        "use": building.use,
        "storeys_m": [storey.floor_m for storey in building.storeys],
        "exits": [list(way.position) for way in building.exits],
        "message": message,
        "sender": sender,
    }


def rescue_brief(scenario: Scenario, bank: str = "default") -> dict[str, Any]:
    """What is told before the flight, in the mission frame; a voice comes out of a bank of speech."""
    task = scenario.task
    lower, upper = (local(task, corner) for corner in scenario.level.bounds)
    ground_m = task["origin"][2]
    return {
        "frame": "origin on the ground below the start, x east, y north, z up",
        "start_yaw_rad": task["start_yaw"],
        "area_m": [list(lower), list(upper)],
        "time_limit_s": scenario.time_limit_s,
        "building": {"use": task["use"], "storeys_m": [round(z - ground_m, 3) for z in task["storeys_m"]]},
        **told(scenario, bank),
        "kits": sum(kit.kind == "relief" for kit in scenario.kits),
    }


def facts_of(scenario: Scenario, agreed: Agreed, costs: ReportCosts) -> Facts:
    """What the rules need to know of an instance."""
    task = scenario.task
    x, y, z = task["origin"]
    hazards = tuple(
        Target(i, one["kind"], local(task, one["lower"]), local(task, one["upper"]), 0.0)
        for i, one in enumerate(task["hazards"])
    )
    names = tuple(room.name for room in scenario.level.rooms)
    fuels = tuple(local(task, fuel.position) for fuel in scenario.fire.fuels) if scenario.fire is not None else ()
    return Facts(
        scenario.people, names, hazards, fuels, agreed, costs, (x, y, z), tuple(task["par_s"]), scenario.time_limit_s,
        tuple(kit.carrier if kit.kind == "relief" else -1 for kit in scenario.kits),
    )  # fmt: skip


def score_facts(scenario: Scenario) -> dict[str, float]:
    """Numbers that the rules of the score need."""
    people = [person for person in scenario.people if person.victim]
    return {
        "victims": float(len(people)),
        "things": float(len(people)),
        "helped": float(sum(person.help_s is not None for person in people)),
        "hazards": float(len(scenario.task["hazards"])),
        "kits": float(sum(kit.kind == "relief" for kit in scenario.kits)),
        "time_limit_s": scenario.time_limit_s,
    }


def rescue_limits(scenario: Scenario, crash_m_s: float, drone: int = 0) -> Limits:
    """For `judge_flight`."""
    lower, upper = scenario.level.bounds
    return Limits(lower, upper, scenario.drones[drone].position[2], scenario.time_limit_s, crash_m_s)
