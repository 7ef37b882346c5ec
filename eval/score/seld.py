"""Sound event localisation and detection as DCASE scores it: F20, ER20, LE_CD and LR_CD, macro over classes.

Definitions after Mesaros et al. 2019, "Joint measurement of localization and detection of sound events" (WASPAA), and
Politis et al. 2020, "Overview and evaluation of sound event localization and detection in DCASE 2019" (IEEE/ACM TASLP).
Time is cut into frames of 100 ms and segments of 1 s. In each frame the predictions of a class are assigned to its
references by least total angle; a reference's angular error in a segment is its mean over the frames in which it had a
prediction.

Per class and segment, with as many references and predictions as there are at once in any frame:

- a reference with a prediction is localised (LE_CD is the mean of their errors, LR_CD their share of the references);
- if its error is at most 20 degrees it is a hit of F20, else both its prediction and itself are wrong;
- what has no counterpart is a miss or a false alarm.

In the challenge's script, where both have a class in a segment but never in the same frame, the number of predictions is
added to the misses, and nothing to the false alarms. Here the references are misses and the predictions false alarms.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from goldentime.eval.score.aggregate import Figure
from goldentime.records import record
from goldentime.rng import stream

__all__ = ["Heard", "SeldCounts", "SeldFigures", "angle_deg", "seld_counts", "seld_figures", "seld_score"]

FRAMES_PER_SEGMENT = 10
"""Of 100 ms."""
_NEAR_DEG = 20.0
_RESAMPLES = 1000


class Heard(NamedTuple):
    """One source, or one that is claimed, in one frame."""

    frame: int
    kind: str
    track: int
    """Tells sources of one class apart; of predictions it is not looked at."""
    azimuth_deg: float
    elevation_deg: float


class SeldCounts(NamedTuple):
    """What one class comes to in some segments; sums of these are those of more segments."""

    references: int = 0
    hits: int = 0
    """Within 20 degrees."""
    astray: int = 0
    """With a prediction, but farther off."""
    misses: int = 0
    alarms: int = 0
    swaps: int = 0
    """Errors that are one of each, a miss and a false alarm of one segment, as a substitution."""
    error_deg: float = 0.0
    """Sum over hits and those astray."""


@record
class SeldFigures:
    """A score; intervals are of the mean over resampled clips, none where there are no clips to resample."""

    er20: float
    f20: float
    le_cd_deg: float
    """180 for a class of which nothing was localised."""
    lr_cd: float
    seld: float
    """Mean of er20, 1 - f20, le_cd_deg / 180 and 1 - lr_cd: 0 is perfect."""
    classes: dict[str, dict[str, float]]
    """The same by class, with `n`, the references in all segments."""
    intervals: dict[str, Figure]


def angle_deg(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The angle between two directions, each (azimuth, elevation) [deg]."""
    (p, s), (q, t) = ((math.radians(az), math.radians(el)) for az, el in (a, b))
    # By chord and sum: the cosine alone is inexact at small angles.
    x = np.array([math.cos(s) * math.cos(p), math.cos(s) * math.sin(p), math.sin(s)])
    y = np.array([math.cos(t) * math.cos(q), math.cos(t) * math.sin(q), math.sin(t)])
    return math.degrees(2.0 * math.atan2(float(np.linalg.norm(x - y)), float(np.linalg.norm(x + y))))


def seld_counts(truth: Iterable[Heard], answer: Iterable[Heard], kinds: Sequence[str]) -> dict[str, SeldCounts]:
    """Count one clip, class by class.

    Args:
        kinds: the classes; whatever else was heard is left out.
    """
    there, said = _sorted(truth), _sorted(answer)
    totals = dict.fromkeys(kinds, SeldCounts())
    for kind in kinds:
        for segment in sorted({s for k, s in (*there, *said) if k == kind}):
            counted = _segment(there.get((kind, segment), {}), said.get((kind, segment), {}))
            totals[kind] = _sum([totals[kind], counted])
    return totals


_Frames = dict[int, list[Heard]]


