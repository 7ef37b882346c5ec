import numpy as np
import pytest

from goldentime.control.waypath import chase, make_waypath

CORNERS = np.array([[0.0, 0, 1], [4.0, 0, 1], [4.0, 3, 1]])


def test_the_chased_point_lies_ahead_on_the_way():
    way = make_waypath(CORNERS)
    assert way.length_m == pytest.approx(7.0)
    done, target = chase(way, 0.0, np.array([0.5, 0.3, 1.0]), 0.6)
    assert done == pytest.approx(0.5, abs=0.06)
    np.testing.assert_allclose(np.array([0.5, 0.3, 1.0]) + target, [done + 0.6, 0.0, 1.0])


def test_a_way_that_leads_back_is_flown_to_its_end():
    way = make_waypath(np.array([[0.0, 0, 1], [3.0, 0, 1], [0.0, 0, 1]]))
    place, done = np.array([0.0, 0.0, 1.0]), 0.0
    farthest = 0.0
    for _ in range(200):
        done, target = chase(way, done, place, 0.5)
        place = place + 0.2 * target
        farthest = max(farthest, place[0])
    assert farthest > 2.5
    assert done == pytest.approx(6.0, abs=0.1)
    assert place[0] == pytest.approx(0.0, abs=0.1)


def test_progress_is_never_lost():
    way = make_waypath(CORNERS)
    assert chase(way, 3.0, np.array([0.0, 0.0, 1.0]), 0.5)[0] >= 3.0


def test_a_single_point_is_a_way():
    done, target = chase(make_waypath(np.array([[1.0, 2, 3]])), 0.0, np.zeros(3), 0.5)
    assert done == 0.0
    np.testing.assert_allclose(target, [1.0, 2.0, 3.0])
