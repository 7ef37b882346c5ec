"""What can burn in a scenario, and where it begins."""

from typing import Literal

from goldentime.envs.level import Point
from goldentime.records import record

__all__ = ["FirePlan", "Fuel", "Growth", "Ignition"]

Growth = Literal["slow", "medium", "fast", "ultrafast"]
"""Classes of t-squared fires."""


@record
class Fuel:
    """One item that can burn, such as a sofa."""

    room: int
    """Place in `Level.rooms`."""
    position: Point
    """[m] middle of its burning surface, world ENU."""
    growth: Growth
    peak_w: float
    """Heat release when it burns in full."""
    energy_j: float
    """All that it can release."""
    soot_yield: float = 0.05
    """Mass of soot per mass of fuel burnt [kg/kg]."""
    co_yield: float = 0.04
    """Mass of carbon monoxide per mass of fuel burnt with enough air [kg/kg]."""


@record
class Ignition:
    """A fuel that begins to burn by itself."""

    fuel: int
    time_s: float = 0.0
    """Before the start of the episode where it is negative."""


@record
class FirePlan:
    """All fuels of a scenario and where it begins."""

    fuels: tuple[Fuel, ...]
    ignitions: tuple[Ignition, ...]
