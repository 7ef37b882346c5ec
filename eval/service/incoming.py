"""A file that is coming in.

It lies in `uploads/` from its first byte on, under a lock (flock) of the process that receives it, until a row of the
database answers for it. A file without such a row that nobody has locked is what a kill left: `sweep` removes it. So a kill
at no moment leaves a row without a file, nor for longer than until the next sweep a file without a row.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from goldentime.eval.service.faults import Fault
from goldentime.eval.service.home import Home

__all__ = ["Incoming", "sweep"]

_FULL = 507


class Incoming:
    """One upload; `with` removes the file at the end unless `keep` was called.

    Args:
        most: bytes that it may have.
    """

    def __init__(self, home: Home, most: int) -> None:
        self.key = secrets.token_hex(16)
        self.path = home.upload(self.key)
        self.size = 0
        self.kept = False
        self._most = most
        self._sha = hashlib.sha256()
        self._checking = home.checking / self.key
        self._descriptor = _locked_file(self.path)

    def write(self, piece: bytes) -> None:
        """Take the next bytes.

        Raises:
            Fault: they are too many, or the disk is full.
        """
        self.size += len(piece)
        if self.size > self._most:
            raise too_large(self._most, f"more than {self._most}")
        self._sha.update(piece)
        try:
            rest = memoryview(piece)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            raise Fault(_FULL, f"archive: the service can't store it now ({error.strerror}); try again later") from None

    def seal(self) -> str:
        """Flush it to the disk; its SHA-256."""
        os.fsync(self._descriptor)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return self._sha.hexdigest()

    def unpacking(self) -> Path:
        """A folder to unpack it in, which goes with this object or with the next sweep."""
        self._checking.mkdir()
        return self._checking / "submission"

    def keep(self) -> None:
        """Leave the file where it is: whether it stays is up to its row."""
        self.kept = True

    def __enter__(self) -> "Incoming":
        return self

    def __exit__(self, *error: object) -> None:
        shutil.rmtree(self._checking, ignore_errors=True)
        if not self.kept:
            self.path.unlink(missing_ok=True)
        os.close(self._descriptor)  # gives the lock back


def too_large(most: int, got: str) -> Fault:
    """The refusal of an archive that is too large."""
    return Fault(413, f"archive: expected at most {most} bytes, got {got}")


def _locked_file(path: Path) -> int:
    """A new file that is ours alone; a sweep may take it between its making and its locking, then it is made again."""
    while True:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            if os.fstat(descriptor).st_ino == path.stat().st_ino:
                return descriptor
        except FileNotFoundError:
            pass
        os.close(descriptor)


def sweep(home: Home, known: Callable[[Iterable[str]], set[str]]) -> list[str]:
    """Remove what no row answers for and no process is receiving.

    Args:
        known: which of these keys have a row, as of now.

    Returns:
        the keys of removed files.
    """
    removed = []
    for path in sorted(home.uploads.glob("*.zip")):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not known([path.stem]):  # asked under the lock: who held it has committed its row or never will
                path.unlink(missing_ok=True)
                removed.append(path.stem)
        except BlockingIOError:
            pass
        finally:
            os.close(descriptor)
    for folder in home.checking.iterdir():
        if not home.upload(folder.name).exists() or folder.name in removed or known([folder.name]):
            shutil.rmtree(folder, ignore_errors=True)
    return removed
