"""What was reported and what came of it: things to be found, each matched at most once, and what a report earns or costs.

Shared by the missions with reports. Distances are from a reported point to a thing's bounding box, 0 inside it.
"""

import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from goldentime.envs.hazards.smoke import SmokeLayers, transmittance
from goldentime.records import record
from goldentime.types import Event, Vec3

__all__ = ["Ledger", "ReportCosts", "ReportEvent", "Target", "Terms", "away_m", "nearest", "note", "pay", "sight"]

_EXACT_M = 0.5
"""A point this near to a thing is located as well as can be."""


class ReportEvent:
    """What becomes of a report. Plain strings: the reward looks them up at every step."""

    FOUND: Final = "found"
    """A thing that was not found before; detail `thing`, `kind`, `said`, `error_m`, `from_m`, `transmittance`, and more
    that the mission knows of it."""
    LOCATED: Final = "located"
    """With `found`: 1 for a point within 0.5 m, falling to 0 at the tolerance."""
    PROMPT: Final = "prompt"
    """With `found`: 1 until the thing's par time, falling to 0 at the time limit."""
    UNCLEAR: Final = "unclear"
    """An abstention; detail `thing`, -1 if nothing unreported is there."""
    WRONG: Final = "wrong"
    """Nothing like it is there; detail `said`, `position`, `near`."""
    DUPLICATE: Final = "duplicate"
    """It was found before; detail `thing`, `said`."""
    CREDIT: Final = "credit"
    """What any of these earned or cost."""
    OVER_BUDGET: Final = "over_budget"
    """A report beyond the budget: it counts for nothing."""


@record
class ReportCosts:
    """What reports earn and cost, in finds."""

    wrong: float = 0.5
    """Cost of a report that fits nothing, or of a second one of the same thing."""
    unclear: float = 0.1
    """Cost of UNCLEAR where there is nothing to report."""
    noticed: float = 0.25
    """What UNCLEAR at a thing earns; a find there later earns the rest."""

    def __post_init__(self) -> None:
        if not (0.0 <= self.unclear <= self.wrong and 0.0 <= self.noticed <= 1.0):
            raise ValueError(f"expected 0 <= unclear <= wrong and noticed in [0, 1], got {self}")


class Target(NamedTuple):
    """A thing to be found, in the mission frame [m]."""

    number: int
    """Its place in the scenario's list."""
    kind: str
    lower: Vec3
    upper: Vec3
    """Corners of its bounding box."""
    par_s: float
    """When the patrol passes it at par speed."""
    text: str = ""


class Terms(NamedTuple):
    """What is agreed on reports."""

    tolerance_m: float
    time_limit_s: float
    costs: ReportCosts
    smoke: SmokeLayers | None
    origin: Vec3
    """World position of the mission frame's origin."""


class Ledger(NamedTuple):
    """The bookkeeping of reports."""

    left: int
    """Reports left in the budget."""
    found: frozenset[int] = frozenset()
    """Numbers of targets."""
    noticed: frozenset[int] = frozenset()


def away_m(target: Target, point: Vec3) -> float:
    """Distance of a point from a target's bounding box, 0 inside."""
    return math.hypot(*(max(a - p, 0.0, p - b) for a, p, b in zip(target.lower, point, target.upper, strict=True)))


def middle(target: Target) -> Vec3:
    """Of the bounding box."""
    (ax, ay, az), (bx, by, bz) = target.lower, target.upper
    return 0.5 * (ax + bx), 0.5 * (ay + by), 0.5 * (az + bz)


def nearest(
    targets: tuple[Target, ...], point: Vec3, reach_m: float, fits: Callable[[Target], bool]
) -> tuple[Target, float] | None:
    """The fitting target nearest to a point and its distance; None if none is in reach. Of equally near ones, as where
    boxes overlap, that with the nearest middle."""
    near = [(away_m(target, point), math.dist(middle(target), point), target) for target in targets if fits(target)]
    if not near:
        return None
    distance, _, target = min(near, key=lambda item: item[:2])
    return (target, distance) if distance <= reach_m else None


def sight(terms: Terms, target: Target, drone_m: Vec3) -> dict[str, Any]:
    """How well a target was to be seen from where the drone is: distance and share of light that the smoke lets through."""
    point = middle(target)
    clear = 1.0
    if terms.smoke is not None:
        eye, there = (np.array([p + o for p, o in zip(place, terms.origin, strict=True)]) for place in (drone_m, point))
        clear = float(transmittance(terms.smoke, eye, there)[0])
    return {"from_m": round(math.dist(point, drone_m), 3), "transmittance": round(clear, 4)}


def note(terms: Terms, target: Target, error_m: float, now: float, detail: dict[str, Any]) -> list[Event]:
    """The events of a find but for its credit."""
    slack = max(error_m - _EXACT_M, 0.0) / max(terms.tolerance_m - _EXACT_M, 1e-9)
    late = max(now - target.par_s, 0.0) / max(terms.time_limit_s - target.par_s, 1e-9)
    detail = {"thing": target.number, "kind": target.kind, "error_m": round(error_m, 3), **detail}
    return [
        Event(now, ReportEvent.FOUND, 0, 1.0, detail),
        Event(now, ReportEvent.LOCATED, 0, max(1.0 - slack, 0.0)),
        Event(now, ReportEvent.PROMPT, 0, max(1.0 - late, 0.0)),
    ]


def pay(now: float, credit: float) -> Event:
    """The event of what a report earned or cost."""
    return Event(now, ReportEvent.CREDIT, 0, credit)
