"""The scenario: one fully drawn instance of a mission. JSON round trip, stable digest."""

import math
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from goldentime.envs.acoustics.sounds import Source
from goldentime.envs.fire.plan import FirePlan
from goldentime.envs.hazards.flames import Flame
from goldentime.envs.hazards.lights import Lighting
from goldentime.envs.hazards.smoke import SmokeLayers
from goldentime.envs.level import Level, Point
from goldentime.envs.people.person import Person
from goldentime.envs.signage.pose import PlacedSign
from goldentime.records import canonical_json, digest, dump, load, record

__all__ = [
    "DroneSpec",
    "KitSpec",
    "LoadSpec",
    "Mover",
    "Prop",
    "Scenario",
    "WindSpec",
    "WindZone",
    "scenario_digest",
    "scenario_from_json",
    "scenario_to_json",
]


@record
class DroneSpec:
    """Where a drone starts."""

    airframe: str
    position: Point
    """[m] centre of mass, world ENU."""
    yaw: float = 0.0
    """[rad] 0 looks east."""
    role: str = ""
    """What it is there for, as `SensorConfig.roles` has it."""


@record
class KitSpec:
    """What hangs on a drone's gripper at the start; a drone lets go of its kits in their order."""

    kind: Literal["relief", "anchor"] = "relief"
    """People make use of relief kits only."""
    carrier: int = 0
    mass_kg: float = 0.25
    size: Point = (0.14, 0.14, 0.14)
    """[m]"""


@record
class LoadSpec:
    """A load that stands on the ground at the start, too heavy for one drone: from each of several a rope leads to it."""

    position: Point
    """[m] of its middle, world ENU."""
    drones: tuple[int, ...]
    """Whose ropes lead to it; letting go, a drone gives up its rope before its kits."""
    rope_m: float = 1.0
    """From a drone's centre of mass to the load's middle; at the start no drone is farther away."""
    mass_kg: float = 2.8
    """More than one fresh airframe `carrier` lifts by all its might, and little for two."""
    size: Point = (0.3, 0.3, 0.2)
    """[m]"""


@record
class Mover:
    """A cuboid obstacle that swings along a line: centre + amplitude * sin(2 pi t / period + phase)."""

    centre: Point
    size: Point
    amplitude: Point
    """[m]"""
    period_s: float
    phase: float = 0.0
    """[rad]"""

    def at(self, time_s: float) -> list[float]:
        """Where its centre is [m]."""
        share = math.sin(2.0 * math.pi * time_s / self.period_s + self.phase)
        return [c + a * share for c, a in zip(self.centre, self.amplitude, strict=True)]


@record
class Prop:
    """A thing or a person from the asset library, as cameras see it. What stops drones there is a primitive of
    the level, of material `level.UNSEEN`."""

    asset: str
    """Name in `envs.assets.library`."""
    position: Point
    """[m] where the asset's origin stands, the centre of its foot, world ENU."""
    yaw: float = 0.0
    """[rad] 0 faces east."""
    scale: float = 1.0
    colours: Mapping[str, Point] = field(default_factory=dict)
    """Red, green and blue in [0, 1] of those regions of the asset that are not in their own colour."""
    semantic: str = ""
    """Class of `envs.render.classes`; empty for the asset's own."""


@record
class WindZone:
    """A box of moving air whose mean velocity fades in over `edge_m` at its borders."""

    lower: Point
    upper: Point
    velocity: Point
    """[m/s] mean wind, world ENU."""
    edge_m: float = 1.0


@record
class WindSpec:
    """Mean wind by zones plus gusts."""

    zones: tuple[WindZone, ...] = ()
    gust_scale: float = 0.0
    """Gust intensity: standard deviation of the vertical gust over the local mean wind speed; MIL-F-8785C uses 0.1."""


@record
class Scenario:
    """Everything a physics needs to set up the world and a mission needs to judge it."""

    mission: str
    level: Level
    drones: tuple[DroneSpec, ...]
    kits: tuple[KitSpec, ...] = ()
    loads: tuple[LoadSpec, ...] = ()
    movers: tuple[Mover, ...] = ()
    wind: WindSpec = WindSpec()
    props: tuple[Prop, ...] = ()
    signs: tuple[PlacedSign, ...] = ()
    """As cameras see them; what stops drones there is `signs.sign_body` in the level, of material `level.UNSEEN`."""
    flames: tuple[Flame, ...] = ()
    """What glows in a camera's view; nothing feels their heat yet."""
    smoke: SmokeLayers | None = None
    """What dims a camera's view; lidar and people do not mind it yet."""
    light: Lighting = Lighting()
    sounds: tuple[Source, ...] = ()
    """What microphones hear, besides the drones themselves."""
    fire: FirePlan | None = None
    """What burns and spreads, in the level's rooms; without it flames and smoke stand still."""
    people: tuple[Person, ...] = ()
    """Those who may move, suffer and be helped; mere figures are props."""
    base: Point | None = None
    """[m] where the radio of those outside stands, if there is one."""
    time_limit_s: float
    task: dict[str, Any]
    """The mission's own JSON-able facts; its module documents them."""


def scenario_to_json(scenario: Scenario) -> bytes:
    """Canonical JSON bytes."""
    return canonical_json(dump(scenario))


def scenario_from_json(data: dict[str, Any]) -> Scenario:
    """The inverse of `scenario_to_json` after `json.loads`.

    Raises:
        ConfigError: the data does not describe a scenario.
    """
    return load(Scenario, data, "scenario")


def scenario_digest(scenario: Scenario) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return digest(scenario)
