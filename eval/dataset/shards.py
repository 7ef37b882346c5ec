"""Making a data set in pieces, by several processes, so that it can be killed and gone on with at any moment.

A shard's files are written first and its list last: a shard counts as done when its list is there. No file depends on
which process made it, or when.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from goldentime.errors import ConfigError
from goldentime.eval.dataset.catalogue import dcat_entry, file_sums, sums_text
from goldentime.eval.log import versions
from goldentime.eval.workers import run_in_processes
from goldentime.files import pretty_json, write_atomic
from goldentime.records import canonical_json, dump, load

__all__ = ["DONE", "Made", "Recipe", "make_shards", "statement_of"]

_STATEMENT = "dataset.json"
_ENTRY = "dcat.jsonld"
_SHARDS = "shards"
DONE = "SHA256SUMS"
"""Written last of all."""


class Recipe(NamedTuple):
    """How one kind of data set is made."""

    name: str
    config: type
    """The record of its configuration."""
    sizes: Callable[[Any], list[int]]
    """The number of items, such as frames, in each shard of a configuration."""
    make: Callable[[Any, int, Path], Mapping[str, Any]]
    """Write one shard's files into the folder and answer its list, which must be JSON-able."""
    finish: Callable[[Any, Path, list[dict[str, Any]]], None]
    """Write the files that describe the whole from all lists."""
    title: str
    about: str
    """One or two sentences for catalogues."""
    keywords: tuple[str, ...]
    unit: str = "frames"
    """What is counted."""


class Made(NamedTuple):
    """A shard that is done."""

    shard: int
    items: int


def make_shards(
    recipe: Recipe, config: Any, folder: Path, workers: int = 1, watch: Callable[[Made], None] = lambda made: None
) -> None:
    """Make what the folder does not hold yet, then the files about the whole.

    Args:
        recipe: importable by its functions' names, as processes need it.
        watch: is told of every shard, those found first.

    Raises:
        ConfigError: the folder belongs to another configuration or holds other files.
    """
    _claim(recipe, config, folder)
    sizes = recipe.sizes(config)
    if (folder / DONE).is_file():
        shutil.rmtree(folder / _SHARDS, ignore_errors=True)
        for shard, size in enumerate(sizes):
            watch(Made(shard, size))
        return
    missing = []
    for shard, size in enumerate(sizes):
        if _list_path(folder, shard).is_file():
            watch(Made(shard, size))
        else:
            missing.append(shard)
    job = partial(_job, recipe, dump(config), folder)
    if workers > 1 and len(missing) > 1:
        run_in_processes(job, missing, workers, lambda shard: _tell(watch, shard, sizes))
    else:
        for shard in missing:
            _tell(watch, job(shard, lambda: False), sizes)
    recipe.finish(config, folder, [_read_list(folder, shard) for shard in range(len(sizes))])
    _close(recipe, config, folder)
    shutil.rmtree(folder / _SHARDS)


def _tell(watch: Callable[[Made], None], shard: int, sizes: list[int]) -> None:
    if shard >= 0:
        watch(Made(shard, sizes[shard]))


def _job(recipe: Recipe, config: Mapping[str, Any], folder: Path, shard: int, stopped: Callable[[], bool]) -> int:
    """The shard's number, or -1 if it was not begun."""
    if stopped():
        return -1
    rows = recipe.make(load(recipe.config, config, recipe.name), shard, folder)
    write_atomic(_list_path(folder, shard), canonical_json(rows))
    return shard


def _list_path(folder: Path, shard: int) -> Path:
    return folder / _SHARDS / f"{shard:05d}.json"


def _read_list(folder: Path, shard: int) -> dict[str, Any]:
    """The list of a shard that is done."""
    data = json.loads(_list_path(folder, shard).read_bytes())
    assert isinstance(data, dict)
    return data


def statement_of(recipe: Recipe, config: Any) -> dict[str, Any]:
    """What decides a set's bytes: the file `dataset.json`."""
    return {"kind": recipe.name, "goldentime": versions()["goldentime"], "config": dump(config)}


def _claim(recipe: Recipe, config: Any, folder: Path) -> None:
    """Say whose the folder is, or refuse it."""
    statement = statement_of(recipe, config)
    path = folder / _STATEMENT
    if path.is_file():
        there = json.loads(path.read_bytes())
        if there == statement:
            return
        was, now = _flat(there), _flat(statement)
        keys = sorted(key for key in was.keys() | now.keys() if was.get(key) != now.get(key))
        told = "; ".join(f"{key}: there {was.get(key)!r}, asked {now.get(key)!r}" for key in keys)
        raise ConfigError(f"out: {folder} holds another data set ({told}); name another folder or remove this one")
    if folder.is_dir() and any(folder.iterdir()):
        raise ConfigError(f"out: expected a new or empty folder, or one of {recipe.name}; {folder} holds other files")
    write_atomic(path, pretty_json(statement))


def _flat(data: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(data, dict):
        return {prefix: data}
    return {key: value for name, part in data.items() for key, value in _flat(part, f"{prefix}.{name}".lstrip(".")).items()}


def _close(recipe: Recipe, config: Any, folder: Path) -> None:
    """The entry for catalogues, and the list of sums last of all."""
    sums = file_sums(folder, (_SHARDS, _ENTRY, DONE))
    entry = dcat_entry((recipe.title, recipe.about), statement_of(recipe, config), recipe.keywords, sums)
    write_atomic(folder / _ENTRY, entry)
    sums[_ENTRY] = hashlib.sha256(entry).hexdigest(), len(entry)
    write_atomic(folder / DONE, sums_text(sums))
