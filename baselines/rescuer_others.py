"""What a rescuer knows from others of its team, and leaves to them; one that flies alone knows nothing."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from goldentime.perception.landmarks import Landmark
from goldentime.perception.slice_map import SliceMap

__all__ = ["Others"]

Floats = NDArray[np.float64]

_SAME_M = 2.0
"""What was found no farther apart is the same."""


@dataclass
class Others:
    """Changed by whoever listens to the others, read by the rescuer."""

    people: dict[int, Landmark] = field(default_factory=dict)
    """Whom others have found, by numbers that no own landmark has."""
    things: dict[str, list[Floats]] = field(default_factory=dict)
    """What else others have found, by category."""
    mates_m: list[Floats] = field(default_factory=list)
    """Where other drones are, (3,) each."""
    aims: list[tuple[int, Floats, float]] = field(default_factory=list)
    """Storeys, places (2,) and radii [m] of what others are about to look at."""
    shafts: dict[int, Floats] = field(default_factory=dict)
    """By storey: where others have flown up from it, (2,)."""
    mine: frozenset[int] | None = None
    """Of all who were found, whom it is to bring a kit; None for everybody."""

    def knows_person(self, place_m: Floats) -> bool:
        """Whether somebody there was found by others."""
        return any(float(np.linalg.norm(mark.position_m - place_m)) < _SAME_M for mark in self.people.values())

    def left(self, storey: int, plan: SliceMap) -> NDArray[np.bool_]:
        """Cells that are left to others, (nx, ny)."""
        cells = np.zeros(plan.shape, np.bool_)
        for number, place_m, radius_m in self.aims:
            if number == storey:
                cells |= plan.disc(place_m, radius_m)
        return cells
