"""Drawn buildings: the same from the same seed, walls and openings in their places, all of it within a drone's reach."""

import json
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from goldentime.envs.acoustics.space import space_of
from goldentime.envs.assets.library import load_asset
from goldentime.envs.buildings.building import HULL_M, USES, BuildingConfig
from goldentime.envs.buildings.fuels import BURNING
from goldentime.envs.buildings.generate import generate_building
from goldentime.envs.buildings.graph import edge_clearance_m, reached, route
from goldentime.envs.buildings.layout import draw_plan
from goldentime.envs.buildings.spots import spot_bounds
from goldentime.envs.level import OUTSIDE, Level
from goldentime.envs.scenes.draft import solid_bounds
from goldentime.envs.scenes.proof import boxes_of, sees
from goldentime.envs.scenes.walls import WALL_M
from goldentime.errors import ConfigError
from goldentime.records import canonical_json, digest, dump, load
from goldentime.rng import stream

SOME = [("apartment", 0.9), ("office", 0.6), ("school", 0.3), ("shops", 0.8)]


@cache
def building_of(use, difficulty, seed=1):
    return generate_building(BuildingConfig(use=use, difficulty=difficulty), stream(seed, "building"))


def bounds_of(solids):
    bounds = [solid_bounds(solid) for solid in solids]
    return np.array([b.low for b in bounds]), np.array([b.high for b in bounds])


def check_plates(building):
    """Numbers are storey * 100 + place: they rise along the corridor, odd before it and even behind it, or one side after
    the other; what hangs says so, and the level's rooms are named after it."""
    numbered = [
        (facts, room) for facts, room in zip(building.compartments, building.level.rooms, strict=True) if facts.number
    ]
    hall = next(i for i, facts in enumerate(building.compartments) if facts.kind == "corridor")
    aisle = building.level.rooms[hall].lower[1]
    for place, storey in enumerate(building.storeys):
        own = sorted(
            (r.lower[1] > aisle, r.lower[0], f.number - 100 * storey.number) for f, r in numbered if f.storey == place
        )
        sides = [[number for back, _, number in own if back == side] for side in (False, True)]
        assert all(sides)
        step = 2 if sides[1][0] == 2 and len(sides[0]) > 1 else sides[1][1] - sides[1][0] if len(sides[1]) > 1 else 1
        for side, begin in zip(sides, (1, 2 if step == 2 else len(sides[0]) + 1), strict=True):
            assert side == [begin + step * i for i in range(len(side))]
    texts = [plate.text for plate in building.plates]
    assert len(set(texts)) == len(texts)
    for plate in building.plates:
        number = building.compartments[plate.room].number
        assert str(number) in plate.text
        assert building.signs[plate.sign].spec.text == plate.text == building.level.rooms[plate.room].name
    assert {room.name for room in building.level.rooms} - {""} == set(texts)


def check_openings(building):
    """Each lies in the wall between the rooms that it names: it touches both faces and sticks out of neither."""
    rooms = building.level.rooms
    for opening in building.level.openings:
        axis = int(np.argmin(opening.size[:2]))
        assert opening.size[axis] == WALL_M
        for room in (rooms[i] for i in opening.rooms if i != OUTSIDE):
            faces = (room.lower[axis], room.upper[axis])
            assert min(abs(abs(face - opening.centre[axis]) - 0.5 * WALL_M) for face in faces) < 1e-3
            for other in (1 - axis, 2):
                assert room.lower[other] - 1e-3 <= opening.centre[other] - 0.5 * opening.size[other]
                assert opening.centre[other] + 0.5 * opening.size[other] <= room.upper[other] + 1e-3
        if OUTSIDE not in opening.rooms:
            a, b = (rooms[i] for i in opening.rooms)
            assert (a.lower[axis] < opening.centre[axis]) != (b.lower[axis] < opening.centre[axis])
    for a, b in combinations(rooms, 2):
        gap = max(max(b.lower[i] - a.upper[i], a.lower[i] - b.upper[i]) for i in range(3))
        assert gap > WALL_M - 1e-3


