"""Hover: take off from a random pose and hold a point. The first environment to train on, and the one to compare with."""

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from goldentime.envs.level import Level
from goldentime.envs.mission import Sheet, Verdict
from goldentime.envs.scenario import DroneSpec, Scenario, WindSpec, WindZone
from goldentime.missions.registry import mission
from goldentime.records import record
from goldentime.types import Event, Vec3, WorldState

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

    airframe: str = "cf2x"
    target: Vec3 = (0.0, 0.0, 1.0)
    """[m]"""
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
    """Time within tolerance without a break, and the limits of this instance."""

    target: Vec3
    held_s: float
    done: bool
    time_limit_s: float


@mission("hover", HoverConfig)
@dataclass(frozen=True)
class Hover:
    """Hold a point. Success: `hold_full_s` seconds within `tolerance_m` without a break."""

    config: HoverConfig

    def generate(self, rng: np.random.Generator) -> Scenario:
        """Draw start position and heading."""
        c = self.config
        offset = rng.uniform(-c.spread_m, c.spread_m, 3)
        start = np.array(c.target) + offset
        start[2] = max(start[2], 0.2)
        heading, yaw = rng.uniform(-math.pi, math.pi, 2).tolist()
        zones: tuple[WindZone, ...] = ()
        if c.wind_m_s > 0.0:
            velocity = (c.wind_m_s * math.cos(heading), c.wind_m_s * math.sin(heading), 0.0)
            zones = (WindZone(lower=(-1e3, -1e3, -1.0), upper=(1e3, 1e3, 1e3), velocity=velocity),)
        return Scenario(
            mission="hover",
            level=Level(),
            drones=(DroneSpec(airframe=c.airframe, position=tuple(start.tolist()), yaw=0.0 * yaw),),
            wind=WindSpec(zones=zones, gust_scale=c.gust_scale),
            time_limit_s=c.time_limit_s,
            task={"target": list(c.target), "tolerance_m": c.tolerance_m},
        )

    def sheet(self, scenario: Scenario) -> Sheet:
        """The target is told; the start is not."""
        brief = {"target_m": scenario.task["target"], "time_limit_s": scenario.time_limit_s}
        facts = {"hold_full_s": self.config.hold_full_s, "time_limit_s": scenario.time_limit_s}
        return Sheet(brief, facts)

    def start(self, scenario: Scenario, state: WorldState) -> _Progress:
        """Nothing held yet."""
        return _Progress(self.config.target, 0.0, False, scenario.time_limit_s)

    def judge(self, progress: _Progress, before: WorldState, after: WorldState) -> Verdict:
        """Distance, unbroken hold, crash, clock."""
        c, drone, now = self.config, after.drones[0], after.time_s
        distance = math.dist(drone.position_m, progress.target)
        events = [Event(now, HoverEvent.PROGRESS, 0, max(0.0, 1.0 - distance / c.reach_m))]
        held, done = 0.0, progress.done
        if distance <= c.tolerance_m:
            held = progress.held_s + now - before.time_s
            events.append(Event(now, HoverEvent.HOLD, 0, now - before.time_s))
            if held >= c.hold_full_s - 1e-9 and not done:
                done = True
                events.append(Event(now, HoverEvent.HELD, 0))
        end: str | None = None
        if drone.contacts:
            end = HoverEvent.CRASHED
        elif distance > c.reach_m:
            end = HoverEvent.OUT_OF_BOUNDS
        if end is not None:
            events.append(Event(now, end, 0))
        over = end is None and now >= progress.time_limit_s - 1e-9
        reason = end if end is not None else ("held" if done else "time_up") if over else None
        return Verdict(_Progress(progress.target, held, done, progress.time_limit_s), events, reason, over)
