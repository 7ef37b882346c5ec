"""From Hydra's composed configuration to a plan and its options."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from goldentime.errors import ConfigError
from goldentime.eval.plan import Plan
from goldentime.eval.runner import RunOptions
from goldentime.eval.scale.choose import spread_named
from goldentime.eval.score.rules import Rules, load_rules, rules_from_json
from goldentime.missions.registry import load_config
from goldentime.records import dump, load, record

if TYPE_CHECKING:
    from goldentime.eval.submit.agent import Planned

__all__ = ["INTERFACE", "Choices", "EvaluateConfig", "changes", "plan_from", "read_config", "rules_of"]


INTERFACE = "interface.yaml"
"""In the folder of a trained agent: the mission settings it was trained with, such as `action_mode: rate`."""


@record
class EvaluateConfig:
    """`configs/evaluate.yaml`."""

    mission: dict[str, Any]
    agent: dict[str, Any]
    split: str
    episodes: int
    workers: int
    rules: dict[str, Any] | None = None
    out: Path | None
    resume: bool
    overwrite: bool
    spread: dict[str, Any] = field(default_factory=dict)
    """Settings of what flies the episodes."""


@record
class Choices:
    """What Hydra knows besides the values."""

    mission: str
    agent: str
    spread: str = "local"
    sweep: tuple[Path, int] | None
    """Folder of the sweep and number of the job in it; None outside sweeps."""


def read_config(config: Any) -> tuple[EvaluateConfig, Choices]:
    """Check what Hydra composed.

    Raises:
        ConfigError: a value does not fit, or a group was given no option.
    """
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode
    from omegaconf import OmegaConf

    plain = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    hydra = HydraConfig.get()
    chosen = hydra.runtime.choices
    for group in ("mission", "agent"):
        if not chosen.get(group):
            raise ConfigError(f"{group}: expected {group}=NAME, got {chosen.get(group)!r}")
    sweep = (Path(hydra.sweep.dir), int(hydra.job.num)) if hydra.mode == RunMode.MULTIRUN else None
    assert isinstance(plain, dict)
    settings = load(EvaluateConfig, {str(key): value for key, value in plain.items()}, "evaluate")
    spread = chosen.get("spread") or "local"
    return settings, Choices(mission=chosen["mission"], agent=chosen["agent"], spread=spread, sweep=sweep)


def plan_from(settings: EvaluateConfig, choices: Choices) -> tuple[Plan, RunOptions]:
    """What to fly and how.

    Raises:
        ConfigError: mission, agent, rules or split are not there or don't fit.
    """
    submission = _submission(settings.agent) if choices.agent == "submission" else None
    agent_config = submission.config if submission else {k: v for k, v in settings.agent.items() if k != "interface"}
    # What the user says goes before what the agent's file says.
    interface = submission.interface if submission else _interface(settings.agent)
    overrides = {**interface, **changes(_mission_file(choices.mission), settings.mission)}
    if "mission" in overrides:
        raise ConfigError(f"mission.mission: choose with mission=NAME, got {overrides['mission']!r}")
    resolved = load_config(choices.mission, overrides)
    path = agent_config.get("path")
    agent = Path(str(path)).resolve().stem if choices.agent in ("checkpoint", "file") and path else choices.agent
    agent = submission.name if submission else agent
    plan = Plan(
        mission=choices.mission,
        overrides=overrides,
        mission_config=dump(resolved),
        agent=agent.replace("/", "-"),
        agent_config=agent_config,
        split=settings.split,
        episodes=settings.episodes,
        rules=_rules(settings.rules or resolved.rules),
    )
    options = RunOptions(
        out=_out(settings, choices, plan),
        workers=settings.workers,
        resume=settings.resume,
        overwrite=settings.overwrite,
        spread=spread_named(choices.spread, settings.spread),
    )
    return plan, options


def _submission(agent: Mapping[str, Any]) -> "Planned":
    from goldentime.eval.submit.agent import planned  # needs the extra `referee`

    return planned(agent)


def rules_of(mission: str, overrides: Mapping[str, Any]) -> Rules:
    """The rules by which a mission is scored.

    Raises:
        ConfigError: no such mission or rules, or the overrides don't fit.
    """
    return _rules(load_config(mission, overrides).rules)


def _rules(given: str | dict[str, Any]) -> Rules:
    return load_rules(given) if isinstance(given, str) else rules_from_json(given)


def _interface(agent: Mapping[str, Any]) -> dict[str, Any]:
    """How the mission must meet the agent: its config's `interface`, or what its training left beside the weights."""
    file = Path(str(agent.get("path", ""))) / INTERFACE
    given = agent.get("interface") or {}
    if agent.get("path") and file.is_file():
        learned = yaml.safe_load(file.read_text("utf-8"))
        if not isinstance(learned, dict):
            raise ConfigError(f"{file}: expected a mapping of mission settings, got {learned!r}")
        return {**learned, **given}
    return dict(given)


def _out(settings: EvaluateConfig, choices: Choices, plan: Plan) -> Path:
    name = f"{plan.mission}-{plan.agent}-{plan.split}"
    if choices.sweep is not None:
        folder, number = choices.sweep
        return (settings.out or folder) / f"{number}-{name}"
    if settings.resume and settings.out is None:
        raise ConfigError("resume=true needs the folder to go on with: out=FOLDER")
    return settings.out or Path("runs") / f"{name}-{datetime.now():%Y%m%d-%H%M%S}"


def _mission_file(name: str) -> dict[str, Any]:
    from importlib.resources import files

    text = (Path(str(files("goldentime.configs"))) / "mission" / f"{name}.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def changes(base: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What in `new` differs from `base`, as nested overrides; a key that is gone becomes None."""
    found: dict[str, Any] = {}
    for key in {**base, **new}:
        old, now = base.get(key), new.get(key)
        if isinstance(old, Mapping) and isinstance(now, Mapping):
            inner = changes(old, now)
            if inner:
                found[key] = inner
        elif old != now:
            found[key] = now
    return found
