"""The cascade as a function: what it answers to a state, without any world around it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldentime.control.cascade import START, design, make_controller
from goldentime.control.mixer import wrench
from goldentime.control.modes import motion_limits
from goldentime.control.vehicle import Vehicle
from goldentime.envs.airframe import load_airframe
from goldentime.types import ActionMode, NavState

CF2X, SCOUT = load_airframe("cf2x").vehicle, load_airframe("scout").vehicle
BOTH = pytest.mark.parametrize("vehicle", [CF2X, SCOUT], ids=["cf2x", "scout"])
AT_REST = NavState((0.0, 0.0, 5.0), (0.0, 0.0, 0.0, 1.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
NEUTRAL = {
    ActionMode.RATE: (9.81, 0.0, 0.0, 0.0),
    ActionMode.VELOCITY: (0.0, 0.0, 0.0, 0.0),
    ActionMode.WAYPOINT: (0.0, 0.0, 5.0, 0.0),
}
numbers = st.floats(-1.0, 1.0)


def answer(vehicle: Vehicle, mode: ActionMode, motion, nav=AT_REST, memory=START):
    return make_controller(mode, vehicle, 1 / 240)(tuple(motion), nav, memory)


@BOTH
@pytest.mark.parametrize("mode", NEUTRAL)
def test_at_rest_at_the_setpoint_the_rotors_carry_the_weight(vehicle, mode):
    rotors, _ = answer(vehicle, mode, NEUTRAL[mode])
    made = wrench(vehicle.layout, rotors)
    assert made == pytest.approx((vehicle.mass_kg * 9.81, 0.0, 0.0, 0.0), abs=1e-9)


def test_rotor_mode_passes_the_command_through():
    assert answer(CF2X, ActionMode.ROTOR, (1.0, 2.0, 3.0, 4.0)) == ((1.0, 2.0, 3.0, 4.0), START)


@BOTH
@pytest.mark.parametrize(("motion", "axis", "sign"), [((1, 0, 0, 0), 2, 1), ((0, 1, 0, 0), 1, -1)])
def test_a_velocity_command_tilts_towards_it(vehicle, motion, axis, sign):
    rotors, _ = answer(vehicle, ActionMode.VELOCITY, motion)
    assert sign * wrench(vehicle.layout, rotors)[axis] > 0


@BOTH
def test_velocity_commands_turn_with_the_heading(vehicle):
    """Facing north, forward means north: the same torque in the body frame as facing east."""
    east, _ = answer(vehicle, ActionMode.VELOCITY, (1.0, 0.5, 0.2, 0.1))
    half = math.sqrt(0.5)
    north, _ = answer(
        vehicle, ActionMode.VELOCITY, (1.0, 0.5, 0.2, 0.1), AT_REST._replace(quaternion_xyzw=(0.0, 0.0, half, half))
    )
    assert north == pytest.approx(east)


@BOTH
@given(mode=st.sampled_from(list(ActionMode)), x=st.tuples(*[numbers] * 10))
def test_rotor_speeds_stay_within_the_limits_in_any_state(vehicle, mode, x):
    limits = motion_limits(mode, vehicle)
    motion = [
        low + 0.5 * (share + 1.0) * (high - low) for share, low, high in zip(x, limits.low, limits.high, strict=False)
    ]
    length = math.hypot(*x[4:8])
    quaternion = tuple(v / length for v in x[4:8]) if length > 0.1 else (0.0, 0.0, 0.0, 1.0)
    nav = NavState(
        (50 * x[0], 50 * x[1], 50 * x[2]), quaternion, (20 * x[8], 20 * x[9], -20 * x[8]), (30 * x[9], 30 * x[8], 9 * x[9])
    )
    rotors, _ = answer(vehicle, mode, motion, nav)
    for speed in rotors:
        assert math.isfinite(speed)
        assert -1e-6 <= speed <= vehicle.rotor_speed_max_rad_s * (1 + 1e-9)


@BOTH
def test_a_steady_push_is_cancelled_by_the_integral(vehicle):
    control = make_controller(ActionMode.VELOCITY, vehicle, 1 / 240)
    memory = START
    drifting = AT_REST._replace(velocity_m_s=(0.2, 0.0, 0.0))
    for _ in range(240):
        _, memory = control((0.0, 0.0, 0.0, 0.0), drifting, memory)
    assert memory.integral_m_s2[0] < -0.1
    assert memory.integral_m_s2[1:] == pytest.approx((0.0, 0.0), abs=1e-9)


@BOTH
def test_the_integral_does_not_wind_up(vehicle):
    """Held back for a minute, far from what is asked, the drone stores next to nothing."""
    control = make_controller(ActionMode.VELOCITY, vehicle, 1 / 240)
    memory = START
    for _ in range(60 * 240):
        _, memory = control((vehicle.max_speed_m_s, 0.0, 0.0, 0.0), AT_REST, memory)
    assert memory.integral_m_s2 == pytest.approx((0.0, 0.0, 0.0), abs=0.1)


@BOTH
def test_a_step_in_the_command_is_no_disturbance(vehicle):
    control = make_controller(ActionMode.VELOCITY, vehicle, 1 / 240)
    k = design(vehicle).velocity
    memory = START
    for tick in range(120):
        speed = 0.5 * (1.0 - math.exp(-k * tick / 240))
        _, memory = control((0.5, 0.0, 0.0, 0.0), AT_REST._replace(velocity_m_s=(speed, 0.0, 0.0)), memory)
    assert memory.integral_m_s2[0] == pytest.approx(0.0, abs=0.02)


@BOTH
def test_waypoints_are_approached_no_faster_than_the_speed_limit(vehicle):
    far = answer(
        vehicle,
        ActionMode.WAYPOINT,
        (500.0, 0.0, 5.0, 0.0),
        AT_REST._replace(velocity_m_s=(vehicle.max_speed_m_s, 0.0, 0.0)),
    )
    assert wrench(vehicle.layout, far[0])[2] == pytest.approx(0.0, abs=1e-9)


@BOTH
def test_loops_are_slower_the_farther_out(vehicle):
    gains = design(vehicle)
    assert gains.rate > gains.attitude > gains.velocity > gains.position > 0
    assert gains.attitude > gains.climb > gains.position
