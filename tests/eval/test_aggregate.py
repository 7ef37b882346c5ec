"""Means and intervals, against SciPy's."""

import numpy as np
import pytest
from scipy import stats

from goldentime.eval.score.aggregate import aggregate, bootstrap, wilson
from goldentime.eval.score.rules import load_rules
from goldentime.eval.score.score import score


@pytest.mark.parametrize(("successes", "count"), [(0, 1), (0, 20), (7, 20), (20, 20), (38, 40)])
def test_wilson_agrees_with_scipy(successes, count):
    ours = wilson(successes, count)
    theirs = stats.binomtest(successes, count).proportion_ci(method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=2e-6)
    assert ours.mean == pytest.approx(successes / count)


def test_the_bootstrap_agrees_with_scipy():
    values = np.random.default_rng(3).gamma(2.0, 10.0, (40, 2))
    ours = bootstrap(values)
    for column, figure in enumerate(ours):
        theirs = stats.bootstrap(
            (values[:, column],), np.mean, method="percentile", n_resamples=20_000, rng=np.random.default_rng(1)
        ).confidence_interval
        assert figure.mean == pytest.approx(values[:, column].mean())
        assert (figure.low, figure.high) == pytest.approx((theirs.low, theirs.high), abs=0.25)


def test_the_bootstrap_repeats_and_needs_no_order_of_figures():
    values = np.random.default_rng(3).random((20, 3))
    assert bootstrap(values) == bootstrap(values)
    assert bootstrap(values[:, :1])[0] == bootstrap(values)[0]


def test_one_episode_is_its_own_interval(hand):
    one = score(hand.make_log(hand.full_flight()), load_rules("course"))
    figures = aggregate([one])
    assert figures is not None
    assert figures.total.low == figures.total.mean == figures.total.high == pytest.approx(one.total)
    assert aggregate([]) is None


def test_many_episodes_in_blocks():
    values = np.random.default_rng(0).random((30_000, 1))
    figure = bootstrap(values, resamples=300)[0]
    assert figure.low < values.mean() < figure.high
