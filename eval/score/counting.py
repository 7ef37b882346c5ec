"""How well things are counted in many clips: the error of the 2019 contest's first track, with its interval."""

from collections.abc import Mapping

import numpy as np

from goldentime.eval.contest.track1 import CLASSES, score_track1
from goldentime.eval.score.aggregate import Figure, bootstrap
from goldentime.records import record

__all__ = ["CountFigures", "count_figures"]

Counts = Mapping[int, tuple[int, ...]]


@record
class CountFigures:
    """All clips together."""

    clips: int
    error: Figure
    """Mean over clips; lower is better."""
    exact: float
    """Share of clips without any error."""
    bias: dict[str, float]
    """Mean of what was answered less what is true, by class."""
    absolute: dict[str, float]
    """Mean of its absolute value."""


def count_figures(truth: Counts, answer: Counts) -> CountFigures:
    """The figures of an answer.

    Args:
        truth: clip to six counts in the order of `CLASSES`.
        answer: likewise; missing clips count as zeros.

    Raises:
        ConfigError: there are no clips, or the answer has others.
    """
    score = score_track1(dict(truth), dict(answer))
    errors = np.array(list(score.clip_errors.values()))
    none = (0,) * len(CLASSES)
    apart = np.array([answer.get(clip, none) for clip in truth]) - np.array(list(truth.values()))
    return CountFigures(
        clips=score.clips,
        error=bootstrap(errors[:, None])[0],
        exact=float((errors == 0).mean()),
        bias=dict(zip(CLASSES, apart.mean(0).tolist(), strict=True)),
        absolute=score.class_errors,
    )
