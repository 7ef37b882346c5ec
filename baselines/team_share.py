"""Who of a team brings whom a kit: the assignment of least cost (Kuhn, "The Hungarian method for the assignment problem",
Naval Research Logistics Quarterly 2, 1955)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

__all__ = ["Carrier", "Patient", "share_out"]

Floats = NDArray[np.float64]

_STOREY_M, _WAITS_M = 15.0, 10.0
"""A storey is worth so long a way; and who can wait costs so much more."""


class Patient(NamedTuple):
    """Somebody who needs a kit."""

    number: int
    place_m: Floats
    storey: int
    urgent: bool
    """Those who are sure to use it; others may be past it."""


class Carrier(NamedTuple):
    """A drone that may bring one."""

    place_m: Floats
    storey: int
    kits: int


def share_out(patients: Sequence[Patient], carriers: Mapping[int, Carrier]) -> dict[int, frozenset[int]]:
    """Whom each carrier is to help, by its number; one person for each kit, whoever is nearer first.

    Args:
        patients: all who need a kit.
        carriers: all drones that are known of.
    """
    hands = sorted((number, kit) for number, carrier in carriers.items() for kit in range(carrier.kits))
    if not patients or not hands:
        return {}
    ordered = sorted(patients, key=lambda patient: tuple(np.round(patient.place_m, 1).tolist()))
    cost = np.array([[_cost_m(carriers[number], kit, patient) for patient in ordered] for number, kit in hands])
    given: dict[int, set[int]] = {}
    for row, column in zip(*linear_sum_assignment(cost), strict=True):
        given.setdefault(hands[row][0], set()).add(ordered[column].number)
    return {number: frozenset(people) for number, people in given.items()}


def _cost_m(carrier: Carrier, kit: int, patient: Patient) -> float:
    way_m = float(np.hypot(*(carrier.place_m - patient.place_m)[:2]))
    climb_m = _STOREY_M * abs(carrier.storey - patient.storey)
    # A second kit comes later: it is worth a detour of whoever has the first one.
    return way_m + climb_m + _WAITS_M * (not patient.urgent) + _WAITS_M * kit
