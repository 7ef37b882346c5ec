"""What a sign says, from many readings of it, of which some saw a part of it and some misread a letter."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from goldentime.perception.hangul import jamo

__all__ = ["Verdict", "alike", "verdict"]

_PART = 0.7
"""How far the reading of a part of a sign speaks for the reading of the whole."""
_FEWEST = 2
"""Characters; a single one is rather an edge or a pictogram than a text."""
_LEAST_OWN = 0.15
"""Of the weight of the heaviest reading that another must have to be chosen."""


class Verdict(NamedTuple):
    """What the readings come to."""

    text: str
    """Empty if there is none to be taken seriously."""
    weight: float
    """Of all readings that speak for it."""
    share: float
    """Of the weight of all readings, in [0, 1]."""


def alike(a: str, b: str) -> float:
    """1-NED of two readings by letters, but for their spaces."""
    x, y = _bare(a), _bare(b)
    return 1.0 - Levenshtein.distance(x, y) / max(len(x), len(y), 1)


def verdict(weights: Mapping[str, float]) -> Verdict:
    """The reading that all others speak for most.

    Args:
        weights: by what was read.
    """
    total = sum(weights.values())
    texts = [text for text in weights if len(text.replace(" ", "")) >= _FEWEST]
    heaviest = max((weights[text] for text in texts), default=0.0)
    fit = [text for text in texts if weights[text] >= _LEAST_OWN * heaviest]
    support = {text: sum(w * _speaks(read, text) for read, w in weights.items()) for text in fit}
    if not support:
        return Verdict("", 0.0, 0.0)
    best = max(support, key=lambda text: (support[text], text))
    return Verdict(best, support[best], support[best] / max(total, 1e-9))


def _speaks(read: str, text: str) -> float:
    """How far a reading speaks for a text, in [0, 1]: nothing where half of its letters differ."""
    if read == text:
        return 1.0
    a, b = _bare(read), _bare(text)
    near = max(2.0 * alike(read, text) - 1.0, 0.0)
    return max(near, _PART) if a and a in b else near


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    return jamo(text).replace(" ", "")
