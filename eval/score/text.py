"""How well a text was read: exact match and 1-NED, by characters and by the letters of Hangul.

1-NED is one less the edit distance over the length of the longer text, as in the ICDAR 2019 reading challenges (Zhang et
al. 2019, "ICDAR 2019 Robust Reading Challenge on Reading Chinese Text on Signboard"). It lies in [0, 1] however long the
answer is. Both texts are brought to Unicode NFC first: compared as they come, a Korean word in NFC and the same in NFD
share nothing.
"""

from collections.abc import Iterable
from math import fsum

from rapidfuzz.distance import Levenshtein

from goldentime.perception.hangul import clean, jamo
from goldentime.records import record

__all__ = ["TextFigures", "TextScore", "exact", "jamo_similarity", "mean_figures", "score_text", "similarity"]


@record
class TextScore:
    """One reading against the truth."""

    exact: bool
    similarity: float
    """1-NED by characters, in [0, 1]."""
    jamo_similarity: float
    """1-NED with Hangul taken apart, in [0, 1]."""


@record
class TextFigures:
    """Means over several readings."""

    count: int
    exact: float
    similarity: float
    jamo_similarity: float


def exact(truth: str, answer: str) -> bool:
    """Whether the texts are the same in NFC, runs of white space taken as one; letter case counts."""
    return clean(truth) == clean(answer)


def similarity(truth: str, answer: str) -> float:
    """1-NED by characters; 1 for two empty texts."""
    return _one_minus_ned(clean(truth), clean(answer))


def jamo_similarity(truth: str, answer: str) -> float:
    """1-NED by letters: a syllable with one letter misread counts as nearly right."""
    return _one_minus_ned(jamo(truth), jamo(answer))


def _one_minus_ned(truth: str, answer: str) -> float:
    longer = max(len(truth), len(answer))
    return 1.0 - Levenshtein.distance(truth, answer) / longer if longer else 1.0


def score_text(truth: str, answer: str) -> TextScore:
    """All measures of one reading."""
    return TextScore(
        exact=exact(truth, answer),
        similarity=similarity(truth, answer),
        jamo_similarity=jamo_similarity(truth, answer),
    )


def mean_figures(scores: Iterable[TextScore]) -> TextFigures | None:
    """Means of all measures; None without any reading."""
    rows = list(scores)
    if not rows:
        return None
    return TextFigures(
        count=len(rows),
        exact=sum(row.exact for row in rows) / len(rows),
        similarity=fsum(row.similarity for row in rows) / len(rows),
        jamo_similarity=fsum(row.jamo_similarity for row in rows) / len(rows),
    )
