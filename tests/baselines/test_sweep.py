"""The sweep: its lanes, and a short flight."""

import math

import numpy as np
import pytest

from goldentime.baselines.sweep import Sweep, lanes
from goldentime.errors import ConfigError


def test_lanes_begin_at_the_start_and_cover_the_middle_of_the_area():
    way = lanes(np.array([-18.0, -12.0]), np.array([18.0, 26.0]), 0.5 * math.pi)
    assert way[0, :2].tolist() == [0.0, 0.0]
    assert np.ptp(way[:, 0]) == pytest.approx(18.0)
    assert way[:, 1].max() <= 19.0
    # Two lanes next to one another are near enough for both to see what is between them.
    levels = np.unique(way[1:, 1].round(6))
    assert np.diff(levels).max() <= 2.5 + 1e-9


def test_lanes_turn_with_the_entrance():
    north = lanes(np.array([-18.0, -12.0]), np.array([18.0, 26.0]), 0.5 * math.pi)
    east = lanes(np.array([-12.0, -18.0]), np.array([26.0, 18.0]), 0.0)
    assert np.allclose(np.column_stack([north[:, 1], -north[:, 0]]), east[:, :2])


def test_it_says_what_it_lacks():
    brief = {"mission": "hover", "action": {}, "sensors": {"attitude": {}}}
    with pytest.raises(ConfigError, match=r"sweep.*lidar"):
        Sweep().reset(brief)
