"""A submission made ready: unpacked, checked, and where it can't change while it is flown."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from goldentime.errors import ConfigError
from goldentime.eval.outcomes import RefusedSubmission
from goldentime.eval.submit.description import Description, read_description
from goldentime.eval.submit.manifest import Bounds, digest_of
from goldentime.eval.submit.pack import manifest_of
from goldentime.eval.submit.unpack import unpack

__all__ = ["Staged", "is_staged", "stage"]

_KEPT = 16
"""Staged submissions; the ones used longest ago go first."""


class Staged(NamedTuple):
    """A submission that can be started."""

    folder: Path
    digest: str
    """Of its content, the same for a folder and its archive."""
    description: Description


def stage(path: Path, digest: str | None = None, bounds: Bounds | None = None) -> Staged:
    """Copy a folder, or unpack an archive, to where only the referee writes; a second call finds it there.

    Args:
        digest: what it must be.

    Raises:
        ConfigError: there is nothing at `path`.
        RefusedSubmission: it is no submission, or another one than `digest` says.
    """
    home = _home()
    if digest is not None and (home / digest).is_dir():
        os.utime(home / digest)
        return Staged(home / digest, digest, read_description(home / digest))
    if not path.exists():
        raise ConfigError(f"agent.path: expected a submission's folder or archive, got {path}, where nothing is")
    place = Path(tempfile.mkdtemp(prefix=".staging-", dir=home))
    try:
        found = _fill(path, place / "submission", bounds)
        if digest is not None and found.digest != digest:
            raise RefusedSubmission(f"{path}: it changed: expected the content {digest}, got {found.digest}")
        target = home / found.digest
        if not target.is_dir():
            _move(found.folder, target)
        os.utime(target)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    _forget(home)
    return found._replace(folder=target)


def is_staged(digest: str) -> bool:
    """Whether a submission is ready here."""
    return (_home() / digest).is_dir()


def _fill(path: Path, place: Path, bounds: Bounds | None) -> Staged:
    if path.is_file():
        manifest = unpack(path, place, bounds=bounds)
    else:
        manifest = manifest_of(path, bounds)
        for name, entry in manifest.files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path / name, place / name)
            (place / name).chmod(0o755 if entry.executable else 0o644)
        if manifest_of(place, bounds) != manifest:
            raise RefusedSubmission(f"{path}: it changed while it was copied")
    for folder in (place, *(inner for inner in place.rglob("*") if inner.is_dir())):
        folder.chmod(0o755)
    return Staged(place, digest_of(manifest), read_description(place))


def _move(source: Path, target: Path) -> None:
    try:
        os.rename(source, target)
    except OSError:
        if not target.is_dir():  # otherwise another process was faster, with the same content
            raise


def _home() -> Path:
    home = Path(tempfile.gettempdir()) / f"goldentime-submissions-{os.getuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    status = home.lstat()
    if home.is_symlink() or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise ConfigError(f"{home}: expected a folder of this user's alone")
    return home


def _forget(home: Path) -> None:
    folders = [path for path in home.iterdir() if not path.name.startswith(".")]
    for old in sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
