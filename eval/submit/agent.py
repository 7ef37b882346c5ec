"""A submission as the agent of a plan."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from goldentime.eval.containers.images import image_identity
from goldentime.eval.engines.base import Launch
from goldentime.eval.engines.choose import engine_named
from goldentime.eval.engines.limits import Limits
from goldentime.eval.engines.speed import slowdown
from goldentime.eval.submit.description import command_of, granted
from goldentime.eval.submit.stage import stage
from goldentime.eval.wire.remote import RemoteAgent
from goldentime.records import load

__all__ = ["Planned", "limits_of", "planned", "submission_agent"]


class Planned:
    """What a plan must know of a submission before it is flown.

    Args:
        agent: the `submission` agent's config.

    Raises:
        RefusedSubmission: it can't be flown.
    """

    def __init__(self, agent: Mapping[str, Any]) -> None:
        staged = stage(Path(str(agent["path"])))
        description = staged.description
        limits = granted(description, limits_of(agent))
        self.name = re.sub(r"[^\w.]+", "-", f"{description.team}-{description.name}").strip("-")
        self.interface = {"action_mode": description.action_mode} if description.action_mode else {}
        self.config = {**agent, "path": str(Path(str(agent["path"])).resolve()), "digest": staged.digest}
        if image := agent.get("image"):
            # A name may mean another image tomorrow, or on another machine.
            self.config["image"] = image_identity(str(image))
        self.limits = limits


def planned(agent: Mapping[str, Any]) -> Planned:
    """Read a submission for a plan."""
    return Planned(agent)


def limits_of(agent: Mapping[str, Any]) -> Limits:
    """The referee's limits in an agent's config."""
    return load(Limits, dict(agent.get("limits") or {}), "agent.limits")


def submission_agent(
    path: str, digest: str | None = None, engine: str = "auto", limits: Any = None, image: str | None = None
) -> RemoteAgent:
    """Start a submission behind an engine's wall; it loads while the world is made.

    Args:
        path: its folder or archive.
        digest: of its content, so that what is flown is what was planned.
        engine: `bubblewrap`, `podman`, `process`, or `auto`, the best wall there is.
        limits: what differs from `engines.limits.Limits`.
        image: that it runs in, for `podman`; the referee's own packages without it.

    Raises:
        RefusedSubmission: it is none, or another one.
        InfrastructureError: the engine does not work here.
    """
    staged = stage(Path(path), digest)
    bounds = granted(staged.description, limits_of({"limits": limits}))
    wall = engine_named(engine, image)
    running = wall.start(Launch(command=command_of(staged.description), folder=staged.folder, limits=bounds))
    return RemoteAgent(running, bounds, slowdown(), wall.stands)