def check_reach(building):
    """All nodes hang together, edges are free, and what is not sealed has nodes in it."""
    graph = building.graph
    assert reached(len(graph.nodes), graph.edges, building.entrance.node) == set(range(len(graph.nodes)))
    assert edge_clearance_m(building.level, graph).min() >= HULL_M
    inside = set(graph.rooms)
    for number, facts in enumerate(building.compartments):
        assert facts.sealed == (number not in inside)
        assert not facts.sealed or facts.kind in ("room", "stairs")
    for door in building.doors:
        opening = building.level.openings[door.opening]
        assert opening.rooms == door.rooms
        assert {"open": opening.open == 1.0, "ajar": 0.0 < opening.open <= 1.0}.get(door.state, opening.open == 0.0)
        assert not (door.passable and door.state in ("closed", "locked"))
    at, node = building.entrance.position, graph.nodes[building.entrance.node]
    assert graph.rooms[building.entrance.node] == OUTSIDE
    assert node[:2] == pytest.approx(at[:2], abs=1e-3)


def check_spots(building):
    """Nothing stands on them, a waypoint in the same room sees them, and they touch no way."""
    low, high = bounds_of((*building.level.solids, *building.level.glass))
    boxes = boxes_of((*building.level.solids, *building.level.glass))
    taken = [spot_bounds(spot) for spot in building.spots]
    for spot, own in zip(building.spots, taken, strict=True):
        assert not ((low < np.array(own.high) - 0.005) & (high > np.array(own.low) + 0.005)).all(1).any()
        room, facts = building.level.rooms[spot.room], building.compartments[spot.room]
        assert all(room.lower[i] - 1e-3 <= own.low[i] and own.high[i] <= room.upper[i] for i in range(3))
        assert not facts.sealed and building.graph.rooms[spot.node] == spot.room
    eyes = np.array([building.graph.nodes[spot.node] for spot in building.spots])
    targets = np.array([spot.position for spot in building.spots]) + np.array((0.0, 0.0, 0.35))
    assert sees(eyes, targets, boxes, np.ones((len(eyes), len(boxes.yaw)), np.bool_)).all()
    for a, b in combinations(taken, 2):
        assert not all(a.low[i] < b.high[i] and b.low[i] < a.high[i] for i in range(3))
    for i, j in building.graph.edges:
        line = np.linspace(building.graph.nodes[i], building.graph.nodes[j], 12)
        for own in taken:
            away = np.maximum(np.array(own.low) - line, line - np.array(own.high)).clip(0.0)
            assert np.linalg.norm(away, axis=1).min() > HULL_M


def check_fuels(building):
    """Each is a prop in the room that it names; all that can burn inside is there."""
    assert len(building.fuels) == len(building.fuel_props) == len(set(building.fuel_props))
    for fuel, place in zip(building.fuels, building.fuel_props, strict=True):
        prop, room = building.props[place], building.level.rooms[fuel.room]
        assert load_asset(prop.asset).kind in BURNING
        assert all(low <= part <= high for low, part, high in zip(room.lower, fuel.position, room.upper, strict=True))
        assert np.hypot(*(np.array(prop.position) - fuel.position)[:2]) < 0.3
    assert len({fuel.room for fuel in building.fuels}) > 0.5 * sum(f.kind == "room" for f in building.compartments)


CHECKS = [check_plates, check_openings, check_reach, check_spots, check_fuels]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize(("use", "difficulty"), SOME)
def test_buildings_of_all_uses_hold_together(use, difficulty, check):
    check(building_of(use, difficulty))


@settings(max_examples=5, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.integers(0, 2**32), st.floats(0.0, 1.0), st.sampled_from(["train", "test"]))
def test_buildings_of_any_seed_hold_together(seed, difficulty, pool):
    building = generate_building(BuildingConfig(difficulty=difficulty, pool=pool), stream(seed, "building"))
    for check in CHECKS:
        check(building)


