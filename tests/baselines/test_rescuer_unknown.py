"""Ways into the unknown."""

import numpy as np

from goldentime.baselines.rescuer_unknown import first_leg
from goldentime.control.planner import Space, flood
from goldentime.perception.slice_map import Band, SliceMap

HERE, GOAL = np.array((2.0, 2.0)), np.array((2.0, 8.0))


def plan_with(wall_to_m):
    """A wall along y = 5 from x = 0, of which one sees all; beyond it nothing is known."""
    plan = SliceMap((0.0, 0.0), (12.0, 10.0), Band(1.0, 1.7, 3.0))
    for x in np.arange(0.0, 12.0, 0.3):
        for y in np.arange(0.0, 4.6, 0.3):
            plan.pass_(np.array((x, y)), 0.3)
    for x in np.arange(0.0, wall_to_m, 0.1):
        plan.bar(np.array((x, 5.0)), 0.15)
    return plan


def leg_of(plan):
    free = plan.free[:, :, None]
    costs = flood(Space((0.0, 0.0, 0.0), plan.cell_m, free), (2.0, 2.0, 0.075))
    return first_leg(plan, costs[:, :, 0], HERE, GOAL, 0.3)


def test_it_goes_around_the_end_of_a_wall_and_no_farther_than_it_knows():
    leg = leg_of(plan_with(9.0))
    assert leg[0] > 8.0
    assert leg[1] < 5.2
    assert plan_with(9.0).free[tuple(plan_with(9.0).index(leg[None])[0])]


def test_without_a_wall_it_goes_straight():
    leg = leg_of(plan_with(0.0))
    assert abs(leg[0] - 2.0) < 0.5
    assert leg[1] > 4.0


def test_where_nothing_leads_there_it_stays():
    assert np.allclose(leg_of(plan_with(12.0)), HERE)
