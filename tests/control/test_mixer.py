"""The mixer: makes the wrench where the rotors can, and keeps the priorities where they can't."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from goldentime.control.mixer import RotorLayout, mix, wrench
from goldentime.errors import ConfigError

CF2X = RotorLayout(
    position_m=((0.028, 0.028), (-0.028, 0.028), (-0.028, -0.028), (0.028, -0.028)),
    spin=(1, -1, 1, -1),
    thrust_n_s2=2.88e-8,
    torque_n_m_s2=7.24e-10,
)
SCOUT = RotorLayout(
    position_m=((0.16, 0.20), (-0.16, 0.20), (-0.16, -0.20), (0.16, -0.20)),
    spin=(-1, 1, -1, 1),
    thrust_n_s2=1.29e-5,
    torque_n_m_s2=2.06e-7,
)
LIMITS = {id(CF2X): (0.0, 2273.8), id(SCOUT): (80.0, 790.0)}
layouts = st.sampled_from([CF2X, SCOUT])
shares = st.floats(-1.0, 1.0)


def thrust_range(layout):
    low, high = LIMITS[id(layout)]
    return 4 * layout.thrust_n_s2 * low**2, 4 * layout.thrust_n_s2 * high**2


def wanted(layout, thrust, roll, pitch, yaw):
    """A wrench from shares of the rotors' range."""
    low, high = thrust_range(layout)
    arm_x, arm_y = layout.position_m[0]
    span = 0.5 * (high - low)
    ratio = layout.torque_n_m_s2 / layout.thrust_n_s2
    return low + thrust * (high - low), (roll * arm_y * span, pitch * arm_x * span, yaw * ratio * span)


def is_feasible(layout, force, torque):
    low, high = (t / 4 for t in thrust_range(layout))
    arm_x, arm_y = layout.position_m[0]
    ratio = layout.torque_n_m_s2 / layout.thrust_n_s2
    spread = (abs(torque[0]) / arm_y + abs(torque[1]) / arm_x + abs(torque[2]) / ratio) / 4
    return low + spread <= force / 4 <= high - spread


@given(layouts, st.floats(0.0, 1.0), shares, shares, shares)
def test_a_feasible_wrench_is_made_exactly(layout, thrust, roll, pitch, yaw):
    force, torque = wanted(layout, thrust, roll, pitch, yaw)
    assume(is_feasible(layout, force, torque))
    made = wrench(layout, mix(layout, force, torque, LIMITS[id(layout)]))
    scale = thrust_range(layout)[1]
    assert made[0] == pytest.approx(force, abs=1e-9 * scale)
    assert made[1:] == pytest.approx(torque, abs=1e-9 * scale)


@given(layouts, st.floats(-3.0, 3.0), *[st.floats(-5.0, 5.0)] * 3)
def test_rotor_speeds_stay_within_their_limits(layout, thrust, roll, pitch, yaw):
    low, high = LIMITS[id(layout)]
    force, torque = wanted(layout, thrust, roll, pitch, yaw)
    for speed in mix(layout, force, torque, (low, high)):
        assert low * (1 - 1e-9) <= speed <= high * (1 + 1e-9)


@given(layouts, st.floats(-1.0, 2.0), shares, shares, st.floats(-5.0, 5.0))
def test_roll_and_pitch_come_before_thrust_and_yaw(layout, thrust, roll, pitch, yaw):
    """Whatever thrust and yaw are asked for, tilting torques that fit into the rotors' range are made."""
    assume(abs(roll) + abs(pitch) <= 1.0)
    force, torque = wanted(layout, thrust, roll, pitch, yaw)
    made = wrench(layout, mix(layout, force, torque, LIMITS[id(layout)]))
    scale = thrust_range(layout)[1]
    assert made[1:3] == pytest.approx(torque[:2], abs=1e-9 * scale)


@given(layouts, st.floats(0.0, 1.0), st.floats(-5.0, 5.0))
def test_thrust_comes_before_yaw(layout, thrust, yaw):
    force, torque = wanted(layout, thrust, 0.0, 0.0, yaw)
    made = wrench(layout, mix(layout, force, torque, LIMITS[id(layout)]))
    assert made[0] == pytest.approx(force, rel=1e-9)
    rounding = 1e-12 * made[0] * layout.torque_n_m_s2 / layout.thrust_n_s2
    assert abs(made[3]) <= abs(torque[2]) * (1 + 1e-9) + rounding
    assert made[3] * torque[2] >= -rounding * abs(torque[2])


@given(layouts, st.floats(0.0, 1.0), shares, shares)
def test_too_large_a_tilting_torque_keeps_its_direction(layout, thrust, roll, pitch):
    assume(math.hypot(roll, pitch) > 0.01)
    force, torque = wanted(layout, thrust, 20.0 * roll, 20.0 * pitch, 0.0)
    made = wrench(layout, mix(layout, force, torque, LIMITS[id(layout)]))
    cross = made[1] * torque[1] - made[2] * torque[0]
    assert cross == pytest.approx(0.0, abs=1e-9 * math.hypot(*made[1:3]) * math.hypot(*torque[:2]) + 1e-15)
    assert made[1] * torque[0] + made[2] * torque[1] > 0.0


@pytest.mark.parametrize(
    ("speeds", "signs"),
    [
        ((110.0, 110.0, 90.0, 90.0), (1, 0, 0)),  # left faster: roll to the right, about +x
        ((90.0, 110.0, 110.0, 90.0), (0, 1, 0)),  # back faster: nose down, about +y
        ((110.0, 90.0, 110.0, 90.0), (0, 0, 1)),  # rotors of positive reaction torque faster
    ],
)
def test_signs_of_the_torques(speeds, signs):
    torque = wrench(CF2X, speeds)[1:]
    for value, sign in zip(torque, signs, strict=True):
        assert value == pytest.approx(0.0, abs=1e-15) if sign == 0 else value * sign > 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"position_m": ((1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (-1.0, 1.0))}, "symmetric X"),
        ({"position_m": ((0.0, 1.0), (0.0, 1.0), (0.0, -1.0), (0.0, -1.0))}, "symmetric X"),
        ({"spin": (1, 1, -1, -1)}, r"1 and -1 in turn, got \(1, 1, -1, -1\)"),
    ],
)
def test_layouts_that_the_mixer_does_not_know_are_refused(change, message):
    values = {name: getattr(CF2X, name) for name in ("position_m", "spin", "thrust_n_s2", "torque_n_m_s2")}
    with pytest.raises(ConfigError, match=message):
        RotorLayout(**{**values, **change}).check("airframe test")
