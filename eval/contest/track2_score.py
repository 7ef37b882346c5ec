"""The score of the text track.

In each picture answers and true texts are paired so that the sum of their likenesses (1-NED by jamo) is greatest; a pair
that shares no letter is none. Each pair, each true text without an answer and each answer without a true text is one case,
the last two of likeness 0: the mean over all cases is the 1-NED of the ICDAR 2019 challenges (Chng et al. 2019,
"ICDAR2019 Robust Reading Challenge on Arbitrary-Shaped Text"), with pairing by text instead of by place. Texts that don't
count take part in the pairing, and each that stays alone takes one answer that is left over; both are no cases.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from goldentime.errors import ConfigError
from goldentime.eval.contest.forms import told
from goldentime.eval.contest.track2 import SeenText
from goldentime.eval.score.aggregate import Figure, wilson
from goldentime.eval.score.text import TextScore, score_text
from goldentime.records import record
from goldentime.rng import stream

__all__ = ["TextSlice", "Track2Score", "pair_texts", "score_track2"]

Floats = NDArray[np.float64]

_NOTHING = TextScore(exact=False, similarity=0.0, jamo_similarity=0.0)
_TIE = 1e-3
"""Among pairings of equal likeness, characters, exact ones and texts that count decide."""
_RESAMPLES = 2000
_BANDS: dict[str, tuple[Callable[[SeenText], float], tuple[float, ...], str]] = {
    "height": (lambda text: text.height_m, (0.0, 1.0, 1.5, 2.0, 3.0), "m"),
    "angle": (lambda text: text.angle_deg, (0.0, 15.0, 30.0, 45.0), "deg"),
    "distance": (lambda text: text.distance_m, (0.0, 2.0, 4.0, 6.0), "m"),
    "letters": (lambda text: text.letter_px, (0.0, 16.0, 24.0, 32.0), "px"),
}
"""What of a text, and the lower edges of the bands."""
_NAMES: dict[str, Callable[[SeenText], str]] = {
    "language": lambda text: text.language,
    "writing": lambda text: "downwards" if text.vertical else "across",
    "cover": lambda text: "partly covered" if text.covered else "open",
    "kind": lambda text: text.kind,
}


class Case(NamedTuple):
    """One comparison; without a truth or without an answer it scores nothing."""

    truth: SeenText | None
    answer: str | None
    score: TextScore


@record
class TextSlice:
    """The texts of one kind."""

    by: str
    name: str
    count: int
    exact: Figure
    similarity: float
    jamo_similarity: float


@record
class Track2Score:
    """How well an answer reads."""

    pictures: int
    missing: tuple[int, ...]
    """Pictures without an entry."""
    texts: int
    """That count."""
    answers: int
    """That are not taken by texts that don't count."""
    exact: Figure
    """Share of the texts that are read exactly, in NFC, runs of spaces taken as one."""
    precision: Figure
    """Share of the answers that are exact."""
    f1: float
    similarity: Figure
    """1-NED by characters, over all cases."""
    jamo_similarity: Figure
    """1-NED by jamo, over all cases."""
    slices: tuple[TextSlice, ...]


def pair_texts(truth: Sequence[SeenText], answer: Sequence[str]) -> list[Case]:
    """The cases of one picture."""
    scores = [[score_text(text.text, given) for given in answer] for text in truth]
    weight = np.array([[_weight(text, score) for score in row] for text, row in zip(truth, scores, strict=True)])
    pairs = {}
    if weight.size:
        rows, columns = linear_sum_assignment(weight.reshape(len(truth), -1), maximize=True)
        pairs = {i: j for i, j in zip(rows.tolist(), columns.tolist(), strict=True) if scores[i][j].jamo_similarity > 0.0}
    left = sorted(set(range(len(answer))) - set(pairs.values()))
    taken = sum(not text.counts and i not in pairs for i, text in enumerate(truth))
    cases = [
        Case(text, answer[pairs[i]], scores[i][pairs[i]]) if i in pairs else Case(text, None, _NOTHING)
        for i, text in enumerate(truth)
        if text.counts
    ]
    return cases + [Case(None, answer[j], _NOTHING) for j in left[taken:]]


