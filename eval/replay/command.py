"""The command `replay`: pages, archives and films of the episodes that a run has logged."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from goldentime.errors import ConfigError, LogError
from goldentime.eval.folder import RunFolder, read_folder
from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_files import load_log
from goldentime.eval.replay.archive import write_archive
from goldentime.eval.replay.film import film, page_pictures
from goldentime.eval.replay.page import replay_page
from goldentime.eval.replay.rerun_stream import require_rerun
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
    camera: bool = False
    """Whether the page shows what the cameras saw, drawn again."""
    video: bool = False
    """Whether to write a film `.mp4` too."""
    mcap: bool = False
    """Whether to write an archive `.mcap` too."""
    rerun: bool = False
    """Whether to write a Rerun recording `.rrd` too; with the pictures of the page if it has some."""
    drone: int = 0
    """Whose camera and microphones the film is of."""


def replay_command(options: ReplayOptions) -> int:
    """Write the replays beside the logs, and the run's report anew so that it links to them.

    Raises:
        ConfigError: an episode that the run has no log of.
        LogError: a log is missing or damaged.
    """
    folder = _folder_of(options.path)
    for path in _logs(options, folder):
        for made in _make(options, path, folder):
            print(f"  {made}")
    if folder is not None:
        write_report(folder)
        print(f"  {folder.report}")
    return 0


def _make(options: ReplayOptions, path: Path, folder: RunFolder | None) -> Iterator[Path]:
    """Make all that is wanted of one episode, each file whole or not at all."""
    log = load_log(path)
    if options.rerun:
        require_rerun()
    shown = page_pictures(log) if options.camera else []
    rules = _rules(log, folder)
    try:
        text = replay_page(log, rules, shown)
    except LogError as error:
        raise LogError(f"{path}: {error}") from None
    write_atomic(path.with_suffix(".html"), text.encode())
    yield path.with_suffix(".html")
    if options.mcap:
        write_archive(log, path.with_suffix(".mcap"))
        yield path.with_suffix(".mcap")
    if options.rerun:
        # Late: it draws on what needs the extra 'see', which the page does without.
        from goldentime.eval.replay.rerun_file import write_recording

        write_recording(log, rules, path.with_suffix(".rrd"), shown)
        yield path.with_suffix(".rrd")
    if options.video:
        write_atomic(path.with_suffix(".mp4"), film(log, options.drone))
        yield path.with_suffix(".mp4")


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
