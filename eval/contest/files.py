"""What the files of both tracks have in common: a JSON object with one list of entries."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from goldentime.errors import ConfigError

__all__ = ["is_count", "read_entries", "told"]


def read_entries(path: Path, key: str) -> list[Any]:
    """The list under a key of a JSON file.

    Raises:
        ConfigError: it can't be read or has another form.
    """
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: can't be read ({error.strerror})") from None
    except ValueError as error:
        raise ConfigError(f"{path}: not JSON: {error}") from None
    if not isinstance(data, dict) or not isinstance(data.get(key), list):
        got = f"the keys {told(data)}" if isinstance(data, dict) else type(data).__name__
        raise ConfigError(f"{path}: expected an object with the list {key!r}, got {got}")
    entries: list[Any] = data[key]
    return entries


def is_count(value: Any) -> bool:
    """Whether it is a whole number from 0 on."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def told(values: Iterable[Any]) -> str:
    """Some values in a message, cut where they are many or long."""
    listed = list(values)
    text = ", ".join(repr(value) for value in listed[:5])
    return f"{text[:100]}{', ...' if len(listed) > 5 or len(text) > 100 else ''}" or "none"
