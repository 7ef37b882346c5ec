"""`goldentime dataset make NAME`."""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from goldentime.errors import ConfigError, MissingDependencyError
from goldentime.eval.dataset.shards import Made, Recipe, make_shards
from goldentime.records import load

__all__ = ["dataset_command", "make_dataset"]

_RECIPES = {
    "detection": "goldentime.eval.dataset.detection:DETECTION",
    "signs": "goldentime.eval.dataset.signs:SIGNS",
    "contest2019-track1": "goldentime.eval.dataset.track1:TRACK1",
    "contest2019-track2": "goldentime.eval.dataset.track2:TRACK2",
    "contest2019-track3": "goldentime.eval.dataset.track3:TRACK3",
    "contest2021": "goldentime.eval.dataset.contest2021:CONTEST2021",
    "contest2022": "goldentime.eval.dataset.contest2022:CONTEST2022",
    "hearing": "goldentime.eval.dataset.hearing:HEARING",
    "voices": "goldentime.eval.dataset.voices:VOICES",
    "warmth": "goldentime.eval.dataset.warmth:WARMTH",
    "seld": "goldentime.eval.dataset.seld:SELD",
    "spcup2019": "goldentime.eval.dataset.spcup2019:SPCUP2019",
}
_SOUND = ("contest2019-track3", "hearing", "voices", "seld", "spcup2019")
"""Sets of sound; the others are of pictures."""
_FILMS = ("contest2021", "contest2022")
"""Sets of films with sound."""
_NEEDED = {"see": ("cv2", "PIL"), "hear": ("soundfile", "soxr"), "replay": ("av",)}
"""Modules that sets need, by the extra that brings them."""

_HELP = """\
goldentime dataset make NAME [name=value ...]   make a data set, or go on in the folder `out` if it was begun

Data sets: {names}
  n=5000       frames or clips          seed=0      the same seed gives the same bytes
  pool=train   or test                  workers=2   processes
  out=FOLDER   default data/NAME-POOL-SEED
All settings, with comments, stand in configs/dataset/NAME.yaml."""


def dataset_command(arguments: Sequence[str]) -> int:
    """Make what the arguments name, and answer the exit code.

    Raises:
        ConfigError: a setting does not fit, or the folder holds something else.
    """
    if not arguments or set(arguments) & {"-h", "--help", "help"}:
        print(_HELP.format(names=", ".join(_RECIPES)))
        return 0
    verb, name, *settings = [*arguments, ""] if len(arguments) == 1 else arguments
    if verb != "make" or name not in _RECIPES:
        given = " ".join(arguments[:2])
        raise ConfigError(f"dataset: expected 'make' and one of {', '.join(_RECIPES)}, got {given!r}")
    plain = _composed(name, settings)
    out, workers = plain.pop("out"), plain.pop("workers")
    folder = Path(out or f"data/{name}-{plain['pool']}-{plain['seed']}")
    try:
        make_dataset(name, plain, folder, workers)
    except KeyboardInterrupt:
        print(f"goldentime: go on with: goldentime dataset {' '.join(arguments)}", file=sys.stderr)
        raise
    return 0


def _composed(name: str, settings: Sequence[str]) -> dict[str, Any]:
    import hydra
    from omegaconf import OmegaConf

    with hydra.initialize_config_module("goldentime.configs", version_base="1.3"):
        # Nested settings stand in the record only: ++ lets them be set all the same, and the record refuses misspelt ones.
        given = [f"++{part}" if "." in part.split("=")[0] else part for part in settings]
        plain = OmegaConf.to_container(hydra.compose("dataset", [f"dataset={name}", *given]), resolve=True)
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items() if key != "kind"}


def make_dataset(name: str, settings: Mapping[str, Any], folder: Path, workers: int = 1) -> None:
    """Make a data set, or what is missing of it, and show how it goes.

    Args:
        name: of the data set, such as `detection`.
        settings: keys of its configuration's record; the others keep their defaults.

    Raises:
        ConfigError: a setting does not fit, or the folder holds something else.
        MissingDependencyError: what pictures or sound need is not installed.
    """
    if not isinstance(workers, int) or workers < 1:
        raise ConfigError(f"workers: expected a number of processes of at least 1, got {workers!r}")
    needed = {module: extra for extra in _extras(name) for module in _NEEDED[extra]}
    absent = [module for module in needed if find_spec(module) is None]
    if absent:
        extras = ",".join(sorted({needed[module] for module in absent}))
        raise MissingDependencyError(
            f"dataset {name} needs {' and '.join(absent)}; install the extra: pip install 'goldentime[{extras}]' "
            f"(from a clone: pip install -e '.[{extras}]')"
        )
    module, _, constant = _RECIPES[name].partition(":")
    recipe: Recipe = getattr(import_module(module), constant)
    config: Any = load(recipe.config, settings, name)
    total = sum(recipe.sizes(config))
    print(f"{name} data set, {total} {recipe.unit} -> {folder}", flush=True)
    with _Bar(total) as bar:
        make_shards(recipe, config, folder, workers, bar.show)
    print(f"  {folder / 'card.md'}", flush=True)


def _extras(name: str) -> tuple[str, ...]:
    return ("see", "hear", "replay") if name in _FILMS else ("hear",) if name in _SOUND else ("see",)


class _Bar:
    """A progress bar on a terminal, now and then a line elsewhere."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._told = total, 0, 0
        parts = (BarColumn(), MofNCompleteColumn(), TaskProgressColumn(show_speed=True), TimeRemainingColumn())
        self._progress = Progress(TextColumn("drawing"), *parts, console=Console()) if sys.stdout.isatty() else None
        self._task = self._progress.add_task("", total=total) if self._progress else None

    def __enter__(self) -> Self:
        if self._progress:
            self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._progress:
            self._progress.stop()

    def show(self, made: Made) -> None:
        """One more shard is done."""
        self._done += made.items
        if self._progress and self._task is not None:
            self._progress.update(self._task, advance=made.items)
        elif 10 * self._done // self._total > self._told:
            self._told = 10 * self._done // self._total
            print(f"[{self._done}/{self._total}]", flush=True)
