"""Who is ahead of whom: paired bootstrap over episodes that all flew, and ranks that a difference has to earn.

Ties are no equivalence: A may tie with B and B with C while A is ahead of C. A team therefore has a range of ranks, as in
the evaluations of WMT: all before its first differ from it, and so do all after its last; two teams that tie share ranks.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.eval.score.aggregate import Figure

__all__ = ["LEAST", "Comparison", "Paired", "Ranks", "compare", "rank_ranges"]

RESAMPLES = 10_000
_BLOCK = 4_000_000
LEAST = 6
"""Episodes from which on two can be told apart: of n differences that are as often above 0 as below, all have the same sign
with a chance of 2^(1-n), and only from six on is that below the 5 % that an interval of 95 % may err. With fewer, the
bootstrap's interval leaves 0 out too easily."""


class Paired(NamedTuple):
    """What all teams got in the same episodes of one task."""

    totals: NDArray[np.float64]
    """(episodes, teams) points."""
    rng: np.random.Generator


class Ranks(NamedTuple):
    """From 1; one rank where nobody ties."""

    first: int
    last: int


class Comparison(NamedTuple):
    """Means and ranks of the teams, in the order in which they were given."""

    figures: list[Figure]
    ranks: list[Ranks]
    differences: dict[tuple[int, int], Figure]
    """Mean of the first less that of the second, for each pair once."""


def compare(tasks: Sequence[Paired]) -> Comparison:
    """Compare teams by the mean over tasks of their means over episodes.

    Args:
        tasks: with the same teams in the same order; a task's episodes are resampled apart from the others'.
    """
    means = np.mean([task.totals.mean(axis=0) for task in tasks], axis=0)
    resampled = np.mean([_resampled(task) for task in tasks], axis=0)
    teams = len(means)
    enough = sum(len(task.totals) for task in tasks) >= LEAST
    differences: dict[tuple[int, int], Figure] = {}
    apart = np.zeros((teams, teams), dtype=np.bool_)
    for i in range(teams):
        gaps = _figures(means[i] - means[i + 1 :], resampled[:, i : i + 1] - resampled[:, i + 1 :])
        for j, gap in enumerate(gaps, i + 1):
            differences[i, j] = gap
            apart[i, j] = apart[j, i] = enough and not gap.low <= 0.0 <= gap.high
    return Comparison(_figures(means, resampled), rank_ranges(means, apart), differences)


def _resampled(task: Paired) -> NDArray[np.float64]:
    """(resamples, teams) means over episodes that are drawn with replacement, the same ones for all teams."""
    count = len(task.totals)
    block = max(_BLOCK // count, 1)
    means = []
    for start in range(0, RESAMPLES, block):
        draws = task.rng.multinomial(count, np.full(count, 1 / count), size=min(block, RESAMPLES - start))
        means.append(draws @ task.totals / count)
    return np.concatenate(means)


def _figures(points: NDArray[np.float64], resampled: NDArray[np.float64]) -> list[Figure]:
    if not len(points):
        return []
    low, high = np.percentile(resampled, [2.5, 97.5], axis=0)
    return [_figure(*row) for row in zip(points, low, high, strict=True)]


def _figure(mean: float, low: float, high: float) -> Figure:
    return Figure(mean=round(float(mean), 6) + 0.0, low=round(float(low), 6) + 0.0, high=round(float(high), 6) + 0.0)


def rank_ranges(means: NDArray[np.float64], apart: NDArray[np.bool_]) -> list[Ranks]:
    """The ranks of each team.

    Who stands between two that tie ties with both, whatever its own interval says: so ranges rise with the means.

    Args:
        means: (teams,); more is better.
        apart: (teams, teams), symmetric: whether two differ.
    """
    order = np.argsort(-means, kind="stable")
    tied = ~apart[np.ix_(order, order)]
    np.fill_diagonal(tied, True)
    # The furthest tie of each place, and of all places before it; the same the other way round.
    last = np.maximum.accumulate(len(means) - 1 - tied[:, ::-1].argmax(axis=1))
    first = np.minimum.accumulate(tied.argmax(axis=1)[::-1])[::-1]
    ranks = [Ranks(0, 0)] * len(means)
    for place, team in enumerate(order.tolist()):
        ranks[team] = Ranks(int(first[place]) + 1, int(last[place]) + 1)
    return ranks
