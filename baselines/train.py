"""`goldentime train`: the command."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from goldentime.baselines.actor import load_card
from goldentime.baselines.training.config import TrainConfig
from goldentime.baselines.training.folder import begin_folder, read_config, write_manifest
from goldentime.errors import ConfigError
from goldentime.records import dump, load

__all__ = ["compose", "main"]

_HELP = """\
goldentime train experiment=NAME [name=value ...]   train an agent in a new folder
goldentime train resume=FOLDER [steps=N ...]        go on with a run that was stopped or killed

Afterwards: goldentime evaluate mission=... agent=FOLDER
Experiments: {experiments}
Settings and their defaults (an experiment changes some of them):

{settings}"""

_FREE = ("checkpoint_every", "evaluation", "processes", "steps", "tensorboard")
"""What may change when a run is resumed."""


def main(arguments: Sequence[str]) -> int:
    """Train, then evaluate; answers the exit code.

    Raises:
        ConfigError: the configuration or the folder does not fit.
    """
    if set(arguments) & {"-h", "--help", "help"}:
        print(_help())
        return 0
    folder, rest = _resume_of(arguments)
    if folder is None:
        config = compose(rest)
        folder = config.out or Path("runs") / f"{config.name}-seed{config.seed}-{datetime.now():%Y%m%d-%H%M%S}"
        begin_folder(folder, config)
    else:
        config = _changed(read_config(folder), rest, folder)
        write_manifest(folder, config)
    return _train(config, folder)


def _train(config: TrainConfig, folder: Path) -> int:
    from goldentime.baselines.training.progress import make_view
    from goldentime.baselines.training.run import train

    print(f"{config.name}: mission {config.mission_name}, seed {config.seed} -> {folder}", flush=True)
    try:
        end = train(config, folder, make_view())
    except KeyboardInterrupt:
        print(f"goldentime: go on with: goldentime train resume={folder}", file=sys.stderr)
        raise
    stopped = " (stopped early, the checks are good enough)" if end.steps < config.steps else ""
    print(f"trained {end.steps:,} steps in {end.seconds:.0f} s{stopped} -> {folder}", flush=True)
    if load_card(folder).drones > 1:
        _tell_check(end.checks, config)
        return 0
    return _evaluate(config, folder)


def _tell_check(checks: Sequence[tuple[int, float, float]], config: TrainConfig) -> None:
    """What one brain of a team scores, which the referee can't say: it gives each drone an agent of its own."""
    if checks:
        steps, success, score = checks[-1]
        flights = f"{config.check.episodes} flights without noise after {steps:,} steps"
        print(f"{flights}: score {score:.1f}, success {success:.0%}; one brain for a team is not evaluated otherwise")


def _evaluate(config: TrainConfig, folder: Path) -> int:
    """Let the referee score the trained agent, in its own process as for any other agent."""
    chosen = config.evaluation
    if chosen.episodes < 1:
        return 0
    settings = {"split": chosen.split, "episodes": chosen.episodes, "workers": chosen.workers}
    command = [sys.executable, "-m", "goldentime.cli", "evaluate", f"mission={config.mission_name}", f"agent={folder}"]
    command += [f"{key}={value}" for key, value in settings.items()]
    command += [f"++mission.{key}={value}" for key, value in _flat(config.overrides).items()]
    return subprocess.run([*command, f"out={folder / 'evaluation'}", "overwrite=true"]).returncode


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested settings as dotted ones, in Hydra's spelling."""
    found: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = _spelled(value)
    return found


def _spelled(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ",".join(_spelled(item) for item in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "\\'") + "'"


def _resume_of(arguments: Sequence[str]) -> tuple[Path | None, list[str]]:
    """The folder of `resume=FOLDER`, `--resume=FOLDER` or `--resume FOLDER`, and the other arguments."""
    rest, folder = list(arguments), None
    for i, argument in enumerate(rest):
        name, equals, value = argument.partition("=")
        if name in ("resume", "--resume"):
            if not equals:
                value = rest[i + 1] if i + 1 < len(rest) else ""
            if not value or (not equals and "=" in value):
                raise ConfigError(f"resume: expected resume=FOLDER, got {' '.join(rest[i:])!r}")
            folder = Path(value)
            del rest[i : i + (1 if equals else 2)]
            break
    return folder, rest


def compose(overrides: Sequence[str]) -> TrainConfig:
    """The configuration that Hydra composes from `configs/train.yaml`, an experiment and overrides.

    Raises:
        ConfigError: no experiment, or a value does not fit.
    """
    from omegaconf import OmegaConf

    if not any(item.lstrip("+").startswith("experiment=") for item in overrides):
        raise ConfigError(f"experiment: expected experiment=NAME, one of {', '.join(_experiments())}")
    plain = OmegaConf.to_container(_composed(overrides), resolve=True, throw_on_missing=True)
    assert isinstance(plain, dict)
    return load(TrainConfig, {str(key): value for key, value in plain.items()}, "train")


def _composed(overrides: Sequence[str]) -> Any:
    import hydra

    with hydra.initialize_config_module("goldentime.configs", version_base="1.3"):
        return hydra.compose("train", list(overrides))


def _changed(config: TrainConfig, overrides: Sequence[str], folder: Path) -> TrainConfig:
    """The configuration of a resumed run.

    Raises:
        ConfigError: a setting would change that the run so far depends on.
    """
    from omegaconf import OmegaConf

    names = sorted({item.lstrip("+").partition("=")[0].split(".")[0] for item in overrides})
    if wrong := [name for name in names if name not in _FREE]:
        raise ConfigError(f"resume={folder}: only {', '.join(_FREE)} may change, got {', '.join(wrong)}")
    merged = OmegaConf.merge(OmegaConf.create(dump(config)), OmegaConf.from_dotlist(list(overrides)))
    plain = OmegaConf.to_container(merged, resolve=True)
    assert isinstance(plain, dict)
    return load(TrainConfig, {str(key): value for key, value in plain.items()}, "train")


def _experiments() -> list[str]:
    from importlib.resources import files

    return sorted(path.stem for path in Path(str(files("goldentime.configs")), "experiment").glob("*.yaml"))


def _help() -> str:
    from omegaconf import OmegaConf

    return _HELP.format(experiments=", ".join(_experiments()), settings=OmegaConf.to_yaml(_composed([])))
