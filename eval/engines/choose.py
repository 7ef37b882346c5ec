"""Which engine a name means on this machine."""

import shutil
from collections.abc import Callable
from functools import cache

from goldentime.errors import ConfigError
from goldentime.eval.engines.base import Engine
from goldentime.eval.engines.bubblewrap import Bubblewrap
from goldentime.eval.engines.podman import Podman
from goldentime.eval.engines.process import PlainProcess
from goldentime.eval.outcomes import InfrastructureError

__all__ = ["ENGINES", "best_engine", "engine_named"]

ENGINES: dict[str, Callable[[], Engine]] = {"bubblewrap": Bubblewrap, "podman": Podman, "process": PlainProcess}


@cache
def engine_named(name: str, image: str | None = None) -> Engine:
    """An engine that was seen to work; `auto` is the first with a wall.

    Args:
        image: that submissions run in; Podman alone has such.

    Raises:
        ConfigError: there is no such engine, or it knows no images.
        InfrastructureError: it does not work on this machine.
    """
    if name not in (*ENGINES, "auto"):
        raise ConfigError(f"agent.engine: expected auto or one of {', '.join(ENGINES)}, got {name!r}")
    if image is not None and name != "podman":
        raise ConfigError(f"agent.image: expected agent.engine=podman with it, got agent.engine={name}")
    try:
        engine: Engine = Podman(image) if image else Bubblewrap() if name == "auto" else ENGINES[name]()
        engine.stands()
    except InfrastructureError as error:
        if name != "auto":
            raise
        raise InfrastructureError(
            f"no engine with a wall works here: {error}; agent.engine=process runs a submission of your own without any"
        ) from None
    return engine


def best_engine() -> str:
    """For one's own submission: the wall if there is one, and otherwise none."""
    if shutil.which("bwrap"):
        try:
            return engine_named("auto").name
        except InfrastructureError:
            pass
    return "process"
