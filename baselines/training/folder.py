"""The folder of a training run.

config.yaml      the resolved configuration; `resume=FOLDER` reads it
versions.json    Python, packages, commit
checkpoint.pt    all that training goes on from: weights, optimiser, random generators, counters
agent.json       with actor.npz the trained agent, see `goldentime.baselines.actor`
actor.npz
progress.csv     one row per update
interface.yaml   how a mission must meet the agent, where training changed that; `goldentime evaluate` reads it
sessions.json    the steps at which each session began: one more for every resumption
tensorboard/     the same and more
evaluation/      the run of `goldentime evaluate` at the end
"""

import csv
import io
import json
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from goldentime import __version__
from goldentime.baselines.training.config import TrainConfig
from goldentime.errors import ConfigError
from goldentime.files import write_atomic
from goldentime.records import dump, load_yaml

__all__ = ["ProgressTable", "begin_folder", "begin_session", "read_config", "versions", "write_manifest"]

CONFIG_FILE, CHECKPOINT_FILE, PROGRESS_FILE = "config.yaml", "checkpoint.pt", "progress.csv"
SESSIONS_FILE = "sessions.json"

_INTERFACE = ("action_hz", "action_mode", "sensors")
"""Settings of a mission that an agent must find as in training."""

_PACKAGES = ("torch", "stable-baselines3", "numpy", "gymnasium", "pybullet")


def begin_folder(folder: Path, config: TrainConfig) -> None:
    """Make the folder of a new run.

    Raises:
        ConfigError: it is in use.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        hint = f": resume={folder} goes on with the run in it" if (folder / CONFIG_FILE).is_file() else ""
        raise ConfigError(f"out={folder}: expected a new or empty folder{hint}")
    folder.mkdir(parents=True, exist_ok=True)
    write_manifest(folder, config)


def write_manifest(folder: Path, config: TrainConfig) -> None:
    """Write configuration and versions; the configuration last, since it makes the folder a run."""
    write_atomic(folder / "versions.json", (json.dumps(versions(), indent=2) + "\n").encode())
    interface = {key: value for key, value in config.overrides.items() if key in _INTERFACE}
    if interface:
        write_atomic(folder / "interface.yaml", yaml.safe_dump(interface).encode())
    text = yaml.safe_dump({**dump(config), "out": None}, sort_keys=False, allow_unicode=True)
    write_atomic(folder / CONFIG_FILE, text.encode())


def begin_session(folder: Path, steps: int) -> None:
    """Note that a session begins, and remove what a kill left half written."""
    for leftover in folder.glob(".*.tmp"):
        leftover.unlink(missing_ok=True)
    path = folder / SESSIONS_FILE
    earlier = json.loads(path.read_bytes()) if path.is_file() else []
    began = datetime.now(UTC).isoformat(timespec="seconds")
    write_atomic(path, (json.dumps([*earlier, {"began": began, "steps": steps}], indent=2) + "\n").encode())


def read_config(folder: Path) -> TrainConfig:
    """The configuration of a run.

    Raises:
        ConfigError: the folder holds none.
    """
    if not (folder / CONFIG_FILE).is_file():
        raise ConfigError(f"resume={folder}: expected the folder of a training run, it has no {CONFIG_FILE}")
    return load_yaml(TrainConfig, folder / CONFIG_FILE)


def versions() -> dict[str, str | None]:
    """Python, the packages that matter, and the commit where the code is a git repository."""
    found: dict[str, str | None] = {"python": platform.python_version(), "goldentime": __version__}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return {**found, "commit": _commit()}


def _commit() -> str | None:
    here = str(Path(__file__).resolve().parent)
    try:
        described = subprocess.run(
            ["git", "-C", here, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            capture_output=True, text=True, timeout=10.0,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return described.stdout.strip() or None


class ProgressTable:
    """`progress.csv`; rows beyond the checkpoint that a run goes on from are dropped, since they are done again.

    Args:
        path: the file.
        steps: of the checkpoint.
    """

    COLUMNS = (
        "steps", "episodes", "seconds", "steps_per_s", "reward", "episode_steps", "success", "check_success",
        "check_score", "learning_rate", "noise_std", "policy_loss", "value_loss", "kl", "clip_fraction",
        "explained_variance",
    )  # fmt: skip

    def __init__(self, path: Path, steps: int) -> None:
        self._path = path
        rows = _rows(path) if path.is_file() else []
        self._rows = [row for row in rows if int(row["steps"]) <= steps]
        self._write(self._rows)

    def add(self, row: Mapping[str, Any]) -> None:
        """Append one row."""
        with self._path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, self.COLUMNS, restval="", lineterminator="\n").writerow(row)

    def _write(self, rows: list[dict[str, str]]) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, self.COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        write_atomic(self._path, text.getvalue().encode())


def _rows(path: Path) -> list[dict[str, str]]:
    """The complete rows; a kill may have cut the last one."""
    lines = path.read_text("utf-8").split("\n")[:-1]
    return [row for row in csv.DictReader(lines) if None not in row.values()]
