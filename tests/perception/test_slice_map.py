"""The plan of a storey at flight height, from a lidar's beams."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from goldentime.perception.navigation import Scan
from goldentime.perception.slice_map import Band, SliceMap

BAND = Band(1.05, 1.7, 2.8)


def room(height_m: float = 1.35) -> tuple[np.ndarray, Scan]:
    """What a level ring of beams sees from the middle of a room of 4 m by 4 m."""
    angle = np.arange(240) * 2.0 * math.pi / 240
    reach = 2.0 / np.maximum(np.abs(np.cos(angle)), np.abs(np.sin(angle)))
    ends = np.column_stack([reach * np.cos(angle), reach * np.sin(angle), np.full(240, height_m)])
    return np.array([0.0, 0.0, height_m]), Scan(ends, np.ones(240, bool))


def mapped() -> SliceMap:
    plan = SliceMap((-5.0, -5.0), (5.0, 5.0), BAND)
    plan.insert(*room(), 6.0)
    return plan


def at(plan: SliceMap, x: float, y: float) -> tuple[int, int]:
    i, j = plan.index(np.array([[x, y]]))[0].tolist()
    return i, j


def test_a_room_is_free_its_walls_are_not_and_what_is_behind_them_is_unknown():
    plan = mapped()
    assert plan.free[at(plan, 1.0, 0.5)]
    assert plan.occupied[at(plan, 2.0, 0.0)]
    behind = at(plan, 3.5, 0.0)
    assert not plan.free[behind]
    assert not plan.occupied[behind]


def test_furniture_below_the_band_is_not_in_the_way():
    plan = SliceMap((-5.0, -5.0), (5.0, 5.0), BAND)
    plan.insert(np.array([0.0, 0.0, 1.35]), Scan(np.array([[1.0, 0.0, 0.7]]), np.array([True])), 6.0)
    assert not plan.occupied.any()


def test_the_rim_lies_beside_the_unknown():
    plan = SliceMap((-5.0, -5.0), (5.0, 5.0), BAND)
    plan.pass_(np.zeros(2), 2.0)
    assert plan.rim[at(plan, 1.9, 0.0)]
    assert not plan.rim[at(plan, 0.0, 0.0)]


def test_beams_through_the_ceiling_find_the_hole_above_a_stairwell():
    plan = mapped()
    origin = np.array([0.0, 0.0, 1.35])
    through = Scan(np.array([[2.9, 0.0, 3.05 + 1.35]]), np.array([True]))
    ceiling = Scan(np.array([[-2.4, 0.0, 2.72]]), np.array([True]))
    for scan in (through, ceiling):
        plan.insert(origin, scan, 6.0)
    assert plan.holes[at(plan, 1.38, 0.0)]
    assert not plan.holes[at(plan, -2.4, 0.0)]


def pierced(through: list[float], ceiling: list[float]) -> SliceMap:
    """Beams from the middle of the room through its ceiling, and beams that end at it, each at some x."""
    plan = mapped()
    x = np.array([*through, *ceiling])
    rises = np.where(np.arange(len(x)) < len(through), 2.0, 1.0)
    ends = np.column_stack([x * rises, np.zeros(len(x)), 1.35 + 1.45 * rises])
    plan.insert(np.array([0.0, 0.0, 1.35]), Scan(ends, np.ones(len(x), bool)), 6.0)
    return plan


def test_what_lies_between_two_beams_through_the_ceiling_is_open_unless_a_beam_ends_there():
    between = at(pierced([], []), 0.9, 0.0)
    assert pierced([0.6, 1.2], []).holes[between]
    assert not pierced([0.6, 1.2], [0.9]).holes[between]
    assert not pierced([0.6], []).holes[between]
    assert not pierced([0.3, 1.5], []).holes[between]


def test_the_rim_is_three_cells_wide():
    plan = SliceMap((-5.0, -5.0), (5.0, 5.0), BAND)
    plan.pass_(np.array([-50.0, 0.0]), 50.0)
    row = at(plan, 0.0, 0.0)[1]
    assert np.flatnonzero(plan.rim[:, row]).tolist() == np.flatnonzero(plan.free[:, row])[-3:].tolist()


@given(
    st.tuples(st.floats(-9.0, 9.0), st.floats(-9.0, 9.0)),
    st.floats(0.0, 12.0),
    st.tuples(st.floats(2.0, 7.0), st.floats(2.0, 7.0)),
)
def test_a_disc_has_the_cells_within_its_radius_wherever_it_lies(centre, radius, upper):
    plan = SliceMap((-5.0, -4.0), upper, BAND)
    cells = np.argwhere(np.ones(plan.shape, bool))
    away = np.hypot(*(plan.middles(cells) - centre).T).reshape(plan.shape)
    sure = np.abs(away - radius) > 1e-9
    assert (plan.disc(np.array(centre), radius) == (away <= radius))[sure].all()


def test_a_place_is_seen_after_several_looks():
    plan = mapped()
    ahead = np.array([[2.0, 0.0, 1.35]])
    plan.look(np.array([0.0, 0.0, 1.35]), ahead, 4.0)
    assert not plan.seen.any()
    for _ in range(4):
        plan.look(np.array([0.0, 0.0, 1.35]), ahead, 4.0)
    assert plan.seen[at(plan, 1.0, 0.0)]
    assert not plan.seen[at(plan, -1.0, 0.0)]


@settings(deadline=None, max_examples=30)
@given(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0), st.floats(0.3, 1.5))
def test_what_is_barred_is_never_free_until_the_drone_is_there(x, y, radius):
    plan = mapped()
    plan.bar(np.array([x, y]), radius)
    plan.insert(*room(), 6.0)
    assert not (plan.free & plan.disc(np.array([x, y]), radius)).any()
    plan.pass_(np.array([x, y]), radius)
    plan.insert(*room(), 6.0)
    assert plan.free[at(plan, x, y)] or abs(x) > 1.7 or abs(y) > 1.7


def test_what_is_doubted_is_free_again_once_doubts_are_forgotten_and_what_is_barred_is_not():
    plan = mapped()
    plan.doubt(np.array([0.5, 0.5]), 0.4)
    plan.bar(np.array([-0.8, -0.8]), 0.3)
    assert plan.occupied[at(plan, 0.5, 0.5)]
    plan.forget_doubts()
    assert plan.free[at(plan, 0.5, 0.5)]
    assert plan.occupied[at(plan, -0.8, -0.8)]
