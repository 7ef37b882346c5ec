"""How right an answer sheet of 2021 is.

Known: a time of task 2 is right inside a true [start, end] of its class, and the task's error rate is (S + D + I) / N over
substitutions, deletions, insertions and the number N of true voices. Ours: that each voice takes one time and each time
goes to one voice, paired so that most are right and the errors then fewest; that a time of another class inside a voice's
span is a substitution; the figures of the other tasks, and that there is no sum of the four, for their weights are unknown.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from goldentime.errors import ConfigError
from goldentime.eval.contest.forms import told
from goldentime.eval.contest.sheet2021 import CLASSES, FAINT, TAGS, Answer, Span, Truth
from goldentime.eval.score.aggregate import Figure, wilson
from goldentime.records import record

__all__ = ["Sheet2021Score", "VoiceErrors", "score_sheet2021"]

_PAIR = 10_000
"""Cost of leaving a voice and a time unpaired; a substitution costs a bit over half, so that being right goes first."""


class VoiceErrors(NamedTuple):
    """Counts of task 2."""

    voices: int
    right: int
    substituted: int
    deleted: int
    inserted: int

    @property
    def rate(self) -> float | None:
        """(S + D + I) / N, lower is better; None where nobody is heard."""
        wrong = self.substituted + self.deleted + self.inserted
        return wrong / self.voices if self.voices else None


@record
class Sheet2021Score:
    """Figures of the four tasks; shares with Wilson's 95 % intervals, None where there is nothing to count."""

    places: Figure | None
    """Share of the rescue photos with the right text, or rightly "NONE"."""
    named: Figure | None
    """Of the photos of places with a plate, share with its text."""
    voices: VoiceErrors
    people: Figure | None
    """Share of the sets whose three numbers are right."""
    people_off: tuple[float, float, float] | None
    """Mean absolute differences of moving, staying and total."""
    tags: Figure | None
    """Share of the triage photos whose four counts are right."""
    tags_off: tuple[float, float, float, float] | None
    """Mean absolute differences by tag, in the order of `TAGS`."""
    missing: dict[str, int]
    """By task how many entries the answer lacks; they count as "NONE", nobody or zeros."""


def score_sheet2021(truth: Truth, answer: Answer) -> Sheet2021Score:
    """Compare an answer with the truth.

    Raises:
        ConfigError: the answer has sets, drones or photos that the truth does not have, or there is no truth.
    """
    _check(truth, answer)
    right = {photo: answer.places.get(photo, "") == text for photo, text in truth.places.items()}
    people = [(row, answer.people.get(number, (0, 0, 0))) for number, row in sorted(truth.people.items())]
    tags = [(row, answer.tags.get(photo, (0,) * len(TAGS))) for photo, row in sorted(truth.tags.items())]
    moving, staying, total = _off(people, 3)
    dead, immediate, urgent, other = _off(tags, 4)
    return Sheet2021Score(
        places=_share([*right.values()]),
        named=_share([right[photo] for photo, text in truth.places.items() if text]),
        voices=_voice_errors(truth, answer),
        people=_share([a == b for a, b in people]),
        people_off=(moving, staying, total) if people else None,
        tags=_share([a == b for a, b in tags]),
        tags_off=(dead, immediate, urgent, other) if tags else None,
        missing={
            name: len(getattr(truth, name).keys() - getattr(answer, name).keys())
            for name in ("places", "voices", "people", "tags")
        },
    )


def _check(truth: Truth, answer: Answer) -> None:
    if not any(truth):
        raise ConfigError("sheet2021: expected a truth with sets, got none")
    for name in truth._fields:
        theirs, ours = {*getattr(truth, name)}, {*getattr(answer, name)}
        if unknown := sorted(ours - theirs):
            raise ConfigError(f"sheet2021: {name}: the answer has what the truth does not have: {told(unknown)}")


def _share(right: list[bool]) -> Figure | None:
    return wilson(sum(right), len(right)) if right else None


def _off(pairs: Sequence[tuple[tuple[int, ...], tuple[int, ...]]], width: int) -> list[float]:
    if not pairs:
        return [0.0] * width
    return [sum(abs(a[i] - b[i]) for a, b in pairs) / len(pairs) for i in range(width)]


def _voice_errors(truth: Truth, answer: Answer) -> VoiceErrors:
    total = np.zeros(5, np.int64)
    for drone, heard in truth.voices.items():
        spans = [(name, span) for name in CLASSES for span in heard.get(name, ())]
        times = [(name, second) for name in CLASSES for second in answer.voices.get(drone, {}).get(name, ())]
        total += _paired(spans, times, heard.get(FAINT, ()))
    return VoiceErrors(*total.tolist())


def _paired(spans: list[tuple[str, Span]], times: list[tuple[str, int]], faint: tuple[Span, ...]) -> tuple[int, ...]:
    """The five counts of one drone."""
    cost = np.full((len(spans), len(times)), _PAIR)
    for i, (name, (start, end)) in enumerate(spans):
        for j, (said, second) in enumerate(times):
            if start <= second <= end:
                cost[i, j] = 0 if said == name else _PAIR // 2 + 1
    rows, columns = linear_sum_assignment(cost)
    paired = cost[rows, columns]
    right, substituted = int((paired == 0).sum()), int(((paired > 0) & (paired < _PAIR)).sum())
    taken = {*columns[paired < _PAIR].tolist()}
    left = [second for j, (_, second) in enumerate(times) if j not in taken]
    inserted = sum(not any(start <= second <= end for start, end in faint) for second in left)
    return len(spans), right, substituted, len(spans) - right - substituted, inserted
