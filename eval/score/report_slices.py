"""What was reported, in slices: by kind, posture, distance and smoke; of signs by language, height and angle; and fairness.

Everything comes from the logs alone: their headers hold all that there was to find, their events what was made of it.
Precision is asked by what was said, recall by what there was. What was missed was seen from no distance in particular, so
slices by distance, smoke, height and angle of finds tell how good these are, not how many of them there might have been.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import LogError
from goldentime.eval.log import EpisodeLog
from goldentime.eval.score.aggregate import Figure, wilson
from goldentime.eval.score.slices import GROUPS
from goldentime.records import record

__all__ = ["Asked", "ReportSlice", "Said", "asked_for", "recall_gap", "report_slices", "what_was_said"]

_BINS = {
    "nearest_m": (0.0, 2.0, 4.0, 8.0, math.inf),
    "from_m": (0.0, 2.0, 4.0, 8.0, math.inf),
    "transmittance": (0.0, 0.15, 0.5, 0.8, 1.0),
    "height_m": (0.0, 0.2, 0.4, 0.8, math.inf),
    "angle_deg": (0.0, 20.0, 40.0, 60.0, 90.0),
}
_HIT, _MADE = "found", ("found", "wrong", "duplicate")


class Asked(NamedTuple):
    """One thing or sign that counts, and what became of it."""

    names: Mapping[str, str]
    """What it is: `kind`, and `posture` or `language` where it has one."""
    figures: Mapping[str, float]
    """`nearest_m`, how near the drone came; of finds `from_m`, `transmittance`, of signs `height_m` and `angle_deg` too."""
    found: bool
    right: bool
    """Reported as the very kind, or read without a fault."""
    similarity: float | None
    """1-NED by letters of a sign that was found."""
    error_m: float | None
    """From the reported place, of a find."""


class Said(NamedTuple):
    """One report of something."""

    kind: str
    """What it was said to be; `text` of all signs."""
    hit: bool


@record
class ReportSlice:
    """One row of the table; figures that a slice can't have are None."""

    by: str
    name: str
    n: int
    """Things there were; in slices by what only finds have, finds."""
    made: int = 0
    """Reports, where they can be told apart by what was said."""
    recall: Figure | None = None
    precision: Figure | None = None
    f1: float | None = None
    right: Figure | None = None
    """Of the finds those told right or read without a fault."""
    similarity: float | None = None
    """Mean over the finds."""
    error_m: float | None = None
    """Mean over the finds."""


def asked_for(log: EpisodeLog) -> list[Asked]:
    """All that there was to find in an episode.

    Raises:
        LogError: the log is of a mission without reports.
    """
    scenario = log.header.get("scenario", {})
    task = scenario.get("task", {})
    if "sought" not in task and "asked" not in task:
        raise LogError(f"expected a log of a mission with reports, got mission {log.header.get('mission')!r}")
    finds = {event.detail["thing"]: event for event in log.events if event.kind == _HIT}
    samples = log.samples()
    found = []
    for number, names, place, sign in _targets(scenario):
        figures = {"nearest_m": _nearest_m(samples.position_m[:, 0], place)}
        find = finds.get(number)
        detail = find.detail if find is not None else {}
        figures |= {key: float(detail[key]) for key in ("from_m", "transmittance") if key in detail}
        if sign is not None:
            figures["height_m"] = float(sign["spec"]["size_m"][1])
            if find is not None:
                row = min(int(np.searchsorted(samples.time_s, find.time_s - 1e-6)), len(samples.time_s) - 1)
                figures["angle_deg"] = _angle_deg(samples.position_m[row, 0], place, sign)
        right = find is not None and (detail["similarity"] >= 1.0 if sign is not None else detail["said"] == names["kind"])
        found.append(Asked(names, figures, find is not None, right, detail.get("similarity"), detail.get("error_m")))
    return found


def _targets(
    scenario: Mapping[str, Any],
) -> Iterator[tuple[int, dict[str, str], NDArray[np.float64], Mapping[str, Any] | None]]:
    """Number, names, place in the world, and the sign if it is one."""
    task = scenario["task"]
    if "asked" in task:
        for number, sign in enumerate(scenario["signs"]):
            spec = sign["spec"]
            if spec["kind"] in task["asked"]:
                x, y, z = sign["anchor"]
                names = {"kind": spec["kind"], "language": spec["language"]}
                yield number, names, np.array([x, y, z + spec["height_m"]]), sign
        return
    for number, thing in enumerate(task["things"]):
        if thing["kind"] in task["sought"]:
            names = {"kind": thing["kind"]} | ({"posture": thing["posture"]} if thing.get("posture") else {})
            yield number, names, np.array(thing["centre"], np.float64), None


