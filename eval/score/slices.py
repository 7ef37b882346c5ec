"""Detection in slices: by size, smoke, distance, occlusion, posture and kind of person; and how fair it is.

In each slice the annotations outside of it are ignored, so that slices differ in what is to be found, not in what counts
as a false alarm.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.eval.score.aggregate import Figure
from goldentime.eval.score.coco import Annotation, Answer, Question, Sheet, ap50_interval, gather
from goldentime.records import record
from goldentime.rng import stream

__all__ = ["GROUPS", "Fairness", "Slice", "fairness", "recall", "slice_table"]

GROUPS = {
    "men": ("man", "elderly_man"),
    "women": ("woman", "elderly_woman"),
    "children": ("child",),
}
"""Kinds of persons between whom finding may not differ; gear hides what firefighters and medical staff are."""
_SIZES_PX = ((8.0, 16.0), (16.0, 24.0), (24.0, 48.0), (48.0, 96.0), (96.0, 1e5))
_BINS = {
    "transmittance": ((0.0, 0.15), (0.15, 0.5), (0.5, 0.8), (0.8, 1.01)),
    "distance_m": ((0.0, 4.0), (4.0, 8.0), (8.0, 16.0), (16.0, 1e3)),
    "occlusion": ((0.0, 0.1), (0.1, 0.4), (0.4, 0.7), (0.7, 1.01)),
}
_RESAMPLES = 300
_PERSON = "person"


@record
class Slice:
    """One row of the table."""

    by: str
    name: str
    n: int
    """Annotations asked for."""
    ap50: Figure | None
    """Mean over categories; None where nothing is asked for."""


@record
class Fairness:
    """How well groups of people are found."""

    least_score: float
    """Detections from here on count."""
    recalls: dict[str, Figure]
    counts: dict[str, int]
    gap: Figure
    """Largest recall of a group less the smallest. Never below 0, so that equal groups show a small gap as well."""


def slice_table(
    data: Mapping[str, Any], answers: Sequence[Answer], question: Question, resamples: int = _RESAMPLES
) -> list[Slice]:
    """AP50 in all slices that the annotations have the figures for.

    Args:
        data: COCO's dictionary with our further keys (`transmittance`, `distance_m`, `occlusion`, `posture`, `kind`).
        question: what is asked for; a slice narrows it down. Sizes go below its smallest.
        resamples: of the pictures, for the intervals.
    """
    rows = [_row("all", "all", data, answers, question, resamples)]
    for name in question.categories:
        rows.append(_row("category", name, data, answers, _narrowed(question, categories=(name,)), resamples))
    for low, high in _SIZES_PX:
        sized = _narrowed(question, least_px=low, most_px=high)
        rows.append(_row("size_px", _span(low, high), data, answers, sized, resamples))
    for key, bins in _BINS.items():
        for low, high in bins:
            # Smoke is asked about with all of it, though the headline leaves the densest out.
            base = _narrowed(question, asked=_always) if key == "transmittance" else question
            inside = _narrowed(base, asked=_both(base.asked, _within(key, low, high)))
            rows.append(_row(key, _span(low, high), data, answers, inside, resamples))
    if _PERSON in question.categories:
        for key in ("kind", "posture"):
            for value in sorted({a.get(key) or "" for a in data["annotations"]} - {""}):
                of_it = _narrowed(question, categories=(_PERSON,), asked=_both(question.asked, _equal(key, value)))
                rows.append(_row(key, value, data, answers, of_it, resamples))
    return [row for row in rows if row.n]


def _row(
    by: str, name: str, data: Mapping[str, Any], answers: Sequence[Answer], question: Question, resamples: int
) -> Slice:
    sheets = gather(data, answers, question)
    n = sum(int(sheet.asked.sum()) for sheet in sheets.values())
    return Slice(by=by, name=name, n=n, ap50=ap50_interval(sheets, resamples) if n else None)


def _narrowed(question: Question, **changes: Any) -> Question:
    import dataclasses

    return dataclasses.replace(question, **changes)


def _span(low: float, high: float) -> str:
    return f"{low:g}-" if high >= 1e3 else f"{low:g}-{min(high, 1.0) if 1 < high < 1.1 else high:g}"


def _always(_: Annotation) -> bool:
    return True


def _both(a: Callable[[Annotation], bool], b: Callable[[Annotation], bool]) -> Callable[[Annotation], bool]:
    return lambda annotation: a(annotation) and b(annotation)


def _within(key: str, low: float, high: float) -> Callable[[Annotation], bool]:
    return lambda annotation: key in annotation and low <= annotation[key] < high


def _equal(key: str, value: str) -> Callable[[Annotation], bool]:
    return lambda annotation: annotation.get(key) == value


def recall(sheet: Sheet, least_score: float, times: NDArray[np.int64] | None = None) -> float:
    """Share of what is asked for that is found with at least this score; NaN where nothing is asked for."""
    often = np.ones(len(sheet.asked), np.int64) if times is None else times
    asked = int(often @ sheet.asked)
    found = sheet.hit & (sheet.score >= least_score)
    return float(often[sheet.picture[found]].sum() / asked) if asked else float("nan")


def fairness(
    data: Mapping[str, Any], answers: Sequence[Answer], question: Question, least_score: float, resamples: int = 1000
) -> Fairness:
    """Recall of men, women and children, and the largest gap, with 95 % intervals over resampled pictures.

    Groups that the data set has nobody of are left out.
    """
    sheets = {}
    for group, kinds in GROUPS.items():
        asked = _both(question.asked, lambda a, kinds=kinds: a.get("kind") in kinds)  # type: ignore[misc]
        sheet = gather(data, answers, _narrowed(question, categories=(_PERSON,), asked=asked))[_PERSON]
        if sheet.asked.sum():
            sheets[group] = sheet
    rng, count = stream(0, "bootstrap.fairness"), len(data["images"])
    draws = rng.multinomial(count, np.full(count, 1 / count), size=resamples)
    values = np.array([[recall(sheet, least_score, times) for sheet in sheets.values()] for times in draws])
    points = np.array([recall(sheet, least_score) for sheet in sheets.values()])
    gaps = np.nanmax(values, 1) - np.nanmin(values, 1)
    return Fairness(
        least_score=least_score,
        recalls={name: _figure(points[i], values[:, i]) for i, name in enumerate(sheets)},
        counts={name: int(sheet.asked.sum()) for name, sheet in sheets.items()},
        gap=_figure(points.max() - points.min(), gaps),
    )


def _figure(point: float, resampled: NDArray[np.float64]) -> Figure:
    low, high = np.nanpercentile(resampled, [2.5, 97.5])
    return Figure(mean=round(float(point), 6), low=round(float(low), 6), high=round(float(high), 6))
