"""What a run was made with: the scorer's source, the checkout, the libraries and the machine."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from goldentime.records import canonical_json, record

__all__ = ["IMAGE", "Checkout", "Host", "checkout", "host", "images_of", "scorer_digest"]

IMAGE = "GOLDENTIME_IMAGE"
"""In the environment of a referee that runs in a container: the identity of its image, which it can't know by itself."""

_PACKAGE = Path(__file__).resolve().parents[2]
"""The folder that holds `eval`: the repository's root in a checkout, the installed package elsewhere."""

_SCORER = ("score/**/*.py", "log.py", "log_files.py", "log_tracks.py", "results.py")
"""All that turns the bytes of a log into a score, below `eval`."""

_LIBRARIES = (
    "cryptography", "gymnasium", "librosa", "moderngl", "numpy", "opencv-python-headless", "pettingzoo", "pybullet",
    "pydantic", "pyroomacoustics", "rapidfuzz", "scipy", "stable-baselines3", "torch",
)  # fmt: skip


@record
class Checkout:
    """The repository that the package was loaded from."""

    commit: str
    dirty: bool
    """Whether a file differs from that commit, new ones included."""


@record
class Host:
    """Where the manifest was written."""

    python: str
    platform: str
    processor: str
    cores: int
    """That this process may use."""
    libraries: dict[str, str]
    """Versions by name, of those installed."""


def images_of(agent: Mapping[str, Any]) -> dict[str, str]:
    """The image that the submission ran in, and the one that this runs in, where whoever started it said so."""
    found = {"agent": agent.get("image"), "referee": os.environ.get(IMAGE)}
    return {part: str(identity) for part, identity in found.items() if identity}


def scorer_digest() -> str:
    """SHA-256 over the names and contents of the scorer's source files."""
    folder = Path(__file__).resolve().parents[1]
    files = sorted(path for pattern in _SCORER for path in folder.glob(pattern))
    found = [[path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()] for path in files]
    return hashlib.sha256(canonical_json(found)).hexdigest()


def checkout() -> Checkout | None:
    """Commit and state of the checkout; None for an installed package, or without git."""
    if not (_PACKAGE / ".git").exists():
        return None
    commit, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain")
    return None if commit is None or changes is None else Checkout(commit=commit, dirty=bool(changes))


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(_PACKAGE), *arguments], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else done.stdout.strip()


def host() -> Host:
    """This machine and what is installed."""
    return Host(
        python=platform.python_version(),
        platform=platform.platform(),
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        libraries={name: found for name in _LIBRARIES if (found := _version(name))},
    )


def _processor() -> str:
    """The model's name; `platform.processor()` is empty on most Linux systems."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
