"""What fills the air at an instant: smoke everywhere, smoke in rooms, and how large the flames are."""

from typing import NamedTuple

import numpy as np

from goldentime.envs.hazards.dens import dens_of
from goldentime.envs.hazards.flames import Burning, flame_shares, hearths
from goldentime.envs.hazards.smoke import SmokeLayer, SmokeLayers
from goldentime.envs.hazards.smoke_boxes import SmokeBoxes, boxes_in_rooms, boxes_of, room_shapes, smoke_of, some_of
from goldentime.envs.render.culling import frustum, sees_boxes
from goldentime.envs.render.frame import View
from goldentime.envs.scenario import Scenario
from goldentime.types import WorldState

__all__ = ["MAX_BOXES", "OVER_BOXES", "Air", "AirState", "in_sight"]

MAX_BOXES = 128
"""Bounded layers that a picture shows, the nearest ones: 64 rooms with two each."""

OVER_BOXES = 24
"""Of these, those through which glass, glow and sparks are seen: their shaders ask every box."""

_LEAST_DEPTH = 0.02
"""What takes less than this share of light on its longest way is left out; a step of a picture's bytes is 0.004."""


class AirState(NamedTuple):
    """Of one instant."""

    layers: tuple[SmokeLayer, ...]
    """Without a span."""
    boxes: SmokeBoxes
    """All others."""
    bounded: bool
    """Whether there may be such layers in other instants, even if there are none in this one."""
    burning: Burning


class Air:
    """A scenario's smoke and flames: those of the fire where one spreads, and else those that stand still."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario, self._shapes = scenario, room_shapes(scenario.level.rooms)
        self._hearths = hearths(scenario.flames)
        self._dens = dens_of(scenario.level, scenario.fire, scenario.flames, self._hearths)
        self._last: tuple[WorldState, AirState] | None = None

    def at(self, state: WorldState) -> AirState:
        """The air of an instant; it is asked for once per picture."""
        if self._last is None or self._last[0] is not state:
            self._last = state, self._made(state)
        return self._last[1]

    def smoke(self, state: WorldState) -> SmokeLayers | None:
        """The same smoke as records."""
        if state.fire is not None:
            return smoke_of(self._scenario.level.rooms, state.fire)
        return self._scenario.smoke.at(state.time_s) if self._scenario.smoke is not None else None

    def _made(self, state: WorldState) -> AirState:
        scenario = self._scenario
        shares = flame_shares(scenario.flames, scenario.fire, state.fire)
        burning = Burning(scenario.flames, shares, self._hearths, self._dens)
        if state.fire is not None:
            return AirState((), boxes_in_rooms(self._shapes, state.fire), True, burning)
        layers = scenario.smoke.at(state.time_s).layers if scenario.smoke is not None else ()
        wide = tuple(layer for layer in layers if layer.span is None)
        return AirState(wide, boxes_of(layers), len(wide) < len(layers), burning)


def in_sight(boxes: SmokeBoxes, view: View) -> SmokeBoxes:
    """Those that matter in a view, the nearest first: dense and large enough, and before the camera."""
    half = 0.5 * (boxes.upper - boxes.lower)
    dense = boxes.extinction_per_m * 2.0 * np.linalg.norm(half, axis=1) > _LEAST_DEPTH
    seen = np.flatnonzero(dense & sees_boxes(frustum(view), boxes.lower + half, half))
    eye = np.array(view.eye)
    off = np.maximum(np.maximum(boxes.lower[seen] - eye, eye - boxes.upper[seen]), 0.0)
    order = np.argsort((off * off).sum(1), kind="stable")[:MAX_BOXES]
    return some_of(boxes, seen[order])
