"""The numbers that a picture's programs are given."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.hazards.dens import ANYWHERE, shines_on
from goldentime.envs.hazards.lights import MAX_LIGHTS, brightest
from goldentime.envs.hazards.smoke_boxes import SmokeBoxes
from goldentime.envs.hazards.thermal import AMBIENT_K, SMOKE_SHARE, heaters, radiance, soaking
from goldentime.envs.render.air import OVER_BOXES, AirState, in_sight
from goldentime.envs.render.frame import NEAR_M, View
from goldentime.envs.scenario import Scenario

__all__ = ["SmokeRows", "colour_uniforms", "heaters_of", "lights_of", "thermal_uniforms", "to_clip", "view_uniforms"]


def lights_of(scenario: Scenario, air: AirState) -> int:
    """How many lights besides the sun a scene's pictures are lit by; where a fire spreads, by those that burn now."""
    hearths = (_burning(air) if air.bounded else len(air.burning.hearths)) if scenario.light.firelight else 0
    return min(MAX_LIGHTS, len(scenario.light.lamps) + hearths)


def heaters_of(air: AirState) -> int:
    """How many flames warm the surfaces of a thermal picture."""
    return min(MAX_LIGHTS, _burning(air) if air.bounded else len(air.burning.hearths))


def _burning(air: AirState) -> int:
    return sum(bool(air.burning.shares[list(hearth)].any()) for hearth in air.burning.hearths)


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


class SmokeRows(NamedTuple):
    """Bounded smoke as a picture's programs take it."""

    rows: NDArray[np.float32]
    """(n, 10) corners [m], and what a metre of it adds to the sums of `shaders_smoke`."""
    values: dict[str, bytes]


def colour_uniforms(
    scenario: Scenario, air: AirState, view: View, time_s: float, lights: int
) -> tuple[dict[str, bytes], SmokeRows]:
    """Smoke, and so many lights."""
    eye = np.array(view.eye)
    at, squared, dens = brightest(scenario.light, air.burning, eye, time_s)
    daylight = scenario.light.daylight
    # Smoke shines with what light there is around the eye, at most as by day.
    near = squared.mean(1) / (((at - eye) ** 2).sum(1) + 1.0)
    shine = min(1.0, math.sqrt(daylight**2 + float(near[shines_on(dens, at, eye)].sum())))
    values = {
        "daylight": np.array(daylight, "f4").tobytes(),
        "light_dens": _rows(dens, lights),
        "walled": np.array(int((dens != ANYWHERE).any((1, 2)).sum()), "i4").tobytes(),
        "light_at": _rows(at, lights),
        "light_squared": _rows(squared, lights),
        "smoke_slab": _slabs(air),
        "smoke_colour": (shine * np.array([s.colour for s in air.layers])).astype("f4").tobytes(),
    }
    if not air.bounded:
        return values, _NO_SMOKE
    boxes = in_sight(air.boxes, view)
    paint = boxes.extinction_per_m[:, None] * np.column_stack([shine * boxes.colour, np.ones(len(boxes.kelvin))])
    return values | _over(boxes, view), _painted(boxes, paint, view)


def thermal_uniforms(air: AirState, view: View, lights: int) -> tuple[dict[str, bytes], SmokeRows]:
    """Smoke and what so many flames warm: the strongest ones around the eye."""
    rows = heaters(air.burning)
    strength = rows[:, 3] / (((rows[:, :3] - np.array(view.eye)) ** 2).sum(1) + 1.0)
    order = np.argsort(-strength, kind="stable")[:MAX_LIGHTS]
    chosen = rows[order]
    values = {
        "light_dens": _rows(air.burning.dens[order], lights),
        "walled": np.array(len(order), "i4").tobytes(),
        "heaters": _rows(chosen, lights),
        "smoke_slab": _slabs(air),
        "smoke_kelvin": np.array([s.temperature_k for s in air.layers], "f4").tobytes(),
    }
    if not air.bounded:
        return values, _NO_SMOKE
    boxes = in_sight(air.boxes, view)
    share = SMOKE_SHARE * boxes.extinction_per_m
    excess = soaking(boxes.kelvin) - AMBIENT_K
    paint = np.stack([share * radiance(boxes.kelvin), excess, np.zeros(len(share)), share], -1)
    return values, _painted(boxes, paint, view)


def _slabs(air: AirState) -> bytes:
    return np.array([(s.bottom_m, s.top_m, s.extinction_per_m) for s in air.layers], "f4").tobytes()


def _over(boxes: SmokeBoxes, view: View) -> dict[str, bytes]:
    """The nearest boxes as seen from the eye, for what is drawn over the smoke."""
    eye = np.array(view.eye)
    return {
        "box_count": np.array(min(len(boxes.kelvin), OVER_BOXES), "i4").tobytes(),
        "box_lower": _rows(np.column_stack([boxes.lower - eye, boxes.extinction_per_m]), OVER_BOXES),
        "box_upper": _rows(boxes.upper - eye, OVER_BOXES),
        "box_colour": _rows(boxes.colour, OVER_BOXES),
    }


def _painted(boxes: SmokeBoxes, paint: NDArray[np.float64], view: View) -> SmokeRows:
    eye = np.array(view.eye)
    around = paint[((boxes.lower < eye) & (eye < boxes.upper)).all(1)].sum(0)
    rows = np.column_stack([boxes.lower, boxes.upper, paint]).astype("f4")
    return SmokeRows(rows, {"around_eye": around.astype("f4").tobytes()})


def _rows(values: NDArray[np.float64], count: int) -> bytes:
    """As many rows as a shader has places for: the first ones, or zeros after them."""
    rows = np.zeros((count, *values.shape[1:]), "f4")
    rows[: len(values)] = values[:count]
    return rows.tobytes()


_NO_SMOKE = SmokeRows(np.zeros((0, 10), np.float32), {})


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
