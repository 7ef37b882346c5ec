"""The text track: its truth and answer files.

The real contest's form is unknown: this one is ours, in the spirit of its counting track. An answer holds for each picture
what is written on its signs, a string a sign (lines from top to bottom, columns from left to right, joined by a space), in
any order and without places.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from goldentime.errors import ConfigError
from goldentime.eval.contest.forms import read_entries, told
from goldentime.files import pretty_json
from goldentime.records import dump, load, record

__all__ = ["ANSWER_KEY", "TRUTH_KEY", "Answers", "SeenText", "Truths", "answer_bytes", "read_answer", "read_truth"]
__all__ += ["truth_bytes"]

TRUTH_KEY, ANSWER_KEY = "track2_GT", "track2_results"

_KEYS = frozenset({"texts"})
MOST_TEXTS, MOST_LETTERS = 100, 200
"""Of one picture, and of one text."""


@record
class SeenText:
    """What is written on one sign of a picture, and how it is seen."""

    text: str
    counts: bool = True
    """False for what is too small, cut off, hidden or in smoke: reading it costs nothing and gains nothing."""
    kind: str
    language: str
    vertical: bool
    covered: bool
    """Whether a part of it must be inferred."""
    height_m: float
    """Of the sign's middle above the ground."""
    angle_deg: float
    """Between the line of sight and the face's normal."""
    distance_m: float
    letter_px: float
    """Height of the smallest line's letters in the picture."""
    quad: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
    """[px] corners of the face: upper left, upper right, lower right, lower left."""


Truths = dict[int, tuple[SeenText, ...]]
"""By the picture's id, from 1."""
Answers = dict[int, tuple[str, ...]]


def truth_bytes(truth: Mapping[int, tuple[SeenText, ...]]) -> bytes:
    """A truth file."""
    rows = [{"id": number, "texts": [dump(text) for text in texts]} for number, texts in sorted(truth.items())]
    return pretty_json({TRUTH_KEY: rows})


def answer_bytes(answer: Mapping[int, tuple[str, ...]]) -> bytes:
    """An answer file."""
    return pretty_json({ANSWER_KEY: [{"id": number, "texts": list(texts)} for number, texts in sorted(answer.items())]})


def read_truth(path: Path) -> Truths:
    """Read a truth file.

    Raises:
        ConfigError: it can't be read or has another form; the message says where.
    """
    return read_entries(path, TRUTH_KEY, _truth, _KEYS)


def _truth(entry: dict[str, Any], where: str) -> tuple[SeenText, ...]:
    return tuple(_seen(text, f"{where}.texts[{place}]") for place, text in enumerate(_texts(entry, where)))


def _seen(data: Any, where: str) -> SeenText:
    if not isinstance(data, dict):
        raise ConfigError(f"{where}: expected an object, got {told([data])}")
    return load(SeenText, data, where)


def read_answer(path: Path) -> Answers:
    """Read an answer file; empty texts are left out.

    Raises:
        ConfigError: it can't be read or has another form; the message says where.
    """
    return read_entries(path, ANSWER_KEY, _answer, _KEYS)


def _answer(entry: dict[str, Any], where: str) -> tuple[str, ...]:
    texts = _texts(entry, where)
    if len(texts) > MOST_TEXTS:
        raise ConfigError(f"{where}.texts: expected at most {MOST_TEXTS} texts, got {len(texts)}")
    for place, text in enumerate(texts):
        if not isinstance(text, str) or len(text) > MOST_LETTERS:
            expected = f"expected a string of at most {MOST_LETTERS} characters"
            raise ConfigError(f"{where}.texts[{place}]: {expected}, got {told([text])}")
    return tuple(text for text in texts if text.strip())


def _texts(entry: dict[str, Any], where: str) -> list[Any]:
    texts = entry["texts"]
    if not isinstance(texts, list):
        raise ConfigError(f"{where}.texts: expected a list, got {told([texts])}")
    return texts
