"""The planner against worlds whose answers are known."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from goldentime.control.planner import Grid, Space, clearance, flood, inflate, plan, shorten, tighten, trace

CELL = 0.2


def grid(shape=(20, 20, 8)):
    return Grid((0.0, 0.0, 0.0), CELL, np.zeros(shape, np.bool_))


def space(free, cost=None):
    return Space((0.0, 0.0, 0.0), CELL, free, cost)


def reference_costs(free, cost, source):
    """Dijkstra on the explicit graph."""
    index = np.arange(free.size).reshape(free.shape)
    rows, columns, weights = [], [], []
    for step in np.ndindex(3, 3, 3):
        d = np.array(step) - 1
        if not d.any():
            continue
        here = tuple(slice(max(-k, 0), n - max(k, 0)) for k, n in zip(d, free.shape, strict=True))
        there = tuple(slice(max(k, 0), n + min(k, 0)) for k, n in zip(d, free.shape, strict=True))
        both = free[here] & free[there]
        rows.append(index[here][both])
        columns.append(index[there][both])
        weights.append(CELL * np.linalg.norm(d) * cost[there][both])
    ijw = np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))
    graph = coo_array(ijw, shape=(free.size, free.size)).tocsr()
    return dijkstra(graph, indices=index[source]).reshape(free.shape)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), density=st.floats(0.0, 0.6), priced=st.booleans())
def test_flood_equals_dijkstra(seed, density, priced):
    rng = np.random.default_rng(seed)
    free = rng.random((9, 8, 6)) >= density
    free[2, 3, 1] = True
    cost = rng.uniform(1.0, 4.0, free.shape).astype(np.float32) if priced else np.ones(free.shape, np.float32)
    costs = flood(space(free, cost if priced else None), (0.5, 0.7, 0.3))
    expected = reference_costs(free, cost, (2, 3, 1))
    np.testing.assert_array_equal(np.isfinite(costs), np.isfinite(expected))
    np.testing.assert_allclose(costs[free], expected[free], rtol=1e-5, atol=1e-5)


def test_straight_through_the_open():
    path = plan(inflate(grid(), 0.3, 0.15), (0.5, 0.5, 0.7), (3.4, 3.1, 0.9))
    assert path is not None
    np.testing.assert_allclose(path.points_m, [(0.5, 0.5, 0.7), (3.4, 3.1, 0.9)])
    assert path.length_m == pytest.approx(np.linalg.norm((2.9, 2.6, 0.2)))


def test_round_a_wall_within_a_percent_of_the_true_shortest():
    free = np.ones((40, 40, 3), np.bool_)
    free[20, :30] = False
    start, goal = (1.1, 1.1, 0.3), (7.1, 1.1, 0.3)
    path = plan(space(free), start, goal)
    assert path is not None
    # Round the wall's end: its corners stand at x = 4.0 and 4.2, y = 6.0.
    shortest = np.hypot(2.9, 4.9) + 0.2 + np.hypot(2.9, 4.9)
    points = tighten(space(free), path.points_m)
    tight = np.linalg.norm(np.diff(points, axis=0), axis=1).sum()
    assert shortest <= tight <= path.length_m + 1e-9
    assert tight < 1.02 * shortest
    np.testing.assert_allclose(points[[0, -1]], [start, goal])


def test_over_a_net_where_there_is_room():
    world = grid((30, 10, 12))
    world.occupied[15, :, :6] = True
    path = plan(inflate(world, 0.3, 0.15), (1.0, 1.0, 0.5), (5.0, 1.0, 0.5))
    assert path is not None
    assert path.points_m[:, 2].max() > 1.2


def test_unreachable_is_none():
    world = grid()
    world.occupied[10] = True
    around = inflate(world, 0.3, 0.15)
    assert plan(around, (0.5, 0.5, 0.7), (3.5, 0.5, 0.7)) is None
    assert plan(around, (0.5, 0.5, 0.7), (9.0, 0.5, 0.7), snap_m=0.5) is None
    assert plan(around, (2.1, 0.5, 0.7), (0.5, 0.5, 0.7)) is None


def test_snapped_start_keeps_its_exact_first_point():
    world = grid()
    world.occupied[:3] = True
    around = inflate(world, 0.3, 0.15)
    path = plan(around, (0.5, 1.0, 0.7), (3.5, 3.0, 0.7), snap_m=1.0)
    assert path is not None
    np.testing.assert_allclose(path.points_m[0], (0.5, 1.0, 0.7))


def test_a_gap_narrower_than_the_body_is_closed_and_a_wider_one_open():
    for gap, open_ in ((2, False), (5, True)):
        world = grid((20, 20, 5))
        world.occupied[10] = True
        world.occupied[10, 8 : 8 + gap] = False
        found = plan(inflate(world, 0.35, 0.1), (0.5, 2.0, 0.5), (3.5, 2.0, 0.5))
        assert (found is not None) == open_


def test_preferred_distance_keeps_away_where_there_is_room():
    world = grid((40, 40, 3))
    world.occupied[18:22, 18:22] = True
    ends = (0.5, 4.0, 0.3), (7.5, 4.0, 0.3)
    near = plan(inflate(world, 0.3, 0.2), *ends)
    far = plan(inflate(world, 0.3, 0.2, prefer_m=1.0, weight=4.0), *ends)
    assert near is not None
    assert far is not None
    assert far.length_m > near.length_m
    assert closest(world, far.points_m) > closest(world, near.points_m) + 0.3


def closest(world, points):
    steps = [np.linspace(a, b, 50) for a, b in pairwise(points)]
    index = (np.concatenate(steps) / CELL).astype(int)
    return clearance(world)[tuple(index.T)].min()


def test_trace_follows_a_stored_flood_and_shorten_keeps_the_ends():
    free = np.ones((10, 10, 4), np.bool_)
    costs = flood(space(free), (0.1, 0.1, 0.1))
    path = trace(space(free), costs, (1.9, 1.9, 0.1))
    assert path is not None
    np.testing.assert_allclose(path.points_m, [(0.1, 0.1, 0.1), (1.9, 1.9, 0.1)])
    assert trace(space(free), costs, (5.0, 5.0, 5.0)) is None
    line = np.array([(0.1, 0.1, 0.1), (0.5, 0.9, 0.1), (1.9, 0.1, 0.1)])
    np.testing.assert_allclose(shorten(space(free), line), line[[0, 2]])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_paths_stay_in_free_cells(seed):
    rng = np.random.default_rng(seed)
    world = grid((24, 24, 6))
    world.occupied[:] = rng.random(world.occupied.shape) < 0.02
    around = inflate(world, 0.25, 0.15, prefer_m=0.3, weight=2.0)
    ends = [tuple(((cell + 0.5) * CELL).tolist()) for cell in rng.permutation(np.argwhere(around.free))[:2]]
    path = plan(around, *ends)
    if path is None:
        return
    for a, b in pairwise(path.points_m):
        # Steps of the planner's own check: a line may graze a cell's edge between two samples.
        count = int(np.abs(b - a).max() / (0.4 * CELL)) + 2
        index = (np.linspace(a, b, count) / CELL).astype(int)
        assert around.free[tuple(index.T)].all()
