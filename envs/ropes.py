"""Ropes between two bodies: a spring and a damper that pull and never push. Plain floats, for each physics substep."""

import math
from typing import NamedTuple

from goldentime.types import Vec3

__all__ = ["Rope", "make_rope", "rope_energy_j", "rope_pull_n"]

_BOUNCE_RAD_S = 50.0
"""How fast two bodies would swing along a taut rope without its damper. Our choice: a load's weight stretches the rope by
less than a centimetre, and explicit steps of 1/240 s are far from the limit `make_rope` states."""


class Rope(NamedTuple):
    """A massless rope that leads through whatever is in its way."""

    length_m: float
    """Of the slack rope; longer than this it pulls."""
    stiffness_n_m: float
    damping_n_s_m: float


def make_rope(length_m: float, carrier_kg: float, load_kg: float, ropes: int) -> Rope:
    """One of several alike ropes from carriers to a load, damped just so that nothing bounces.

    Side by side, ropes swing fastest against the whole load: then each moves its own carrier and the load's share of one
    rope, 1 / m = 1 / carrier + ropes / load. Stiffness is m w^2 and damping 2 m w, which is critical. Semi-implicit Euler
    steps of dt are stable for w dt < 2 (sqrt(2) - 1) = 0.83 (roots of the step's characteristic polynomial); here
    w dt = 0.21.
    """
    moved_kg = 1.0 / (1.0 / carrier_kg + ropes / load_kg)
    return Rope(length_m, moved_kg * _BOUNCE_RAD_S**2, 2.0 * moved_kg * _BOUNCE_RAD_S)


def rope_pull_n(rope: Rope, start: Vec3, end: Vec3, start_m_s: Vec3, end_m_s: Vec3) -> Vec3:
    """The force on what holds the rope's start; what holds its end gets the opposite. World frame, positions in metres."""
    x, y, z = end[0] - start[0], end[1] - start[1], end[2] - start[2]
    distance = math.sqrt(x * x + y * y + z * z)
    stretch = distance - rope.length_m
    if stretch <= 0.0:
        return 0.0, 0.0, 0.0
    vx, vy, vz = end_m_s[0] - start_m_s[0], end_m_s[1] - start_m_s[1], end_m_s[2] - start_m_s[2]
    tension = rope.stiffness_n_m * stretch + rope.damping_n_s_m * (x * vx + y * vy + z * vz) / distance
    if tension <= 0.0:
        return 0.0, 0.0, 0.0
    share = tension / distance
    return share * x, share * y, share * z


def rope_energy_j(rope: Rope, start: Vec3, end: Vec3) -> float:
    """What a stretched rope stores."""
    stretch = max(math.dist(start, end) - rope.length_m, 0.0)
    return 0.5 * rope.stiffness_n_m * stretch * stretch
