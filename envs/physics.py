"""The seam between an environment and whatever moves the bodies."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.navigation import Motion
from goldentime.envs.scenario import Scenario
from goldentime.errors import ConfigError
from goldentime.types import Vec3, WorldState

__all__ = ["Command", "Physics", "Rays", "divide_rates"]


class Command(NamedTuple):
    """What one drone is made to do until the next command."""

    rotor_speed_rad_s: tuple[float, ...]
    air_m_s: Vec3
    """Velocity of the air around the drone, world frame."""
    release: bool
    """Let go of the next thing: loads on ropes first, then kits one by one."""


class Physics(Protocol):
    """Sole owner of the moving world; nothing else mutates it."""

    def reset(self, scenario: Scenario) -> None:
        """Build a fresh world."""

    def apply(self, commands: Sequence[Command]) -> None:
        """Set the commands of all drones."""

    def advance(self, substeps: int) -> None:
        """Let `substeps` physics steps pass."""

    def motions(self) -> Sequence[Motion]:
        """How each drone moves now, for its autopilot."""

    def read(self) -> WorldState:
        """The present instant; contacts are those since the previous `read`."""

    def close(self) -> None:
        """Give the world's resources back; a second call does nothing."""


class Rays(Protocol):
    """Read-only range queries into a world."""

    def cast(self, origin: NDArray[np.float64], target: NDArray[np.float64], glass_cosine: float) -> NDArray[np.float64]:
        """How far along each ray the first opaque thing is.

        Args:
            origin, target: (n, 3) world positions [m].
            glass_cosine: glass is seen where |cos(incidence)| is at least this; 0 sees all glass, above 1 none.

        Returns:
            (n,) fractions in [0, 1], 1 where nothing is hit.
        """


def divide_rates(fast_hz: float, slow_hz: float, fast: str, slow: str) -> int:
    """How many periods of a fast clock make one of a slow clock.

    Raises:
        ConfigError: the slow rate does not divide the fast one exactly; both are named.
    """
    if not (fast_hz > 0 and slow_hz > 0):
        raise ConfigError(f"{fast} and {slow} must be positive, got {fast_hz:g} Hz and {slow_hz:g} Hz")
    ratio = fast_hz / slow_hz
    if abs(ratio - round(ratio)) > 1e-9 or round(ratio) < 1:
        raise ConfigError(f"{slow} = {slow_hz:g} Hz must divide {fast} = {fast_hz:g} Hz exactly, got a ratio of {ratio:g}")
    return round(ratio)
