"""From logs to result lines to a scorecard."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from goldentime.errors import LogError
from goldentime.eval.folder import RunFolder
from goldentime.eval.log import EpisodeLog, versions
from goldentime.eval.log_files import load_log
from goldentime.eval.score.aggregate import aggregate
from goldentime.eval.score.rules import Rules
from goldentime.eval.score.score import Score, score
from goldentime.files import pretty_json, read_lines, write_atomic
from goldentime.records import canonical_json, dump, load, record

__all__ = ["Result", "read_results", "rescore", "result_files", "result_of", "write_results"]

FORMAT = 1


@record
class Result:
    """What one episode came to: a line of `episodes.jsonl`."""

    index: int
    seed: int
    reason: str
    """Why it ended, in the mission's words, or `agent_error`."""
    error: str | None = None
    """Last line of the agent's traceback; the log has all of it."""
    digest: str
    """Of the log."""
    score: Score


def result_of(log: EpisodeLog, rules: Rules) -> Result:
    """Score a log.

    Raises:
        LogError: it lacks a fact that the rules need.
    """
    return Result(
        index=log.header["labels"]["index"],
        seed=log.header["seed"],
        reason=str(log.reason),
        error=log.error.strip().splitlines()[-1] if log.error else None,
        digest=log.digest(),
        score=score(log, rules),
    )


def read_results(folder: RunFolder) -> list[Result]:
    """The result lines of a run, in the order in which they were written.

    Raises:
        LogError: the file is missing or damaged.
    """
    return [load(Result, line, f"{folder.lines}:{number}") for number, line in enumerate(read_lines(folder.lines), 1)]


def write_results(folder: RunFolder, results: Sequence[Result]) -> None:
    """Write the sorted result lines and the scorecard."""
    for path, content in result_files(folder, results, versions()).items():
        write_atomic(path, content)


def result_files(folder: RunFolder, results: Sequence[Result], flown: Mapping[str, str]) -> dict[Path, bytes]:
    """What the result lines and the scorecard hold; neither knows of times or of how many workers there were.

    Args:
        flown: the versions that the scorecard names.
    """
    rows = sorted(results, key=lambda result: result.index)
    lines = b"".join(canonical_json(dump(row)) + b"\n" for row in rows)
    return {folder.lines: lines, folder.scorecard: pretty_json(_scorecard(folder, rows, flown))}


def _scorecard(folder: RunFolder, rows: Sequence[Result], flown: Mapping[str, str]) -> Mapping[str, Any]:
    plan = folder.plan
    figures = aggregate([row.score for row in rows])
    return {
        "format": FORMAT,
        "mission": plan.mission,
        "agent": plan.agent,
        "split": plan.split,
        "rules": f"{plan.rules.name}/{plan.rules.version}",
        "planned": plan.episodes,
        "complete": len(rows) == plan.episodes,
        "figures": dump(figures) if figures else None,
        "reasons": dict(Counter(row.reason for row in rows)),
        "agent_errors": sum(row.error is not None for row in rows),
        "digest": sha256("".join(row.digest for row in rows).encode()).hexdigest(),
        "versions": dict(flown),
    }


def rescore(folder: RunFolder, rules: Rules | None = None) -> tuple[RunFolder, list[Result]]:
    """Score all stored logs of a run again and write lines and scorecard anew.

    Args:
        rules: other rules than the run's own; `run.json` keeps its own.

    Returns:
        the run as scored, and its results.

    Raises:
        LogError: there is no log, or one is damaged.
    """
    found = folder.logged()
    if not found:
        raise LogError(f"{folder.path / 'episodes'}: expected logs of episodes, found none")
    used = RunFolder(folder.path, replace(folder.plan, rules=rules or folder.plan.rules))
    results = [result_of(load_log(folder.log(index)), used.plan.rules) for index in found]
    write_results(used, results)
    return used, results
