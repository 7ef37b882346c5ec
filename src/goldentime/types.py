"""What the layers hand to one another: one instant of the world, one action, one event.

Hot-path values are named tuples of plain floats: a step makes a handful of them, and at these sizes floats are several
times faster than arrays. The world frame is ENU (x east, y north, z up); the body frame is FLU (x forward, y left, z up);
quaternions are (x, y, z, w) and turn body vectors into world vectors. SI units throughout.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "TEAM",
    "ActionMode",
    "Agent",
    "Brief",
    "Contact",
    "DroneState",
    "Event",
    "FireState",
    "KitState",
    "LoadState",
    "NavState",
    "PersonState",
    "Quat",
    "RadioState",
    "Report",
    "Setpoint",
    "Vec3",
    "WorldState",
]

Vec3 = tuple[float, float, float]
Quat = tuple[float, float, float, float]

TEAM = -1
"""Instead of a drone's number: all of them."""


class Contact(NamedTuple):
    """The strongest touch between a drone and one other thing since the previous `WorldState`."""

    other: str
    """`"level"`, `"glass"`, `"drone"`, `"kit"`, `"load"` or `"mover"`."""
    position_m: Vec3
    """World position of the touch."""
    normal: Vec3
    """Unit vector from the other thing towards the drone, world frame."""
    force_n: float
    """Largest normal force during the interval."""


class DroneState(NamedTuple):
    """One drone at one instant."""

    position_m: Vec3
    quaternion_xyzw: Quat
    velocity_m_s: Vec3
    angular_velocity_rad_s: Vec3
    """In the world frame; `control.frames.to_body` turns it into body rates."""
    acceleration_m_s2: Vec3
    """Mean coordinate acceleration over the last `Physics.advance`, world frame (0 in steady hover)."""
    rotor_speed_rad_s: tuple[float, ...]
    state_of_charge: float
    """Battery energy left as a fraction of the full one, in [0, 1]."""
    voltage_v: float
    contacts: tuple[Contact, ...]
    contact_s: float
    """How long of the last interval the drone touched anything."""


class KitState(NamedTuple):
    """One relief kit at one instant."""

    position_m: Vec3
    velocity_m_s: Vec3
    carrier: int
    """Index of the drone that holds the kit, -1 once released."""


class LoadState(NamedTuple):
    """One heavy load at one instant."""

    position_m: Vec3
    velocity_m_s: Vec3
    held: tuple[int, ...]
    """Indices of the drones whose ropes still hold it, taut or slack."""


class RadioState(NamedTuple):
    """What every radio hears at one instant. Nodes are the drones in their order, then the base."""

    power_dbm: NDArray[np.float64]
    """(nodes, nodes) received power of the row's sender at the column's receiver; on the diagonal -inf."""
    hops: NDArray[np.int64]
    """(nodes, nodes) fewest hops from one to another; 0 on the diagonal, -1 where there is no way."""
    inbox: tuple[tuple[tuple[int, bytes], ...], ...]
    """By drone: sender and content of the messages that have arrived since the state before, in the senders' order."""


class PersonState(NamedTuple):
    """One person at one instant."""

    position_m: Vec3
    """Where they stand, sit or lie, on the ground."""
    yaw_rad: float
    posture: str
    """One of `envs.assets.postures`."""
    condition: str
    """START triage: `"non_urgent"`, `"urgent"`, `"immediate"` or `"dead"`."""
    fed: float
    """Fractional effective dose of asphyxiant gases so far; at 1 half of all people are incapacitated."""
    fed_heat: float
    """The same of heat."""
    voice_db: float
    """By how much their voice is louder than when they are well; -inf when they can't call."""
    hooded: bool
    """Whether they wear the smoke hood of a relief kit."""
    tag: str
    """Triage tag that rescuers left, as `condition`; empty without."""
    injury: float = 0.0
    """Severity of their injury by now, as `Person.injury`."""


