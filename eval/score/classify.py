"""How well something is told apart: balanced accuracy and the area under the ROC curve, with intervals over groups.

What comes from one scene is alike: intervals are over resampled scenes, not over single answers.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from goldentime.eval.score.aggregate import Figure
from goldentime.rng import stream

__all__ = ["balanced_accuracy", "confusion", "over_groups", "roc_auc"]

_RESAMPLES = 1000


def confusion(truth: Sequence[str], said: Sequence[str], names: Sequence[str]) -> NDArray[np.int64]:
    """(names, names) counts: a row for each true name, a column for each one said."""
    places = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(names), len(names)), np.int64)
    np.add.at(table, ([places[name] for name in truth], [places[name] for name in said]), 1)
    return table


def balanced_accuracy(truth: NDArray[np.int64], said: NDArray[np.int64]) -> float:
    """The mean over the classes that occur of the share that is told right; NaN of nothing."""
    shares = [float((said[truth == name] == name).mean()) for name in np.unique(truth)]
    return float(np.mean(shares)) if shares else float("nan")


def roc_auc(positive: NDArray[np.int64], score: NDArray[np.float64]) -> float:
    """How often a positive has the higher score of a positive and a negative, ties half; NaN if there are not both.

    Mann-Whitney's statistic over its largest value (Hanley and McNeil 1982, Radiology 143).
    """
    yes = positive.astype(bool)
    count = int(yes.sum())
    pairs = count * int((~yes).sum())
    if not pairs:
        return float("nan")
    ranks = float(rankdata(score)[yes].sum())
    return (ranks - 0.5 * count * (count + 1)) / pairs


def over_groups(
    figure: Callable[..., float],
    columns: Sequence[NDArray[np.int64] | NDArray[np.float64]],
    groups: NDArray[np.int64],
    resamples: int = _RESAMPLES,
) -> Figure:
    """A figure of some columns of answers, and its 95 % interval over groups that are drawn with replacement.

    Args:
        groups: (n) the number of the group, such as the scene, that each answer belongs to.
    """
    rows = [np.flatnonzero(groups == name) for name in np.unique(groups)]
    rng, drawn = stream(0, "bootstrap.groups"), []
    for _ in range(resamples):
        chosen = np.concatenate([rows[i] for i in rng.integers(len(rows), size=len(rows))])
        drawn.append(figure(*(column[chosen] for column in columns)))
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    point = figure(*columns)
    return Figure(mean=round(point, 6), low=round(float(low), 6), high=round(float(high), 6))
