"""`goldentime train perception=NAME`: the networks of perception, trained on our own data sets."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from goldentime.errors import ConfigError
from goldentime.records import record

__all__ = ["compose", "train_perception"]

_HELP = """\
goldentime train perception=NAME [name=value ...]   train a network, or go on in the folder `out` if it was begun

Networks: {networks}
Their settings, with comments, stand in configs/perception/NAME.yaml."""


def train_perception(arguments: Sequence[str]) -> int:
    """Train what `perception=` names, and answer the exit code.

    Raises:
        ConfigError: a setting does not fit.
    """
    if set(arguments) & {"-h", "--help", "help"}:
        print(_HELP.format(networks=", ".join(_networks())))
        return 0
    settings = compose(arguments)
    name = settings.pop("task")
    try:
        return _TASKS[name](settings)
    except KeyboardInterrupt:
        print(f"goldentime: go on with: goldentime train {' '.join(arguments)}", file=sys.stderr)
        raise


def compose(arguments: Sequence[str]) -> dict[str, Any]:
    """The settings that Hydra composes from `configs/perception/NAME.yaml` and the arguments."""
    import hydra
    from omegaconf import OmegaConf

    with hydra.initialize_config_module("goldentime.configs", version_base="1.3"):
        plain = OmegaConf.to_container(hydra.compose("train_perception", list(arguments)), resolve=True)
    assert isinstance(plain, dict)
    settings = {str(key): value for key, value in plain.items()}
    if settings.get("task") not in _TASKS:
        raise ConfigError(f"perception: expected perception=NAME, one of {', '.join(_networks())}")
    return settings


@record
class _Pictures:
    """How many pictures are made where there is no data set."""

    train: int = 12_000
    checks: int = 250


def _make_frames(folder: Path, count: int, seed: int) -> None:
    """A data set of pool `train`, unless there is one; going on where a making was stopped."""
    from goldentime.eval.dataset.detection import DETECTION, DetectionConfig
    from goldentime.eval.dataset.shards import Made, make_shards

    if (folder / "annotations.json").is_file():
        return
    done = 0

    def tell(made: Made) -> None:
        nonlocal done
        done += made.items
        print(f"{folder}: {done} of {count} pictures", flush=True)

    make_shards(DETECTION, DetectionConfig(n=count, seed=seed), folder, len(os.sched_getaffinity(0)), tell)


def _networks() -> list[str]:
    from importlib.resources import files

    return sorted(path.stem for path in Path(str(files("goldentime.configs")), "perception").glob("*.yaml"))


def _detector(settings: Mapping[str, Any]) -> int:
    from goldentime.baselines.vision.detector import DetectorConfig, train_detector
    from goldentime.records import load

    rest = dict(settings)
    pictures = load(_Pictures, rest.pop("pictures"), "train.pictures")
    config = load(DetectorConfig, rest, "train")
    _make_frames(config.data, pictures.train, seed=1)
    if config.checks is not None:
        _make_frames(config.checks, pictures.checks, seed=2)
    end = train_detector(config)
    print(f"trained {end.steps:,} steps in {end.seconds:.0f} s -> {config.out / 'detector.safetensors'}", flush=True)
    return 0


def _reader(settings: Mapping[str, Any]) -> int:
    from goldentime.baselines.vision.reader import reader_command

    return reader_command(settings)


def _hearing(settings: Mapping[str, Any]) -> int:
    from goldentime.baselines.hearing.command import hearing_command

    return hearing_command(settings)


def _warm_people(settings: Mapping[str, Any]) -> int:
    from goldentime.baselines.vision.warm_people import warm_people_command

    return warm_people_command(settings)


_TASKS = {"detector": _detector, "hearing": _hearing, "reader": _reader, "warm_people": _warm_people}
