"""Many episodes: mean and 95 % interval of every figure.

Means get a percentile bootstrap over episodes with our own seeded generator, so that a scorecard repeats to the byte; the
success rate gets Wilson's interval (Wilson 1927), which is sound at 0 and 1 and for few episodes.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from goldentime.eval.score.score import Score
from goldentime.records import record
from goldentime.rng import stream

__all__ = ["Aggregate", "Figure", "aggregate", "bootstrap", "wilson"]

RESAMPLES = 10_000
_BLOCK = 4_000_000
_Z95 = 1.959963984540054


@record
class Figure:
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float


@record
class Aggregate:
    """What many episodes say together."""

    episodes: int
    successes: int
    success_rate: Figure
    total: Figure
    terms: dict[str, Figure]
    """Points by term."""
    metrics: dict[str, Figure]


def aggregate(scores: Sequence[Score]) -> Aggregate | None:
    """Means and intervals; None without any episode."""
    if not scores:
        return None
    terms, metrics = list(scores[0].terms), list(scores[0].metrics)
    rows = [[s.total, *(s.terms[name].points for name in terms), *(s.metrics[name] for name in metrics)] for s in scores]
    figures = bootstrap(np.array(rows, dtype=np.float64))
    successes = sum(s.success for s in scores)
    return Aggregate(
        episodes=len(scores),
        successes=successes,
        success_rate=wilson(successes, len(scores)),
        total=figures[0],
        terms=dict(zip(terms, figures[1:], strict=False)),
        metrics=dict(zip(metrics, figures[1 + len(terms) :], strict=True)),
    )


def bootstrap(values: NDArray[np.float64], resamples: int = RESAMPLES, seed: int = 0) -> list[Figure]:
    """Percentile bootstrap of the mean, all columns resampled together.

    Args:
        values: (episodes, figures).

    Returns:
        one figure per column.
    """
    count = len(values)
    rng = stream(seed, "bootstrap")
    block = max(_BLOCK // count, 1)
    means = []
    for start in range(0, resamples, block):
        # How often each episode is drawn has the multinomial distribution: one matrix product replaces the gathering.
        draws = rng.multinomial(count, np.full(count, 1 / count), size=min(block, resamples - start))
        means.append(draws @ values / count)
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5], axis=0)
    return [_figure(*row) for row in zip(values.mean(axis=0), low, high, strict=True)]


def wilson(successes: int, count: int) -> Figure:
    """A rate with Wilson's score interval."""
    rate = successes / count
    shrink = 1 + _Z95**2 / count
    centre = (rate + _Z95**2 / (2 * count)) / shrink
    half = _Z95 / shrink * math.sqrt(rate * (1 - rate) / count + _Z95**2 / (4 * count**2))
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == count else centre + half
    return _figure(rate, low, high)


def _figure(mean: float, low: float, high: float) -> Figure:
    return Figure(mean=round(float(mean), 6) + 0.0, low=round(float(low), 6) + 0.0, high=round(float(high), 6) + 0.0)
