"""The course's data, its geometry, and generated courses."""

import dataclasses
import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldentime.control.planner import flood
from goldentime.envs.airframe import load_airframe
from goldentime.envs.level import Box, Mesh, triangulate
from goldentime.envs.scenario import scenario_digest, scenario_from_json, scenario_to_json
from goldentime.errors import ConfigError, ScenarioError
from goldentime.missions.course import Course, CourseConfig
from goldentime.missions.course_build import built_2020
from goldentime.missions.course_facts import compile_task
from goldentime.missions.course_generator import draw_course, draw_plan
from goldentime.missions.course_level import build_level
from goldentime.missions.course_plan import CoursePlan, course_2020
from goldentime.missions.course_route import flyable_space, shortest_route
from goldentime.missions.registry import load_config
from goldentime.records import dump, load

SCOUT = load_airframe("scout")
BODY = (SCOUT.hull_radius_m, 0.5 * SCOUT.hull_height_m)
NAMES = ["maze", "poles", "nets", "trees", "tunnel", "windows", "wind_and_delivery"]


def scenario_of(seed=0, **config):
    return Course(CourseConfig(**config)).generate(np.random.default_rng(seed))


def length(points):
    return float(sum(np.linalg.norm(np.subtract(b, a)) for a, b in pairwise(points)))


def test_the_data_file_round_trips():
    plan = course_2020()
    assert load(CoursePlan, json.loads(json.dumps(dump(plan))), "plan") == plan
    assert [section.name for section in plan.sections] == NAMES
    sizes = {s.name: (len(s.walls), len(s.cylinders), len(s.boxes), len(s.glass), len(s.trees)) for s in plan.sections}
    assert sizes["maze"] == (3, 0, 0, 0, 0)
    assert sizes["poles"] == (0, 12, 0, 0, 0)
    assert sizes["nets"] == (0, 0, 3, 0, 0)
    assert sizes["trees"] == (0, 0, 0, 0, 9)
    assert sizes["windows"] == (0, 0, 6, 2, 0)
    assert len(plan.outer_walls) == 8


def test_an_unknown_key_in_a_plan_is_refused():
    data = dump(course_2020())
    data["sections"][0]["wals"] = []
    with pytest.raises(ConfigError, match=r"plan\.sections\.0\.wals: unknown key"):
        load(CoursePlan, data, "plan")


def test_2020_is_one_level_object_and_one_route():
    first, second = scenario_of(1, source="2020"), scenario_of(2, source="2020")
    assert first.level is second.level
    assert first.task == second.task
    assert first.drones != second.drones
    assert first.wind != second.wind


@pytest.fixture(scope="module")
def space_2020():
    return flyable_space(built_2020("scout").level, *BODY)


def is_free(space, x, y, z):
    i, j, k = (int((p - o) / space.cell_m) for p, o in zip((x, y, z), space.origin_m, strict=True))
    return bool(space.free[i, j, k])


@pytest.mark.parametrize(
    ("place", "free"),
    [
        ((7.25, 12.5, 1.5), True),  # beside the maze's first wall
        ((7.25, 16.0, 1.5), False),
        ((10.75, 16.0, 1.5), True),  # between the other two
        ((19.0, 16.0, 2.3), True),  # over, under, over
        ((19.0, 16.0, 0.7), False),
        ((21.0, 16.0, 0.7), True),
        ((21.0, 16.0, 2.3), False),
        ((23.0, 16.0, 2.3), True),
        ((19.0, 20.75, 0.7), False),  # no way round a net's end
        ((32.5, 11.0, 1.5), True),  # in the tunnel
        ((32.5, 4.95, 1.5), True),
        ((29.0, 4.95, 1.5), True),
        ((31.0, 8.0, 1.5), False),
        ((21.0, 7.8, 1.7), True),  # the free window
        ((21.0, 5.0, 1.3), True),  # the half-closed one, below its pane
        ((21.0, 5.0, 2.3), False),
        ((21.0, 2.2, 1.7), False),  # the closed one
        ((12.4, 5.0, 0.3), False),  # at the box
        ((12.0, 5.0, 0.9), True),
        ((12.0, 5.0, 2.95), False),  # too near the ceiling
    ],
)
def test_2020_is_free_where_it_should_be(space_2020, place, free):
    assert is_free(space_2020, *place) == free


def test_the_only_way_to_the_lower_lane_is_the_tunnel(space_2020):
    level = built_2020("scout").level
    open_tunnel = flood(space_2020, (2.0, 16.0, 1.0))
    assert np.isfinite(open_tunnel[cell(space_2020, (2.0, 5.0, 1.0))])
    plug = Box(centre=(32.5, 8.0, 1.5), size=(2.95, 1.0, 3.0))
    plugged = flood(flyable_space(level, *BODY, extra=[plug]), (2.0, 16.0, 1.0))
    assert not np.isfinite(plugged[cell(space_2020, (2.0, 5.0, 1.0))])


def cell(space, place):
    return tuple(int((p - o) / space.cell_m) for p, o in zip(place, space.origin_m, strict=True))


