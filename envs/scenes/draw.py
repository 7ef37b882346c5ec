"""Draws scenes."""

from collections import Counter
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from goldentime.envs.hazards.smoke import SmokeLayers
from goldentime.envs.level import Level, Point
from goldentime.envs.scenes.buildings import BUILDINGS
from goldentime.envs.scenes.burning import Air, draw_smoke
from goldentime.envs.scenes.catalogue import FURNITURE, PEOPLE, TRIAGE_TAGS
from goldentime.envs.scenes.draft import Draft
from goldentime.envs.scenes.floor import SLAB_M, Floor
from goldentime.envs.scenes.palette import draw_look
from goldentime.envs.scenes.proof import boxes_of, clearance_m, sampled
from goldentime.envs.scenes.rooms import openings_of, rooms_of
from goldentime.envs.scenes.scene import Scene, SceneConfig
from goldentime.envs.scenes.sight import drop, unseen
from goldentime.envs.scenes.storey import draw_storey
from goldentime.envs.scenes.street import draw_street
from goldentime.envs.scenes.street_ground import ROAD_M
from goldentime.errors import ConfigError, ScenarioError

__all__ = ["CLEAR_M", "REACH_M", "counted_as", "draw_scene"]

CLEAR_M = 0.4
"""Kept free around the route."""
REACH_M = {"street": 8.0, "floor": 6.0}
"""From within this distance things and signs are seen from the route."""

_TRIES = 12
_STEP_M = 0.2
_SMOKE_TOP_M = 14.0


class _Drawn(NamedTuple):
    """What differs between the places."""

    route: tuple[Point, ...]
    ground_m: float
    air: Air
    bounds: tuple[Point, Point]
    floor: Floor | None = None
    """Of a floor; streets are open air."""


def draw_scene(config: SceneConfig, rng: np.random.Generator) -> Scene:
    """Draw a scene whose route is free and from whose route everything can be seen.

    Args:
        config: what and how many.
        rng: the only source of chance.

    Raises:
        ConfigError: the config asks for something impossible.
        ScenarioError: nothing that fits was found in a bounded number of tries; the message says what was missing.
    """
    _check(config)
    why = ""
    for _ in range(_TRIES):
        try:
            return _draw(config, rng)
        except ScenarioError as error:
            why = str(error)
    raise ScenarioError(f"scene: expected one that fits {config}, got none in {_TRIES} draws; the last: {why}")


def counted_as(kind: str) -> str:
    """The number of `SceneConfig` that a thing of a kind counts for; empty for furniture, triage tags and buildings."""
    if kind in ("mannequin", "poster"):
        return "distractors"
    if kind in PEOPLE:
        return "people"
    if kind == "fire":
        return "fires"
    return "" if kind in (*FURNITURE, *BUILDINGS, *TRIAGE_TAGS) else "objects"


def _check(config: SceneConfig) -> None:
    for name in ("people", "distractors", "objects", "signs", "fires"):
        low, high = getattr(config, name)
        if not 0 <= low <= high:
            raise ConfigError(f"scene.{name}: expected 0 <= fewest <= most, got {low} and {high}")
    low, high = config.extinction_per_m
    if not 0.0 < low <= high:
        raise ConfigError(f"scene.extinction_per_m: expected 0 < low <= high, got {low} and {high}")
    if not 0.0 <= config.smoky <= 1.0:
        raise ConfigError(f"scene.smoky: expected a share in [0, 1], got {config.smoky}")


def _draw(config: SceneConfig, rng: np.random.Generator) -> Scene:
    draft = Draft(config, draw_look(config.pool, rng), rng)
    drawn = _street(draft) if config.place == "street" else _floor(draft)
    smoke = draw_smoke(config, drawn.air, rng)
    eyes = sampled(drawn.route, _STEP_M)
    clear = float(clearance_m(eyes, boxes_of(draft.solids)).min())
    # Between two samples the way is half a step nearer at the most.
    if clear < CLEAR_M:
        raise ScenarioError(f"route: expected {CLEAR_M} m free around it, got {clear:.2f} m")
    drop(draft, *unseen(draft, eyes[::2], REACH_M[config.place]))
    _count(draft)
    return _finished(draft, drawn, smoke)


def _street(draft: Draft) -> _Drawn:
    street, route = draw_street(draft)
    aside = street.front_m + 5.0
    bounds = ((-6.0, -aside, 0.0), (street.length_m + 6.0, aside, 12.0))
    return _Drawn(route, ROAD_M, Air(_SMOKE_TOP_M, (1.8, 4.0)), bounds)


def _floor(draft: Draft) -> _Drawn:
    floor, route = draw_storey(draft)
    low, high = min(room.y[0] for room in floor.rooms), max(room.y[1] for room in floor.rooms)
    bounds = ((0.0, low, 0.0), (floor.length_m, high, floor.height_m))
    return _Drawn(route, SLAB_M, Air(floor.height_m, (1.5, 2.1)), bounds, floor)


def _count(draft: Draft) -> None:
    """Refuse a draft that lacks something.

    Raises:
        ScenarioError: with what is missing.
    """
    found = Counter(counted_as(thing.kind) for thing in draft.things)
    found["signs"] = len(draft.signs)
    for name in ("people", "distractors", "objects", "signs", "fires"):
        low, high = getattr(draft.config, name)
        if not low <= found[name] <= high:
            raise ScenarioError(f"{name}: expected {low} to {high}, got {found[name]}")


def _finished(draft: Draft, drawn: _Drawn, smoke: SmokeLayers | None) -> Scene:
    x, y, _ = drawn.route[0]
    level = Level(solids=tuple(draft.solids), glass=tuple(draft.glass), bounds=drawn.bounds)
    if drawn.floor is not None:
        level = replace(level, rooms=rooms_of(draft, drawn.floor), openings=openings_of(draft, drawn.floor))
    return Scene(
        config=draft.config,
        level=level,
        props=tuple(draft.props),
        signs=tuple(draft.signs),
        flames=tuple(draft.flames),
        smoke=smoke,
        light=draft.light,
        things=draft.measured(),
        start=(x, y, drawn.ground_m),
        start_yaw=0.0,
        route=drawn.route,
    )
