"""Frozen records that read from plain mappings and write to canonical JSON.

A record is a keyword-only frozen dataclass. `load` builds one from a mapping as YAML or JSON gives it, refuses keys it
does not know, and names the path of what is wrong.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast, dataclass_transform

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError

from goldentime.errors import ConfigError

__all__ = ["canonical_json", "digest", "dump", "load", "load_yaml", "record"]

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[T]) -> type[T]:
    """Class decorator: a frozen keyword-only dataclass whose unknown keys and wrong types are errors on `load`."""
    cls.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]
    return dataclasses.dataclass(frozen=True, kw_only=True)(cls)


@cache
def _adapter(cls: Any) -> TypeAdapter[Any]:
    return TypeAdapter(cls)


def load(cls: type[T], data: Mapping[str, Any], where: str) -> T:
    """Build a record from a mapping.

    Raises:
        ConfigError: with the path below `where`, what was expected and what came, one line per fault.
    """
    try:
        return cast(T, _adapter(cast(Any, cls)).validate_python(data))
    except ValidationError as error:
        faults = [_fault(dict(item), where) for item in error.errors(include_url=False)]
        raise ConfigError("\n".join(faults)) from None


def _fault(item: dict[str, Any], where: str) -> str:
    path = ".".join([where, *(str(part) for part in item["loc"])])
    if item["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"{path}: unknown key (got {item['input']!r})"
    if item["type"] in ("missing", "missing_argument", "missing_keyword_only_argument"):
        return f"{path}: missing"
    if item["type"] == "value_error":
        # Raised by a record's own __post_init__, which names what it refuses.
        return f"{path}: {item['ctx']['error']}"
    return f"{path}: {item['msg']}, got {item['input']!r}"


def load_yaml(cls: type[T], path: Path) -> T:
    """Build a record from a YAML file.

    Raises:
        ConfigError: the file is missing, is not YAML, or does not fit the record.
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except OSError as error:
        raise ConfigError(f"{path}: can't be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not YAML: {error}") from None
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: expected a mapping, got {type(data).__name__}")
    return load(cls, data, path.name)


def dump(value: Any) -> Any:
    """The record as JSON-able data (mappings, lists, strings, numbers)."""
    return _adapter(cast(Any, type(value))).dump_python(value, mode="json")


def canonical_json(data: Any) -> bytes:
    """JSON with sorted keys, no spaces and shortest-round-trip floats: equal data gives equal bytes."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(value: Any) -> str:
    """SHA-256 over the canonical JSON of a record, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(dump(value))).hexdigest()
