"""Ranks: what a better one means, and when it is shared."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldentime.eval.board.ranking import LEAST, Paired, compare, rank_ranges
from goldentime.eval.score.aggregate import bootstrap
from goldentime.rng import stream


def ranked(totals, *more):
    tasks = [Paired(np.array(one, np.float64), stream(0, "test", i)) for i, one in enumerate([totals, *more])]
    return compare(tasks)


@st.composite
def verdicts(draw):
    """Means of teams, all different, and for each pair whether it differs."""
    teams = draw(st.integers(1, 8))
    means = np.array(draw(st.permutations(range(teams))), np.float64)
    apart = np.zeros((teams, teams), np.bool_)
    for i in range(teams):
        for j in range(i):
            apart[i, j] = apart[j, i] = draw(st.booleans())
    return means, apart


@given(verdicts())
def test_a_tie_shares_ranks_and_ranks_apart_mean_a_difference(verdict):
    means, apart = verdict
    ranks, places = rank_ranges(means, apart), np.argsort(np.argsort(-means)) + 1
    for i, (first, last) in enumerate(ranks):
        assert 1 <= first <= places[i] <= last <= len(means)
        for j in range(len(means)):
            if i != j and not apart[i, j]:
                assert first <= places[j] <= last
            if places[j] < first or places[j] > last:
                assert apart[i, j]
            if means[i] > means[j]:
                assert first <= ranks[j].first
                assert last <= ranks[j].last


@given(verdicts(), st.randoms(use_true_random=False))
def test_the_order_of_teams_does_not_matter(verdict, random):
    means, apart = verdict
    order = list(range(len(means)))
    random.shuffle(order)
    shuffled = rank_ranges(means[order], apart[np.ix_(order, order)])
    assert shuffled == [rank_ranges(means, apart)[i] for i in order]


def test_who_is_better_in_every_episode_is_ahead():
    base = np.array([10.0, 40.0, 70.0, 20.0, 90.0, 50.0])
    found = ranked(np.stack([base, base + 2, base - 5], axis=1))
    assert found.ranks == [(2, 2), (1, 1), (3, 3)]
    assert found.differences[0, 1].mean == found.differences[0, 1].low == found.differences[0, 1].high == -2.0


def test_pairing_tells_apart_what_separate_intervals_do_not():
    base = stream(1, "test").uniform(0, 90, 30)
    found = ranked(np.stack([base, base + 3 + stream(2, "test").normal(0, 1, 30)], axis=1))
    assert found.ranks == [(2, 2), (1, 1)]
    assert found.figures[1].low < found.figures[0].high


def test_noise_is_a_tie():
    noise = stream(3, "test").uniform(0, 100, (30, 2))
    assert ranked(noise).ranks == [(1, 2), (1, 2)]


def test_a_chain_of_ties():
    means, apart = np.array([3.0, 2.0, 1.0, 0.0]), np.zeros((4, 4), np.bool_)
    apart[0, 2] = apart[2, 0] = True
    apart[3, :3] = apart[:3, 3] = True
    assert rank_ranges(means, apart) == [(1, 2), (1, 3), (2, 3), (4, 4)]


def test_who_stands_between_two_that_tie_ties_with_both():
    means, apart = np.array([3.0, 2.0, 1.0]), np.ones((3, 3), np.bool_)
    apart[0, 2] = apart[2, 0] = False
    assert rank_ranges(means, apart) == [(1, 3)] * 3


@pytest.mark.parametrize(("episodes", "ranks"), [(LEAST - 1, [(1, 2), (1, 2)]), (LEAST, [(1, 1), (2, 2)])])
def test_few_episodes_tell_nobody_apart(episodes, ranks):
    totals = np.stack([np.full(episodes, 90.0), np.full(episodes, 10.0)], axis=1)
    assert ranked(totals).ranks == ranks


def test_intervals_are_those_of_scorecards():
    values = stream(4, "test").uniform(0, 100, (20, 1))
    found = compare([Paired(values, stream(0, "bootstrap"))])
    assert found.figures == bootstrap(values)
    assert found.ranks == [(1, 1)]


@settings(max_examples=5)
@given(st.integers(1, 4), st.integers(1, 9))
def test_equal_teams_share_and_calls_repeat(teams, episodes):
    column = stream(episodes, "test").uniform(0, 100, (episodes, 1))
    totals = np.repeat(column, teams, axis=1)
    assert ranked(totals) == ranked(totals)
    assert ranked(totals).ranks == [(1, teams)] * teams


def test_missions_weigh_the_same():
    found = ranked(np.full((4, 2), [100.0, 0.0]), np.full((40, 2), [0.0, 100.0]))
    assert [figure.mean for figure in found.figures] == [50.0, 50.0]
    assert found.ranks == [(1, 2), (1, 2)]
