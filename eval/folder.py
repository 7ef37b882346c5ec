"""The folder of a run.

run.json          the plan, its digest and the versions
episodes/         one log per episode (`eval.log_files`), written whole or not at all; replays beside them
episodes.jsonl    one result line per episode, added as they end, at last sorted by index
scorecard.json    means and intervals; equal runs give equal bytes
team/             of a submission's run, what its team may read (`eval.submit.team_log`)
outcome.json      what became of the submission as a whole, where a service ran it
timing.json       how long everything took; the only file with wall times besides the logs' last lines
report.html       the same for people
manifest.json     what the referee vouches for, with the hash of every other file but the report (`eval.referee.manifest`)
blocks.json       beside it, to find the place of damage in a file
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from goldentime.errors import ConfigError, LogError
from goldentime.eval.plan import Plan, differences
from goldentime.files import pretty_json, write_atomic
from goldentime.records import digest, dump, load

__all__ = ["BLOCKS", "MANIFEST", "RunFolder", "alone", "discard", "log_name", "open_folder", "read_folder", "read_versions"]

FORMAT = 1

MANIFEST = "manifest.json"
BLOCKS = "blocks.json"

_MADE_HERE = (
    "run.json",
    "episodes.jsonl",
    "scorecard.json",
    "timing.json",
    "report.html",
    "outcome.json",
    BLOCKS,
    MANIFEST,
)


def log_name(index: int) -> str:
    """Where the log of one episode lies in the folder."""
    return f"episodes/{index:04d}.jsonl"


class RunFolder:
    """Paths and manifest of one run."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path = path
        self.plan = plan
        self.lines = path / "episodes.jsonl"
        self.scorecard = path / "scorecard.json"
        self.timing = path / "timing.json"
        self.report = path / "report.html"
        self.team = path / "team"

    def log(self, index: int) -> Path:
        """Where the log of one episode lies."""
        return self.path / log_name(index)

    def replay(self, index: int) -> Path:
        """Where the page that shows one episode in 3D lies, once `goldentime replay` has made it."""
        return self.log(index).with_suffix(".html")

    def logged(self) -> list[int]:
        """The episodes that have a log, sorted."""
        return [index for index in range(self.plan.episodes) if self.log(index).is_file()]


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep other referees out of a run's folder meanwhile; the lock goes with the process, however it ends.

    Raises:
        ConfigError: another process has it.
    """
    if path.exists() and not path.is_dir():
        yield  # whoever opens it says what is wrong
        return
    path.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(f"out={path}: another process is flying the run in this folder") from None
        except OSError:
            pass  # a file system without locks
        yield
    finally:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            path.rmdir()  # of a run that came to nothing


def open_folder(path: Path, plan: Plan, versions: dict[str, str], resume: bool, overwrite: bool) -> RunFolder:
    """Begin a run in a folder, or go on with the one that was begun there.

    Raises:
        ConfigError: the folder is in use and neither `resume` nor `overwrite` is set; or, with `resume`, the run there has
            another plan.
    """
    if resume and overwrite:
        raise ConfigError("resume=true and overwrite=true contradict each other: give one of them")
    if path.exists() and not path.is_dir():
        raise ConfigError(f"out={path}: expected a folder, got a file")
    used = path.is_dir() and any(path.iterdir())
    if used and not (path / "run.json").is_file():
        raise ConfigError(f"out={path}: the folder is not empty and holds no run (no run.json): choose another")
    if used and resume:
        _check_same(path, plan, versions)
        for left in path.rglob(".*.tmp"):  # by a kill in the middle of `write_atomic`
            left.unlink(missing_ok=True)
    elif used and overwrite:
        _clear(path)
    elif used:
        raise ConfigError(
            f"out={path}: the folder holds a run: give resume=true to finish it or overwrite=true to replace it"
        )
    folder = RunFolder(path, plan)
    manifest = {"format": FORMAT, "digest": digest(plan), "plan": dump(plan), "versions": versions}
    write_atomic(path / "run.json", pretty_json(manifest))
    folder.log(0).parent.mkdir(exist_ok=True)
    return folder


def read_folder(path: Path) -> RunFolder:
    """Open a finished or broken-off run for reading.

    Raises:
        LogError: the folder holds no run that can be read.
    """
    manifest = _manifest(path)
    try:
        return RunFolder(path, load(Plan, manifest.get("plan", {}), f"{path / 'run.json'}: plan"))
    except ConfigError as error:
        raise LogError(str(error)) from None


def read_versions(path: Path) -> dict[str, str]:
    """What the run's episodes were flown with.

    Raises:
        LogError: the folder holds no run that can be read.
    """
    return {str(name): str(version) for name, version in _manifest(path).get("versions", {}).items()}


def _manifest(path: Path) -> dict[str, Any]:
    file = path / "run.json"
    try:
        manifest = json.loads(file.read_bytes())
    except OSError as error:
        raise LogError(f"{file}: expected the manifest of a run, can't be read ({error.strerror})") from None
    except ValueError as error:
        raise LogError(f"{file}: expected JSON, got {error}") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        got = manifest.get("format") if isinstance(manifest, dict) else manifest
        raise LogError(f"{file}: expected run format {FORMAT}, got {got!r}")
    return manifest


def _check_same(path: Path, plan: Plan, versions: dict[str, str]) -> None:
    manifest = _manifest(path)
    old = {"plan": manifest.get("plan"), "versions": manifest.get("versions"), "digest": manifest.get("digest")}
    new = {"plan": dump(plan), "versions": versions, "digest": digest(plan)}
    found = differences(json.loads(json.dumps(old)), json.loads(json.dumps(new)))
    if found:
        raise ConfigError(f"out={path}: resume=true needs the plan that the run was begun with:\n  " + "\n  ".join(found))


def discard(folder: RunFolder) -> None:
    """Take back a run that came to nothing."""
    _clear(folder.path)
    with contextlib.suppress(OSError):  # something else lies in it
        folder.path.rmdir()


def _clear(path: Path) -> None:
    """Remove what a run makes, and nothing else; the manifest last, so that a kill leaves a folder that is known."""
    for name in ("episodes", "team"):
        shutil.rmtree(path / name, ignore_errors=True)
    for name in reversed(_MADE_HERE):
        (path / name).unlink(missing_ok=True)
