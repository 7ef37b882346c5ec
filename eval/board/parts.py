"""Slices of one run, whatever its mission."""

from goldentime.eval.score.aggregate import Figure
from goldentime.records import record

__all__ = ["Breakdown", "Part"]


@record
class Part:
    """One slice."""

    by: str
    name: str
    n: int
    """Things, people, signs or calls there were; in slices by what only finds have, finds."""
    recall: Figure | None
    """Share that was reported."""
    right: Figure | None
    """Of the finds, share told right."""


@record
class Breakdown:
    """All slices of a run."""

    parts: tuple[Part, ...]
    gap: float | None
    """Largest recall of men, women and children less the smallest; None where fewer than two of them were there."""
