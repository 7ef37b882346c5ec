"""The numbers that a picture's programs are given."""

import math

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.hazards.lights import MAX_LIGHTS, brightest
from goldentime.envs.hazards.smoke_boxes import SmokeBoxes
from goldentime.envs.hazards.thermal import heaters, radiance, soaking
from goldentime.envs.render.air import MAX_BOXES, AirState, in_sight
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


def colour_uniforms(scenario: Scenario, air: AirState, view: View, time_s: float) -> dict[str, bytes]:
    """Smoke and light."""
    at, squared = brightest(scenario.light, scenario.flames, air.shares, np.array(view.eye), time_s)
    daylight = scenario.light.daylight
    # Smoke shines with what light there is around the eye, at most as by day.
    near = squared.mean(1) / (((at - np.array(view.eye)) ** 2).sum(1) + 1.0)
    shine = min(1.0, math.sqrt(daylight**2 + float(near.sum())))
    values = {
        "daylight": np.array(daylight, "f4").tobytes(),
        "light_at": at.astype("f4").tobytes(),
        "light_squared": squared.astype("f4").tobytes(),
        "smoke_slab": _slabs(air),
        "smoke_colour": (shine * np.array([s.colour for s in air.layers])).astype("f4").tobytes(),
    }
    if air.bounded:
        boxes = in_sight(air.boxes, view)
        values |= _boxes(boxes, view) | {"box_colour": _padded(shine * boxes.colour)}
    return values


def thermal_uniforms(scenario: Scenario, air: AirState, view: View) -> dict[str, bytes]:
    """Smoke and what flames warm: the strongest ones around the eye."""
    rows = heaters(scenario.flames, air.shares)
    strength = rows[:, 3] / (((rows[:, :3] - np.array(view.eye)) ** 2).sum(1) + 1.0)
    chosen = rows[np.argsort(-strength, kind="stable")[:MAX_LIGHTS]]
    values = {
        "heaters": chosen.astype("f4").tobytes(),
        "smoke_slab": _slabs(air),
        "smoke_kelvin": np.array([s.temperature_k for s in air.layers], "f4").tobytes(),
    }
    if air.bounded:
        boxes = in_sight(air.boxes, view)
        heat = np.stack([radiance(boxes.kelvin), soaking(boxes.kelvin)], -1)
        values |= _boxes(boxes, view) | {"box_heat": _padded(heat)}
    return values


def _slabs(air: AirState) -> bytes:
    return np.array([(s.bottom_m, s.top_m, s.extinction_per_m) for s in air.layers], "f4").tobytes()


def _boxes(boxes: SmokeBoxes, view: View) -> dict[str, bytes]:
    """Where they lie as seen from the eye."""
    eye = np.array(view.eye)
    return {
        "box_count": np.array(len(boxes.kelvin), "i4").tobytes(),
        "box_lower": _padded(np.column_stack([boxes.lower - eye, boxes.extinction_per_m])),
        "box_upper": _padded(boxes.upper - eye),
    }


def _padded(rows: NDArray[np.float64]) -> bytes:
    """As many rows as the shader has places for."""
    padded = np.zeros((MAX_BOXES, rows.shape[1]), "f4")
    padded[: len(rows)] = rows
    return padded.tobytes()


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
