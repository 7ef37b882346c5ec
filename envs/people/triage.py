"""START triage of a simulated patient: simple triage and rapid treatment.

G. Super, START: a triage training module, Hoag Memorial Hospital Presbyterian, Newport Beach 1984 (the method is of 1983):
who walks is non-urgent; who does not breathe once the airway is open is dead; who breathes more than 30 times a minute,
whose capillaries refill in more than 2 s or who does not obey is immediate; all others are urgent (delayed).
"""

from typing import NamedTuple

from goldentime.envs.people.dose import DEADLY_DOSE
from goldentime.envs.people.person import Mobility

__all__ = ["CONDITIONS", "Vitals", "start_triage", "vitals_of"]

CONDITIONS = ("non_urgent", "urgent", "immediate", "dead")
"""From the best to the worst."""

_MOST_BREATHS, _SLOW_REFILL_S = 30.0, 2.0

# How a patient shows what ails them is our own mapping.
LAME, LIMP, SENSELESS, LOST = 0.5, 0.625, 0.75, 0.9
"""Injuries above which one does not walk, bleeds so much that capillaries refill slowly, does not react, is dead."""
_CALM_BREATHS, _MORE_BREATHS = 16.0, 20.0
"""Breaths a minute at rest, and how many more of one who is at the end."""


class Vitals(NamedTuple):
    """What a rescuer sees of a patient."""

    walks: bool
    breathes: bool
    breaths_per_min: float
    refill_s: float
    """How long capillaries take to refill."""
    obeys: bool
    """Whether they do what they are told."""


def vitals_of(injury: float, dose: float, mobility: Mobility = "walks") -> Vitals:
    """What ails somebody, as it shows.

    Args:
        injury: severity in [0, 1].
        dose: the larger of the doses of gas and of heat.
        mobility: as of `Person`.
    """
    breathes = injury <= LOST and dose < DEADLY_DOSE
    obeys = injury <= SENSELESS and dose < 1.0
    walks = breathes and obeys and injury <= LAME and mobility == "walks"
    breaths = _CALM_BREATHS + _MORE_BREATHS * max(injury, min(dose, 1.0)) if breathes else 0.0
    return Vitals(walks, breathes, breaths, 1.0 + injury / LIMP, obeys)


def start_triage(vitals: Vitals) -> str:
    """The condition, one of `CONDITIONS`."""
    if vitals.walks:
        return "non_urgent"
    if not vitals.breathes:
        return "dead"
    strained = vitals.breaths_per_min > _MOST_BREATHS or vitals.refill_s > _SLOW_REFILL_S
    return "immediate" if strained or not vitals.obeys else "urgent"
