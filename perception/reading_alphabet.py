"""The characters a reader knows, and how the columns of its network spell them (connectionist temporal classification).

The network does not know 2,350 syllables one by one: it answers with a score for each leading consonant, vowel and ending,
and a syllable's score is the sum of its letters'. So it reads syllables that it has never seen.

CTC is that of Graves et al. 2006, "Connectionist Temporal Classification".
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["CLASSES", "COVERED", "PLAIN", "SCORES", "Spelling", "encode", "letters_of_syllables", "spell"]

COVERED = "\u25a1"
"""Stands for a run of characters that something covers."""
_CHARACTERS = "".join(chr(code) for code in range(0x20, 0x7F)) + COVERED
PLAIN = 1 + len(_CHARACTERS)
"""Classes with a score of their own; class 0 is CTC's blank."""
_FIRST, _VOWELS, _ENDINGS = 0xAC00, 21, 28
_SYLLABLES = "".join(bytes((a, b)).decode("euc_kr") for a in range(0xB0, 0xC9) for b in range(0xA1, 0xFF))
"""The 2,350 of KS X 1001."""
_ALL = _CHARACTERS + _SYLLABLES
CLASSES = 1 + len(_ALL)
SCORES = PLAIN + 19 + _VOWELS + _ENDINGS
"""What the network answers with for each column."""


class Spelling(NamedTuple):
    """A text as the network's columns spell it."""

    text: str
    confidence: tuple[float, ...]
    """Of each character, in [0, 1]."""
    column: tuple[int, ...]
    """Where each character stands."""


@cache
def _places() -> dict[str, int]:
    return {character: place for place, character in enumerate(_ALL, 1)}


def encode(text: str) -> list[int]:
    """The classes of a text's characters; those that the alphabet lacks are left out."""
    return [_places()[character] for character in text if character in _places()]


@cache
def letters_of_syllables() -> NDArray[np.float32]:
    """(CLASSES - PLAIN, 68): 1 where a syllable has a letter; leading consonants first, then vowels, then endings."""
    table = np.zeros((len(_SYLLABLES), 19 + _VOWELS + _ENDINGS), np.float32)
    place = np.array([ord(syllable) - _FIRST for syllable in _SYLLABLES])
    row = np.arange(len(place))
    table[row, place // (_VOWELS * _ENDINGS)] = 1.0
    table[row, 19 + place // _ENDINGS % _VOWELS] = 1.0
    table[row, 19 + _VOWELS + place % _ENDINGS] = 1.0
    return table


def spell(best: NDArray[np.integer], share: NDArray[np.floating]) -> Spelling:
    """The text of one line: equal neighbours are one character, blanks are none.

    Args:
        best: (columns) the likeliest class of each.
        share: (columns) its probability.
    """
    text, confidence, column = [], [], []
    last = 0
    for place, (kind, chance) in enumerate(zip(best.tolist(), share.tolist(), strict=True)):
        if kind and kind != last:
            text.append(_ALL[kind - 1])
            confidence.append(chance)
            column.append(place)
        elif kind:
            confidence[-1] = max(confidence[-1], chance)
        last = kind
    return Spelling("".join(text), tuple(confidence), tuple(column))