def test_the_route_of_2020_passes_all_gates_and_is_short():
    scenario = scenario_of(source="2020")
    facts = compile_task(scenario.task, scenario.level.bounds, 240.0, 3.0)
    at = [gate.route_m for gate in facts.gates]
    assert at == sorted(at)
    assert 0.0 < at[0]
    assert at[-1] < facts.route_m
    # The straight lines through lane, tunnel and lane measure 62 m.
    assert 62.0 < facts.route_m < 70.0


def test_every_primitive_compiles_and_has_a_class_and_a_material():
    for level in (built_2020("scout").level, build_level(draw_plan(0.5, np.random.default_rng(3)))):
        assert len(triangulate(level.solids).faces) > 500
        known = {"wall", "pole", "net", "tree", "tunnel", "window", "box", "pad", "glass"}
        assert {item.semantic for item in (*level.solids, *level.glass)} <= known
        assert all(item.material for item in (*level.solids, *level.glass))


def test_the_edges_of_a_pipe_face_outwards():
    plans = (draw_plan(0.5, np.random.default_rng(seed)) for seed in range(20))
    meshes = [item for plan in plans for item in build_level(plan).solids if isinstance(item, Mesh)]
    assert len(meshes) > 8
    for mesh in meshes:
        corners = np.array(mesh.vertices)[np.array(mesh.faces)] - np.array(mesh.vertices).mean(0)
        assert np.linalg.det(corners).sum() / 6.0 > 0.0
        edges = np.sort(np.concatenate([np.array(mesh.faces)[:, pair] for pair in ([0, 1], [1, 2], [2, 0])]), axis=1)
        assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), difficulty=st.floats(0.0, 1.0))
def test_generated_courses_are_solvable_repeatable_and_json(seed, difficulty):
    scenario = scenario_of(seed, difficulty=difficulty)
    assert scenario_digest(scenario) == scenario_digest(scenario_of(seed, difficulty=difficulty))
    again = scenario_from_json(json.loads(scenario_to_json(scenario)))
    assert again == scenario
    assert scenario_digest(again) == scenario_digest(scenario)
    assert bool(scenario.movers) == (difficulty > 0.8)
    task = scenario.task
    assert len({section["name"] for section in task["sections"]}) == len(task["sections"])
    facts = compile_task(task, scenario.level.bounds, scenario.time_limit_s, 3.0)
    at = [gate.route_m for gate in facts.gates]
    assert all(a < b for a, b in pairwise([0.0, *at, facts.route_m]))
    # Once more without the margin and from the start that was drawn.
    x, y, z = task["drop_box"]["position"]
    free = flyable_space(scenario.level, *BODY)
    assert shortest_route(free, scenario.drones[0].position, (x, y, z + 1.2), tuple(task["route"][-1])) is not None


def test_harder_courses_have_narrower_lanes_and_more_sections():
    easy, hard = ([draw_plan(d, np.random.default_rng(seed)) for seed in range(20)] for d in (0.0, 1.0))
    assert np.mean([len(plan.sections) for plan in hard]) > np.mean([len(plan.sections) for plan in easy]) + 2
    assert {len(plan.outer_walls) for plan in easy} == {4, 8}
    assert {len(plan.outer_walls) for plan in hard} == {8}


def test_a_course_that_nobody_could_fly_is_an_error():
    wide = dataclasses.replace(SCOUT, hull_radius_m=1.6)
    with pytest.raises(ScenarioError, match=r"difficulty 1 that scout can fly through, got none in 12 draws"):
        draw_course(1.0, wide, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"difficulty": 1.5}, r"difficulty: expected a number in \[0, 1\], got 1.5"),
        ({"wind_m_s": (3.0, 2.0)}, r"wind_m_s: expected 0 <= low <= high, got \(3.0, 2.0\)"),
        ({"start_spread_m": 2.0}, r"start_spread_m: expected 0 to 0.7 m, got 2 m"),
    ],
)
def test_bad_configuration_is_refused(config, message):
    with pytest.raises(ConfigError, match=message):
        Course(CourseConfig(**config))


def test_the_brief_tells_the_published_plan_and_no_obstacle():
    scenario = scenario_of(5, source="2020")
    sheet = Course(CourseConfig(source="2020")).sheet(scenario)
    assert json.loads(json.dumps(sheet.brief)) == sheet.brief
    keys = {"start", "hall", "sections", "delivery", "landing", "time_limit_s"}
    assert set(sheet.brief) == keys
    assert set(sheet.brief["sections"][0]) == {"name", "kind", "exit"}
    assert sheet.brief["start"]["position"] == [2.0, 16.0]
    assert sheet.brief["delivery"]["position"] == [12.0, 5.0, 0.5]
    text = json.dumps(sheet.brief)
    assert all(repr(value) not in text for value in scenario.drones[0].position[:2])
    assert sheet.facts["sections"] == 7.0
    assert sheet.facts["kits"] == 1.0
    assert sheet.facts["par_time_s"] == pytest.approx(sheet.facts["shortest_path_m"] / 2.0 + 10.0)
    assert sheet.facts["shortest_path_m"] == pytest.approx(length(scenario.task["route"]), abs=0.6)


def test_both_configurations_have_the_same_senses_and_rewards():
    a, b = load_config("course2020"), load_config("course")
    for field in ("sensors", "reward", "rules", "action_mode", "action_hz", "nav", "contest"):
        assert getattr(a, field) == getattr(b, field)
