"""The plan of a run: everything that decides its result, and nothing that does not (workers, folders)."""

from typing import Any

from goldentime.errors import ConfigError
from goldentime.eval.score.rules import Rules
from goldentime.eval.splits import check_split, episode_seed
from goldentime.records import record

__all__ = ["Plan", "differences"]


@record
class Plan:
    """One mission, one agent, one set of episodes."""

    mission: str
    """Name of a `configs/mission/<name>.yaml`."""
    overrides: dict[str, Any]
    """What differs from that file; handed to `make_env`."""
    mission_config: dict[str, Any]
    """The file with the overrides merged in: part of the digest, so that a changed file is noticed."""
    agent: str
    """The agent's name in reports."""
    agent_config: dict[str, Any]
    """`_target_` and arguments of the agent's class."""
    split: str = "public"
    episodes: int = 20
    rules: Rules

    def __post_init__(self) -> None:
        if self.episodes < 1:
            raise ConfigError(f"episodes: must be at least 1, got {self.episodes}")
        if not isinstance(self.agent_config.get("_target_"), str):
            raise ConfigError(f"agent {self.agent}: expected _target_ with the path of a class, got {self.agent_config}")
        check_split(self.split, self.episodes - 1)

    def seed(self, index: int) -> int:
        """The seed of one episode; the plan does not hold it, since a hidden one is the organiser's to know."""
        return episode_seed(self.split, index, self.mission)


def differences(old: Any, new: Any, path: str = "") -> list[str]:
    """One line per value that differs between two JSON-able trees, with both values."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = sorted({*old, *new})
        lines = [differences(old.get(key), new.get(key), f"{path}.{key}".lstrip(".")) for key in keys]
        return [line for group in lines for line in group]
    return [] if old == new else [f"{path}: {old!r} then, {new!r} now"]
