"""What the oracle reports in the hearing mission: each call when it is over, from its true direction."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from goldentime.envs.scenario import Scenario
from goldentime.missions.voices_calls import VOICES, Bearing, Call, bearing_of, calls_of
from goldentime.types import Vec3, WorldState

__all__ = ["VoicesOracle"]


class VoicesOracle:
    """Keeps each call's direction from the middle of it until it is over.

    Args:
        scenario: of the episode.
        kinds: what can be reported, by number.
    """

    def __init__(self, scenario: Scenario, kinds: Sequence[str]) -> None:
        x, y, z = scenario.task["origin"]
        self._origin: Vec3 = (x, y, z)
        self._kinds = list(kinds)
        self._coming = list(calls_of(scenario.sounds, self._origin, calls=True))
        self._heard: list[tuple[Call, Bearing]] = []

    def report(self, state: WorldState) -> dict[str, Any] | None:
        """The report of a step, if there is one to make."""
        now, at = state.time_s, state.drones[0].position_m
        here = (at[0] - self._origin[0], at[1] - self._origin[1], at[2] - self._origin[2])
        for call in [call for call in self._coming if call.middle_s <= now]:
            self._coming.remove(call)
            self._heard.append((call, bearing_of(call, here)))
        for call, bearing in self._heard:
            if call.start_s + call.duration_s <= now:
                self._heard.remove((call, bearing))
                return self._said(call, bearing)
        return None

    def _said(self, call: Call, bearing: Bearing) -> dict[str, Any] | None:
        kind = "voice" if call.kind not in self._kinds and call.kind in VOICES else call.kind
        if kind not in self._kinds:
            return None
        return {
            "kind": self._kinds.index(kind),
            "position_m": np.array(call.at_m, np.float32),
            "placed": 1,
            "azimuth_rad": np.float32(math.remainder(bearing.azimuth_rad, 2.0 * math.pi)),
            "elevation_rad": np.float32(bearing.elevation_rad),
            "onset_s": np.float32(bearing.onset_s),
        }
