"""The numbers that a picture's programs are given."""

import math

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.hazards.lights import MAX_LIGHTS, brightest
from goldentime.envs.hazards.thermal import heaters
from goldentime.envs.render.frame import NEAR_M, View
from goldentime.envs.scenario import Scenario

__all__ = ["colour_uniforms", "lights_of", "thermal_uniforms", "to_clip", "view_uniforms"]


def lights_of(scenario: Scenario) -> int:
    """How many lights besides the sun a scene's pictures are lit by."""
    flames = len(scenario.flames) if scenario.light.firelight else 0
    return min(MAX_LIGHTS, len(scenario.light.lamps) + flames)


def view_uniforms(view: View, time_s: float) -> dict[str, bytes]:
    """What depends on the camera."""
    return {
        "to_clip": _matrix(to_clip(view)),
        "from_clip": _matrix(_from_clip(view)),
        "eye": np.array(view.eye, "f4").tobytes(),
        "time_s": np.array(time_s, "f4").tobytes(),
        "far": np.array(view.far_m, "f4").tobytes(),
        "pixel": np.array(2.0 * view.half_width / view.width, "f4").tobytes(),
    }


def colour_uniforms(scenario: Scenario, view: View, time_s: float) -> dict[str, bytes]:
    """Smoke and light."""
    smoke = scenario.smoke.at(time_s).layers if scenario.smoke is not None else ()
    at, squared = brightest(scenario.light, scenario.flames, np.array(view.eye), time_s)
    daylight = scenario.light.daylight
    # Smoke shines with what light there is around the eye, at most as by day.
    near = squared.mean(1) / (((at - np.array(view.eye)) ** 2).sum(1) + 1.0)
    shine = min(1.0, math.sqrt(daylight**2 + float(near.sum())))
    return {
        "daylight": np.array(daylight, "f4").tobytes(),
        "light_at": at.astype("f4").tobytes(),
        "light_squared": squared.astype("f4").tobytes(),
        "smoke_slab": np.array([(s.bottom_m, s.top_m, s.extinction_per_m) for s in smoke], "f4").tobytes(),
        "smoke_colour": (shine * np.array([s.colour for s in smoke])).astype("f4").tobytes(),
    }


def thermal_uniforms(scenario: Scenario, view: View, time_s: float) -> dict[str, bytes]:
    """Smoke and what flames warm: the strongest ones around the eye."""
    smoke = scenario.smoke.at(time_s).layers if scenario.smoke is not None else ()
    rows = heaters(scenario.flames)
    strength = rows[:, 3] / (((rows[:, :3] - np.array(view.eye)) ** 2).sum(1) + 1.0)
    chosen = rows[np.argsort(-strength, kind="stable")[:MAX_LIGHTS]]
    return {
        "heaters": chosen.astype("f4").tobytes(),
        "smoke_slab": np.array([(s.bottom_m, s.top_m, s.extinction_per_m) for s in smoke], "f4").tobytes(),
        "smoke_kelvin": np.array([s.temperature_k for s in smoke], "f4").tobytes(),
    }


def _matrix(values: NDArray[np.float64]) -> bytes:
    return values.T.astype("f4").tobytes()


def to_clip(view: View) -> NDArray[np.float64]:
    """World to clip coordinates: right, down, and w = depth along the optical axis."""
    axes, far = view.axes, view.far_m
    wide = view.half_width
    high = wide * view.height / view.width
    camera = np.eye(4)
    camera[:3, :3] = axes
    camera[:3, 3] = -axes @ np.array(view.eye)
    project = np.zeros((4, 4))
    project[0, 0], project[1, 1] = 1.0 / wide, 1.0 / high
    project[2, 2], project[2, 3] = (far + NEAR_M) / (far - NEAR_M), -2.0 * far * NEAR_M / (far - NEAR_M)
    project[3, 2] = 1.0
    clip: NDArray[np.float64] = project @ camera
    return clip


def _from_clip(view: View) -> NDArray[np.float64]:
    """Picture coordinates in [-1, 1] and 1 to a ray in the world."""
    right, down, forward = view.axes
    wide = view.half_width
    rays = np.eye(4)
    rays[:3, :3] = np.stack([wide * right, wide * view.height / view.width * down, forward], -1)
    return rays
