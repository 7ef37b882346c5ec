"""Writing so that a kill at any moment leaves either the old file or the new one, never half of one."""

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from goldentime.errors import LogError
from goldentime.records import canonical_json

__all__ = ["append_line", "pretty_json", "read_lines", "utc_now", "write_atomic", "write_new"]


def write_atomic(path: Path, content: bytes) -> None:
    """Replace `path` by `content`: a temporary file beside it, flushed to the disk, then renamed."""
    _write_by(os.replace, path, content)


def write_new(path: Path, content: bytes) -> None:
    """Make `path` with this content, whole or not at all.

    Raises:
        FileExistsError: it is there already, also when another process made it meanwhile.
    """
    _write_by(os.link, path, content)


def _write_by(move: Callable[[Path, Path], None], path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        move(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where the system lets folders be flushed."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # some network file systems refuse this
    finally:
        os.close(descriptor)


def append_line(path: Path, data: Mapping[str, Any]) -> None:
    """Add one line of canonical JSON in a single write."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, canonical_json(data) + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """All complete lines of a JSON lines file; a last line without its newline was cut by a kill and is left out.

    Raises:
        LogError: the file is missing, or a complete line is no JSON object.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LogError(f"{path}: can't be read ({error.strerror})") from None
    return [_parse(line, f"{path}:{number}") for number, line in enumerate(content.split(b"\n")[:-1], 1)]


def _parse(line: bytes, where: str) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except ValueError as error:
        raise LogError(f"{where}: expected a JSON object, got {line[:60]!r} ({error})") from None
    if not isinstance(data, dict):
        raise LogError(f"{where}: expected a JSON object, got {type(data).__name__}")
    return data


def pretty_json(data: Any) -> bytes:
    """JSON for people, keys in the order given: data made in the same way gives equal bytes."""
    return (json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def utc_now() -> str:
    """The time as files hold it, such as `2026-01-31T23:59:59Z`: texts of this form sort by time."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
