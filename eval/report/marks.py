"""What happened where: a log's events with the place of each, and what went wrong in words."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.eval.log import EpisodeLog
from goldentime.eval.score.score import Score
from goldentime.types import Event

__all__ = ["Mark", "marks_of", "problems", "section_bands", "words"]

BAD = frozenset({"collision", "crashed", "out_of_bounds", "kit_lost", "invalid_action", "time_up"})
_GOOD = frozenset({"landed", "kit_delivered", "held"})
_MOST_OF_A_KIND = 200


class Mark(NamedTuple):
    """One event with its place."""

    time_s: float
    kind: str
    css: str
    """`good`, `bad` or `plain`."""
    words: str
    position: tuple[float, float, float]
    """[m] where it says so itself, else where the drone was."""
    flown_m: float
    """How far the drone had flown."""
    section: str
    """The section last passed before it, empty at the start."""


def marks_of(log: EpisodeLog, flown_m: NDArray[np.float64]) -> list[Mark]:
    """All sparse events in order of time; of a kind that floods the log, the first 200.

    Args:
        flown_m: (n, drones) distance flown at each sample [m].
    """
    samples = log.samples()
    section, found = "", []
    counts: dict[str, int] = {}
    for event in sorted(log.events, key=lambda event: event.time_s):
        counts[event.kind] = counts.get(event.kind, 0) + 1
        if counts[event.kind] > _MOST_OF_A_KIND:
            continue
        row = min(int(np.searchsorted(samples.time_s, event.time_s)), len(samples.time_s) - 1)
        here = samples.position_m[row, event.drone].tolist()
        at = event.detail.get("position") or event.detail.get("position_m") or here
        css = "bad" if event.kind in BAD else "good" if event.kind in _GOOD else "plain"
        place = (float(at[0]), float(at[1]), float(at[2]))
        flown = float(flown_m[row, event.drone])
        found.append(Mark(event.time_s, event.kind, css, words(event), place, flown, section))
        if event.kind == "section_passed":
            section = str(event.detail.get("section", ""))
    return found


def words(event: Event) -> str:
    """An event in words: what happened, then what its detail says but for place and number."""
    shown = {key: value for key, value in event.detail.items() if key != "index" and not key.startswith("position")}
    named = [str(value) for value in shown.values() if isinstance(value, str)]
    measured = [f"{key} {value:.4g}" for key, value in shown.items() if isinstance(value, int | float)]
    kind = event.kind.replace("_", " ")
    return f"{kind}: {', '.join([*named, *measured])}" if named or measured else kind


def section_bands(marks: Sequence[Mark], end_m: float) -> list[tuple[str, float, float]]:
    """The stretch of the way flown that belongs to each section passed: name, from, to [m]; the rest without a name."""
    bands, start = [], 0.0
    for mark in marks:
        if mark.kind == "section_passed":
            bands.append((mark.words.removeprefix("section passed: "), start, mark.flown_m))
            start = mark.flown_m
    return [*bands, ("", start, end_m)] if end_m > start else bands


def problems(log: EpisodeLog, score: Score, marks: Sequence[Mark]) -> list[str]:
    """What went wrong, the gravest first, each with time and place."""
    found = []
    if log.error:
        found.append(f"The agent raised an exception: {log.error.strip().splitlines()[-1]}")
    if not score.success and not log.error:
        found.append(f"No success: the episode ended with {str(log.reason).replace('_', ' ')!r}.")
    sections, passed = log.facts.get("sections"), log.totals.get("section_passed")
    count = passed.times if passed else 0
    if sections and count < sections:
        found.append(f"{sections - count:g} of {sections:g} sections not passed{_after(marks)}.")
    found += [_place(mark) for mark in marks if mark.kind in ("crashed", "out_of_bounds", "kit_lost")]
    collisions = [mark for mark in marks if mark.kind == "collision"]
    touched = log.totals.get("collision_s")
    if collisions:
        times = ", ".join(f"{mark.time_s:.1f} s" for mark in collisions[:8]) + (" ..." if len(collisions) > 8 else "")
        seconds = f", {touched.value:.2f} s in touch" if touched else ""
        found.append(f"{len(collisions)} collision{'s' if len(collisions) > 1 else ''}{seconds}: at {times}.")
    invalid = log.totals.get("invalid_action")
    if invalid:
        found.append(f"{invalid.times} actions outside the action space; the last valid one was held.")
    return found


def _after(marks: Sequence[Mark]) -> str:
    names = [mark.words.removeprefix("section passed: ") for mark in marks if mark.kind == "section_passed"]
    return f"; the last one passed is {names[-1]}" if names else ""


def _place(mark: Mark) -> str:
    x, y, z = mark.position
    where = f" after section {mark.section}" if mark.section else ""
    return f"{mark.words.capitalize()} at {mark.time_s:.1f} s, at ({x:.1f}, {y:.1f}, {z:.1f}) m{where}."
