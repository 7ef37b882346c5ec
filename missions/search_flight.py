"""How a flight of the missions with reports ends and what it may not touch; the reports are judged elsewhere."""

import math
from typing import Final, NamedTuple

from goldentime.types import Contact, DroneState, Event, Vec3, WorldState

__all__ = ["Flight", "FlightEvent", "Limits", "judge_flight"]

_NEW_TOUCH_S = 0.5
"""A touch after at least this long without one is a new collision."""
_UP, _SOFT_M_S = 0.7, 1.0
"""A contact whose normal's z is above the first, at a speed below the second, is standing on the ground."""
_UPSIDE_DOWN = math.cos(math.radians(100.0))
_AIRBORNE_M = 0.5
_REST_M_S, _REST_S = 0.2, 1.0
"""So slow for so long on the ground after a flight is landed."""
_EPS = 1e-9


class FlightEvent:
    """What happens on a flight. Plain strings: the reward looks them up at every step."""

    COLLISION: Final = "collision"
    """A new touch of anything but the ground stood on; detail `position`, `other`, `force`."""
    COLLISION_S: Final = "collision_s"
    """Seconds of such touch in this step."""
    CRASHED: Final = "crashed"
    """Hit something too hard, or upside down; ends the episode."""
    LANDED: Final = "landed"
    """At rest on the ground after having flown; ends the episode."""
    OUT_OF_BOUNDS: Final = "out_of_bounds"
    """Left the place; ends the episode."""
    TIME_UP: Final = "time_up"
    """The time limit; ends the episode as truncated."""


class Limits(NamedTuple):
    """What an instance allows."""

    lower: Vec3
    upper: Vec3
    """[m] corners of the space that may be flown in, world."""
    ground_m: float
    """Height of the centre of a drone that stands at the start."""
    time_limit_s: float
    crash_m_s: float
    """A contact that changes the velocity along its normal by more within one step is a crash."""


class Flight(NamedTuple):
    """The bookkeeping of one flight."""

    touched_s: float = -math.inf
    """When something was last touched."""
    airborne: bool = False
    rested_s: float = 0.0
    """Time at rest on the ground, without a break."""


def judge_flight(
    flight: Flight, limits: Limits, before: WorldState, after: WorldState, events: list[Event], number: int = 0
) -> tuple[Flight, str | None]:
    """One step of one drone, of a number; appends events.

    Returns:
        The new bookkeeping, and why its flight is over, None while it is not.
    """
    now, drone = after.time_s, after.drones[number]
    standing, end = False, None
    if drone.contacts:
        flight, touches, standing, end = _touch(flight, limits, before.drones[number], drone, now)
        events += [touch._replace(drone=number) for touch in touches]
    x, y, _, _ = drone.quaternion_xyzw
    if 1.0 - 2.0 * (x * x + y * y) < _UPSIDE_DOWN:
        end = FlightEvent.CRASHED
    if end is None and _outside(limits, drone.position_m):
        end = FlightEvent.OUT_OF_BOUNDS
    flight = _rest(flight, limits, drone, standing, now - before.time_s)
    if end is None and flight.rested_s >= _REST_S - _EPS:
        end = FlightEvent.LANDED
    if end is None and now >= limits.time_limit_s - _EPS:
        end = FlightEvent.TIME_UP
    if end is not None:
        events.append(Event(now, end, number))
    return flight, end


def _outside(limits: Limits, at: Vec3) -> bool:
    (ax, ay, az), (x, y, z), (bx, by, bz) = limits.lower, at, limits.upper
    return not (ax <= x <= bx and ay <= y <= by and az <= z <= bz)


def _rest(flight: Flight, limits: Limits, drone: DroneState, standing: bool, dt_s: float) -> Flight:
    above_m = drone.position_m[2] - limits.ground_m
    if not flight.airborne:
        return flight._replace(airborne=True) if above_m > _AIRBORNE_M else flight
    # Bullet may lose a resting contact for a step: once standing, staying low is enough.
    down = standing or (flight.rested_s > 0.0 and above_m < 0.05)
    if down and math.hypot(*drone.velocity_m_s) < _REST_M_S:
        return flight._replace(rested_s=flight.rested_s + dt_s)
    return flight._replace(rested_s=0.0) if flight.rested_s else flight


def _touch(
    flight: Flight, limits: Limits, before: DroneState, drone: DroneState, now: float
) -> tuple[Flight, list[Event], bool, str | None]:
    """Sort the contacts of a step into standing, collision and crash."""
    end, standing = None, False
    worst: Contact | None = None
    slow = math.hypot(*before.velocity_m_s) < _SOFT_M_S
    for contact in drone.contacts:
        if slow and contact.other == "level" and contact.normal[2] > _UP:
            standing = True
            continue
        if worst is None or contact.force_n > worst.force_n:
            worst = contact
        jump = sum((b - a) * n for a, b, n in zip(before.velocity_m_s, drone.velocity_m_s, contact.normal, strict=True))
        if jump > limits.crash_m_s:
            end = FlightEvent.CRASHED
    if worst is None:
        return flight, [], standing, end
    events = []
    if now - flight.touched_s >= _NEW_TOUCH_S:
        place = [round(p, 3) for p in worst.position_m]
        detail = {"position": place, "other": worst.other, "force": round(worst.force_n, 3)}
        events.append(Event(now, FlightEvent.COLLISION, 0, 1.0, detail))
    events.append(Event(now, FlightEvent.COLLISION_S, 0, drone.contact_s))
    return flight._replace(touched_s=now), events, standing, end
