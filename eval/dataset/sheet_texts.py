"""Texts that no vocabulary has: random Korean, English and numbers, so that a reader learns letters and not words."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.signs import Language, TextLine

__all__ = ["common_syllables", "random_lines"]

Rng = np.random.Generator

# How often letters stand in Korean text, roughly and in per mille; rarer endings all count 1.
_LEADS = (110, 8, 70, 70, 7, 70, 55, 45, 3, 80, 4, 220, 80, 2, 30, 15, 20, 20, 70)
_VOWELS = (200, 50, 15, 1, 100, 50, 60, 10, 110, 25, 3, 15, 25, 90, 12, 2, 12, 15, 90, 15, 130)
_ENDINGS = (500, 70, 2, 1, 140, 1, 2, 6, 80, 2, 1, 1, 1, 1, 1, 1, 60, 30, 2, 25, 15, 120, 4, 4, 2, 4, 4, 3)
_FLATTEN = 0.6
"""Power of the weights: below 1 rare letters come more often than in real text."""
_ONSETS = (
    "b",
    "c",
    "ch",
    "d",
    "f",
    "g",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "qu",
    "r",
    "s",
    "sh",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "y",
    "z",
    "",
)
_NUCLEI = ("a", "e", "i", "o", "u", "ee", "ea", "oo", "ai", "ou", "io", "y", "eo", "eu", "ae")
_CODAS = ("", "", "", "n", "r", "l", "s", "t", "m", "ng", "ck", "x", "d", "ll", "rt", "st", "ty", "gh", "p", "b")


@cache
def common_syllables() -> tuple[str, NDArray[np.float64]]:
    """The 2,350 syllables of KS X 1001, and how often each is drawn."""
    text = "".join(bytes((a, b)).decode("euc_kr") for a in range(0xB0, 0xC9) for b in range(0xA1, 0xFF))
    places = np.array([ord(syllable) - 0xAC00 for syllable in text])
    weight = np.array(_LEADS)[places // 588] * np.array(_VOWELS)[places // 28 % 21] * np.array(_ENDINGS)[places % 28]
    share = weight.astype(np.float64) ** _FLATTEN
    return text, share / share.sum()


def _korean(rng: Rng, fewest: int, most: int) -> str:
    syllables, share = common_syllables()
    count = int(rng.integers(fewest, most + 1))
    return "".join(syllables[int(i)] for i in rng.choice(len(syllables), count, p=share))


def _pick(rng: Rng, items: tuple[str, ...]) -> str:
    return items[int(rng.integers(len(items)))]


def _latin(rng: Rng) -> str:
    """A word that can be spoken, in one of the ways of capitals; now and then letters at random."""
    if rng.random() < 0.15:
        word = "".join(chr(97 + int(i)) for i in rng.integers(26, size=int(rng.integers(1, 7))))
    else:
        parts = int(rng.integers(1, 4))
        word = "".join(_pick(rng, _ONSETS) + _pick(rng, _NUCLEI) + _pick(rng, _CODAS) for _ in range(parts))
    case = rng.random()
    return word.capitalize() if case < 0.5 else word.upper() if case < 0.9 else word


def _english(rng: Rng, most: int) -> str:
    words = [_latin(rng) for _ in range(int(rng.integers(1, most + 1)))]
    if rng.random() < 0.7:  # one way of capitals for all words
        words = [word.upper() for word in words] if words[0].isupper() else [word.capitalize() for word in words]
    text = " ".join(words)
    if rng.random() < 0.06:
        text = text.replace(" ", _pick(rng, ("'s ", " & ", "-", ", ", "/")), 1)
    return text[:26].strip()


def _number(rng: Rng) -> str:
    digits = "".join(str(int(i)) for i in rng.integers(10, size=int(rng.integers(1, 5))))
    form = rng.random()
    if form < 0.45:
        return digits
    if form < 0.6:
        return f"{_pick(rng, ('B', 'A', 'C', 'F', 'L'))}{digits}"
    return (
        f"{digits}-{int(rng.integers(1, 100))}" if form < 0.75 else f"{digits}{_pick(rng, ('F', 'A', 'B', '-gil', '-ro'))}"
    )


def _korean_text(rng: Rng) -> str:
    form = rng.random()
    if form < 0.5:
        return _korean(rng, 2, 6)
    if form < 0.65:
        return f"{_korean(rng, 1, 4)} {_korean(rng, 1, 4)}"
    if form < 0.75:
        return f"{_number(rng)} {_korean(rng, 2, 4)}"
    if form < 0.9:
        return f"{_number(rng)}{_pick(rng, ('호', '층', '번길', '동', '실', _korean(rng, 1, 2)))}"
    return f"{_korean(rng, 1, 4)} {_number(rng)}{_pick(rng, ('', '층', '호', '번길'))}"


def _english_text(rng: Rng) -> str:
    form = rng.random()
    if form < 0.65:
        return _english(rng, 3)
    if form < 0.8:
        return f"{_english(rng, 1)} {_number(rng)}"
    return _number(rng) if form < 0.9 else f"{_number(rng)} {_english(rng, 2)}"


def random_lines(language: Language, rng: Rng) -> tuple[TextLine, ...]:
    """One or two lines that mean nothing."""
    if language is Language.MIXED:
        small = round(float(rng.uniform(0.4, 0.8)), 2)
        return TextLine(text=_korean_text(rng)), TextLine(text=_english_text(rng), scale=small)
    write = _korean_text if language is Language.KO else _english_text
    if rng.random() < 0.25:
        return TextLine(text=write(rng)), TextLine(text=write(rng), scale=round(float(rng.uniform(0.5, 1.0)), 2))
    return (TextLine(text=write(rng)),)