def _weight(text: SeenText, score: TextScore) -> float:
    return score.jamo_similarity + _TIE * (score.similarity + score.exact + text.counts) * (score.jamo_similarity > 0.0)


def score_track2(truth: Mapping[int, tuple[SeenText, ...]], answer: Mapping[int, tuple[str, ...]]) -> Track2Score:
    """Compare an answer with the truth; a picture without an entry was not read.

    Raises:
        ConfigError: the answer has pictures that the truth does not have, or no text of the truth counts.
    """
    unknown = sorted(answer.keys() - truth.keys())
    if unknown:
        raise ConfigError(f"track2: the answer has pictures that the truth does not have: {told(unknown)}")
    cases = {number: pair_texts(texts, answer.get(number, ())) for number, texts in sorted(truth.items())}
    whole = [case for its in cases.values() for case in its]
    asked = [case for case in whole if case.truth is not None]
    if not asked:
        raise ConfigError("track2: expected a truth with texts that count, got none")
    answers, right = sum(case.answer is not None for case in whole), sum(case.score.exact for case in asked)
    similarity, jamo = _means(list(cases.values()))
    return Track2Score(
        pictures=len(truth),
        missing=tuple(sorted(truth.keys() - answer.keys())),
        texts=len(asked),
        answers=answers,
        exact=wilson(right, len(asked)),
        precision=wilson(right, answers) if answers else Figure(mean=0.0, low=0.0, high=1.0),
        f1=2.0 * right / (len(asked) + answers),
        similarity=similarity,
        jamo_similarity=jamo,
        slices=tuple(_slices(asked)),
    )


def _means(pictures: Sequence[Sequence[Case]]) -> tuple[Figure, Figure]:
    """Means over all cases, pictures resampled: texts of one picture are read well or badly together."""
    rows = [[(case.score.similarity, case.score.jamo_similarity, 1.0) for case in cases] for cases in pictures]
    sums = np.array([np.sum(row, axis=0) if row else np.zeros(3) for row in rows])
    count = len(sums)
    draws = stream(0, "track2").multinomial(count, np.full(count, 1.0 / count), size=_RESAMPLES) @ sums
    draws = draws[draws[:, 2] > 0.0]
    low, high = np.percentile(draws[:, :2] / draws[:, 2:], (2.5, 97.5), axis=0)
    mean = sums.sum(axis=0)[:2] / sums[:, 2].sum()
    first, second = (Figure(mean=float(mean[i]), low=float(low[i]), high=float(high[i])) for i in range(2))
    return first, second


def _slices(asked: Sequence[Case]) -> list[TextSlice]:
    found = []
    for by, (value, edges, unit) in _BANDS.items():
        for low, high in zip(edges, (*edges[1:], float("inf")), strict=True):
            name = f"{low:g} {unit} on" if high == float("inf") else f"{low:g}-{high:g} {unit}"
            part = [case for case in asked if case.truth is not None and low <= value(case.truth) < high]
            found += [_slice(by, name, part)] if part else []
    for by, named in _NAMES.items():
        names = [named(case.truth) for case in asked if case.truth is not None]
        for name in sorted(set(names)):
            found.append(_slice(by, name, [case for case, its in zip(asked, names, strict=True) if its == name]))
    return found


def _slice(by: str, name: str, part: Sequence[Case]) -> TextSlice:
    return TextSlice(
        by=by,
        name=name,
        count=len(part),
        exact=wilson(sum(case.score.exact for case in part), len(part)),
        similarity=sum(case.score.similarity for case in part) / len(part),
        jamo_similarity=sum(case.score.jamo_similarity for case in part) / len(part),
    )
