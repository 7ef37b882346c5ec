"""Golden Time: simulator, training ground and referee of a fire-rescue robotics Grand Challenge.

`import goldentime` loads nothing heavy. The Gymnasium ids (`goldentime/Hover-v0`, ...) exist once both this package and
Gymnasium are imported, in either order; `gymnasium.make("goldentime:goldentime/Hover-v0")` needs no import of ours.
"""

from importlib import import_module
from types import ModuleType
from typing import Any

import wrapt

__version__ = "0.1.0"

_HOME = {
    "Agent": "goldentime.types",
    "ConfigError": "goldentime.errors",
    "GoldenTimeError": "goldentime.errors",
    "InvalidActionError": "goldentime.errors",
    "make_env": "goldentime.missions.registry",
}

__all__ = ["Agent", "ConfigError", "GoldenTimeError", "InvalidActionError", "__version__", "make_env"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'goldentime' has no attribute {name!r}")


def _register(gymnasium: ModuleType) -> None:
    from goldentime.missions.registry import register_gymnasium

    register_gymnasium()


# Gymnasium alone takes most of the time that this import may take, so it is left to those who use it.
wrapt.register_post_import_hook(_register, "gymnasium")
