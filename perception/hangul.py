"""Text as readers compare it: Unicode NFC, Hangul taken apart into its letters, and the nearest word of a lexicon.

A Hangul syllable is a code point that counts its letters (Unicode 16.0, section 3.12): 19 leading consonants, 21 vowels, 28
endings of which the first is none.
"""

import unicodedata
from collections.abc import Iterable

from rapidfuzz.distance import Levenshtein

from goldentime.records import record

__all__ = ["Match", "clean", "jamo", "nearest"]

_SYLLABLES, _LEADS, _VOWELS, _ENDINGS = 0xAC00, 0x1100, 0x1161, 0x11A7
_VOWEL_COUNT, _ENDING_COUNT = 21, 28
_SYLLABLE_COUNT = 19 * _VOWEL_COUNT * _ENDING_COUNT


def clean(text: str) -> str:
    """Unicode NFC without white space at the ends, and with one space for every run of it inside."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _letters(character: str) -> str:
    place = ord(character) - _SYLLABLES
    if not 0 <= place < _SYLLABLE_COUNT:
        return character
    lead, rest = divmod(place, _VOWEL_COUNT * _ENDING_COUNT)
    vowel, ending = divmod(rest, _ENDING_COUNT)
    return chr(_LEADS + lead) + chr(_VOWELS + vowel) + (chr(_ENDINGS + ending) if ending else "")


def jamo(text: str) -> str:
    """Cleaned text with each Hangul syllable as its two or three letters; all else stays as it is.

    Letters keep their place in the syllable, so that different texts stay different. Accents are not split off, as in NFD.
    """
    return "".join(_letters(character) for character in clean(text))


@record
class Match:
    """A word of a lexicon, and how far a reading is from it."""

    word: str
    distance: int
    """Letters to insert, delete or replace."""


def nearest(text: str, lexicon: Iterable[str], limit: int | None = None) -> Match | None:
    """The word that is fewest letters away from a reading; the earlier one of equals.

    Args:
        text: what was read.
        lexicon: the words that can be meant.
        limit: the largest distance that still counts, any if not given.

    Returns:
        None when no word is that near.
    """
    wanted = jamo(text)
    best: Match | None = None
    for word in lexicon:
        most = best.distance - 1 if best else limit
        distance = Levenshtein.distance(wanted, jamo(word), score_cutoff=most)
        if most is None or distance <= most:
            best = Match(word=word, distance=distance)
        if best and best.distance == 0:
            break
    return best
