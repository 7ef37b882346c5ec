"""Slices of ranked runs whose logs are at hand: whom and what a team finds, in which noise, smoke and height."""

from collections.abc import Callable, Sequence
from pathlib import Path

from goldentime.eval.board.parts import Breakdown, Part
from goldentime.eval.board.people_slices import has_victims, people_breakdown
from goldentime.eval.board.standings import Run
from goldentime.eval.folder import RunFolder, read_folder
from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_files import load_log
from goldentime.eval.score.call_slices import call_gap, call_slices
from goldentime.eval.score.report_slices import recall_gap, report_slices

__all__ = ["breakdown", "breakdown_of"]


def breakdown(folder: Path, run: Run) -> Breakdown | None:
    """Slices of a run; None if its worlds are still hidden, its logs are not at hand, or its mission has no reports.

    Raises:
        LogError: a log is damaged.
    """
    if not run.public or not (folder / "run.json").is_file():
        return None
    flown = read_folder(folder)
    if flown.logged() != list(range(run.summary.planned)):
        return None
    return breakdown_of(_logs(flown))


def _logs(folder: RunFolder) -> list[EpisodeLog]:
    return [load_log(folder.log(index)) for index in folder.logged()]


def breakdown_of(logs: Sequence[EpisodeLog]) -> Breakdown | None:
    """Slices of logs of one mission; None if it has no reports."""
    for fits, make in _KINDS:
        if logs and all(fits(log) for log in logs):
            return make(logs)
    return None


def _has_calls(log: EpisodeLog) -> bool:
    return log.header.get("mission") == "voices"


def _has_reports(log: EpisodeLog) -> bool:
    task = log.header.get("scenario", {}).get("task", {})
    return "sought" in task or "asked" in task


def _of_calls(logs: Sequence[EpisodeLog]) -> Breakdown:
    found, rows = call_gap(logs), call_slices(logs)
    groups = [(name, row) for name, row in found.rows.items()] if found else []
    parts = [Part(by="group", name=name, n=row.n, recall=row.recall, right=row.right) for name, row in groups]
    parts += [Part(by=row.by, name=row.name, n=row.n, recall=row.recall, right=row.right) for row in rows]
    return Breakdown(parts=tuple(parts), gap=found.gap.mean if found else None)


def _of_reports(logs: Sequence[EpisodeLog]) -> Breakdown:
    found, rows = recall_gap(logs), report_slices(logs)
    rows = [*(found[1].values() if found else ()), *rows]
    parts = [Part(by=row.by, name=row.name, n=row.n, recall=row.recall, right=row.right) for row in rows]
    return Breakdown(parts=tuple(parts), gap=round(found[0], 6) if found else None)


_KINDS: tuple[tuple[Callable[[EpisodeLog], bool], Callable[[Sequence[EpisodeLog]], Breakdown]], ...] = (
    (_has_calls, _of_calls),
    (_has_reports, _of_reports),
    (has_victims, people_breakdown),
)
