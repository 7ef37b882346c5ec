"""The seam between the simulated world and the rules, and the configuration of an environment."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

from goldentime.envs.navigation import NavConfig
from goldentime.envs.radio.config import RadioConfig
from goldentime.envs.reports import ReportSchema
from goldentime.envs.scenario import Scenario
from goldentime.envs.sensors.base import SensorConfig
from goldentime.records import record
from goldentime.types import ActionMode, Event, Report, WorldState

__all__ = ["EnvConfig", "Mission", "Recorder", "Reports", "Sheet", "Verdict"]

Reports = Sequence[Report | None]
"""What the drones report in one step, in their order; empty in missions without reports."""


class Sheet(NamedTuple):
    """What is said of a scenario, to whom."""

    brief: Mapping[str, Any]
    """Told to the agent; holds no seed, no ground truth."""
    facts: Mapping[str, float]
    """Numbers that the score needs, for the log only."""


class Verdict(NamedTuple):
    """What the rules say of one step."""

    progress: Any
    """The mission's own immutable bookkeeping."""
    events: Sequence[Event]
    end: str | None
    """Why the episode is over, None while it is not."""
    truncated: bool = False
    """Whether it ended by the clock alone."""
    down: frozenset[int] = frozenset()
    """Drones whose flight is over while others fly on: their rotors idle and they say nothing any more."""


class Mission(Protocol):
    """The rules of one mission. Pure: same arguments, same answer."""

    @property
    def report(self) -> ReportSchema | None:
        """What can be reported; None in a mission without reports."""

    def generate(self, rng: np.random.Generator) -> Scenario:
        """Draw an instance."""

    def sheet(self, scenario: Scenario) -> Sheet:
        """Brief and facts of an instance."""

    def start(self, scenario: Scenario, state: WorldState) -> Any:
        """The bookkeeping at the start."""

    def judge(self, progress: Any, before: WorldState, after: WorldState, reports: Reports = ()) -> Verdict:
        """Judge one step."""


class Recorder(Protocol):
    """Where an episode is written down; `eval.log.EpisodeLog` is one."""

    def begin(self, header: Mapping[str, Any]) -> None:
        """Start an episode. The header is JSON-able."""

    def record(self, state: WorldState, events: Sequence[Event], reward_terms: Mapping[str, float]) -> None:
        """Write one step down."""

    def end(self, reason: str) -> None:
        """Close the episode."""


@record
class EnvConfig:
    """An environment: which mission on which airframe with which senses."""

    mission: str
    """Name in the mission registry."""
    title: str
    summary: str
    rules: str | dict[str, Any]
    """Scoring rules: the name of a file in `configs/rules/`, or the rules themselves."""
    id: str
    """Gymnasium id without the namespace, such as `Hover-v0`."""
    agents: Literal["single", "team"] = "single"
    """`single` is flown through Gymnasium by one drone, `team` through PettingZoo by several."""
    scenario: Mapping[str, Any] = field(default_factory=dict)
    """The mission's own configuration."""
    action_mode: ActionMode = ActionMode.VELOCITY
    action_hz: float = 10.0
    control_hz: float = 240.0
    """Rate of the control loops; in `rotor` mode there are none and the action rate is used."""
    physics_hz: float = 240.0
    wind_hz: float = 60.0
    contest: bool = False
    """Contest mode: no privileged sensor, invalid actions become events instead of errors."""
    nav: NavConfig = NavConfig()
    radio: RadioConfig | None = None
    """Of all drones and of `Scenario.base`; None where there are no radios and no messages."""
    sensors: Mapping[str, SensorConfig]
    reward: Mapping[str, float] = field(default_factory=dict)
    """Weight of each event kind; the reward is the weighted sum of event values."""