def test_one_seed_gives_one_building_and_another_seed_another():
    again = generate_building(BuildingConfig(use="shops", difficulty=0.8), stream(1, "building"))
    assert canonical_json(dump(again)) == canonical_json(dump(building_of("shops", 0.8)))
    assert digest(generate_building(BuildingConfig(use="shops", difficulty=0.8), stream(2, "building"))) != digest(again)


def test_a_level_comes_back_from_json():
    level = building_of("apartment", 0.9).level
    assert load(Level, json.loads(canonical_json(dump(level))), "level") == level


@pytest.mark.parametrize(("storeys", "rooms"), [(1, 4), (2, 20), (4, 16), (3, 37)])
@pytest.mark.parametrize("use", USES)
def test_numbers_that_are_asked_for_are_kept(use, storeys, rooms):
    for seed in range(5):
        config = BuildingConfig(use=use, storeys=storeys, rooms=rooms)
        plan = draw_plan(config, stream(seed, "building"))
        assert plan.storeys == storeys
        assert sum(cell.kind == "room" for cell in plan.cells) == rooms


def test_harder_buildings_are_larger_and_closed_more_often():
    def mean(difficulty):
        plans = [draw_plan(BuildingConfig(difficulty=difficulty), stream(seed, "building")) for seed in range(60)]
        rooms = [[cell for cell in plan.cells if cell.kind == "room"] for plan in plans]
        bare = sum(not cell.plate for own in rooms for cell in own if cell.number) / sum(map(len, rooms))
        shut = np.mean([door.state != "open" for plan in plans for door in plan.doors])
        return np.mean([plan.storeys for plan in plans]), np.mean([len(own) for own in rooms]), bare, shut

    low, middle, high = (np.array(mean(difficulty)) for difficulty in (0.0, 0.5, 1.0))
    assert (low < middle).all() and (middle < high).all()
    assert high[1] > 20


def test_stairs_lead_from_the_entrance_to_a_room_on_the_highest_storey():
    building = building_of("apartment", 0.9)
    assert len(building.storeys) > 1
    top = len(building.storeys) - 1
    spot = next(spot for spot in building.spots if building.compartments[spot.room].storey == top)
    way = route(building.graph, building.entrance.node, spot.node)
    assert way[0] == building.graph.nodes[building.entrance.node]
    climb = way[-1][2] - way[0][2]
    assert climb == pytest.approx(building.storeys[top].floor_m - building.storeys[0].floor_m, abs=0.05)


def test_one_can_walk_where_it_says_so():
    building = building_of("office", 0.6)
    low, high = bounds_of((*building.level.solids, *building.level.glass))
    walked = [edge for edge, walks in zip(building.graph.edges, building.graph.walks, strict=True) if walks]
    assert len(walked) > 0.8 * len(building.graph.edges)
    for i, j in walked:
        points = np.linspace(building.graph.nodes[i], building.graph.nodes[j], 20)
        inside = (low[:, :2] < points[:, None, :2]) & (points[:, None, :2] < high[:, :2])
        body = (low[:, 2] < points[:, None, 2] - 0.5) & (points[:, None, 2] - 1.0 < high[:, 2])
        assert not (inside.all(-1) & body).any()


def test_acoustics_take_the_rooms():
    space = space_of(building_of("office", 0.6).level)
    assert len(space.openings) == len(building_of("office", 0.6).level.openings)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"difficulty": 1.2}, r"difficulty: expected a number in \[0, 1\], got 1.2"),
        ({"storeys": 5}, r"storeys: expected 0 \(drawn\) to 4, got 5"),
        ({"storeys": 3, "rooms": 8}, "rooms: expected 0 .drawn. or 12 to 60, four a storey, got 8"),
    ],
)
def test_what_cannot_be_drawn_is_refused(fields, message):
    with pytest.raises(ConfigError, match=message):
        BuildingConfig(**fields)
