"""Changing storeys: which way the rescuer heads, when it is there, and when it gives a climb up."""

from typing import Any

import numpy as np
import pytest

from goldentime.baselines.rescuer_flight import LEVEL_M
from goldentime.baselines.rescuer_others import Others
from goldentime.baselines.rescuer_storeys import Storeys
from goldentime.perception.navigation import Fix

GATE = np.array((2.0, 3.0))


class Shutting:
    """A map that remembers what was shut."""

    def __init__(self):
        self.closed: list[Any] = []

    def shut(self, place_m, radius_m):
        self.closed.append(place_m)


class Flight:
    """A drone in the shaft of a building of three storeys."""

    floors_m = (0.0, 3.0, 6.0)
    dt_s = 0.1
    stuck = False

    def __init__(self, storey, height_m, *, low=False):
        self.storey, self.low = storey, low
        self.fix = Fix(np.array((*GATE, height_m)), 0.0, np.zeros(3), None)
        self.map = Shutting()

    @property
    def level_m(self):
        return self.floors_m[self.storey] + LEVEL_M

    def enter(self, storey):
        self.storey = storey

    def hold(self, height_m=None):
        rise = (self.level_m if height_m is None else height_m) - float(self.fix.position_m[2])
        return np.array((0.0, 0.0, float(np.sign(rise))))

    def towards(self, place_m):
        return np.array((1.0, 0.0, 0.0))


def storeys(flight, **shafts):
    made: Any = flight
    ways = Storeys(made, Others())
    ways.shafts = {int(name[2:]): GATE for name in shafts}
    return ways


@pytest.mark.parametrize(
    ("on", "wanted", "target"), [(0, {2}, 1), (2, {0}, 1), (1, {0, 2}, 0), (1, {1, 2}, None), (0, set(), None)]
)
def test_it_heads_for_the_nearest_storey_on_which_somebody_needs_it(on, wanted, target):
    ways = storeys(Flight(on, 1.35), up0=True, up1=True)
    ways.head_for(wanted)
    assert ways.target == target


def test_it_heads_nowhere_without_a_way_and_takes_those_that_others_know():
    ways = storeys(Flight(0, 1.35))
    ways.head_for({1})
    assert ways.target is None
    ways._others.shafts[0] = GATE
    ways.head_for({1})
    assert ways.target == 1


def test_it_is_there_at_its_height_or_right_over_the_foot_of_the_stairs():
    for height_m, low, there in ((3.0 + LEVEL_M, False, True), (LEVEL_M + 0.5, True, True), (LEVEL_M + 0.5, False, False)):
        flight = Flight(0 if height_m > 3.0 else 1, height_m, low=low)
        ways = storeys(flight, up0=True)
        ways.target = 1 - flight.storey
        change = ways.change()
        assert change.over is there
        assert (ways.target is None) is there


def test_a_climb_that_takes_too_long_is_given_up_and_not_tried_there_again():
    flight = Flight(0, 2.4)
    ways = storeys(flight, up0=True)
    ways.target = 1
    changes = [ways.change()]
    while not changes[-1].over:
        changes.append(ways.change())
    assert 14.0 < len(changes) * flight.dt_s < 16.0
    assert changes[0].velocity_m_s[2] > 0.0
    assert ways.shafts == {}
    assert len(flight.map.closed) == 1
    ways._others.shafts[0] = GATE
    assert not ways.knows_way_up(0)
