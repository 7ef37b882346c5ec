"""Run a plan's episodes, in this process or in several, into a folder that is readable at every moment."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from goldentime.errors import ConfigError, LogError
from goldentime.eval.episode import fly
from goldentime.eval.folder import RunFolder, discard, open_folder
from goldentime.eval.log import EpisodeLog, versions
from goldentime.eval.log_files import load_log, save_log
from goldentime.eval.outcomes import InfrastructureError
from goldentime.eval.plan import Plan
from goldentime.eval.results import Result, result_of, write_results
from goldentime.eval.submit.team_log import list_episodes, write_episode
from goldentime.eval.wire.account import Account
from goldentime.eval.workers import run_in_processes
from goldentime.files import append_line, pretty_json, utc_now, write_atomic
from goldentime.records import canonical_json, dump, record

__all__ = ["RunOptions", "Watcher", "evaluate"]


@record
class RunOptions:
    """What does not change the result of a run."""

    out: Path
    workers: int = 1
    resume: bool = False
    overwrite: bool = False

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ConfigError(f"workers: must be at least 1, got {self.workers}")


class Flown(NamedTuple):
    """One episode as it comes back from a worker; its log is on disk by then."""

    result: Result
    timing: Mapping[str, float]


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
    start, started = time.perf_counter(), utc_now()
    folder = open_folder(options.out, plan, versions(), options.resume, options.overwrite)
    flown = _kept(folder, watch)
    todo = [index for index in range(plan.episodes) if index not in flown]

    def take(one: Flown) -> None:
        flown[one.result.index] = one
        append_line(folder.lines, dump(one.result))
        watch(one.result)

    job = partial(fly_and_save, folder)
    try:
        if options.workers == 1 or len(todo) < 2:
            for index in todo:
                take(job(index, lambda: False))
        else:
            run_in_processes(job, todo, options.workers, take)
    finally:
        if flown:
            times = {"started": started, "ended": utc_now(), "wall_s": time.perf_counter() - start}
            _finish(folder, list(flown.values()), {"workers": options.workers, **times})
        else:
            discard(folder)
    return folder


def fly_and_save(folder: RunFolder, index: int, stopped: Callable[[], bool]) -> Flown:
    """Fly one episode, store its log, score it. A failure of the referee's own is tried once more."""
    try:
        log, accounts = _fly(folder.plan, index, stopped)
    except InfrastructureError:
        log, accounts = _fly(folder.plan, index, stopped)
    # What the team reads comes first: an episode with a log is never flown again.
    write_episode(folder.team, index, str(log.reason), accounts)
    save_log(log, folder.log(index))
    return Flown(result_of(log, folder.plan.rules), log.timing)


def _fly(plan: Plan, index: int, stopped: Callable[[], bool]) -> tuple[EpisodeLog, list[Account]]:
    accounts: list[Account] = []
    return fly(plan, index, stopped, accounts.append), accounts


def _kept(folder: RunFolder, watch: Watcher) -> dict[int, Flown]:
    """The episodes whose logs are whole; the lines are made from them anew, since a kill may fall between the two."""
    found: dict[int, Flown] = {}
    for index in folder.logged():
        try:
            log = load_log(folder.log(index))
        except LogError:
            continue  # cut by the kill: it is flown again, which gives the same
        _check_owner(folder, index, log)
        found[index] = Flown(result_of(log, folder.plan.rules), log.timing)
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
