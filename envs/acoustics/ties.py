"""Sources that are tied to what changes: voices to people, the sound of a fire to what burns.

A voice is heard from where its person is now, and as loud as they still can call. A fire is as loud as it burns: of a
turbulent flame's power a share that changes little becomes sound (W. C. Strahle, Combustion noise, Progress in Energy and
Combustion Science 4, 1978), so that its level is that at the peak plus 10 lg(Q / Q_peak); that the share stays the same is
our simplification.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.people.looks import mouth_of
from goldentime.envs.scenario import Scenario
from goldentime.types import WorldState

__all__ = ["Stretch", "Ties"]


class Stretch(NamedTuple):
    """A tied source from one instant to the next: it moves, and its amplitude changes, evenly in between."""

    places: tuple[NDArray[np.float64], NDArray[np.float64]] | None
    """Each (3,) [m]; None for the source's own."""
    gains: tuple[float, float]
    """Factors of its amplitude."""

    @property
    def silent(self) -> bool:
        """Whether nothing of it is to be heard."""
        return not any(self.gains)


class Ties:
    """Which sources of a scenario are tied to what."""

    def __init__(self, scenario: Scenario) -> None:
        self._people = {person.sound: i for i, person in enumerate(scenario.people) if person.sound >= 0}
        self._persons = scenario.people
        fuels = scenario.fire.fuels if scenario.fire is not None else ()
        self._fires = {i: source.fuel for i, source in enumerate(scenario.sounds) if source.fuel >= 0 and fuels}
        self._peak_w = [fuel.peak_w for fuel in fuels]

    def between(self, before: WorldState, after: WorldState) -> dict[int, Stretch]:
        """How the tied sources are from one instant to another; those of which nothing is known are left out."""
        found: dict[int, Stretch] = {}
        if before.people and after.people:
            for source, place in self._people.items():
                person, ends = self._persons[place], (before.people[place], after.people[place])
                mouths = [np.array(mouth_of(person, one)) for one in ends]
                gains = [10.0 ** (0.05 * one.voice_db) for one in ends]
                found[source] = Stretch((mouths[0], mouths[1]), (gains[0], gains[1]))
        if before.fire is not None and after.fire is not None:
            for source, fuel in self._fires.items():
                shares = [max(float(state.fuels_w[fuel]) / self._peak_w[fuel], 0.0) for state in (before.fire, after.fire)]
                found[source] = Stretch(None, (shares[0] ** 0.5, shares[1] ** 0.5))
        return found
