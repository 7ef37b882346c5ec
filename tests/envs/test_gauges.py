"""Battery gauge and thermometer."""

import numpy as np
import pytest

from goldentime.envs.airframe import load_airframe
from goldentime.envs.hull_heat import HULL_LIMIT_K, warmed_k
from goldentime.envs.scenario import DroneSpec
from goldentime.envs.sensors.base import Mount, NoOptions, Stage
from goldentime.envs.sensors.gauges import BatteryGauge, Thermometer


@pytest.fixture
def world(make_world):
    return make_world(DroneSpec(airframe="scout", position=(0.0, 0.0, 2.0)))


def _mount(world) -> Mount:
    return Mount(0, load_airframe("scout"), world, Stage())


def test_the_battery_gauge_tells_charge_and_voltage(world):
    state = world.read()
    reading = BatteryGauge(NoOptions(), _mount(world)).read(state, np.random.default_rng(0))
    assert reading == pytest.approx([state.drones[0].state_of_charge, state.drones[0].voltage_v])


def test_the_thermometer_tells_the_hull_s_temperature_and_that_of_air_without_a_fire(world):
    gauge, rng = Thermometer(NoOptions(), _mount(world)), np.random.default_rng(0)
    assert gauge.read(world.read(), rng) == pytest.approx([293.15])
    assert gauge.read(world.read()._replace(hull_k=(320.0,)), rng) == pytest.approx([320.0])


def test_a_hull_warms_towards_the_gas_and_never_beyond():
    hull = 293.15
    for _ in range(1000):
        warmer = warmed_k(hull, 450.0, 0.0, 1.0)
        assert hull <= warmer <= 450.0
        hull = warmer
    assert hull == pytest.approx(450.0, abs=5.0)


def test_a_drone_stands_gas_of_150_degrees_for_a_minute_but_not_for_five():
    assert warmed_k(293.15, 423.15, 0.0, 60.0) < HULL_LIMIT_K < warmed_k(293.15, 423.15, 0.0, 300.0)


def test_radiation_warms_too():
    assert warmed_k(293.15, 293.15, 5000.0, 10.0) > 293.15
