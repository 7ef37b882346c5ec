"""Stage 4: what is drawn, what is told, how flights end, and that it can be won."""

import json
import math

import numpy as np
import pytest

from goldentime.envs.airframe import load_airframe
from goldentime.envs.scenario import scenario_from_json, scenario_to_json
from goldentime.envs.scenes.proof import boxes_of, clearance_m
from goldentime.errors import ConfigError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.oracle import fly_oracle
from goldentime.eval.score.rules import load_rules
from goldentime.eval.score.score import score
from goldentime.eval.splits import episode_seed
from goldentime.missions.registry import load_config, make_mission, make_team_env
from goldentime.missions.team_place import team_brief
from goldentime.rng import stream

SMALL = {"rescue": {"building": {"rooms": 5, "storeys": 1}, "difficulty": 0.2, "people": {"count": [3, 4]}}}
BLIND = dict.fromkeys(("microphones", "camera", "depth", "thermal", "lidar"))


def mission(scenario=None):
    return make_mission(load_config("stage4", {"scenario": scenario or {}}))


@pytest.fixture(scope="module")
def drawn():
    return [mission().generate(np.random.default_rng(seed)) for seed in range(3)]


def test_everybody_is_on_somebody_s_tour_and_carriers_bring_the_kits(drawn):
    for scenario in drawn:
        stops = [(drone, stop) for drone, tour in enumerate(scenario.task["tours"]) for stop in tour["stops"]]
        victims = [i for i, person in enumerate(scenario.people) if person.victim]
        assert sorted(stop["person"] for _, stop in stops) == victims
        assert all(scenario.drones[drone].role == "carrier" for drone, stop in stops if stop["deliver"])
        helped = {i for i, person in enumerate(scenario.people) if person.help_s is not None}
        assert helped == {stop["person"] for _, stop in stops if stop["deliver"]}
        assert all(tour["back_s"] < scenario.time_limit_s for tour in scenario.task["tours"])


def test_drones_load_and_marks_have_room(drawn):
    for scenario in drawn:
        boxes = boxes_of((*scenario.level.solids, *scenario.level.glass))
        places = [drone.position for drone in scenario.drones]
        reach = [load_airframe(drone.airframe).hull_radius_m for drone in scenario.drones]
        for i, a in enumerate(places):
            assert all(math.dist(a, b) > reach[i] + reach[j] + 0.3 for j, b in enumerate(places) if j != i)
        knees = np.array([*places, scenario.task["goal"], *scenario.task["marks"]])
        knees[:, 2] = places[0][2] + 0.5
        assert clearance_m(knees, boxes).min() > 0.35


@pytest.mark.parametrize("episode", [4, 12, 25])
def test_nothing_hangs_over_a_start_or_over_where_the_two_set_the_load_down(episode):
    # In these three a carrier of the load once stood under something, and in 12 it was to come down on something.
    scenario = mission().generate(stream(episode_seed("public", episode), "scenario"))
    boxes = boxes_of((*scenario.level.solids, *scenario.level.glass))
    load, goal = np.array(scenario.loads[0].position), np.array(scenario.task["goal"])
    places = [(np.array(drone.position), drone) for drone in scenario.drones]
    places += [(goal + place - load, drone) for place, drone in places if drone.role == "carrier"]
    for (x, y, z), drone in places:
        column = np.array([(x, y, z + rise_m) for rise_m in np.arange(0.6, 3.6, 0.1)])
        assert clearance_m(column, boxes).min() > load_airframe(drone.airframe).hull_radius_m


def test_one_carrier_can_not_lift_the_load_and_two_can(drawn):
    for scenario in drawn:
        load = scenario.loads[0]
        weights = []
        for drone in load.drones:
            airframe = load_airframe(scenario.drones[drone].airframe)
            kits_kg = sum(kit.mass_kg for kit in scenario.kits if kit.carrier == drone)
            assert kits_kg <= airframe.payload_kg
            weights.append(airframe.mass_kg * (airframe.thrust_to_weight - 1.0) - kits_kg)
        assert max(weights) < load.mass_kg < 0.8 * sum(weights)


def test_a_scenario_survives_json(drawn):
    assert scenario_from_json(json.loads(scenario_to_json(drawn[0]))) == drawn[0]


