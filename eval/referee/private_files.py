"""Files that only their owner may read: the organiser's secret and the signing key."""

import os
import stat
from pathlib import Path

from goldentime.errors import ConfigError

__all__ = ["read_private", "write_private"]

_MODE = 0o600
_LIMIT = 65_536
"""[bytes] More than any key has; a wrong path must not read a disk image."""


def write_private(path: Path, content: bytes) -> None:
    """Make a new file with mode 0600.

    Raises:
        ConfigError: it exists already (a key that is replaced is lost), or the folder can't be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    except FileExistsError:
        raise ConfigError(f"{path}: expected no file there yet, got one: it is never replaced") from None
    except OSError as error:
        raise ConfigError(f"{path}: can't be written ({error.strerror})") from None
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, _MODE)
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def read_private(path: Path, what: str) -> bytes:
    """The content of a file that belongs to us and that nobody else may read.

    Args:
        what: for the message, such as "the organiser's secret"; no message holds the content.

    Raises:
        ConfigError: the file is missing, is not a plain file, belongs to someone else, or others may read it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe must not make us wait
    except OSError as error:
        raise ConfigError(f"{path}: expected {what}, can't be read ({error.strerror})") from None
    try:
        _check_private(path, what, os.fstat(descriptor))
        return os.read(descriptor, _LIMIT)
    finally:
        os.close(descriptor)


def _check_private(path: Path, what: str, found: os.stat_result) -> None:
    mode = stat.S_IMODE(found.st_mode)
    if not stat.S_ISREG(found.st_mode):
        raise ConfigError(f"{path}: expected {what}, got something that is not a plain file")
    if found.st_uid != os.geteuid():
        raise ConfigError(f"{path}: expected {what} to belong to user {os.geteuid()}, got user {found.st_uid}")
    if mode & 0o077:
        raise ConfigError(f"{path}: expected {what} with mode 0600, got {mode:04o}: chmod 600 {path}")
    if found.st_size > _LIMIT:
        raise ConfigError(f"{path}: expected {what} of at most {_LIMIT} bytes, got {found.st_size}")
