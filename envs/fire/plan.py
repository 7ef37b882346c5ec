"""What can burn in a scenario, and where it begins."""

from typing import Literal

from goldentime.envs.level import Level, Point
from goldentime.errors import ConfigError
from goldentime.records import record

__all__ = ["FirePlan", "Fuel", "Growth", "Ignition", "Lining", "check_plan"]

Growth = Literal["slow", "medium", "fast", "ultrafast"]
"""Classes of t-squared fires."""

Lining = Literal["concrete", "brick", "gypsum"]
"""What walls, floors and ceilings are made of, as heat meets it; see `walls`."""


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
    co2_yield: float = 1.5
    """Mass of carbon dioxide per mass of fuel burnt [kg/kg]."""
    heat_j_kg: float = 20e6
    """Released per mass of fuel burnt; wood and plastics mixed."""
    radiative_share: float = 0.35
    """Of its heat, what the flame sends out as radiation; the rest rises with the plume."""
    critical_flux_w_m2: float = 12_500.0
    """Radiation below which it never catches fire: 12.5 kW/m2 for wood beside a spark (Law 1963)."""
    ignition_dose_w2s_m4: float = 1e10
    """It catches fire when the square of the flux above the critical one has added up to this."""

    def __post_init__(self) -> None:
        for name in ("peak_w", "energy_j", "heat_j_kg", "critical_flux_w_m2", "ignition_dose_w2s_m4"):
            if not getattr(self, name) > 0.0:
                raise ValueError(f"{name}: expected more than 0, got {getattr(self, name)}")
        for name in ("soot_yield", "co_yield", "co2_yield"):
            if not getattr(self, name) >= 0.0:
                raise ValueError(f"{name}: expected at least 0, got {getattr(self, name)}")
        if not 0.0 <= self.radiative_share < 1.0:
            raise ValueError(f"radiative_share: expected a share in [0, 1), got {self.radiative_share}")


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
    lining: Lining = "gypsum"
    outside_k: float = 293.15
    """Of the air outside, and of all at the beginning."""
    glass_breaks_k: float = 613.15
    """A closed leaf of glass falls out when the hot layer beside it is as hot: about 340 C for panes of 3 mm (Babrauskas,
    "Glass breakage in fires", Fire Science and Technology)."""


def check_plan(level: Level, plan: FirePlan) -> None:
    """Refuse a plan that does not fit its level.

    Raises:
        ConfigError: the field, what was expected and what came.
    """
    rooms, fuels = len(level.rooms), len(plan.fuels)
    if not rooms:
        raise ConfigError("level.rooms: a fire needs at least one room, got none")
    for i, fuel in enumerate(plan.fuels):
        if not 0 <= fuel.room < rooms:
            raise ConfigError(f"fire.fuels.{i}.room: expected a room in [0, {rooms}), got {fuel.room}")
        room = level.rooms[fuel.room]
        if not all(low <= at <= high for low, at, high in zip(room.lower, fuel.position, room.upper, strict=True)):
            raise ConfigError(
                f"fire.fuels.{i}.position: expected a point in room {fuel.room}, {room.lower} to {room.upper}, "
                f"got {fuel.position}"
            )
    for i, ignition in enumerate(plan.ignitions):
        if not 0 <= ignition.fuel < fuels:
            raise ConfigError(f"fire.ignitions.{i}.fuel: expected a fuel in [0, {fuels}), got {ignition.fuel}")
    for i, opening in enumerate(level.openings):
        for j, place in enumerate(opening.rooms):
            if not -1 <= place < rooms:
                raise ConfigError(f"level.openings.{i}.rooms.{j}: expected -1 or a room in [0, {rooms}), got {place}")
    for i, room in enumerate(level.rooms):
        if not all(high > low for low, high in zip(room.lower, room.upper, strict=True)):
            raise ConfigError(f"level.rooms.{i}: expected upper above lower, got {room.lower} to {room.upper}")
