"""Doses of gas and heat against values computed by hand, and what must hold of any air."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.envs.people.dose import AWAKE_L_MIN, RESTING_L_MIN, Air, air_at, flame_w_m2, gas_per_min, heat_per_min
from tests.envs.people.places import fire

SHARE = st.floats(0.0, 0.2)


def air(co: float = 0.0, co2: float = 0.0, o2: float = 0.209, celsius: float = 20.0, radiant_w_m2: float = 0.0) -> Air:
    """Around one person."""
    return Air(*(np.array([value]) for value in (co, co2, o2, 273.15 + celsius, 0.0, radiant_w_m2)))


def gas(around: Air, breathed: float = AWAKE_L_MIN, hooded: bool = False) -> float:
    return float(gas_per_min(around, np.array([breathed]), np.array([hooded]))[0])


def heat(around: Air, flame: float = 0.0) -> float:
    return float(heat_per_min(around, np.array([flame]))[0])


def test_half_an_hour_in_1000_ppm_of_carbon_monoxide():
    # 3.317e-5 x 1000^1.036 x 25 / 30 = 0.035445 a minute, x exp(2.0004) / 7.1 = 1.04113 without carbon dioxide.
    assert 30.0 * gas(air(co=1e-3)) == pytest.approx(1.1071, abs=5e-4)


def test_carbon_monoxide_incapacitates_at_about_30000_ppm_minutes():
    for ppm in (200.0, 1000.0, 4000.0):
        assert 25_000.0 < ppm / gas(air(co=1e-6 * ppm)) < 36_000.0


def test_a_tenth_of_oxygen_incapacitates_within_ten_minutes():
    # exp(8.13 - 0.54 x 10.9) = 9.44 minutes.
    assert 1.0 / gas(air(o2=0.10)) == pytest.approx(9.44, abs=0.01)
    assert gas(air(o2=0.205)) == 0.0


def test_5_percent_of_carbon_dioxide_makes_carbon_monoxide_faster():
    # exp(0.1903 x 5 + 2.0004) / exp(2.0004) = 2.589.
    assert gas(air(co=1e-3, co2=0.05)) / gas(air(co=1e-3)) == pytest.approx(2.589, abs=1e-3)


def test_clothed_people_bear_100_degrees_for_25_minutes():
    # 4.1e8 x 100^-3.61 = 24.70 minutes.
    assert 1.0 / heat(air(celsius=100.0)) == pytest.approx(24.70, abs=0.02)


def test_10_kilowatts_a_square_metre_burn_within_half_a_minute():
    # 10 x 10^(-4/3) = 0.4642 minutes.
    assert 1.0 / heat(air(radiant_w_m2=1e4)) == pytest.approx(0.4642, abs=1e-3)
    assert heat(air(radiant_w_m2=2000.0)) == 0.0
    assert heat(air(radiant_w_m2=2000.0), flame=8000.0) == heat(air(radiant_w_m2=1e4))


def test_fresh_air_does_no_harm():
    assert gas(air()) == heat(air()) == 0.0


def test_a_megawatt_radiates_24_kilowatts_at_a_metre_and_nothing_through_a_wall():
    # 0.3 x 1e6 / (4 pi) = 23873 W/m2.
    place, flame = np.zeros((1, 3)), np.array([[1.0, 0.0, 0.0]])
    assert flame_w_m2(place, flame, np.array([[True]]), np.array([1e6]))[0] == pytest.approx(23873.0, abs=1.0)
    assert flame_w_m2(place, flame, np.array([[False]]), np.array([1e6]))[0] == 0.0


def test_one_breathes_the_layer_in_which_the_mouth_is():
    state = fire(1.0, co=0.01, lower_co=0.001, kelvin=500.0, smoke=5.0)
    rooms, ceilings = np.array([0, 0, -1]), np.full(3, 3.0)
    around = air_at(state, rooms, np.array([1.5, 0.3, 1.5]), ceilings)
    assert around.co.tolist() == [0.01, 0.001, 0.0]
    assert around.kelvin.tolist() == [500.0, 293.15, 293.15]
    assert around.o2[2] == 0.209
    # 5.670374e-8 x (500^4 - 310^4) = 3020.3 W/m2: a layer of two metres hides what is above it.
    assert around.radiant_w_m2[0] == around.radiant_w_m2[1] == pytest.approx(3020.3, abs=1.0)
    assert around.radiant_w_m2[2] == 0.0


@given(SHARE, SHARE, SHARE, st.floats(0.0, 0.209), st.floats(0.0, 300.0), st.floats(0.0, 1e5))
def test_more_of_anything_bad_is_worse(co, co2, more, o2, celsius, radiant):
    base = air(co, co2, o2, celsius, radiant)
    for worse in (air(co + more, co2, o2), air(co, co2 + more, o2), air(co, co2, max(o2 - more, 0.0))):
        assert gas(worse) >= gas(base)
    assert gas(base, AWAKE_L_MIN) >= gas(base, RESTING_L_MIN)
    assert heat(air(celsius=celsius + 100.0 * more, radiant_w_m2=radiant)) >= heat(base)
    assert heat(air(celsius=celsius, radiant_w_m2=radiant + 1e4 * more)) >= heat(base)


@given(SHARE, SHARE, st.floats(0.0, 0.209), st.floats(0.0, 300.0))
def test_a_hood_never_raises_the_dose(co, co2, o2, celsius):
    around = air(co, co2, o2, celsius)
    assert gas(around, AWAKE_L_MIN, True) <= gas(around, AWAKE_L_MIN)
    # Nor does it pay to fall unconscious early.
    assert gas(around, AWAKE_L_MIN, True) <= gas(around, RESTING_L_MIN)
