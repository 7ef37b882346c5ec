"""How the rescuer flies: over what is below it, and again where it was stuck."""

import math

import numpy as np
import pytest

from goldentime.baselines.rescuer_flight import LEVEL_M, RescueFlight
from goldentime.missions.registry import make_env
from goldentime.perception.navigation import Fix

SMALL = {"rescue": {"building": {"rooms": 4, "storeys": 1}, "difficulty": 0.2, "people": {"count": [3, 4]}}}
BLIND = dict.fromkeys(("microphones", "rotor_speeds", "camera", "depth", "thermal"))


@pytest.fixture(scope="module")
def first():
    """A brief and what is observed at first."""
    env = make_env("stage3", scenario=SMALL, sensors=BLIND)
    seen, _ = env.reset(seed=3)
    yield env.unwrapped.brief, seen  # type: ignore[attr-defined]
    env.close()


@pytest.fixture
def flight(first):
    brief, seen = first
    flight = RescueFlight(brief, 1.1)
    flight.sense(seen)
    return flight


def over(flight, seen, height_m, above_m):
    """Somewhere at a height, so far above what is there."""
    flight.sense({**seen, "rangefinder": np.array([above_m], np.float32)})
    flight.fix = Fix(np.array((0.0, 2.0, height_m)), 0.0, np.zeros(3), None)
    flight._near = np.zeros((0, 3))


def test_it_keeps_its_height_over_the_floor(flight, first):
    floor_m = flight.floors_m[0]
    for off_m in (-0.4, 0.4):
        over(flight, first[1], floor_m + LEVEL_M + off_m, LEVEL_M + off_m)
        assert math.copysign(1.0, flight.hold()[2]) == -math.copysign(1.0, off_m)
        assert not flight.low


def test_it_rises_from_steps_that_are_right_below_though_it_is_high_enough(flight, first):
    over(flight, first[1], flight.floors_m[0] + LEVEL_M + 0.2, 0.05)
    assert flight.hold()[2] > 0.2
    assert flight.low


def test_where_it_was_stuck_it_tries_again_once_it_squeezes(flight):
    plan = flight.map
    for x in np.arange(-4.0, 4.1, 0.3):
        for y in np.arange(-3.0, 3.4, 0.3):
            plan.pass_(np.array((x, y)), 0.3)
    for x in np.arange(-6.0, 6.0, 0.1):
        if abs(x) > 0.27:
            plan.bar(np.array((x, 1.5)), 0.1)
    flight.fix = Fix(np.array((0.0, 0.0, 1.35)), 0.0, np.zeros(3), None)
    beyond = np.array((0.0, 2.6))
    assert math.isfinite(flight.cost_m(beyond))
    plan.doubt(np.array((0.0, 1.5)), 0.3)
    flight.time_s += 1.1
    assert math.isinf(flight.cost_m(beyond))
    flight.squeeze(0)
    assert math.isfinite(flight.cost_m(beyond))
