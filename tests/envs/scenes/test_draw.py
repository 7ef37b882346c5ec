"""Scenes: the same from the same seed, free to fly through, everything in view, and the truth about them right."""

import json
import math
from collections import Counter
from functools import cache
from itertools import combinations, pairwise
from typing import Literal

import numpy as np
import pytest

from goldentime.envs.assets.library import load_asset
from goldentime.envs.level import UNSEEN
from goldentime.envs.scenario import DroneSpec, Scenario, scenario_from_json, scenario_to_json
from goldentime.envs.scenes.buildings import BUILDINGS
from goldentime.envs.scenes.catalogue import PEOPLE, asset_pool
from goldentime.envs.scenes.draft import Bounds, prop_bounds, solid_bounds
from goldentime.envs.scenes.draw import CLEAR_M, REACH_M, counted_as, draw_scene
from goldentime.envs.scenes.palette import CLOTHES
from goldentime.envs.scenes.scene import Pool, Scene, SceneConfig
from goldentime.envs.scenes.seats import SEATS
from goldentime.envs.signs import Mounting, face_corners
from goldentime.errors import ConfigError, ScenarioError
from goldentime.records import canonical_json, dump
from goldentime.rng import stream

Place = Literal["street", "floor"]
PLACES: tuple[Place, ...] = ("street", "floor")
SEEDS = range(4)
EVERY = [(place, seed) for place in PLACES for seed in SEEDS]


@cache
def scene_of(place: Place, seed: int, pool: Pool = "train") -> Scene:
    return draw_scene(SceneConfig(place=place, pool=pool), stream(seed, "scenario"))


@pytest.mark.parametrize("place", PLACES)
def test_one_seed_gives_one_scene_and_another_seed_another(place):
    again = draw_scene(SceneConfig(place=place), stream(0, "scenario"))
    assert canonical_json(dump(again)) == canonical_json(dump(scene_of(place, 0)))
    assert canonical_json(dump(again)) != canonical_json(dump(scene_of(place, 1)))


@pytest.mark.parametrize(("place", "seed"), EVERY)
def test_numbers_of_the_config_are_kept(place, seed):
    scene = scene_of(place, seed)
    found = Counter(counted_as(thing.kind) for thing in scene.things)
    for name in ("people", "distractors", "objects", "fires"):
        low, high = getattr(scene.config, name)
        assert low <= found[name] <= high, name
    assert scene.config.signs[0] <= len(scene.signs) <= scene.config.signs[1]


@pytest.mark.parametrize("place", PLACES)
def test_an_empty_scene_and_a_full_one_can_be_asked_for(place):
    none = SceneConfig(
        place=place, people=(0, 0), distractors=(0, 0), objects=(0, 0), signs=(0, 0), fires=(0, 0), smoky=0.0
    )
    empty = draw_scene(none, stream(3, "scenario"))
    assert not empty.signs and not empty.flames and empty.smoke is None
    assert {counted_as(thing.kind) for thing in empty.things} <= {""}
    full = SceneConfig(
        place=place, people=(12, 12), distractors=(4, 4), objects=(14, 14), signs=(12, 12), fires=(3, 3), smoky=1.0
    )
    crowded = draw_scene(full, stream(3, "scenario"))
    found = Counter(counted_as(thing.kind) for thing in crowded.things)
    assert (found["people"], found["distractors"], found["objects"], found["fires"]) == (12, 4, 14, 3)
    assert len(crowded.signs) == 12 and crowded.smoke is not None


def test_what_no_place_can_hold_is_told():
    bare = SceneConfig(place="floor", people=(0, 0), objects=(0, 0), distractors=(0, 0), signs=(0, 0), fires=(60, 60))
    with pytest.raises(ScenarioError, match="fires: expected 60 to 60, got"):
        draw_scene(bare, stream(0, "scenario"))
    with pytest.raises(ConfigError, match=r"scene.objects: expected 0 <= fewest <= most, got 5 and 2"):
        draw_scene(SceneConfig(objects=(5, 2)), stream(0, "scenario"))


@pytest.mark.parametrize(("place", "seed"), EVERY)
def test_boxes_hold_what_the_things_consist_of(place, seed):
    scene = scene_of(place, seed)
    for thing in scene.things:
        if thing.props:
            prop = scene.props[thing.props[0]]
            asset = load_asset(prop.asset)
            assert thing.kind == asset.kind or thing.kind == "poster"
            turn = np.array([[math.cos(prop.yaw), -math.sin(prop.yaw)], [math.sin(prop.yaw), math.cos(prop.yaw)]])
            points = prop.scale * asset.vertices.astype(float)
            points[:, :2] = points[:, :2] @ turn.T
            points += prop.position
            assert np.allclose(points.min(0), np.array(thing.centre) - 0.5 * np.array(thing.size), atol=1e-3)
            assert np.allclose(points.max(0), np.array(thing.centre) + 0.5 * np.array(thing.size), atol=1e-3)
        parts = [scene.flames[i].position for i in thing.flames]
        parts += [solid_bounds(scene.level.solids[i]).centre for i in thing.solids]
        for part in parts:
            assert (np.abs(np.array(part) - thing.centre) <= 0.5 * np.array(thing.size) + 1e-3).all()


