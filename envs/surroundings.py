"""Fire, smoke and people around the drones, on a clock of their own.

Drones move people (who follow them, or put on a kit's hood) but not the fire. Beside the people as they are, the same
people are kept as they would be without any drone (`WorldState.alone`), and as they would be had each got a kit at their
`Person.help_s` (`WorldState.best`): what help was worth is the difference, whatever the fire does.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from goldentime.envs.fire.air import conditions_at, draught_m_s, heat_w_m2, site_of
from goldentime.envs.fire.zone import ZoneModel
from goldentime.envs.hull_heat import warmed_k
from goldentime.envs.people.crowd import Crowd
from goldentime.envs.scenario import Scenario
from goldentime.types import FireState, Vec3, WorldState

__all__ = ["STEP_S", "Surroundings"]

STEP_S = 0.1
_ROUND_S = 1e-6


class Surroundings:
    """What of one scenario changes besides the drones and what they carry.

    Args:
        scenario: with a fire, with people, with both or neither.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._site = site_of(scenario.level, scenario.fire) if scenario.fire is not None else None
        self._zone = ZoneModel(scenario.level, scenario.fire, dt_s=STEP_S) if scenario.fire is not None else None
        fuels = scenario.fire.fuels if scenario.fire is not None else ()
        self._people, self._alone, self._best = (Crowd(scenario.people, scenario.level, fuels) for _ in range(3))
        self._helped = [(p.help_s, i) for i, p in enumerate(scenario.people) if p.help_s is not None]
        self._helped.sort()
        self._useless = {number for number, kit in enumerate(scenario.kits) if kit.kind != "relief"}
        self._time_s = 0.0
        self._hull_k: tuple[float, ...] = ()
        if self._zone is not None and self._site is not None:
            self._hull_k = (self._site.outside_k,) * len(scenario.drones)
            while self._zone.time_s < -_ROUND_S:
                self._zone.step()
        self.still = self._zone is None and not scenario.people
        """Whether there is nothing here that changes."""
        self._now = self._read()

    def _read(self) -> dict[str, Any]:
        """The fields of a world state that this module answers for."""
        fire = self._zone.read() if self._zone is not None else None
        people, alone, best = self._people.read(), self._alone.read(), self._best.read()
        return {"people": people, "alone": alone, "best": best, "fire": fire, "hull_k": self._hull_k}

    def follow(self, state: WorldState) -> WorldState:
        """Let time pass up to a state's, whose drones and kits are what people meet; the state with all of it."""
        if self.still:
            return state
        while self._time_s + STEP_S <= state.time_s + _ROUND_S:
            self._step(state)
        return state._replace(**self._now)

    def run_on(self, state: WorldState, until_s: float) -> WorldState:
        """How it goes on until a time after the drones' last state: what they dropped lies there, and they are gone."""
        left = state._replace(drones=())
        while self._time_s + STEP_S <= until_s + _ROUND_S and not self.still:
            self._step(left)
        return state._replace(time_s=max(until_s, state.time_s), **self._now)

    def _step(self, state: WorldState) -> None:
        if self._zone is not None:
            self._zone.step()
        fire = self._zone.read() if self._zone is not None else None
        self._time_s = round(self._time_s + STEP_S, 6)
        while self._helped and self._helped[0][0] <= self._time_s:
            self._best.give(self._helped.pop(0)[1])
        kits = [kit for number, kit in enumerate(state.kits) if number not in self._useless]
        people = self._people.step(STEP_S, fire, state.drones, kits)
        alone, best = self._alone.step(STEP_S, fire), self._best.step(STEP_S, fire)
        if fire is not None and state.drones:
            self._hull_k = self._warmed(fire, [drone.position_m for drone in state.drones])
        self._now = {"people": people, "alone": alone, "best": best, "fire": fire, "hull_k": self._hull_k}

    def _warmed(self, fire: FireState, places: Sequence[Vec3]) -> tuple[float, ...]:
        """Temperatures of the drones' hulls."""
        assert self._site is not None
        at = np.array(places, np.float64)
        gas_k, flux_w_m2 = conditions_at(self._site, fire, at).temperature_k, heat_w_m2(self._site, fire, at)
        rows = zip(self._hull_k, gas_k.tolist(), flux_w_m2.tolist(), strict=True)
        return tuple(warmed_k(hull, gas, flux, STEP_S) for hull, gas, flux in rows)

    def draughts(self, places: Sequence[Vec3]) -> list[Vec3]:
        """Velocity of the air that the fire moves, at each place [m/s]; empty where there is no fire."""
        fire = self._now["fire"]
        if fire is None or self._site is None:
            return []
        return [draught_m_s(self._site, fire, place) for place in places]
