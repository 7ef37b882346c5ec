"""Rotations: round trips and agreement with SciPy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from goldentime.control.frames import (
    heading_to_world,
    roll_pitch_yaw,
    to_body,
    to_world,
    turn_about_up,
    world_to_heading,
    wrap_angle,
    yaw_of,
)

vectors = st.tuples(*[st.floats(-100.0, 100.0)] * 3)
angles = st.floats(-20.0, 20.0)
quaternions = (
    st.tuples(*[st.floats(-1.0, 1.0)] * 4)
    .filter(lambda q: math.hypot(*q) > 0.1)
    .map(lambda q: tuple(x / math.hypot(*q) for x in q))
)


@given(quaternions, vectors)
def test_body_and_world_are_inverse(q, v):
    assert to_body(q, to_world(q, v)) == pytest.approx(v, abs=1e-9)
    assert to_world(q, to_body(q, v)) == pytest.approx(v, abs=1e-9)


@given(quaternions, vectors)
def test_to_world_is_the_rotation_of_the_quaternion(q, v):
    assert to_world(q, v) == pytest.approx(Rotation.from_quat(q).apply(v), abs=1e-9)


@given(st.floats(-3.1, 3.1), st.floats(-1.5, 1.5), st.floats(-3.1, 3.1))
def test_roll_pitch_yaw_round_trip(roll, pitch, yaw):
    q = Rotation.from_euler("ZYX", [yaw, pitch, roll]).as_quat().tolist()
    assert roll_pitch_yaw(q) == pytest.approx((roll, pitch, yaw), abs=1e-6)
    assert yaw_of(q) == pytest.approx(yaw, abs=1e-6)


@given(quaternions, angles)
def test_a_turn_about_up_adds_to_the_yaw_only(q, angle):
    roll, pitch, yaw = roll_pitch_yaw(q)
    if abs(pitch) < 1.5:  # the angles are not defined at 90 degrees of pitch
        turned = roll_pitch_yaw(turn_about_up(q, angle))
        assert wrap_angle(turned[0] - roll) == pytest.approx(0.0, abs=1e-5)
        assert turned[1] == pytest.approx(pitch, abs=1e-5)
        assert wrap_angle(turned[2] - yaw - angle) == pytest.approx(0.0, abs=1e-5)


@given(angles, vectors)
def test_heading_frame_is_inverse_keeps_length_and_height(yaw, v):
    there = heading_to_world(yaw, v)
    assert world_to_heading(yaw, there) == pytest.approx(v, abs=1e-9)
    assert math.hypot(*there) == pytest.approx(math.hypot(*v), abs=1e-9)
    assert there[2] == v[2]


def test_forward_at_a_quarter_turn_is_north():
    assert heading_to_world(math.pi / 2, (1.0, 0.0, 0.0)) == pytest.approx((0.0, 1.0, 0.0))


@given(st.floats(-1e4, 1e4))
def test_wrap_stays_in_one_turn_and_keeps_the_direction(angle):
    wrapped = wrap_angle(angle)
    assert -math.pi < wrapped <= math.pi
    assert np.exp(1j * wrapped) == pytest.approx(np.exp(1j * angle), abs=1e-9)


@pytest.mark.parametrize("angle", [math.pi, -math.pi, 3 * math.pi, -3 * math.pi])
def test_half_a_turn_wraps_to_plus_pi(angle):
    assert wrap_angle(angle) == pytest.approx(math.pi)