def test_the_brief_tells_the_tasks_and_no_truth(drawn):
    for scenario in drawn:
        brief = team_brief(scenario)
        told = json.dumps(brief)
        for secret in ("stops", "route", "tours", "hazards", "par_s", "help_s", "sender", "ignition", "people"):
            assert f'"{secret}"' not in told
        assert [one["role"] for one in brief["team"]] == ["scout", "scout", "carrier", "carrier"]
        assert [one["kits"] for one in brief["team"]] == [[], [], *[["anchor", "relief", "relief"]] * 2]
        assert math.dist(brief["load"]["at_m"][:2], brief["load"]["goal_m"][:2]) > 5.0


def test_those_who_know_all_win():
    log = fly_oracle("stage4", 3, {"scenario": SMALL, "sensors": BLIND})
    result = score(log, load_rules("stage4"))
    assert result.total >= 95.0, result
    assert log.reason == "all_down"


@pytest.mark.parametrize("episode", [4, 20])
def test_who_lets_a_load_down_beside_a_car_or_at_the_edge_is_not_thrown_there(episode):
    limits = {"scenario": {"rescue": {"time_limit_s": 40.0}}, "sensors": BLIND}
    log = fly_oracle("stage4", episode_seed("public", episode), limits)
    happened = {event.kind for event in log.events}
    assert "load_placed" in happened
    assert not happened & {"crashed", "out_of_bounds"}


def still(env, **more):
    """Actions that do nothing but what is given by drone."""
    actions = {}
    for name in env.possible_agents:
        space = env.action_space(name)
        action = {key: part.sample() for key, part in space.spaces.items()}
        action |= {"motion": np.zeros(4, np.float32), "message": np.zeros(64, np.uint8)}
        action["report"] |= {"kind": 0}
        if "release" in action:
            action["release"] = 0
        actions[name] = {**action, **more.get(name, {})}
    return actions


@pytest.fixture
def notes():
    return EpisodeLog()


@pytest.fixture
def flown(notes):
    env = make_team_env("stage4", recorder=notes, scenario=SMALL, sensors=BLIND)
    env.reset(seed=3)
    yield env
    env.close()


def test_whoever_crashes_is_out_and_the_others_fly_on(flown, notes):
    up, dash = np.array((0.0, 0.0, 1.5, 0.0), np.float32), np.array((6.0, 0.0, 0.0, 0.0), np.float32)
    for step in range(60):
        flown.step(still(flown, drone_0={"motion": up if step < 15 else dash}))
    crashed = [event for event in notes.events if event.kind == "crashed"]
    assert [event.drone for event in crashed] == [0]
    assert flown.agents == flown.possible_agents
    assert np.linalg.norm(notes.samples().velocity_m_s[-1, 0]) < 3.0, "its rotors idle"


def test_a_report_counts_where_it_reaches_the_base(flown, notes):
    report = {"kind": 2, "position_m": np.array((0.0, 0.0, 90.0), np.float32)}
    silence = still(flown)["drone_1"]["report"]
    flown.step(still(flown, drone_1={"report": {**silence, **report}}))
    assert "wrong" in {event.kind for event in notes.events}, "before the door the base hears everything"


def test_out_of_reach_of_the_base_a_report_is_nothing(notes):
    env = make_team_env("stage4", recorder=notes, scenario=SMALL, sensors=BLIND, radio={"tx_dbm": -80.0})
    env.reset(seed=3)
    silence = still(env)["drone_1"]["report"]
    wrong = {"kind": 2, "position_m": np.array((0.0, 0.0, 90.0), np.float32)}
    env.step(still(env, drone_1={"report": {**silence, **wrong}}))
    env.close()
    assert [(event.kind, event.drone) for event in notes.events] == [("unheard", 1)]


@pytest.mark.parametrize(
    ("scenario", "named"),
    [
        ({"team": {"carriers": 1}}, "carriers"),
        ({"team": {"scouts": 5}}, "scouts"),
        ({"reports": 0}, "reports"),
        ({"together": {"anchor_s": 0.0}}, "anchor_s"),
        ({"team": {"pilots": 2}}, "pilots"),
    ],
)
def test_what_can_not_be_played_is_refused_by_name(scenario, named):
    with pytest.raises(ConfigError, match=named):
        mission(scenario)
