"""The rules of the obstacle course as pure functions over plain floats: they run at every step.

Points, time limit and what counts as a collision were never published for the real track: all of it is ours.
"""

import math
from typing import Final, NamedTuple

from goldentime.missions.course_facts import Facts, crossing
from goldentime.types import Contact, DroneState, Event, KitState, Vec3, WorldState

__all__ = ["CourseEvent", "Kit", "Progress", "judge_step"]

_NEW_TOUCH_S = 0.5
"""A touch after at least this long without one is a new collision."""
_UP = 0.7
"""A contact pushes up when its normal's z is above this."""
_SOFT_M_S = 1.0
"""Slower, a touch from above on a pad is standing; faster, it is a collision."""
_UPSIDE_DOWN = math.cos(math.radians(100.0))
_REST_M_S = 0.2
_REST_S = 1.0
"""So slow for so long on the landing pad is landed."""
_KIT_REST_M_S, _KIT_REST_S = 0.05, 0.5
_KIT_INSIDE_S = 1.0
_KIT_LOST_S = 5.0
_KIT_WAIT_S = 3.0
"""A drone that has landed waits this long for the fate of its kit."""
_EPS = 1e-9


class CourseEvent:
    """What happens on the course. Plain strings: the reward looks them up at every step, and hashing an enum is slow."""

    SECTION_PASSED: Final = "section_passed"
    """Crossed the exit gate of the next section; detail `section`, `index`."""
    PROGRESS: Final = "progress"
    """Metres gained along the route beyond the farthest point so far."""
    COLLISION: Final = "collision"
    """A new touch of anything but a pad stood on; detail `position`, `other`, `force`."""
    COLLISION_S: Final = "collision_s"
    """Seconds of such touch in this step."""
    CRASHED: Final = "crashed"
    """Hit something too hard, or upside down; ends the episode."""
    KIT_RELEASED: Final = "kit_released"
    KIT_DELIVERED: Final = "kit_delivered"
    """The kit stays in the open box."""
    KIT_LOST: Final = "kit_lost"
    """The kit lies elsewhere."""
    LANDED: Final = "landed"
    """At rest on the landing pad after all sections; ends the episode."""
    OUT_OF_BOUNDS: Final = "out_of_bounds"
    """Left the hall, above all over the walls; ends the episode."""
    TIME_UP: Final = "time_up"
    """The time limit; ends the episode as truncated."""


class Kit(NamedTuple):
    """The fate of the relief kit."""

    position_m: Vec3 = (0.0, 0.0, 0.0)
    """Where it was last seen after its release."""
    state: str = "carried"
    """Carried, released, delivered or lost."""
    released_s: float = 0.0
    inside_s: float = 0.0
    rest_s: float = 0.0


class Progress(NamedTuple):
    """The bookkeeping of one episode."""

    facts: Facts
    passed: int = 0
    leg: int = 0
    """Of the route, where `best_m` lies."""
    best_m: float = 0.0
    touched_s: float = -math.inf
    """When something was last touched."""
    kit: Kit = Kit()
    rested_s: float = 0.0
    """Time at rest on the landing pad, without a break."""


def judge_step(progress: Progress, before: WorldState, after: WorldState) -> tuple[Progress, list[Event], str | None]:
    """One step of the rules.

    Returns:
        The new bookkeeping, the events, and why the episode is over, None while it is not.
    """
    now, drone, facts = after.time_s, after.drones[0], progress.facts
    events: list[Event] = []
    progress = _advance(progress, before.drones[0].position_m, drone.position_m, now, events)
    end = None
    standing = False
    if drone.contacts:
        progress, standing, end = _touch(progress, before.drones[0], drone, now, events)
    if after.kits and progress.kit.state in ("carried", "released"):
        kit = _kit(progress, after.kits[0], now, now - before.time_s, events)
        progress = progress if kit is progress.kit else progress._replace(kit=kit)
    x, y, _, _ = drone.quaternion_xyzw
    if 1.0 - 2.0 * (x * x + y * y) < _UPSIDE_DOWN:
        end = CourseEvent.CRASHED
    if end is None and _outside(facts, drone.position_m):
        end = CourseEvent.OUT_OF_BOUNDS
    if end is None and progress.passed == len(facts.gates):
        progress, end = _land(progress, drone, standing, now, now - before.time_s, events)
    if end is None and now >= facts.time_limit_s - _EPS:
        end = CourseEvent.TIME_UP
    if end is not None:
        events.append(Event(now, end, 0))
    return progress, events, end


def _advance(progress: Progress, a: Vec3, b: Vec3, now: float, events: list[Event]) -> Progress:
    facts, passed = progress.facts, progress.passed
    if passed < len(facts.gates) and crossing(facts.gates[passed], a, b) is not None:
        name = facts.gates[passed].name
        events.append(Event(now, CourseEvent.SECTION_PASSED, 0, 1.0, {"section": name, "index": passed}))
        passed += 1
    leg, best = _along(facts, passed, progress, b)
    if best > progress.best_m + _EPS:
        events.append(Event(now, CourseEvent.PROGRESS, 0, best - progress.best_m))
        return progress._replace(passed=passed, leg=leg, best_m=best)
    return progress._replace(passed=passed) if passed != progress.passed else progress


