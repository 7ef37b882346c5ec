"""Pictures as people take them by hand, of somebody or something, apart from what drones see."""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import Point
from goldentime.envs.people.looks import mouth_of, start_of
from goldentime.envs.render.content import instances
from goldentime.envs.render.frame import Frame, Renderer, View, make_frame
from goldentime.envs.scenario import Scenario
from goldentime.envs.scenes.proof import boxes_of, clearance_m
from goldentime.errors import ScenarioError
from goldentime.types import WorldState

__all__ = ["FAR_M", "TRIAL", "TURNS", "Lens", "aimed", "before_fire", "look", "portrait", "shot"]

Rng = np.random.Generator

FAR_M = 100.0
"""Nothing farther is drawn."""
TRIAL, TURNS = (96, 72), 12
"""Size of the trial pictures that choose where to look, and into how many directions they look."""
_AWAY_M, _ABOVE_M, _CLEAR_M = (1.8, 1.2), 0.35, 0.05
"""Of who takes a portrait: distances from the face that are tried, height over it, least distance from anything solid."""
_AHEAD = 0.8
"""How much more a view straight into the face is worth than one from the side."""


class Lens(NamedTuple):
    """What a photo is taken with."""

    width: int = 480
    height: int = 360
    fov_deg: float = 65.0
    """Horizontal."""


def look(eye: NDArray[np.float64], yaw: float, pitch: float, fov_rad: float, size: tuple[int, int]) -> View:
    """A level camera at a place: yaw 0 looks east, a positive pitch up [rad]; size is width and height."""
    x, y, z = eye.tolist()
    level, rise = math.cos(pitch), math.sin(pitch)
    cos, sin = math.cos(yaw), math.sin(yaw)
    forward, up = (cos * level, sin * level, rise), (-cos * rise, -sin * rise, level)
    return View((x, y, z), forward, up, *size, fov_rad, FAR_M)


def aimed(lens: Lens, eye: Point, target: Point) -> View:
    """A level camera at a place that looks at another."""
    x, y, z = (b - a for a, b in zip(eye, target, strict=True))
    yaw, pitch = math.atan2(y, x), math.atan2(z, math.hypot(x, y))
    return look(np.array(eye, np.float64), yaw, pitch, math.radians(lens.fov_deg), (lens.width, lens.height))


def shot(renderer: Renderer, scenario: Scenario, state: WorldState, view: View) -> Frame:
    """The picture of one instant."""
    frame = make_frame(view.width, view.height)
    renderer.load(scenario)
    renderer.render(view, state, frame)
    return frame


def before_fire(scenario: Scenario, state: WorldState) -> tuple[Scenario, WorldState]:
    """The same place and people without fire, smoke, drones and what these carry: photos that somebody took before."""
    place = replace(scenario, drones=(), kits=(), loads=(), flames=(), fire=None)
    return place, state._replace(fire=None, drones=(), kits=(), loads=())


def portrait(
    renderer: Renderer, scenario: Scenario, state: WorldState, person: int, lens: Lens, rng: Rng
) -> NDArray[np.uint8]:
    """A photo of somebody where they are, from the side that shows most of them.

    Args:
        renderer: draws it.
        scenario: the place.
        state: where people are in it; a state without any has them where they are at the start.
        person: number in `Scenario.people`.
        lens: of the photo.
        rng: draws in which order sides are tried, which matters where two show as much.

    Returns:
        (height, width, 3) red, green, blue.

    Raises:
        ScenarioError: there is no place from which they are seen.
    """
    now = state.people[person] if state.people else start_of(scenario.people[person])
    face = mouth_of(scenario.people[person], now)
    boxes, kinds = boxes_of(scenario.level.solids), instances(scenario)
    number = next(i for i, one in enumerate(kinds) if one.kind == "person" and one.place == person)
    trial, best, most = lens._replace(width=TRIAL[0], height=TRIAL[1]), None, 0.0
    for turn in rng.permutation(np.linspace(-math.pi, math.pi, TURNS, endpoint=False)).tolist():
        for away in _AWAY_M:
            yaw = now.yaw_rad + turn
            eye = (face[0] + away * math.cos(yaw), face[1] + away * math.sin(yaw), face[2] + _ABOVE_M)
            if clearance_m(np.array([eye]), boxes)[0] < _CLEAR_M:
                continue
            frame = shot(renderer, scenario, state, aimed(trial, eye, face))
            # From ahead one is easier to know again.
            shown = float((frame.instance == number).sum()) * (1.0 + _AHEAD * math.cos(turn))
            if shown > most:
                best, most = eye, shown
    if best is None:
        raise ScenarioError(f"photo: found no place from which person {person} is seen")
    return shot(renderer, scenario, state, aimed(lens, best, face)).rgb