class FireState(NamedTuple):
    """Air and fire at one instant; (rooms,) float64 arrays in the order of `Level.rooms`, never changed in place."""

    layer_m: NDArray[np.float64]
    """World height of the border between the hot upper and the cool lower layer; the ceiling while there is none."""
    upper_k: NDArray[np.float64]
    lower_k: NDArray[np.float64]
    upper_extinction_per_m: NDArray[np.float64]
    lower_extinction_per_m: NDArray[np.float64]
    upper_co: NDArray[np.float64]
    """Volume fraction, like those that follow."""
    lower_co: NDArray[np.float64]
    upper_co2: NDArray[np.float64]
    lower_co2: NDArray[np.float64]
    upper_o2: NDArray[np.float64]
    lower_o2: NDArray[np.float64]
    fuels_w: NDArray[np.float64]
    """(fuels,) heat release now, in the order of `FirePlan.fuels`."""


class WorldState(NamedTuple):
    """One instant of the whole world: ground truth, never shown to an agent."""

    time_s: float
    drones: tuple[DroneState, ...]
    kits: tuple[KitState, ...]
    people: tuple[PersonState, ...] = ()
    """Of those who may move or fade; people who are mere props are not here."""
    fire: FireState | None = None
    """Where a fire spreads; None where flames and smoke stand still."""
    hull_k: tuple[float, ...] = ()
    """Temperature of each drone's hull, where a fire spreads."""
    alone: tuple[PersonState, ...] = ()
    """The same people as they would be had no drone come."""
    best: tuple[PersonState, ...] = ()
    """The same people as they would be had each got a relief kit at its `Person.help_s`."""
    loads: tuple[LoadState, ...] = ()
    """In the order of the scenario."""
    radio: RadioState | None = None
    """Where the drones have radios."""


class NavState(NamedTuple):
    """What an autopilot believes of its own motion; the input of every controller."""

    position_m: Vec3
    """World frame, or dead reckoning from the start where there is no position fix."""
    quaternion_xyzw: Quat
    velocity_m_s: Vec3
    """World frame."""
    body_rates_rad_s: Vec3
    """Body frame (FLU)."""


class ActionMode(StrEnum):
    """What the four numbers of a motion command mean."""

    ROTOR = "rotor"
    RATE = "rate"
    VELOCITY = "velocity"
    WAYPOINT = "waypoint"


class Report(NamedTuple):
    """What an agent claims to have found."""

    kind: str
    """One of the kinds that the mission lets be reported."""
    position_m: Vec3
    """In the frame that the brief states."""
    described: bool = False
    """Whether it is the one that the brief describes."""
    text: str = ""
    """What was read, Unicode NFC."""
    placed: bool = True
    """Whether `position_m` is claimed; False where only a direction is."""
    azimuth_rad: float = 0.0
    """Of what was heard, counter-clockwise from east, in the mission frame."""
    elevation_rad: float = 0.0
    """Of what was heard, upwards from the horizontal."""
    onset_s: float = 0.0
    """When it began to be heard, since the start of the episode."""
    said: Mapping[str, str] = {}
    """Answers to the mission's own questions, by their name; empty text for one that is left open."""
    counts: Mapping[str, int] = {}
    """Numbers that the mission asks for, by name."""


class Setpoint(NamedTuple):
    """A checked action of one drone."""

    motion: tuple[float, ...]
    """In the units of the action mode, see `control.modes`."""
    release: bool
    """Let go of the load, or else of a kit."""
    report: Report | None = None
    """In missions with reports, if there is one."""
    message: bytes = b""
    """Sent to the other drones, where there are radios; empty for silence."""


class Event(NamedTuple):
    """Something that happened and that rules, rewards and reports speak about."""

    time_s: float
    kind: str
    """One of the mission's own kinds, or `"invalid_action"`."""
    drone: int
    """Who did it; `TEAM` for what all have done together, which counts for each of them."""
    value: float = 1.0
    """The amount: seconds of collision, metres of progress, 1 for a plain occurrence."""
    detail: Mapping[str, Any] = {}
    """JSON-able facts for the report, such as a section's name or a position."""


Brief = Mapping[str, Any]
"""What a contestant is told before an episode, JSON-able but for photos and sounds of some missions, which are arrays."""


class Agent(Protocol):
    """All that a team writes."""

    def reset(self, brief: Brief) -> None:
        """Start an episode. `brief` holds neither seed nor ground truth."""

    def act(self, observation: Mapping[str, Any]) -> Any:
        """Answer one observation with one action of the action space that the brief describes."""
