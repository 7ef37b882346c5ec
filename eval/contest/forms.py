"""Reading the contest's JSON files: an object with one list of entries, each of a clip or a picture."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from goldentime.errors import ConfigError

__all__ = ["check_clips", "read_entries", "read_json", "told"]

T = TypeVar("T")


def read_entries(path: Path, key: str, read: Callable[[dict[str, Any], str], T], keys: frozenset[str]) -> dict[int, T]:
    """What the entries of a file say, by their ids, from 1.

    Args:
        key: of the list.
        read: makes something of an entry; is told where it stands, for its errors.
        keys: that an entry has besides `id`; what `read` gets holds at least these.

    Raises:
        ConfigError: the file can't be read or has another form; the message says where.
    """
    found: dict[int, T] = {}
    for place, entry in enumerate(_list(path, key)):
        where = f"{path}: {key}[{place}]"
        if not isinstance(entry, dict) or not entry.keys() >= {"id", *keys}:
            raise ConfigError(
                f"{where}: expected an object with {' and '.join(['id', *sorted(keys)])}, got {told([entry])}"
            )
        clip = entry["id"]
        if not isinstance(clip, int) or isinstance(clip, bool) or clip < 1:
            raise ConfigError(f"{where}.id: expected a whole number of at least 1, got {clip!r}")
        if clip in found:
            raise ConfigError(f"{where}.id: {clip} was given before")
        found[clip] = read(entry, where)
    return found


def _list(path: Path, key: str) -> list[Any]:
    data = read_json(path)
    if not isinstance(data, dict) or not isinstance(data.get(key), list):
        got = f"the keys {told(list(data))}" if isinstance(data, dict) else type(data).__name__
        raise ConfigError(f"{path}: expected an object with the list {key!r}, got {got}")
    entries: list[Any] = data[key]
    return entries


def read_json(path: Path, most_bytes: int = 50_000_000) -> Any:
    """What a JSON file holds.

    Raises:
        ConfigError: it is too large, can't be read or is not JSON.
    """
    try:
        if (size := path.stat().st_size) > most_bytes:
            raise ConfigError(f"{path}: expected a file of at most {most_bytes} bytes, got {size}")
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: can't be read ({error.strerror})") from None
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: not JSON: {error}") from None


def check_clips(track: str, truth: dict[int, Any], answer: dict[int, Any]) -> None:
    """Refuse an answer of other clips, or a truth without any.

    Raises:
        ConfigError: with the clips that are too many.
    """
    if not truth:
        raise ConfigError(f"{track}: expected a truth with clips, got none")
    if unknown := sorted(answer.keys() - truth.keys()):
        raise ConfigError(f"{track}: the answer has clips that the truth does not have: {told(unknown)}")


def told(values: list[Any]) -> str:
    """The first of some values, for an error."""
    text = ", ".join(repr(value) for value in values[:5])
    return f"{text[:100]}{', ...' if len(values) > 5 or len(text) > 100 else ''}" or "none"