def _nearest_m(way_m: NDArray[np.float64], place_m: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(way_m - place_m, axis=1).min()) if len(way_m) else math.inf


def _angle_deg(eye_m: NDArray[np.float64], place_m: NDArray[np.float64], sign: Mapping[str, Any]) -> float:
    """Between the line of sight and the normal of the face that looks more this way, seen from above."""
    x, y = (eye_m - place_m)[:2].tolist()
    # A projecting sign looks along the wall, not away from it.
    yaw = sign["yaw"] + (0.5 * math.pi if sign["spec"]["mounting"] == "projecting" else 0.0)
    angle = abs(math.degrees(math.remainder(math.atan2(y, x) - yaw, 2.0 * math.pi)))
    return angle if sign["spec"]["mounting"] == "flat" else min(angle, 180.0 - angle)


def what_was_said(log: EpisodeLog) -> list[Said]:
    """All reports of an episode but abstentions; signs have one kind of report, so there `kind` is `text`."""
    signs = "asked" in log.header.get("scenario", {}).get("task", {})
    made = [event for event in log.events if event.kind in _MADE]
    return [Said("text" if signs else event.detail["said"], event.kind == _HIT) for event in made]


def report_slices(logs: Sequence[EpisodeLog]) -> list[ReportSlice]:
    """The table over all episodes, intervals by Wilson's score; empty slices are left out.

    Raises:
        LogError: a log is of a mission without reports.
    """
    asked = [one for log in logs for one in asked_for(log)]
    said = [one for log in logs for one in what_was_said(log)]
    rows = [_row("all", "all", asked, said)]
    for by in ("kind", "posture", "language"):
        for name in sorted({one.names[by] for one in asked if by in one.names}):
            of_it = [one for one in asked if one.names.get(by) == name]
            rows.append(_row(by, name, of_it, [one for one in said if one.kind == name] if by == "kind" else []))
    for by, edges in _BINS.items():
        for low, high in pairwise(edges):
            inside = [one for one in asked if by in one.figures and _within(one.figures[by], low, high, edges[-1])]
            rows.append(_row(by, f"{low:g}-" if high == math.inf else f"{low:g}-{high:g}", inside, []))
    return [row for row in rows if row.n]


def _within(value: float, low: float, high: float, last: float) -> bool:
    """Whether a figure is in a bin; the last one includes its upper edge and what rounding puts above it."""
    return low <= value and (value < high or high == last)


def _row(by: str, name: str, asked: Sequence[Asked], said: Sequence[Said]) -> ReportSlice:
    n, made = len(asked), len(said)
    finds = [one for one in asked if one.found]
    hits = sum(one.hit for one in said)
    whole = by not in ("from_m", "transmittance", "angle_deg")
    alike = [one.similarity for one in finds if one.similarity is not None]
    errors = [one.error_m for one in finds if one.error_m is not None]
    recall = wilson(len(finds), n) if whole and n else None
    precision = wilson(hits, made) if made else None
    return ReportSlice(
        by=by,
        name=name,
        n=n,
        made=made,
        recall=recall,
        precision=precision,
        f1=_f1(recall.mean, precision.mean) if recall and precision else None,
        right=wilson(sum(one.right for one in finds), len(finds)) if finds else None,
        similarity=math.fsum(alike) / len(alike) if alike else None,
        error_m=math.fsum(errors) / len(errors) if errors else None,
    )


def _f1(recall: float, precision: float) -> float:
    return 2.0 * recall * precision / (recall + precision) if recall + precision else 0.0


def recall_gap(logs: Sequence[EpisodeLog]) -> tuple[float, dict[str, ReportSlice]] | None:
    """How fair finding is: the largest recall of men, women and children less the smallest, and a row for each.

    Returns:
        None where fewer than two of these groups were there.

    Raises:
        LogError: a log is of a mission without reports.
    """
    asked = [one for log in logs for one in asked_for(log)]
    counts = Counter(one.names["kind"] for one in asked)
    rows = {
        group: _row("group", group, [one for one in asked if one.names["kind"] in kinds], [])
        for group, kinds in GROUPS.items()
        if any(counts[kind] for kind in kinds)
    }
    recalls = [row.recall.mean for row in rows.values() if row.recall is not None]
    return (max(recalls) - min(recalls), rows) if len(recalls) > 1 else None
