"""Auto-exposure: a camera that brightens the dark and is dazzled by flames."""

import math

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.render.classes import semantic_id
from goldentime.records import record

__all__ = ["AutoExposure", "Meter", "develop"]

_FLAME = 8.0
"""Light of a flame over that of the brightest white a picture can hold."""
_FIRE = semantic_id("fire")


@record
class AutoExposure:
    """Brings a picture's mean light to a target, not at once but like a first-order lag.

    Light is taken to be the square of a picture's bytes (a display's gamma is about 2).
    """

    target: float = 0.45
    """Brightness in (0, 1), as bytes have it, that the mean light should show as."""
    time_constant_s: float = 0.4
    """After which 63 % of a change is made good, in stops."""
    stops: float = 3.0
    """At most so many factors of two darker or brighter than the fixed exposure."""

    def __post_init__(self) -> None:
        if not 0.0 < self.target < 1.0 or self.time_constant_s < 0.0 or not 0.0 <= self.stops <= 10.0:
            raise ValueError(f"expected target in (0, 1), time_constant_s of at least 0 and stops in [0, 10], got {self}")


class Meter:
    """The exposure of one camera over time."""

    def __init__(self, config: AutoExposure) -> None:
        self._config = config
        self.begin()

    def begin(self) -> None:
        """Start an episode: the first picture is exposed as it should be."""
        self._stops: float | None = None
        self._time_s = 0.0

    def gain(self, light: NDArray[np.float32], time_s: float) -> float:
        """By how much the light of a picture (h, w, 3) taken now is multiplied."""
        config = self._config
        mean = max(float(light.mean()), 1e-6)
        aim = min(max(math.log2(config.target**2 / mean), -config.stops), config.stops)
        if self._stops is None:
            self._stops = aim
        else:
            passed_s = max(time_s - self._time_s, 0.0)
            left = math.exp(-passed_s / config.time_constant_s) if config.time_constant_s > 0.0 else 0.0
            self._stops = aim + left * (self._stops - aim)
        self._time_s = time_s
        return float(2.0**self._stops)


def develop(
    rgb: NDArray[np.uint8],
    semantic: NDArray[np.uint8],
    falloff: NDArray[np.float32] | None,
    meter: Meter | None,
    time_s: float,
) -> None:
    """Vignette and exposure, in place.

    Args:
        rgb: (h, w, 3).
        semantic: (h, w): where flames are, which are far brighter than a picture can show.
        falloff: (h, w, 1) share of light, or none.
        meter: auto-exposure, or none.
        time_s: now.
    """
    light = np.square(rgb, dtype=np.float32)
    light /= np.float32(255.0**2)
    if falloff is not None:
        light *= falloff
    if meter is not None:
        light[semantic == _FIRE] *= np.float32(_FLAME)
        light *= np.float32(meter.gain(light, time_s))
    np.sqrt(np.minimum(light, np.float32(1.0), out=light), out=light)
    light *= np.float32(255.0)
    rgb[:] = np.rint(light, out=light)