def _sorted(rows: Iterable[Heard]) -> dict[tuple[str, int], _Frames]:
    found: dict[tuple[str, int], _Frames] = {}
    for row in rows:
        found.setdefault((row.kind, row.frame // FRAMES_PER_SEGMENT), {}).setdefault(row.frame, []).append(row)
    return found


def _segment(truth: _Frames, answer: _Frames) -> SeldCounts:
    errors: dict[int, list[float]] = {}
    for frame in truth.keys() & answer.keys():
        for track, error in _assigned(truth[frame], answer[frame]):
            errors.setdefault(track, []).append(error)
    means = [math.fsum(some) / len(some) for some in errors.values()]
    hits = sum(mean <= _NEAR_DEG for mean in means)
    references, predictions = (max(map(len, frames.values()), default=0) for frames in (truth, answer))
    # Several that follow one another in a segment count as one at once: then there is nothing left over.
    misses, alarms = max(references - len(means), 0), max(predictions - len(means), 0)
    return SeldCounts(
        references, hits, len(means) - hits, misses, alarms, min(misses, alarms), math.fsum(means)
    )  # fmt: skip


def _assigned(truth: list[Heard], answer: list[Heard]) -> list[tuple[int, float]]:
    table = np.array(
        [[angle_deg((t.azimuth_deg, t.elevation_deg), (a.azimuth_deg, a.elevation_deg)) for a in answer] for t in truth]
    )
    rows, columns = linear_sum_assignment(table)
    return [(truth[i].track, float(table[i, j])) for i, j in zip(rows, columns, strict=True)]


def _sum(parts: Iterable[SeldCounts]) -> SeldCounts:
    return SeldCounts(*map(sum, zip(*parts, strict=True)))


def seld_score(clips: Sequence[Mapping[str, SeldCounts]], resamples: int = _RESAMPLES, seed: int = 0) -> SeldFigures:
    """Sum clips up and score them.

    Args:
        clips: of `seld_counts`, all of the same classes.
        resamples: of the clips, for the intervals.

    Returns:
        Means over those classes that have references or false alarms.
    """
    kinds = list(clips[0]) if clips else []
    table = np.array([[clip[kind] for kind in kinds] for clip in clips], np.float64).reshape(len(clips), len(kinds), 7)
    point = _figures(table.sum(0))
    names = ("er20", "f20", "le_cd_deg", "lr_cd", "seld")
    intervals: dict[str, Figure] = {}
    if len(clips) > 1:
        draws = stream(seed, "bootstrap.seld").multinomial(len(clips), np.full(len(clips), 1 / len(clips)), size=resamples)
        values = np.array([_macro(_figures(np.tensordot(times, table, 1))) for times in draws])
        low, high = np.nanpercentile(values, [2.5, 97.5], axis=0)
        intervals = {
            name: Figure(mean=round(mean, 6), low=round(float(a), 6), high=round(float(b), 6))
            for name, mean, a, b in zip(names, _macro(point), low, high, strict=True)
        }
    means = dict(zip(names, _macro(point), strict=True))
    classes = {
        kind: {"n": float(table[:, i, 0].sum()), **dict(zip(names, point[i].tolist(), strict=False))}
        for i, kind in enumerate(kinds)
        if not np.isnan(point[i]).any()
    }
    return SeldFigures(**means, classes=classes, intervals=intervals)


def _figures(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """(classes, 7) sums to (classes, 4) figures; NaN for a class that neither was there nor was claimed."""
    references, hits, astray, misses, alarms, swaps, error = totals.T
    found = hits + astray
    with np.errstate(divide="ignore", invalid="ignore"):
        # Without references every false alarm is an error for which there is nothing to divide by: it counts as one each.
        rate = (astray + misses + alarms - swaps) / np.maximum(references, 1.0)
        f20 = hits / (hits + astray + 0.5 * (misses + alarms))
        error_deg = np.where(found > 0, error / found, 180.0)
        recall = np.where(references > 0, found / (found + misses), 0.0)
    table = np.stack([rate, f20, error_deg, recall], 1)
    table[references + alarms == 0] = np.nan
    return table


def _macro(figures: NDArray[np.float64]) -> list[float]:
    known = figures[~np.isnan(figures).any(1)]
    if not len(known):
        return [math.nan] * 5
    rate, f20, error_deg, recall = known.mean(0).tolist()
    return [rate, f20, error_deg, recall, (rate + 1.0 - f20 + error_deg / 180.0 + 1.0 - recall) / 4.0]


def seld_figures(
    clips: Sequence[tuple[Sequence[Heard], Sequence[Heard]]], kinds: Sequence[str], resamples: int = _RESAMPLES
) -> SeldFigures:
    """Score pairs of truth and answer."""
    return seld_score([seld_counts(truth, answer, kinds) for truth, answer in clips], resamples)
