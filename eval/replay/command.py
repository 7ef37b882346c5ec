"""The command `replay`: pages, archives and films of the episodes that a run has logged."""

from collections.abc import Sequence
from pathlib import Path

from goldentime.errors import ConfigError, LogError
from goldentime.eval.folder import RunFolder, read_folder
from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_files import load_log
from goldentime.eval.replay.page import replay_page
from goldentime.eval.report.page import write_report
from goldentime.eval.score.rules import Rules, load_rules
from goldentime.files import write_atomic
from goldentime.records import record

__all__ = ["ReplayOptions", "replay_command"]


@record
class ReplayOptions:
    """What to make of which episodes."""

    path: Path
    """An episode's `.jsonl`, or the folder of a run."""
    episodes: tuple[int, ...] = ()
    """Of a run's folder; empty for all."""


def replay_command(options: ReplayOptions) -> int:
    """Write the replays beside the logs, and the run's report anew so that it links to them.

    Raises:
        ConfigError: an episode that the run has no log of.
        LogError: a log is missing or damaged.
    """
    folder = _folder_of(options.path)
    for path in _logs(options, folder):
        log = load_log(path)
        page = path.with_suffix(".html")
        write_atomic(page, replay_page(log, _rules(log, folder)).encode())
        print(f"  {page}")
    if folder is not None:
        write_report(folder)
        print(f"  {folder.report}")
    return 0


def _folder_of(path: Path) -> RunFolder | None:
    """The run that a path belongs to; None for a log that lies by itself."""
    if path.is_dir():
        return read_folder(path)
    run = path.resolve().parent.parent
    return read_folder(run) if (run / "run.json").is_file() and path.resolve().parent.name == "episodes" else None


def _logs(options: ReplayOptions, folder: RunFolder | None) -> Sequence[Path]:
    if not options.path.is_dir() or folder is None:
        if options.episodes:
            raise ConfigError(f"--episode: goes with the folder of a run, got the file {options.path}")
        return [options.path]
    logged = folder.logged()
    if not logged:
        raise LogError(f"{folder.path / 'episodes'}: expected logs of episodes, found none")
    missing = sorted({*options.episodes} - {*logged})
    if missing:
        raise ConfigError(f"--episode: {folder.path} has logs of {len(logged)} episodes, none of {missing}")
    return [folder.log(index) for index in options.episodes or logged]


def _rules(log: EpisodeLog, folder: RunFolder | None) -> Rules | None:
    """Those that the run was scored by, else those that the log's own mission names."""
    if folder is not None:
        return folder.plan.rules
    name = log.header.get("config", {}).get("rules")
    if not isinstance(name, str):
        return None
    try:
        return load_rules(name)
    except ConfigError:
        return None  # an older log may name rules that there are no more
