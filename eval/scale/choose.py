"""Which way of spreading a name means. Only the one that is chosen is loaded."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

from goldentime.errors import ConfigError
from goldentime.eval.scale.base import Spread
from goldentime.records import load

__all__ = ["SPREADS", "spread_named"]

SPREADS = {
    "local": "goldentime.eval.scale.local:Local",
    "ray": "goldentime.eval.scale.on_ray:OnRay",
    "slurm": "goldentime.eval.scale.on_slurm:OnSlurm",
}


def spread_named(name: str, settings: Mapping[str, Any]) -> Spread:
    """A way of spreading with its settings.

    Raises:
        ConfigError: there is none of this name, or a setting does not fit.
        MissingDependencyError: what it needs is not installed.
    """
    if name not in SPREADS:
        raise ConfigError(f"spread: expected one of {', '.join(SPREADS)}, got {name!r}")
    module, _, cls = SPREADS[name].partition(":")
    return cast(Spread, load(getattr(import_module(module), cls), settings, "spread"))
