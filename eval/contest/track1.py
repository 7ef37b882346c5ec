"""The real contest's first track, counting: its answer and truth files, and its error.

Known of it: clips of 300 JPEGs, each object counted once per clip, six classes, the answer's form, and the error
sqrt(5 dp^2 + the sum of the other squared differences) per clip, its mean over clips, lower being better, a missing clip
counting as all zeros. That the truth has the answer's form under another key is ours.
"""

import math
from pathlib import Path
from typing import Any

from goldentime.errors import ConfigError
from goldentime.eval.contest.forms import check_clips, read_entries, told
from goldentime.files import pretty_json
from goldentime.records import record

__all__ = [
    "ANSWER_KEY",
    "CLASSES",
    "TRUTH_KEY",
    "Track1Score",
    "clip_error",
    "counts_bytes",
    "read_counts",
    "score_track1",
]

CLASSES = ("person", "fire_extinguisher", "hydrant", "car", "bicycle", "motorcycle")
"""The order of the six counts."""

TRUTH_KEY, ANSWER_KEY = "track1_GT", "track1_results"

_PERSON_WEIGHT = 5.0

Counts = dict[int, tuple[int, ...]]
"""Six counts by the clip's id, from 1."""


@record
class Track1Score:
    """The error of one answer."""

    error: float
    """Mean over all clips of the truth."""
    clips: int
    missing: tuple[int, ...]
    """Clips without an answer."""
    class_errors: dict[str, float]
    """Mean absolute difference by class."""
    clip_errors: dict[int, float]


def clip_error(truth: tuple[int, ...], answer: tuple[int, ...]) -> float:
    """sqrt(5 dp^2 + the sum of the other squared differences) of two rows of six counts."""
    squares = [(a - b) ** 2 for a, b in zip(truth, answer, strict=True)]
    return math.sqrt(_PERSON_WEIGHT * squares[0] + sum(squares[1:]))


def score_track1(truth: Counts, answer: Counts) -> Track1Score:
    """Compare an answer with the truth.

    Raises:
        ConfigError: the answer has clips that the truth does not have, or there is no truth.
    """
    check_clips("track1", truth, answer)
    none = (0,) * len(CLASSES)
    given = {clip: answer.get(clip, none) for clip in truth}
    errors = {clip: clip_error(counts, given[clip]) for clip, counts in sorted(truth.items())}
    by_class = {
        name: sum(abs(counts[i] - given[clip][i]) for clip, counts in truth.items()) / len(truth)
        for i, name in enumerate(CLASSES)
    }
    return Track1Score(
        error=sum(errors.values()) / len(errors),
        clips=len(truth),
        missing=tuple(sorted(truth.keys() - answer.keys())),
        class_errors=by_class,
        clip_errors=errors,
    )


def counts_bytes(key: str, counts: Counts) -> bytes:
    """A file of counts, a truth or an answer."""
    return pretty_json({key: [{"id": clip, "objects": list(row)} for clip, row in sorted(counts.items())]})


def read_counts(path: Path, key: str) -> Counts:
    """Read a file of counts.

    Raises:
        ConfigError: it can't be read or has another form; the message says where.
    """
    return read_entries(path, key, _counts, frozenset({"objects"}))


def _counts(entry: dict[str, Any], where: str) -> tuple[int, ...]:
    row = entry["objects"]
    if not isinstance(row, list) or len(row) != len(CLASSES) or not all(map(_is_count, row)):
        raise ConfigError(f"{where}.objects: expected {len(CLASSES)} counts ({', '.join(CLASSES)}), got {told([row])}")
    return tuple(row)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
