"""The one list of missions: Gymnasium ids, the command line and the contract tests all read it."""

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from goldentime.errors import ConfigError
from goldentime.records import load

if TYPE_CHECKING:
    from goldentime.envs.central import CentralEnv
    from goldentime.envs.env import MissionEnv
    from goldentime.envs.mission import EnvConfig, Mission, Recorder
    from goldentime.envs.team import TeamEnv

__all__ = [
    "load_config",
    "make_central_env",
    "make_env",
    "make_mission",
    "make_team_env",
    "mission",
    "mission_names",
    "register_gymnasium",
    "team_names",
]

_CONFIGS = Path(__file__).parent.parent / "configs" / "mission"
_missions: dict[str, tuple[type, Callable[[Any], Any]]] = {}


def mission(name: str, config: type) -> Callable[[Any], Any]:
    """Class decorator: make rules known under a name. `config` is the record of their scenario configuration."""

    def register(cls: Any) -> Any:
        _missions[name] = (config, cls)
        return cls

    return register


def mission_names() -> list[str]:
    """Every configured mission: one YAML file each."""
    return sorted(path.stem for path in _CONFIGS.glob("*.yaml"))


def team_names() -> list[str]:
    """The missions that are flown by several drones."""
    return [name for name in mission_names() if _yaml(name).get("agents") == "team"]


@cache
def _yaml(name: str) -> dict[str, Any]:
    if name not in mission_names():
        raise ConfigError(f"mission: expected one of {', '.join(mission_names())}, got {name!r}")
    text = (_CONFIGS / f"{name}.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return data


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        inner = merged.get(key)
        merged[key] = _merge(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
    return merged


def load_config(name: str, overrides: Mapping[str, Any] | None = None) -> "EnvConfig":
    """A mission's configuration with overrides merged in; `sensors: {imu: null}` removes one.

    Raises:
        ConfigError: unknown mission or key, or a value that does not fit.
    """
    from goldentime.envs.mission import EnvConfig

    merged = _merge(_yaml(name), overrides or {})
    merged["sensors"] = {key: value for key, value in merged.get("sensors", {}).items() if value is not None}
    return load(EnvConfig, merged, name)


def make_mission(config: "EnvConfig") -> "Mission":
    """The rules that a configuration names."""
    if config.mission not in _missions:
        for path in sorted(Path(__file__).parent.glob("*.py")):
            import_module(f"goldentime.missions.{path.stem}")
    if config.mission not in _missions:
        raise ConfigError(f"mission.mission: expected one of {', '.join(sorted(_missions))}, got {config.mission!r}")
    record_type, rules = _missions[config.mission]
    built: Mission = rules(load(record_type, config.scenario, f"{config.mission}.scenario"))
    return built


def make_env(
    mission: str, *, recorder: "Recorder | None" = None, render_mode: str | None = None, **overrides: Any
) -> "MissionEnv":
    """The environment of a mission, by the name of its configuration; keyword arguments override configuration keys."""
    from goldentime.envs.env import MissionEnv

    config = load_config(mission, overrides)
    if config.agents != "single":
        raise ConfigError(f"{mission}: agents is {config.agents!r}; several drones fly through make_team_env")
    return MissionEnv(config, make_mission(config), recorder=recorder, render_mode=render_mode)


def make_team_env(
    mission: str, *, recorder: "Recorder | None" = None, render_mode: str | None = None, **overrides: Any
) -> "TeamEnv":
    """The PettingZoo environment of a mission for several drones; arguments as of `make_env`."""
    from goldentime.envs.team import TeamEnv

    config = load_config(mission, overrides)
    if config.agents != "team":
        raise ConfigError(f"{mission}: agents is {config.agents!r}; one drone flies through make_env")
    return TeamEnv(config, make_mission(config), recorder=recorder, render_mode=render_mode)


def make_central_env(
    mission: str, *, recorder: "Recorder | None" = None, render_mode: str | None = None, **overrides: Any
) -> "CentralEnv":
    """A mission for several drones as one brain flies them all; arguments as of `make_env`."""
    from goldentime.envs.central import CentralEnv

    config = load_config(mission, overrides)
    if config.agents != "team":
        raise ConfigError(f"{mission}: agents is {config.agents!r}; one drone flies through make_env")
    return CentralEnv(config, make_mission(config), recorder=recorder, render_mode=render_mode)


def register_gymnasium() -> None:
    """Register the Gymnasium id of every mission; called when this package and Gymnasium are imported.

    Those for several drones are flown by one brain there; `make_team_env` has the PettingZoo view.
    """
    import gymnasium

    teams = team_names()
    for name in mission_names():
        make = make_central_env if name in teams else make_env
        gymnasium.register(
            id=f"goldentime/{_yaml(name)['id']}",
            entry_point=f"{__name__}:{make.__name__}",
            kwargs={"mission": name},
        )


def mission_sheet(name: str) -> dict[str, Any]:
    """A mission in a few words and numbers, for listings."""
    config = load_config(name)
    env: Any = make_env(name) if config.agents == "single" else make_team_env(name)
    observed, acted = env.observation_space, env.action_space
    if config.agents == "team":
        observed, acted = observed("drone_0"), acted("drone_0")
    shapes = {key: list(space.shape or ()) for key, space in observed.spaces.items()}
    action = str(acted)
    env.close()
    summary = {field.name: getattr(config, field.name) for field in dataclasses.fields(config)}
    return {key: summary[key] for key in ("title", "summary", "id", "action_mode", "action_hz")} | {
        "observation": shapes,
        "action": action,
    }
