"""Run a plan's episodes, here or elsewhere, into a folder that is readable at every moment."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from goldentime.errors import ConfigError, LogError
from goldentime.eval.episode import Flight
from goldentime.eval.folder import MANIFEST, RunFolder, alone, discard, open_folder
from goldentime.eval.log import EpisodeLog, versions
from goldentime.eval.log_files import load_log
from goldentime.eval.plan import Plan
from goldentime.eval.results import Result, result_of, write_results
from goldentime.eval.scale.base import Flown, Spread
from goldentime.eval.scale.local import Local
from goldentime.eval.submit.team_log import list_episodes
from goldentime.files import append_line, pretty_json, utc_now, write_atomic
from goldentime.records import canonical_json, dump, record

__all__ = ["RunOptions", "Watcher", "evaluate"]


@record
class RunOptions:
    """What does not change the result of a run."""

    out: Path
    workers: int = 1
    """Episodes that are flown at the same time."""
    resume: bool = False
    overwrite: bool = False
    spread: Spread = field(default_factory=Local)
    """Where they are flown."""

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ConfigError(f"workers: must be at least 1, got {self.workers}")


Watcher = Callable[[Result], None]
"""Is told of every finished episode, the resumed ones first."""


def evaluate(plan: Plan, options: RunOptions, watch: Watcher = lambda result: None) -> RunFolder:
    """Fly all episodes that the folder does not hold yet, and write result lines, scorecard and timing.

    A run that is interrupted or killed keeps each finished episode; `resume` flies the others.

    Raises:
        ConfigError: the plan can't be run, or the folder belongs to another one.
        InfrastructureError: what runs a submission failed, twice in one episode; that episode is not over.
        KeyboardInterrupt: after the partial results were written.
    """
    with alone(options.out):
        return _evaluate(plan, options, watch)


def _evaluate(plan: Plan, options: RunOptions, watch: Watcher) -> RunFolder:
    start, started = time.perf_counter(), utc_now()
    folder = open_folder(options.out, plan, versions(), options.resume, options.overwrite)
    kept = _kept(folder, watch)
    flown = dict(kept)

    def take(one: Flown) -> None:
        for name, content in one.files.items():
            write_atomic(folder.path / name, content)
        flown[one.result.index] = one._replace(files={})
        append_line(folder.lines, dump(one.result))
        watch(one.result)

    try:
        todo = [Flight.of(plan, index) for index in range(plan.episodes) if index not in flown]
        if todo:
            options.spread.fly(todo, options.workers, take)
    finally:
        if len(kept) == plan.episodes and (folder.path / MANIFEST).is_file():
            pass  # killed after the manifest was written, which vouches for these very files
        elif flown:
            times = {"started": started, "ended": utc_now(), "wall_s": time.perf_counter() - start}
            _finish(folder, list(flown.values()), {"workers": options.workers, **times})
        else:
            discard(folder)
    return folder


def _kept(folder: RunFolder, watch: Watcher) -> dict[int, Flown]:
    """The episodes whose logs are whole; the lines are made from them anew, since a kill may fall between the two."""
    found: dict[int, Flown] = {}
    for index in folder.logged():
        try:
            log = load_log(folder.log(index))
        except LogError:
            continue  # cut by the kill: it is flown again, which gives the same
        _check_owner(folder, index, log)
        found[index] = Flown(result_of(log, folder.plan.rules), log.timing, {})
    lines = [canonical_json(dump(one.result)) + b"\n" for one in found.values()]
    write_atomic(folder.lines, b"".join(lines))
    for one in found.values():
        watch(one.result)
    return found


def _check_owner(folder: RunFolder, index: int, log: EpisodeLog) -> None:
    expected = (index, folder.plan.seed(index))
    got = (log.header["labels"].get("index"), log.header.get("seed"))
    if got != expected:
        raise LogError(f"{folder.log(index)}: expected (episode, seed) = {expected}, got {got}")


def _finish(folder: RunFolder, flown: Sequence[Flown], session: Mapping[str, Any]) -> None:
    write_results(folder, [one.result for one in flown])
    list_episodes(folder.team)
    timing = {
        **session,
        "act_median_ms": statistics.median([one.timing["act_median_ms"] for one in flown]) if flown else 0.0,
        "act_max_ms": max((one.timing["act_max_ms"] for one in flown), default=0.0),
        "episodes": {str(one.result.index): dict(one.timing) for one in flown},
    }
    write_atomic(folder.timing, pretty_json(timing))
