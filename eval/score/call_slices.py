"""What was heard, in slices: by level over the noise, distance, reverberation, direction, class and place; and fairness.

Everything comes from the events of the logs alone: `called` says of each call what there was, `heard` how loud it reached
the microphones, `found` what was made of it. Figures of the kind DCASE gives are told of calls here, not of frames: a find
is a hit of F20 if its direction is within 20 degrees and its class right; `error_deg` is over all finds of the right class.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from goldentime.errors import LogError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.score.aggregate import Figure, bootstrap, wilson
from goldentime.records import record
from goldentime.rng import stream

__all__ = ["CallGap", "CallSlice", "HeardCall", "call_gap", "call_slices", "calls_in"]

_NEAR_DEG = 20.0
_BINS = {
    "snr_db": (-math.inf, -10.0, -5.0, 0.0, 5.0, 10.0, math.inf),
    "distance_m": (0.0, 2.0, 4.0, 6.0, math.inf),
    "rt60_s": (0.0, 0.05, 0.3, 0.6, 1.0, math.inf),
    "from_nose_deg": (0.0, 45.0, 90.0, 135.0, 180.0),
    "elevation_deg": (-90.0, -30.0, -10.0, 10.0, 90.0),
}
_GROUPS = {"men": "man", "women": "woman", "children": "child"}
_RESAMPLES = 1000


@record
class HeardCall:
    """One call and what became of it."""

    episode: int
    detail: Mapping[str, Any]
    """Of `called`: kind, speaker, distance and so on; `snr_db` as the microphones had it, where they told."""
    said: str = ""
    """What it was reported as; empty if it was not."""
    error_deg: float = math.nan
    onset_error_s: float = math.nan

    @property
    def found(self) -> bool:
        """Whether it was reported."""
        return bool(self.said)

    @property
    def right(self) -> bool:
        """Whether it was reported as what it is."""
        return bool(self.said == self.detail["kind"])

    @property
    def hit(self) -> bool:
        """Whether it counts in F20."""
        return self.right and self.error_deg <= _NEAR_DEG


@record
class CallSlice:
    """One row of the table."""

    by: str
    name: str
    n: int
    """Calls there were."""
    recall: Figure
    """Share that was reported."""
    right: Figure | None
    """Of those, share whose class was right."""
    near: Figure
    """Share of all that was reported with the right class and within 20 degrees."""
    error_deg: Figure | None
    """Mean angle of those reported with the right class, bootstrapped over calls."""
    median_deg: float | None
    onset_error_s: float | None
    """Median of its absolute value over the finds."""


@record
class CallGap:
    """How equally men, women and children are heard."""

    rows: dict[str, CallSlice]
    gap: Figure
    """Largest recall of a group less the smallest, with an interval over resampled episodes. Never below 0, so that equal
    groups show a small gap as well."""


def calls_in(log: EpisodeLog, episode: int = 0) -> list[HeardCall]:
    """All calls of an episode.

    Raises:
        LogError: the log is of another mission.
    """
    if log.header.get("mission") != "voices":
        raise LogError(f"expected a log of mission 'voices', got {log.header.get('mission')!r}")
    finds = {event.detail["thing"]: event.detail for event in log.events if event.kind == "found"}
    loud = {(e.detail["source"], e.detail["sounding"]): e.detail["snr_db"] for e in log.events if e.kind == "heard"}
    rows = []
    for event in log.events:
        if event.kind == "called":
            detail = dict(event.detail)
            find = finds.get(detail["thing"], {})
            detail["snr_db"] = loud.get((detail["caller"], detail["sounding"]), detail["snr_db"])
            row = {key: float(find[key]) for key in ("error_deg", "onset_error_s") if key in find}
            rows.append(HeardCall(episode=episode, detail=detail, said=find.get("said", ""), **row))
    return rows


def call_slices(logs: Sequence[EpisodeLog]) -> list[CallSlice]:
    """The table over all episodes; shares have Wilson's intervals, empty slices are left out.

    Raises:
        LogError: a log is of another mission.
    """
    calls = [call for episode, log in enumerate(logs) for call in calls_in(log, episode)]
    rows = [_row("all", "all", calls)] if calls else []
    for key in ("kind", "place"):
        for value in sorted({str(call.detail[key]) for call in calls}):
            rows.append(_row(key, value, [call for call in calls if call.detail[key] == value]))
    for key, edges in _BINS.items():
        for low, high in pairwise(edges):
            inside = [call for call in calls if _within(call, key, low, high, last=high == edges[-1])]
            if inside:
                rows.append(_row(key, _span(low, high), inside))
    return rows


def _within(call: HeardCall, key: str, low: float, high: float, *, last: bool) -> bool:
    value = call.detail.get(key)
    return value is not None and low <= value and (value < high or last)


def _span(low: float, high: float) -> str:
    return f"below {high:g}" if low == -math.inf else f"{low:g} and more" if high == math.inf else f"{low:g} to {high:g}"


def _row(by: str, name: str, calls: Sequence[HeardCall]) -> CallSlice:
    finds = [call for call in calls if call.found]
    right = [call for call in finds if call.right]
    errors = np.array([call.error_deg for call in right])
    return CallSlice(
        by=by,
        name=name,
        n=len(calls),
        recall=wilson(len(finds), len(calls)),
        right=wilson(len(right), len(finds)) if finds else None,
        near=wilson(sum(call.hit for call in calls), len(calls)),
        error_deg=bootstrap(errors[:, None], _RESAMPLES)[0] if len(errors) else None,
        median_deg=float(np.median(errors)) if len(errors) else None,
        onset_error_s=float(np.median([abs(call.onset_error_s) for call in finds])) if finds else None,
    )


def call_gap(logs: Sequence[EpisodeLog]) -> CallGap | None:
    """The fairness figure; None where fewer than two of the groups called.

    Raises:
        LogError: a log is of another mission.
    """
    calls = [call for episode, log in enumerate(logs) for call in calls_in(log, episode)]
    groups = {name: [call for call in calls if call.detail["kind"] == kind] for name, kind in _GROUPS.items()}
    groups = {name: some for name, some in groups.items() if some}
    if len(groups) < 2:
        return None
    # (groups, episodes): calls, and those found.
    asked = np.array([_per_episode(some, len(logs), lambda _: True) for some in groups.values()])
    found = np.array([_per_episode(some, len(logs), lambda call: call.found) for some in groups.values()])
    times = stream(0, "bootstrap.calls").multinomial(len(logs), np.full(len(logs), 1 / len(logs)), size=_RESAMPLES)
    with np.errstate(invalid="ignore"):
        shares = (times @ found.T) / (times @ asked.T)
    gaps = np.nanmax(shares, 1) - np.nanmin(shares, 1)
    point = found.sum(1) / asked.sum(1)
    low, high = np.percentile(gaps, [2.5, 97.5])
    gap = Figure(mean=round(float(np.ptp(point)), 6), low=round(float(low), 6), high=round(float(high), 6))
    return CallGap(rows={name: _row("group", name, some) for name, some in groups.items()}, gap=gap)


def _per_episode(calls: Sequence[HeardCall], episodes: int, counts: Callable[[HeardCall], bool]) -> list[int]:
    rows = [0] * episodes
    for call in calls:
        rows[call.episode] += counts(call)
    return rows
