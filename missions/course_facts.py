"""What the course's rules know of one instance: gates, pads, box and route, read from `Scenario.task`."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from goldentime.types import Vec3

__all__ = ["Facts", "Gate", "Leg", "Rect", "compile_task", "crossing"]


class Rect(NamedTuple):
    """A rectangle on the plan [m]."""

    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, x: float, y: float, margin: float = 0.0) -> bool:
        """Whether a point lies inside, or within `margin` of it."""
        return self.x0 - margin <= x <= self.x1 + margin and self.y0 - margin <= y <= self.y1 + margin


class Gate(NamedTuple):
    """The exit of a section: a vertical rectangle from floor to ceiling."""

    name: str
    left_x: float
    left_y: float
    across_x: float
    """From the left to the right post."""
    across_y: float
    route_m: float
    """Where the route crosses it."""


class Leg(NamedTuple):
    """One straight piece of the route."""

    x: float
    y: float
    z: float
    ahead_x: float
    """Unit vector along the leg."""
    ahead_y: float
    ahead_z: float
    length_m: float
    begin_m: float
    """Distance along the route at which it begins."""


class Facts(NamedTuple):
    """What the rules know of an instance; the same object all through an episode."""

    gates: tuple[Gate, ...]
    legs: tuple[Leg, ...]
    route_m: float
    """Length of the route."""
    pads: tuple[Rect, ...]
    landing: Rect
    landing_z_m: float
    """A drone whose centre is no higher stands on the landing pad."""
    box: Rect
    box_z_m: tuple[float, float]
    lower: Vec3
    upper: Vec3
    time_limit_s: float
    crash_m_s: float


def compile_task(task: Mapping[str, Any], bounds: tuple[Vec3, Vec3], time_limit_s: float, crash_m_s: float) -> Facts:
    """Read `Scenario.task`."""
    legs = _legs(task["route"])
    landing, box = task["landing_pad"], task["drop_box"]
    return Facts(
        gates=_gates(task["sections"], legs),
        legs=legs,
        route_m=legs[-1].begin_m + legs[-1].length_m,
        pads=(_rect(task["start_pad"]), _rect(landing)),
        landing=_rect(landing),
        landing_z_m=task["landing_z_m"],
        box=_rect(box),
        box_z_m=(box["position"][2], box["position"][2] + box["size"][2]),
        lower=bounds[0],
        upper=bounds[1],
        time_limit_s=time_limit_s,
        crash_m_s=crash_m_s,
    )


def _rect(thing: Mapping[str, Any]) -> Rect:
    (x, y), (a, b) = thing["position"][:2], thing["size"][:2]
    return Rect(x - 0.5 * a, y - 0.5 * b, x + 0.5 * a, y + 0.5 * b)


def _legs(route: Sequence[Sequence[float]]) -> tuple[Leg, ...]:
    legs, begin = [], 0.0
    for a, b in pairwise(route):
        length = math.dist(a, b)
        if length > 0.0:
            ux, uy, uz = ((q - p) / length for p, q in zip(a, b, strict=True))
            legs.append(Leg(a[0], a[1], a[2], ux, uy, uz, length, begin))
            begin += length
    return tuple(legs)


def _gates(sections: Sequence[Mapping[str, Any]], legs: Sequence[Leg]) -> tuple[Gate, ...]:
    gates, number = [], 0
    for section in sections:
        (lx, ly), (rx, ry) = section["exit"]
        gate = Gate(section["name"], lx, ly, rx - lx, ry - ly, legs[-1].begin_m + legs[-1].length_m)
        for i in range(number, len(legs)):
            leg = legs[i]
            far = leg.length_m
            end = (leg.x + far * leg.ahead_x, leg.y + far * leg.ahead_y, leg.z + far * leg.ahead_z)
            share = crossing(gate, (leg.x, leg.y, leg.z), end)
            if share is not None:
                gate = gate._replace(route_m=leg.begin_m + share * leg.length_m)
                number = i
                break
        gates.append(gate)
    return tuple(gates)


def crossing(gate: Gate, a: Vec3, b: Vec3) -> float | None:
    """Where on the way from a to b the gate is crossed forwards, as a share of it; None where it is not."""
    _, lx, ly, cx, cy, _ = gate
    # The forward normal is the vector across, turned left.
    behind = cx * (a[1] - ly) - cy * (a[0] - lx)
    ahead = cx * (b[1] - ly) - cy * (b[0] - lx)
    if behind >= 0.0 or ahead < 0.0:
        return None
    share = behind / (behind - ahead)
    along = (a[0] + share * (b[0] - a[0]) - lx) * cx + (a[1] + share * (b[1] - a[1]) - ly) * cy
    return share if 0.0 <= along <= cx * cx + cy * cy else None
