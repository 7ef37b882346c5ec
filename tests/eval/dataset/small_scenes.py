"""Scenes made by hand, whose truth one can tell by looking."""

import math

import numpy as np

from goldentime.envs.hazards.flames import Flame
from goldentime.envs.hazards.smoke import SmokeLayer, SmokeLayers
from goldentime.envs.level import Box, Level
from goldentime.envs.render.frame import make_frame, make_renderer
from goldentime.envs.render.photos import look
from goldentime.envs.scenario import Prop
from goldentime.envs.scenes.scene import Scene, SceneConfig, Thing
from goldentime.eval.dataset.labels import annotate
from goldentime.eval.dataset.scene_items import items_of, scenario_of
from goldentime.types import WorldState

ORIGIN = (0.0, 0.0, 0.0)
SIZE = (320, 240)


def thing(kind, **parts):
    return Thing(kind=kind, centre=ORIGIN, size=(1.0, 1.0, 1.0), **parts)


def scene(*, props=(), solids=(), flames=(), signs=(), things=(), smoke=None, route=((0.0, 0.0, 1.2), (6.0, 0.0, 1.2))):
    layers = SmokeLayers(layers=(SmokeLayer(bottom_m=-1.0, top_m=50.0, extinction_per_m=smoke),)) if smoke else None
    level = Level(solids=tuple(solids), bounds=((-20.0, -20.0, 0.0), (20.0, 20.0, 10.0)))
    return Scene(
        config=SceneConfig(), level=level, props=tuple(props), signs=tuple(signs), flames=tuple(flames), smoke=layers,
        things=tuple(things), start=ORIGIN, start_yaw=0.0, route=route,
    )  # fmt: skip


def man(x, y=0.0):
    return Prop(asset="man-0-standing", position=(x, y, 0.0), yaw=math.pi)


def wall(x, y, width, height=4.0):
    return Box(centre=(x, y, height / 2), size=(0.2, width, height), semantic="wall", material="plaster")


def flame(x, y):
    return Flame(position=(x, y, 0.0), radius_m=0.3, height_m=1.2)


def seen(place, *, eye=(0.0, 0.0, 1.0), yaw=0.0):
    """The annotations of a look at a scene, and the frame."""
    view = look(np.array(eye), yaw, 0.0, math.radians(70.0), SIZE)
    scenario, frame, renderer = scenario_of(place), make_frame(*SIZE), make_renderer("gl")
    renderer.load(scenario)
    renderer.render(view, WorldState(0.5, (), ()), frame)
    rows = annotate(view, frame, items_of(place, scenario), place.smoke)
    renderer.close()
    return rows, frame