def _outside(facts: Facts, at: Vec3) -> bool:
    (ax, ay, az), (x, y, z), (bx, by, bz) = facts.lower, at, facts.upper
    return not (ax <= x <= bx and ay <= y <= by and az <= z <= bz)


def _along(facts: Facts, passed: int, progress: Progress, at: Vec3) -> tuple[int, float]:
    """Leg and distance of the route's point nearest to `at`, from the best so far up to the next gate only.

    The next gate bounds it, so that a short cut through the air to a later stretch gains nothing.
    """
    limit = facts.gates[passed].route_m if passed < len(facts.gates) else facts.route_m
    reached = progress.best_m
    best, number, nearest = reached, progress.leg, math.inf
    px, py, pz = at
    for i in range(progress.leg, len(facts.legs)):
        ax, ay, az, ux, uy, uz, length, begin = facts.legs[i]
        if begin >= limit:
            break
        x, y, z = px - ax, py - ay, pz - az
        s = min(max(x * ux + y * uy + z * uz, reached - begin, 0.0), length, limit - begin)
        away = (x - s * ux) ** 2 + (y - s * uy) ** 2 + (z - s * uz) ** 2
        if away < nearest:
            best, number, nearest = begin + s, i, away
    return number, best


def _touch(
    progress: Progress, before: DroneState, drone: DroneState, now: float, events: list[Event]
) -> tuple[Progress, bool, str | None]:
    """Sort the contacts of a step into standing on a pad, collision and crash."""
    facts, end, standing = progress.facts, None, False
    worst: Contact | None = None
    for contact in drone.contacts:
        if _stands(contact, before, facts):
            standing = True
            continue
        if contact.other != "kit" and (worst is None or contact.force_n > worst.force_n):
            worst = contact
        jump = sum((b - a) * n for a, b, n in zip(before.velocity_m_s, drone.velocity_m_s, contact.normal, strict=True))
        if jump > facts.crash_m_s:
            end = CourseEvent.CRASHED
    if worst is None:
        return progress, standing, end
    if now - progress.touched_s >= _NEW_TOUCH_S:
        place = [round(p, 3) for p in worst.position_m]
        detail = {"position": place, "other": worst.other, "force": round(worst.force_n, 3)}
        events.append(Event(now, CourseEvent.COLLISION, 0, 1.0, detail))
    events.append(Event(now, CourseEvent.COLLISION_S, 0, drone.contact_s))
    return progress._replace(touched_s=now), standing, end


def _stands(contact: Contact, before: DroneState, facts: Facts) -> bool:
    """Touching a pad from above, slowly."""
    x, y, _ = contact.position_m
    slow = math.hypot(*before.velocity_m_s) < _SOFT_M_S
    return slow and contact.normal[2] > _UP and any(pad.holds(x, y, 0.05) for pad in facts.pads)


def _kit(progress: Progress, kit: KitState, now: float, dt: float, events: list[Event]) -> Kit:
    """Follow the kit until it is delivered or lost."""
    known, facts = progress.kit, progress.facts
    if known.state == "carried":
        if kit.carrier >= 0:
            return known
        place = [round(p, 3) for p in kit.position_m]
        events.append(Event(now, CourseEvent.KIT_RELEASED, 0, 1.0, {"position": place}))
        return Kit(kit.position_m, "released", now)
    x, y, z = kit.position_m
    inside = facts.box.holds(x, y) and facts.box_z_m[0] <= z <= facts.box_z_m[1]
    inside_s = known.inside_s + dt if inside else 0.0
    rest_s = known.rest_s + dt if math.hypot(*kit.velocity_m_s) < _KIT_REST_M_S else 0.0
    known = Kit(kit.position_m, "released", known.released_s, inside_s, rest_s)
    at_rest = rest_s >= _KIT_REST_S - _EPS
    if inside_s >= _KIT_INSIDE_S - _EPS or (inside and at_rest):
        return _decide(known, CourseEvent.KIT_DELIVERED, now, events)
    if (at_rest and not inside) or now - known.released_s >= _KIT_LOST_S - _EPS:
        return _decide(known, CourseEvent.KIT_LOST, now, events)
    return known


def _decide(known: Kit, kind: str, now: float, events: list[Event]) -> Kit:
    events.append(Event(now, kind, 0, 1.0, {"position": [round(p, 3) for p in known.position_m]}))
    return known._replace(state=kind.removeprefix("kit_"))


def _land(
    progress: Progress, drone: DroneState, standing: bool, now: float, dt: float, events: list[Event]
) -> tuple[Progress, str | None]:
    """After all sections: at rest on the landing pad long enough, and the kit's fate known."""
    facts, (x, y, z) = progress.facts, drone.position_m
    # Bullet may lose a resting contact for a step: once standing, staying low is enough.
    down = standing or (progress.rested_s > 0.0 and z <= facts.landing_z_m)
    if not down or not facts.landing.holds(x, y) or math.hypot(*drone.velocity_m_s) >= _REST_M_S:
        return progress._replace(rested_s=0.0) if progress.rested_s else progress, None
    progress = progress._replace(rested_s=progress.rested_s + dt)
    if progress.rested_s < _REST_S - _EPS:
        return progress, None
    if progress.kit.state == "released":
        if progress.rested_s < _REST_S + _KIT_WAIT_S - _EPS:
            return progress, None
        progress = progress._replace(kit=_decide(progress.kit, CourseEvent.KIT_LOST, now, events))
    return progress, CourseEvent.LANDED
