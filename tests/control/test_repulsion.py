"""Keeping clear of what is near."""

import numpy as np
import pytest

from goldentime.control.repulsion import Berth, push_away

BERTH = Berth(keep_m=0.8, band_m=0.4, push_m_s=0.6)
HERE = np.array([1.0, 2.0, 1.3])


def push(*offsets):
    return push_away(HERE + np.array(offsets, np.float64).reshape(-1, 3), HERE, BERTH)


def test_it_pushes_away_from_what_is_near_and_the_harder_the_nearer():
    far, near = push((0.6, 0.0, 0.0)), push((0.2, 0.0, 0.0))
    assert near[0] < far[0] < 0.0
    assert near[0] == pytest.approx(-0.6 * 0.75)
    assert (near[1], near[2]) == (0.0, 0.0)


def test_what_is_far_above_or_on_the_floor_does_not_push():
    assert not push().any()
    assert not push((0.9, 0.0, 0.0), (0.2, 0.0, 0.5), (0.2, 0.0, -1.2)).any()


def test_walls_on_both_sides_cancel_and_many_points_of_one_count_once():
    assert push((0.0, 0.5, 0.0), (0.0, -0.5, 0.0)) == pytest.approx([0.0, 0.0, 0.0])
    assert push((0.5, 0.01, 0.0), (0.5, 0.02, 0.0), (0.5, 0.03, 0.0)) == pytest.approx(push((0.5, 0.01, 0.0)))
