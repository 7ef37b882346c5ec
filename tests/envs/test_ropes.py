"""Ropes as such: they pull and never push, and no motion on them gains energy."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldentime.envs.ropes import make_rope, rope_energy_j, rope_pull_n

STILL = (0.0, 0.0, 0.0)
DT_S = 1.0 / 240.0

metres = st.floats(-2.0, 2.0)
points = st.tuples(metres, metres, metres)
speeds = st.tuples(*(st.floats(-3.0, 3.0),) * 3)


@given(points, points, speeds, speeds)
def test_a_rope_pulls_its_ends_together_or_not_at_all(start, end, start_m_s, end_m_s):
    rope = make_rope(1.0, 2.8, 2.8, 2)
    pull = np.array(rope_pull_n(rope, start, end, start_m_s, end_m_s))
    way = np.array(end) - np.array(start)
    if math.dist(start, end) <= 1.0:
        assert not pull.any()
    else:
        assert pull @ way >= 0.0
        np.testing.assert_allclose(np.cross(pull, way), 0.0, atol=1e-9 * (1.0 + np.abs(pull).max()))


def test_a_slack_rope_does_not_hinder_what_flies_apart():
    rope = make_rope(1.0, 2.8, 2.8, 2)
    assert rope_pull_n(rope, STILL, (0.0, 0.0, -0.999), (0.0, 0.0, 5.0), STILL) == STILL


def test_a_damper_alone_never_pushes():
    rope = make_rope(1.0, 2.8, 2.8, 2)
    assert rope_pull_n(rope, STILL, (0.0, 0.0, -1.001), STILL, (0.0, 0.0, 5.0)) == STILL


@pytest.mark.parametrize("ropes", [1, 2, 4])
def test_a_load_at_rest_stretches_its_ropes_by_less_than_a_centimetre(ropes):
    rope = make_rope(1.0, 2.8, 2.8, ropes)
    assert 2.8 * 9.81 / ropes / rope.stiffness_n_m < 0.01


@given(
    bodies=st.lists(st.tuples(points, speeds), min_size=2, max_size=5),
    carrier_kg=st.floats(0.5, 4.0),
    load_kg=st.floats(0.5, 6.0),
    length_m=st.floats(0.3, 1.5),
)
@settings(max_examples=40, deadline=None)
def test_the_energy_of_carriers_and_their_load_does_not_grow(bodies, carrier_kg, load_kg, length_m):
    """Point masses without gravity; the first is the load. Each rope starts at most 5 cm stretched."""
    count = len(bodies) - 1
    rope = make_rope(length_m, carrier_kg, load_kg, count)
    mass = np.array([load_kg] + [carrier_kg] * count)[:, None]
    place, speed = (np.array([body[k] for body in bodies], float) for k in (0, 1))
    away = place[1:] - place[0]
    reach = np.linalg.norm(away, axis=1, keepdims=True)
    place[1:] = place[0] + away * np.minimum(1.0, (length_m + 0.05) / np.maximum(reach, 1e-9))

    def kinetic():
        return float((0.5 * mass * speed**2).sum())

    def stored():
        return sum(rope_energy_j(rope, tuple(end), tuple(place[0])) for end in place[1:])

    first = kinetic() + stored()
    for _ in range(60):
        force = np.zeros_like(place)
        for i in range(1, count + 1):
            pull = rope_pull_n(rope, *(tuple(row) for row in (place[i], place[0], speed[i], speed[0])))
            force[i] += pull
            force[0] -= pull
        speed += DT_S * force / mass
        place += DT_S * speed
        assert kinetic() <= first * 1.0001 + 1e-9
        # A rope that tightens within a step has not pulled yet: for the moment it stores more than has been taken.
        assert kinetic() + stored() <= first * 1.05 + 1e-9
