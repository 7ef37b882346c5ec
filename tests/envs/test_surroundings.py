"""Fire and people around the drones: their clock, and what would be without help."""

import numpy as np
import pytest

from goldentime.envs.fire.plan import FirePlan, Fuel, Ignition
from goldentime.envs.level import OUTSIDE, Level, Opening, Room
from goldentime.envs.people.person import Person
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.envs.surroundings import STEP_S, Surroundings
from goldentime.types import DroneState, KitState, WorldState

BRICK = ("brick",) * 6
ROOMS = (
    Room(lower=(0.0, 0.0, 0.0), upper=(4.0, 4.0, 2.6), materials=BRICK),
    Room(lower=(4.2, 0.0, 0.0), upper=(8.0, 4.0, 2.6), materials=BRICK),
)
DOORS = (
    Opening(rooms=(0, 1), centre=(4.1, 2.0, 1.0), size=(0.2, 1.0, 2.0)),
    Opening(rooms=(1, OUTSIDE), centre=(8.1, 2.0, 1.0), size=(0.2, 1.0, 2.0)),
)
SOFA = Fuel(room=0, position=(1.0, 1.0, 0.4), growth="ultrafast", peak_w=1.5e6, energy_j=5e8)
WOUNDED = Person(
    kind="man", assets={"sitting": "man-0-sitting", "lying_side": "man-0-lying_side"}, position=(6.0, 2.0, 0.0),
    posture="sitting", room=1, injury=0.55, mobility="crawls", help_s=20.0,
)  # fmt: skip


@pytest.fixture
def scenario():
    return Scenario(
        mission="test", level=Level(rooms=ROOMS, openings=DOORS), time_limit_s=200.0, task={},
        drones=(DroneSpec(airframe="scout", position=(10.0, 2.0, 1.0)),), people=(WOUNDED,),
        fire=FirePlan(fuels=(SOFA,), ignitions=(Ignition(fuel=0, time_s=-20.0),)),
    )  # fmt: skip


def at(time_s, *, drone_m=(10.0, 2.0, 1.0), kit_m=None):
    drone = DroneState(
        drone_m, (0.0, 0.0, 0.0, 1.0), (0.0,) * 3, (0.0,) * 3, (0.0,) * 3, (0.0,) * 4, 1.0, 16.0, (), 0.0
    )  # fmt: skip
    kits = () if kit_m is None else (KitState(kit_m, (0.0, 0.0, 0.0), -1),)
    return WorldState(time_s, (drone,), kits)


def test_a_scenario_without_fire_and_people_passes_untouched():
    bare = Scenario(
        mission="test", level=Level(), time_limit_s=10.0, task={},
        drones=(DroneSpec(airframe="scout", position=(0.0, 0.0, 1.0)),),
    )  # fmt: skip
    state, around = at(0.5), Surroundings(bare)
    assert around.follow(state) is state
    assert around.still
    assert around.draughts([(0.0, 0.0, 1.0)]) == []


def test_the_fire_has_grown_at_the_start_and_goes_on_with_the_drones_time(scenario):
    around = Surroundings(scenario)
    first = around.follow(at(0.0)).fire
    later = around.follow(at(10.0)).fire
    assert first is not None and later is not None
    assert later.fuels_w[0] > first.fuels_w[0] > 5e4
    assert later.upper_k[0] > first.upper_k[0] > 295.0


def test_steps_of_any_length_come_to_the_same(scenario):
    fine, coarse = Surroundings(scenario), Surroundings(scenario)
    for number in range(1, 21):
        a = fine.follow(at(number * STEP_S))
    b = coarse.follow(at(20 * STEP_S))
    assert a.people == b.people
    assert a.fire is not None and b.fire is not None
    np.testing.assert_array_equal(a.fire.upper_k, b.fire.upper_k)


def test_without_help_people_are_as_they_would_be_alone(scenario):
    around = Surroundings(scenario)
    state = around.follow(at(60.0))
    assert state.people == state.alone
    assert state.best[0].hooded
    assert state.best[0].injury < state.alone[0].injury


def test_a_kit_that_lies_beside_somebody_helps_them_and_not_their_lonely_twin(scenario):
    around = Surroundings(scenario)
    for second in range(1, 61):
        state = around.follow(at(float(second), kit_m=(6.4, 2.0, 0.07)))
    assert state.people[0].hooded
    assert not state.alone[0].hooded
    assert state.people[0].injury < state.alone[0].injury


def test_the_world_runs_on_to_the_limit_when_the_drones_are_gone(scenario):
    once, twice = Surroundings(scenario), Surroundings(scenario)
    landed = once.follow(at(30.0, kit_m=(6.4, 2.0, 0.07)))
    end = once.run_on(landed, 200.0)
    assert end.time_s == 200.0
    assert end.people[0].hooded
    stayed = twice.run_on(twice.follow(at(30.0)), 200.0)
    assert stayed.people == stayed.alone == end.alone


def test_a_drone_warms_in_hot_gas_and_feels_the_plume(scenario):
    cool, hot = Surroundings(scenario), Surroundings(scenario)
    beside = cool.follow(at(60.0)).hull_k[0]
    over = hot.follow(at(60.0, drone_m=(1.5, 1.5, 2.2))).hull_k[0]
    assert over > beside + 5.0
    assert beside == pytest.approx(293.15, abs=0.5)
    up = hot.draughts([(1.0, 1.0, 1.8)])[0][2]
    assert up > 1.0
    assert hot.draughts([(30.0, 30.0, 1.0)]) == [(0.0, 0.0, 0.0)]
