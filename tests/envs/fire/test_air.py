"""What people and drones meet, and plans that are refused."""

import math
from dataclasses import replace

import numpy as np
import pytest

from goldentime.envs.fire.air import conditions_at, density_kg_m3, draught_m_s, heat_w_m2, site_of
from goldentime.envs.fire.plan import FirePlan, Fuel, Ignition
from goldentime.envs.fire.radiation import ceiling_factor
from goldentime.envs.fire.rooms import room_of, rooms_of
from goldentime.envs.fire.zone import ZoneModel
from goldentime.envs.level import OUTSIDE, Level
from goldentime.errors import ConfigError
from goldentime.records import dump, load


@pytest.fixture(scope="module")
def burning(flat):
    model = ZoneModel(*flat)
    while model.time_s < 120.0:
        model.step()
    return site_of(*flat), model.read()


def test_a_point_meets_the_air_of_its_layer(burning):
    site, state = burning
    air = conditions_at(site, state, np.array([[[2.0, 2.0, 0.3], [2.0, 2.0, 2.6]], [[5.0, 1.0, 2.6], [50.0, 0.0, 1.0]]]))
    assert air.room.tolist() == [[0, 0], [1, OUTSIDE]]
    expected = [[state.lower_k[0], state.upper_k[0]], [state.upper_k[1], 293.15]]
    np.testing.assert_array_equal(air.temperature_k, expected)
    assert air.co[0, 1] == state.upper_co[0] and air.co[1, 1] == 0.0
    assert air.o2[1, 1] == pytest.approx(0.2095)
    assert air.extinction_per_m[0, 1] > 1.0 > air.extinction_per_m[0, 0]


def test_rooms_are_found_for_any_number_of_points(flat):
    rooms = rooms_of(flat[0])
    assert room_of(rooms, np.array([1.0, 1.0, 1.0])) == 0
    assert room_of(rooms, np.zeros((0, 3))).shape == (0,)
    assert room_of(rooms_of(Level()), np.zeros((2, 3))).tolist() == [OUTSIDE] * 2


def test_heat_is_less_farther_from_flames_and_none_outside_or_behind_walls(burning):
    site, state = burning
    near, far, behind, outside = heat_w_m2(
        site, state, np.array([[2.5, 2.5, 0.5], [3.9, 4.9, 0.5], [14, 1, 0.5], [-5, 0, 1]])
    )
    assert near > 1e4 > far > 100.0
    assert behind < 50.0
    assert outside == 0.0


def test_a_spot_far_below_a_wide_ceiling_sees_what_a_sum_over_it_sees():
    x, y = np.meshgrid(np.arange(-1.0, 3.0, 0.02) + 0.01, np.arange(-2.0, 1.5, 0.02) + 0.01)
    away = x**2 + y**2 + 1.5**2
    summed = (1.5**2 / (math.pi * away**2)).sum() * 0.02**2
    assert ceiling_factor(np.array([1.0, 3.0, 2.0, 1.5]), np.float64(1.5)) == pytest.approx(summed, rel=1e-3)
    assert ceiling_factor(np.full(4, 1e4), np.float64(1.0)) == pytest.approx(1.0, rel=1e-3)


def test_hot_gas_rises_above_flames_and_spreads_below_the_ceiling(burning):
    site, state = burning
    east, north, up = draught_m_s(site, state, (2.0, 2.5, 1.5))
    assert (east, north) == (0.0, 0.0) and 3.0 < up < 10.0
    assert draught_m_s(site, state, (2.4, 2.5, 1.5))[2] < up
    assert draught_m_s(site, state, (2.0, 2.5, 0.3)) == (0.0, 0.0, 0.0)
    assert draught_m_s(site, state, (6.0, 1.0, 1.5)) == (0.0, 0.0, 0.0)
    jet = draught_m_s(site, state, (3.5, 2.5, 2.65))
    assert jet[0] > 0.5 and jet[1] == pytest.approx(0.0, abs=1e-9) and jet[2] == 0.0


def test_hot_air_carries_less(burning):
    site, state = burning
    cold, layer, plume = (density_kg_m3(site, state, p) for p in ((50.0, 0.0, 1.0), (3.5, 4.5, 2.6), (2.0, 2.5, 1.0)))
    assert cold == pytest.approx(1.204, abs=0.002)
    assert plume < layer < cold


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"room": 7}, "fire.fuels.0.room: expected a room in [0, 3), got 7"),
        ({"position": (99.0, 0.0, 0.0)}, "fire.fuels.0.position"),
    ],
)
def test_a_fuel_that_is_nowhere_is_refused(flat, change, named):
    level, plan = flat
    wrong = replace(plan, fuels=(replace(plan.fuels[0], **change), *plan.fuels[1:]))
    with pytest.raises(ConfigError) as error:
        ZoneModel(level, wrong)
    assert named in str(error.value)


def test_an_ignition_of_nothing_and_a_step_of_nothing_are_refused(flat):
    level, plan = flat
    with pytest.raises(ConfigError, match=r"fire\.ignitions\.0\.fuel: expected a fuel in \[0, 3\), got 3"):
        ZoneModel(level, replace(plan, ignitions=(Ignition(fuel=3),)))
    with pytest.raises(ConfigError, match="dt_s"):
        ZoneModel(level, plan, dt_s=0.0)
    with pytest.raises(ConfigError, match="rooms"):
        ZoneModel(Level(), plan)
    with pytest.raises(ConfigError, match=r"openings\.0\.open"):
        ZoneModel(level, plan).set_open(0, 1.5)


def test_plans_are_checked_when_read_and_survive_a_round_trip(flat):
    plan = flat[1]
    assert load(FirePlan, dump(plan), "fire") == plan
    with pytest.raises(ValueError, match="peak_w"):
        Fuel(room=0, position=(0.0, 0.0, 0.0), growth="slow", peak_w=0.0, energy_j=1.0)
