"""The text track: its truth and answer files.

The real contest's form is unknown: this one is ours, in the spirit of its counting track. An answer holds for each picture
what is written on its signs, a string a sign (lines from top to bottom, columns from left to right, joined by a space), in
any order and without places.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from goldentime.errors import ConfigError
from goldentime.eval.contest.files import is_count, read_entries, told
from goldentime.files import pretty_json
from goldentime.records import dump, load, record

__all__ = ["ANSWER_KEY", "TRUTH_KEY", "Answers", "SeenText", "Truths", "answer_bytes", "read_answer", "read_truth"]
__all__ += ["truth_bytes"]

TRUTH_KEY, ANSWER_KEY = "track2_GT", "track2_results"

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
    found: Truths = {}
    for number, texts, where in _pictures(path, TRUTH_KEY):
        found[number] = tuple(_seen(text, f"{where}.texts[{place}]") for place, text in enumerate(texts))
    return found


def _seen(data: Any, where: str) -> SeenText:
    if not isinstance(data, dict):
        raise ConfigError(f"{where}: expected an object, got {told([data])}")
    return load(SeenText, data, where)


def read_answer(path: Path) -> Answers:
    """Read an answer file; empty texts are left out.

    Raises:
        ConfigError: it can't be read or has another form; the message says where.
    """
    found: Answers = {}
    for number, texts, where in _pictures(path, ANSWER_KEY):
        if len(texts) > MOST_TEXTS:
            raise ConfigError(f"{where}.texts: expected at most {MOST_TEXTS} texts, got {len(texts)}")
        for place, text in enumerate(texts):
            if not isinstance(text, str) or len(text) > MOST_LETTERS:
                expected = f"expected a string of at most {MOST_LETTERS} characters"
                raise ConfigError(f"{where}.texts[{place}]: {expected}, got {told([text])}")
        found[number] = tuple(text for text in texts if text.strip())
    return found


def _pictures(path: Path, key: str) -> list[tuple[int, list[Any], str]]:
    """Id, texts and place in the file of each picture."""
    rows, seen = [], set[int]()
    for place, entry in enumerate(read_entries(path, key)):
        where = f"{path}: {key}[{place}]"
        if not isinstance(entry, dict) or entry.keys() != {"id", "texts"}:
            raise ConfigError(f"{where}: expected an object with id and texts, got {told([entry])}")
        number, texts = entry["id"], entry["texts"]
        if not is_count(number) or number < 1:
            raise ConfigError(f"{where}.id: expected a whole number of at least 1, got {number!r}")
        if not isinstance(texts, list):
            raise ConfigError(f"{where}.texts: expected a list, got {told([texts])}")
        if number in seen:
            raise ConfigError(f"{where}.id: picture {number} was given before")
        seen.add(number)
        rows.append((number, texts, where))
    return rows
