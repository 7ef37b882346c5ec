"""Hover: start at a random place and hold a point. The first environment to train on, and the one to compare with.

With several drones each has a point of its own on a square grid, and all of them must hold theirs.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple

import numpy as np

from goldentime.envs.level import Level
from goldentime.envs.mission import Reports, Sheet, Verdict
from goldentime.envs.reports import ReportSchema
from goldentime.envs.scenario import DroneSpec, Scenario, WindSpec, WindZone
from goldentime.missions.registry import mission
from goldentime.records import record
from goldentime.types import DroneState, Event, Vec3, WorldState

__all__ = ["Hover", "HoverConfig", "HoverEvent"]


class HoverEvent:
    """What happens while hovering. Plain strings: the reward looks them up at every step, and hashing an enum is slow."""

    PROGRESS: Final = "progress"
    """Every step, value in [0, 1]: 1 at the target, falling with the distance."""
    HOLD: Final = "hold_s"
    """Seconds of this step spent within tolerance."""
    HELD: Final = "held"
    """Held the target long enough without a break."""
    CRASHED: Final = "crashed"
    OUT_OF_BOUNDS: Final = "out_of_bounds"


@record
class HoverConfig:
    """How an instance is drawn."""

    drones: int = 1
    spacing_m: float = 1.5
    """Between neighbouring points of the grid."""
    airframe: str = "cf2x"
    target: Vec3 = (0.0, 0.0, 1.0)
    """[m] of the first drone."""
    spread_m: float = 0.8
    """The start lies within this distance of the target along each axis."""
    tolerance_m: float = 0.2
    hold_full_s: float = 5.0
    """Unbroken time within tolerance that counts as success."""
    reach_m: float = 3.0
    """Farther from the target the episode ends."""
    time_limit_s: float = 10.0
    wind_m_s: float = 0.0
    """Mean horizontal wind from a random direction."""
    gust_scale: float = 0.0


class _Progress(NamedTuple):
    """Time within tolerance without a break per drone, who has held long enough, and the limits of this instance."""

    targets: tuple[Vec3, ...]
    held_s: tuple[float, ...]
    done: tuple[bool, ...]
    time_limit_s: float


@mission("hover", HoverConfig)
@dataclass(frozen=True)
class Hover:
    """Hold a point. Success: `hold_full_s` seconds within `tolerance_m` without a break."""

    config: HoverConfig
    report: ClassVar[ReportSchema | None] = None

    def generate(self, rng: np.random.Generator) -> Scenario:
        """Draw the drones' places and the direction of the wind."""
        c = self.config
        targets = _grid(c)
        starts = np.array(targets) + rng.uniform(-c.spread_m, c.spread_m, (c.drones, 3))
        starts[:, 2] = np.maximum(starts[:, 2], 0.2)
        heading = float(rng.uniform(-math.pi, math.pi))
        zones: tuple[WindZone, ...] = ()
        if c.wind_m_s > 0.0:
            velocity = (c.wind_m_s * math.cos(heading), c.wind_m_s * math.sin(heading), 0.0)
            zones = (WindZone(lower=(-1e3, -1e3, -1.0), upper=(1e3, 1e3, 1e3), velocity=velocity),)
        return Scenario(
            mission="hover",
            level=Level(),
            drones=tuple(DroneSpec(airframe=c.airframe, position=(x, y, z)) for x, y, z in starts.tolist()),
            wind=WindSpec(zones=zones, gust_scale=c.gust_scale),
            time_limit_s=c.time_limit_s,
            task={"targets": [list(target) for target in targets], "tolerance_m": c.tolerance_m},
        )

    def sheet(self, scenario: Scenario) -> Sheet:
        """The target, or all drones' targets, is told; the start is not."""
        targets = scenario.task["targets"]
        told = {"target_m": targets[0]} if len(targets) == 1 else {"targets_m": targets}
        count, limit_s = len(targets), scenario.time_limit_s
        facts = {"drones": count, "hold_full_s": self.config.hold_full_s * count, "time_limit_s": limit_s}
        return Sheet({**told, "time_limit_s": limit_s}, facts)

    def start(self, scenario: Scenario, state: WorldState) -> _Progress:
        """Nothing held yet."""
        count = len(scenario.drones)
        return _Progress(tuple(_grid(self.config)), (0.0,) * count, (False,) * count, scenario.time_limit_s)

    def judge(self, progress: _Progress, before: WorldState, after: WorldState, reports: Reports = ()) -> Verdict:
        """Each drone's distance, unbroken hold and crash, then the clock. One crash ends it for all."""
        now, dt_s = after.time_s, after.time_s - before.time_s
        events: list[Event] = []
        held_s, done, end = [], [], None
        for index, drone in enumerate(after.drones):
            held, held_enough, fault = self._judge_drone(progress, index, drone, (now, dt_s), events)
            held_s.append(held)
            done.append(held_enough)
            end = end or fault
        over = end is None and now >= progress.time_limit_s - 1e-9
        if over:
            end = "held" if all(done) else "time_up"
        return Verdict(_Progress(progress.targets, tuple(held_s), tuple(done), progress.time_limit_s), events, end, over)

    def _judge_drone(
        self, progress: _Progress, index: int, drone: DroneState, clock: tuple[float, float], events: list[Event]
    ) -> tuple[float, bool, str | None]:
        """Append one drone's events; its unbroken hold, whether it has held long enough, and what ends its flight."""
        c, (now, dt_s) = self.config, clock
        distance = math.dist(drone.position_m, progress.targets[index])
        events.append(Event(now, HoverEvent.PROGRESS, index, max(0.0, 1.0 - distance / c.reach_m)))
        held, done = 0.0, progress.done[index]
        if distance <= c.tolerance_m:
            held = progress.held_s[index] + dt_s
            events.append(Event(now, HoverEvent.HOLD, index, dt_s))
            if held >= c.hold_full_s - 1e-9 and not done:
                done = True
                events.append(Event(now, HoverEvent.HELD, index))
        if drone.contacts:
            fault: str | None = HoverEvent.CRASHED
        else:
            fault = HoverEvent.OUT_OF_BOUNDS if distance > c.reach_m else None
        if fault is not None:
            events.append(Event(now, fault, index))
        return held, done, fault


def _grid(config: HoverConfig) -> list[Vec3]:
    """One point per drone on a square grid that begins at the target."""
    x, y, z = config.target
    side = math.ceil(math.sqrt(config.drones))
    step = config.spacing_m
    return [(x + step * (i % side), y + step * (i // side), z) for i in range(config.drones)]
