"""Small scenes and views for the tests of the renderers."""

import math

import numpy as np

from goldentime.envs.hazards.smoke import SmokeLayer, SmokeLayers
from goldentime.envs.level import Box, Level
from goldentime.envs.render.frame import View, make_frame
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.types import DroneState, KitState, WorldState

ORIGIN = (0.0, 0.0, 0.0)
SIZE = (160, 120)


def block(x, y=0.0, z=1.5, **more):
    """A cube of 1 m whose near face is at `x` - 0.5 m."""
    return Box(centre=(x, y, z), size=(1.0, 1.0, 1.0), **more)


def scene(*solids, glass=(), **more):
    drone = DroneSpec(airframe="scout", position=(-20.0, 0.0, 1.5))
    return Scenario(
        mission="test", level=Level(solids=solids, glass=glass), **{"drones": (drone,), **more}, time_limit_s=1.0, task={}
    )


def state(*positions, kits=(), time_s=0.0):
    drones = [
        DroneState(p, (0.0, 0.0, 0.0, 1.0), ORIGIN, ORIGIN, ORIGIN, (0.0,) * 4, 1.0, 12.0, (), 0.0)
        for p in positions or ((-20.0, 0.0, 1.5),)
    ]
    return WorldState(time_s, tuple(drones), tuple(KitState(p, ORIGIN, carrier) for p, carrier in kits))


def view(eye=(0.0, 0.0, 1.5), yaw=0.0, pitch=0.0, size=SIZE, far_m=50.0, hidden_drone=-1):
    cos, sin, level, rise = math.cos(yaw), math.sin(yaw), math.cos(pitch), math.sin(pitch)
    forward, up = (cos * level, sin * level, rise), (-cos * rise, -sin * rise, level)
    width, height = size
    return View(eye, forward, up, width, height, math.radians(90.0), far_m, hidden_drone)


def picture(renderer, scenario, at=None, of=None):
    """A frame of its own."""
    at = at or view()
    frame = make_frame(at.width, at.height)
    renderer.load(scenario)
    renderer.render(at, of or state(), frame)
    return frame


def smoke(*layers):
    return SmokeLayers(layers=tuple(SmokeLayer(bottom_m=a, top_m=b, extinction_per_m=k) for a, b, k in layers))


def points_of(at, depth):
    """(h, w, 3) world positions of a picture's pixels."""
    right, down, forward = at.axes
    x = (np.arange(at.width) + 0.5 - at.width / 2) * 2 * at.half_width / at.width
    y = (np.arange(at.height) + 0.5 - at.height / 2) * 2 * at.half_width / at.width
    rays = forward + x[None, :, None] * right + y[:, None, None] * down
    return np.array(at.eye) + depth[..., None] * rays