@pytest.mark.parametrize(("place", "seed"), EVERY)
def test_every_prop_flame_and_building_part_belongs_to_one_thing(place, seed):
    scene = scene_of(place, seed)
    props = [i for thing in scene.things for i in thing.props]
    flames = [i for thing in scene.things for i in thing.flames]
    assert sorted(props) == list(range(len(scene.props)))
    assert sorted(flames) == list(range(len(scene.flames)))
    buildings = [thing for thing in scene.things if thing.kind in BUILDINGS]
    parts = sorted(i for thing in buildings for i in thing.solids)
    assert parts == [i for i, solid in enumerate(scene.level.solids) if solid.semantic == "building"]
    assert 3 <= len(buildings) <= 6 if place == "street" else not buildings


@pytest.mark.parametrize(("place", "seed"), EVERY)
def test_things_have_hulls_and_do_not_overlap(place, seed):
    scene = scene_of(place, seed)
    hulls = [solid for solid in scene.level.solids if solid.material == UNSEEN]
    assert len(hulls) == len(scene.props) + len(scene.signs)
    rooms = {i: prop_bounds(prop) for i, prop in enumerate(scene.props)}
    carried = {frozenset(thing.props) for thing in scene.things}
    for a, b in combinations(rooms, 2):
        on_a_seat = {scene.props[i].asset.split("-")[-1] == "seated" for i in (a, b)} == {True, False}
        on_a_seat &= any(load_asset(scene.props[i].asset).kind in SEATS for i in (a, b))
        if not on_a_seat and not any({a, b} <= group for group in carried):
            assert not overlap(rooms[a], rooms[b]), (scene.props[a].asset, scene.props[b].asset)
    standing = {"ground", "floor"}
    boards = [solid_bounds(s) for s in scene.level.solids if s.material != UNSEEN and s.semantic not in standing]
    thick = [room for room in boards if min(room.size) > 0.03]
    for number, room in rooms.items():
        if scene.props[number].asset.endswith("seated"):
            # Benches are boards; the box around who sits there holds some of them.
            room = room._replace(low=(*room.low[:2], room.low[2] + 0.45 * room.size[2]))
            thick = [board for board in thick if board.size[2] > 0.11 or board.high[2] > 1.3]
        assert not any(overlap(room, other) for other in thick), scene.props[number].asset


def test_some_sit_on_chairs_sofas_and_benches():
    on: Counter[str] = Counter()
    for place, seed in EVERY:
        scene = scene_of(place, seed)
        tops = [(solid_bounds(s), s.material) for s in scene.level.solids]
        for thing in scene.things:
            prop = scene.props[thing.props[0]] if thing.props else None
            if prop is None or not prop.asset.endswith("seated"):
                continue
            assert thing.posture == "sitting"
            points = load_asset(prop.asset).vertices * prop.scale
            hips = points[(points[:, 2] < 0.5 * points[:, 2].max()) & (points[:, 0] < points[:, 0].min() + 0.25)].min(0)
            x = prop.position[0] + math.cos(prop.yaw) * (hips[0] + 0.15)
            y = prop.position[1] + math.sin(prop.yaw) * (hips[0] + 0.15)
            below = [(box, made) for box, made in tops if box.low[0] < x < box.high[0] and box.low[1] < y < box.high[1]]
            kinds = [
                load_asset(scene.props[i].asset).kind
                for t in scene.things
                if t.kind in SEATS
                for i in t.props
                if overlap(prop_bounds(prop), prop_bounds(scene.props[i]))
            ]
            seats = [box.high[2] for box, made in below if made == "wood" and box.high[2] > 0.3]
            assert kinds or any(abs(prop.position[2] + hips[2] - high) < 0.08 for high in seats)
            on[kinds[0] if kinds else "bench"] += 1
    assert sum(on.values()) >= 2


def overlap(a: Bounds, b: Bounds) -> bool:
    slack = 0.015
    return all(a.low[i] < b.high[i] - slack and b.low[i] < a.high[i] - slack for i in range(3))


@pytest.mark.parametrize(("place", "seed"), EVERY)
def test_things_stand_on_the_ground(place, seed):
    scene = scene_of(place, seed)
    tops = sorted({round(solid_bounds(s).high[2], 3) for s in scene.level.solids if s.semantic in ("ground", "floor")})
    hung = {thing.props[0] for thing in scene.things if thing.kind == "poster"}
    hung |= {prop for thing in scene.things if thing.carries == "backpack" for prop in thing.props[1:]}
    for number, prop in enumerate(scene.props):
        low = prop_bounds(prop).low[2]
        if prop.asset.endswith("seated"):
            assert min(low - top for top in tops if low > top - 0.02) < 0.5
        elif number not in hung:
            assert min(abs(low - top) for top in tops) < 0.02, prop.asset


