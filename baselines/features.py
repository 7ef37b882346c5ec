"""Feature sets: from the brief and the observations of an episode to one float32 vector.

They are named in the configuration of a training run and in the folder of a trained agent, and run in both places.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Protocol

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.baselines.course_features import CourseFeatures, CourseOptions
from goldentime.errors import ConfigError
from goldentime.records import load, record
from goldentime.types import Brief

__all__ = ["Features", "FlatOptions", "ViewConfig", "feature_names", "make_features"]

Observation = Mapping[str, NDArray[np.float32]]


class Features(Protocol):
    """What a policy sees."""

    def space(self, observation: spaces.Dict) -> spaces.Box:
        """The vector's space, given that of the observations."""

    def start(self, brief: Brief) -> None:
        """Begin an episode.

        Raises:
            ConfigError: the mission does not have the sensors or facts that are needed.
        """

    def read(self, observation: Observation) -> NDArray[np.float32]:
        """The vector of one observation; called once a step, in order."""


@record
class ViewConfig:
    """Which features."""

    features: str
    """`flat`, `hover` or `course`."""
    options: dict[str, Any] = field(default_factory=dict)
    """The feature set's own record."""


@record
class FlatOptions:
    """Options of `flat`."""

    scale: dict[str, float] = field(default_factory=dict)
    """Factor per sensor, 1 where none is given."""


class _Flat:
    """All sensors' numbers one after another: sensors in alphabetical order, each in C order, bounds kept."""

    def __init__(self, options: FlatOptions) -> None:
        bad = {key: value for key, value in options.scale.items() if not (math.isfinite(value) and value > 0.0)}
        if bad:
            raise ConfigError(f"view.options.scale: expected factors above 0, got {bad}")
        self._scale = options.scale

    def space(self, observation: spaces.Dict) -> spaces.Box:
        boxes = {key: box for key, box in sorted(observation.spaces.items()) if isinstance(box, spaces.Box)}
        if unknown := sorted(self._scale.keys() - boxes.keys()):
            raise ConfigError(f"view.options.scale: expected some of {sorted(boxes)}, got {unknown}")
        low, high = (
            np.concatenate([self._scaled(key, getattr(box, side)) for key, box in boxes.items()])
            for side in ("low", "high")
        )
        return spaces.Box(low, high, dtype=np.float32)

    def start(self, brief: Brief) -> None:
        """Nothing is kept from step to step."""

    def read(self, observation: Observation) -> NDArray[np.float32]:
        return np.concatenate([self._scaled(key, observation[key]) for key in sorted(observation)])

    def _scaled(self, key: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
        flat = np.asarray(values, np.float32).ravel()
        return flat * np.float32(self._scale[key]) if key in self._scale else flat


@record
class HoverOptions:
    """Options of `hover`: the values that become 1."""

    position_m: float = 1.0
    velocity_m_s: float = 2.0
    rates_rad_s: float = 5.0


_CLIP = 10.0


class _Hover:
    """The state seen from the target, 22 numbers in [-10, 10].

    Position minus target, rotation matrix (row by row, body to world), velocity, body rates, rotor speeds over their
    maximum.
    """

    def __init__(self, options: HoverOptions) -> None:
        self._k = 1.0 / options.position_m, 1.0 / options.velocity_m_s, 1.0 / options.rates_rad_s
        self._target = (0.0, 0.0, 0.0)

    def space(self, observation: spaces.Dict) -> spaces.Box:
        if "state" not in observation.spaces:
            raise ConfigError(f"view.features=hover: needs the sensor state, the mission has {sorted(observation)}")
        return spaces.Box(-_CLIP, _CLIP, (22,), np.float32)

    def start(self, brief: Brief) -> None:
        # In a team everybody's target is told, and who one is.
        target = brief["targets_m"][brief["drone"]] if "targets_m" in brief else brief.get("target_m")
        if "state" not in brief["sensors"] or target is None:
            raise ConfigError(
                "view.features=hover: needs the sensor state and a target_m in the brief, "
                f"mission {brief['mission']} has the sensors {sorted(brief['sensors'])}"
            )
        self._target = tuple(target)

    def read(self, observation: Observation) -> NDArray[np.float32]:
        px, py, pz, x, y, z, w, vx, vy, vz, p, q, r, *rotors = observation["state"].tolist()
        (tx, ty, tz), (kp, kv, kr) = self._target, self._k
        matrix = (
            *(1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)),
            *(2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)),
            *(2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)),
        )
        place = kp * (px - tx), kp * (py - ty), kp * (pz - tz)
        features = (*place, *matrix, kv * vx, kv * vy, kv * vz, kr * p, kr * q, kr * r, *rotors)
        return np.clip(np.array(features, np.float32), -_CLIP, _CLIP)


_SETS: dict[str, tuple[type, Callable[[Any], Features]]] = {
    "course": (CourseOptions, CourseFeatures),
    "flat": (FlatOptions, _Flat),
    "hover": (HoverOptions, _Hover),
}


def feature_names() -> list[str]:
    """All feature sets."""
    return sorted(_SETS)


def make_features(view: ViewConfig) -> Features:
    """A feature set by its name.

    Raises:
        ConfigError: unknown name or options.
    """
    if view.features not in _SETS:
        raise ConfigError(f"view.features: expected one of {', '.join(feature_names())}, got {view.features!r}")
    options, build = _SETS[view.features]
    return build(load(options, view.options, "view.options"))
