"""What a doubtful reading is most likely to mean: by how words are written, and by the words that may stand on signs."""

import re
from collections.abc import Sequence
from functools import lru_cache

from goldentime.perception.hangul import jamo, nearest
from goldentime.perception.reading_alphabet import COVERED

__all__ = ["mend", "tidy"]

_SURE = 0.98
"""From this probability of every character on, one letter may be wrong, below it more."""
_SLACK, _SLACK_OF_SEVERAL, _SURE_SLACK = 0.34, 0.3, 0.15
"""Letters that may be wrong, of all of a doubtful word's, of several doubtful words', and of sure ones; one always."""
_FEWEST = 4
"""Letters that a word must have to be recognised by a part of them."""
_ALIKE = frozenset("cijklopsuvwxzCIJKLOPSUVWXZ")
"""Letters whose capital looks much the same but for its size, or like another letter's."""
_DIGITS = str.maketrans("oOlI|", "00111")
_UNITS = ("층", "호")
"""What stands behind numbers in a building; other syllables do too, but none that is one letter away from these."""


def tidy(text: str) -> str:
    """A line with its Latin words in one way of capitals, and no letters that stand for digits inside numbers.

    Words are written in capitals, in small letters, or with one capital in front; letters that can't be mistaken decide.
    A first letter that only its size tells from its capital is taken for the capital.
    """
    text = re.sub(r"(?<=\d)[oOlI|](?=\d|$)|(?<=\d)[oO](?=[호층])", lambda part: part[0].translate(_DIGITS), text)
    text = re.sub(r"(?<=\d)[가-힣](?= |$)", lambda unit: _unit(unit[0]), text)
    text = re.sub(r"^[가-힣]?하 ?(?=\d+층)", "지하 ", text)  # nothing else stands before the number of a floor
    text = re.sub(r"[A-Za-z]{2,}", lambda word: _capitals(word[0]), text)
    return re.sub(r"(?:^|(?<= ))[cosuvwxz](?=[a-z])", lambda letter: letter[0].upper(), text)


def _unit(syllable: str) -> str:
    near = nearest(syllable, _UNITS, limit=1)
    return near.word if near else syllable


def _capitals(word: str) -> str:
    plain = [letter for letter in word[1:] if letter not in _ALIKE]
    if not plain:
        plain = [letter for letter in word[1:] if letter not in "oO"] or list(word)
    high = 2 * sum(letter.isupper() for letter in plain) > len(plain)
    return word.upper() if high else word[0] + word[1:].lower()


def mend(text: str, chances: Sequence[float], lexicon: Sequence[str]) -> str:
    """A line with doubtful or covered words replaced by those of a lexicon that are nearest to them.

    The whole line is looked up first, then shorter and shorter parts of it, then the ends of Korean words: names of shops
    end in their trade. Numbers and what is near to nothing stay as they were read.

    Args:
        text: what was read.
        chances: the probability of each character.
        lexicon: words and short phrases.
    """
    words = tuple(lexicon)
    parts: list[str] = []
    doubtful: list[bool] = []
    start = 0
    for part in text.split(" "):
        chance = min(chances[start : start + len(part)], default=1.0)
        start += len(part) + 1
        parts.append(part)
        doubtful.append(COVERED in part or chance < _SURE)
    return " ".join(_without_pictogram([part for part in _mended(parts, doubtful, words) if part], words))


def _without_pictogram(parts: list[str], words: tuple[str, ...]) -> list[str]:
    """Without a lone letter before a line that is a word by itself: an arrow or a triangle was taken for it."""
    first, rest = parts[:1], parts[1:]
    alone = bool(rest) and len(first[0]) == 1 and not first[0].isdigit()
    return rest if alone and " ".join(rest) in _set_of(words) else parts


def _mended(parts: list[str], doubtful: list[bool], words: tuple[str, ...]) -> list[str]:
    """The longest part that is a word or near to one, and the same for what is left of it and right of it."""
    for length in range(len(parts), 0, -1):
        for start in range(len(parts) - length + 1):
            stop = start + length
            span = " ".join(parts[start:stop])
            found = _meant(span, any(doubtful[start:stop]), words)
            if found is not None:
                left = _mended(parts[:start], doubtful[:start], words)
                return [*left, found, *_mended(parts[stop:], doubtful[stop:], words)]
    return [_ending(part, words) if doubt else part for part, doubt in zip(parts, doubtful, strict=True)]


def _meant(text: str, doubt: bool, words: tuple[str, ...]) -> str | None:
    """The word that a reading stands for, if it is near enough to one."""
    bare = text.strip(COVERED + " ")
    if bare in _set_of(words):
        return bare
    if COVERED in text:
        return _uncovered(text, words)
    letters = len(jamo(text))
    if letters < _FEWEST or any(_number(part) for part in text.split(" ")):
        return None
    folded = _folded(words)
    slack = (_SLACK_OF_SEVERAL if " " in text else _SLACK) if doubt else _SURE_SLACK
    match = nearest(text.casefold(), folded, limit=max(int(slack * letters), 1))
    if match is None:
        return None
    if match.distance == 0 and not doubt:
        return text  # a name in its own capitals
    fit = folded[match.word]
    return next((word for word in fit if word.isupper() == text.isupper()), fit[0])


def _number(part: str) -> bool:
    """Whether a part is a number rather than a word with a letter or two taken for digits."""
    return 3 * sum(character.isdigit() for character in part) > len(part)


@lru_cache(maxsize=8)
def _folded(words: tuple[str, ...]) -> dict[str, list[str]]:
    """The words by their small letters."""
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(word.casefold(), []).append(word)
    return found


@lru_cache(maxsize=8)
def _set_of(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(words)


def _uncovered(text: str, words: tuple[str, ...]) -> str | None:
    """The only word that has these characters around the covered ones."""
    if len(text.replace(COVERED, "").strip()) < 1:
        return None
    pattern = re.compile(".{1,6}".join(re.escape(part) for part in text.split(COVERED)))
    fit = [word for word in words if pattern.fullmatch(word)]
    return fit[0] if len(fit) == 1 else None


def _ending(text: str, words: tuple[str, ...]) -> str:
    """A Korean compound whose last part is a word with one letter misread."""
    if COVERED in text or len(text) < 4:
        return text
    known = [word for word in _korean(words) if len(word) < len(text)]
    if any(text.endswith(word) for word in known):
        return text
    near = next((word for word in known if nearest(text[-len(word) :], (word,), limit=1)), None)
    return text[: -len(near)] + near if near else text


@lru_cache(maxsize=8)
def _korean(words: tuple[str, ...]) -> tuple[str, ...]:
    """The longest first."""
    found = [word for word in words if len(word) > 1 and not word.isascii() and " " not in word]
    return tuple(sorted(found, key=lambda word: (-len(word), word)))