@pytest.mark.parametrize(("place", "seed"), EVERY)
def test_the_route_is_free(place, seed):
    scene = scene_of(place, seed)
    assert scene.route[0][:2] == scene.start[:2]
    lows, highs = (np.array([getattr(solid_bounds(s), side) for s in scene.level.solids]) for side in ("low", "high"))
    fly = [*pairwise(scene.route), (scene.start, scene.route[0])]
    for a, b in fly[:-1]:
        for share in np.linspace(0.0, 1.0, max(int(math.dist(a, b) / 0.1), 2)):
            point = np.array(a) + share * (np.array(b) - np.array(a))
            away = np.linalg.norm(np.clip(np.maximum(lows - point, point - highs), 0.0, None), axis=1)
            # Boxes along the axes around turned solids: closer than the solids themselves.
            assert away.min() > CLEAR_M - 0.12
    column = np.array(scene.start) + np.array([0.0, 0.0, 0.3])
    assert np.linalg.norm(np.clip(np.maximum(lows - column, column - highs), 0.0, None), axis=1).min() > 0.2


@pytest.mark.parametrize(("place", "seed"), EVERY)
def test_signs_are_near_the_route_and_turned_to_it(place, seed):
    scene = scene_of(place, seed)
    points = np.concatenate([np.linspace(a, b, 40) for a, b in pairwise(scene.route)])
    large = {i for thing in scene.things for i in thing.signs}
    for number, sign in enumerate(scene.signs):
        faces = face_corners(sign)
        assert len(faces) == (1 if sign.spec.mounting is Mounting.FLAT else 2)
        away = points - faces.mean(1)[:, None]
        normal = np.cross(faces[:, 3] - faces[:, 0], faces[:, 1] - faces[:, 0])
        front = (away * (normal / np.linalg.norm(normal, axis=1, keepdims=True))[:, None]).sum(-1) > 0.1
        assert np.linalg.norm(away, axis=-1)[front].min() < (12.0 if number in large else REACH_M[place])


def test_people_are_told_by_the_colours_they_wear():
    for place, seed in EVERY:
        scene = scene_of(place, seed)
        for thing in scene.things:
            if thing.kind not in PEOPLE or thing.kind in ("mannequin", "firefighter", "medic"):
                continue
            assert set(thing.colours) == {"top", "bottom"}
            worn = scene.props[thing.props[0]].colours
            for part, name in thing.colours.items():
                distance = {known: math.dist(colour, worn[part]) for known, colour in CLOTHES.items()}
                assert min(distance, key=lambda known: distance[known]) == name


def test_people_carry_backpacks_behind_their_shoulders():
    found = 0
    for seed in range(14):
        scene = scene_of("street", seed)
        for thing in scene.things:
            if thing.carries != "backpack":
                continue
            found += 1
            person, pack = (scene.props[i] for i in thing.props)
            back = np.array(pack.position[:2]) - person.position[:2]
            assert back @ [math.cos(person.yaw), math.sin(person.yaw)] < -0.1
            assert prop_bounds(pack).high[2] < prop_bounds(person).high[2]
            assert prop_bounds(pack).low[2] > person.position[2] + 0.25 * thing.size[2]
    assert found >= 2


@pytest.mark.parametrize("place", PLACES)
def test_pools_share_no_asset_no_font_and_no_paint(place):
    def made_of(pool: Pool) -> tuple[set[str], set[str], set[str]]:
        scenes = [scene_of(place, seed, pool) for seed in range(3)]
        assets = {prop.asset for scene in scenes for prop in scene.props if asset_pool(prop.asset) is not None}
        large = ("wall", "ground", "floor", "ceiling")
        solids = [solid for scene in scenes for solid in scene.level.solids if solid.semantic in large]
        paints = {solid.material for solid in solids if solid.material.startswith("paint_")}
        return assets, {sign.spec.font for scene in scenes for sign in scene.signs}, paints

    train, test = made_of("train"), made_of("test")
    for ours, theirs in zip(train, test, strict=True):
        assert ours and theirs and not ours & theirs
    assert {asset_pool(name) for name in train[0]} == {"train"}
    assert {asset_pool(name) for name in test[0]} == {"test"}


@pytest.mark.parametrize("place", PLACES)
def test_a_scenario_of_a_scene_survives_json(place):
    scene = scene_of(place, 0)
    scenario = Scenario(
        mission="search", level=scene.level, drones=(DroneSpec(airframe="scout", position=scene.start),), props=scene.props,
        signs=scene.signs, flames=scene.flames, smoke=scene.smoke, time_limit_s=60.0, task={"scene": dump(scene)},
    )  # fmt: skip
    data = scenario_to_json(scenario)
    assert scenario_to_json(scenario_from_json(json.loads(data))) == data


def test_smoke_comes_as_often_and_as_thick_as_asked():
    config = SceneConfig(
        place="floor", people=(0, 0), objects=(0, 0), signs=(0, 0), fires=(0, 0), extinction_per_m=(0.1, 0.2)
    )
    smokes = [draw_scene(config, stream(seed, "scenario")).smoke for seed in range(12)]
    thick = [max(layer.extinction_per_m for layer in smoke.layers) for smoke in smokes if smoke is not None]
    assert 2 <= len(thick) <= 10
    assert all(0.1 <= extinction <= 0.2 for extinction in thick)
