"""The world from above: outlines of a logged scenario's level, its wind, its movers and its pads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from markupsafe import escape
from numpy.typing import NDArray

from goldentime.eval.report.canvas import Frame, polygon, text

__all__ = ["SEMANTICS", "extent", "scene_semantics", "scene_svg"]

SEMANTICS = ("wall", "pole", "net", "tree", "tunnel", "window", "box", "mover", "glass", "wind", "pad", "gate", "obstacle")
"""Classes with a colour of their own in the page's style sheet; anything else is drawn as `obstacle`."""

_LARGEST_M = 200.0
_MESH_FACES = 1500

Points = NDArray[np.float64]


class _Shape(NamedTuple):
    outline: Points
    """(n, 2) [m]"""
    top: float
    css: str


def _css(semantic: str) -> str:
    """The colour class of a semantic class: the first known word in it."""
    return next((name for name in SEMANTICS if name in semantic), "obstacle")


def _shapes(scenario: Mapping[str, Any]) -> list[_Shape]:
    """Everything solid, low things first, so that roofs lie on top."""
    level = scenario["level"]
    found = [shape for item in level["solids"] for shape in _primitive(item, _css(item["semantic"]))]
    found += [shape for item in level["glass"] for shape in _primitive(item, "glass")]
    return sorted(found, key=lambda shape: shape.top)


def _primitive(item: Mapping[str, Any], css: str) -> Iterator[_Shape]:
    if item["shape"] == "box":
        x, y, z = item["centre"]
        height = z + item["size"][2] / 2
        hanging = " hanging" if z - item["size"][2] / 2 > 1.0 else ""
        yield _Shape(_rectangle((x, y), item["size"], item.get("yaw", 0.0)), height, css + hanging)
    elif item["shape"] == "cylinder":
        x, y, z = item["base"]
        radius = max(item["radius"], item.get("radius_top") or 0.0)
        angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        ring = np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])
        yield _Shape(ring, z + item["height"], css)
    else:
        yield from _mesh(item, css)


def _rectangle(centre: Sequence[float] | Points, size: Sequence[float] | Points, yaw: float) -> Points:
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]) * np.array(size[:2])
    cos, sin = np.cos(yaw), np.sin(yaw)
    turned: Points = corners @ np.array([[cos, sin], [-sin, cos]]) + np.array(centre[:2])
    return turned


def _mesh(item: Mapping[str, Any], css: str) -> Iterator[_Shape]:
    """Faces that look up make the mesh's true silhouette; an enormous mesh is drawn as its bounding rectangle."""
    vertices, faces = np.array(item["vertices"], dtype=float), np.array(item["faces"], dtype=int)
    if not len(faces):
        return
    top = float(vertices[:, 2].max())
    if len(faces) > _MESH_FACES:
        low, high = vertices.min(axis=0), vertices.max(axis=0)
        yield _Shape(_rectangle((low + high) / 2, high - low, 0.0), top, css)
        return
    corners = vertices[faces][:, :, :2]
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    up = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0] > 1e-6
    for triangle in corners[up]:
        yield _Shape(triangle, top, f"{css} facet")


def scene_semantics(scenario: Mapping[str, Any]) -> list[str]:
    """The colour classes that occur, for the legend."""
    found = {shape.css.split()[0] for shape in _shapes(scenario)}
    found |= {"wind"} if _wind(scenario) else set()
    found |= {"mover"} if scenario["movers"] else set()
    found |= {"gate"} if any(True for _ in _exits(scenario["task"])) else set()
    found |= {"pad"} if any(True for _ in _pads(scenario["task"])) else set()
    return [name for name in SEMANTICS if name in found]


def extent(scenario: Mapping[str, Any], flights: Sequence[Points]) -> tuple[Points, Points]:
    """Lower left and upper right corner [m] of all that is to be seen.

    Args:
        flights: (n, 2) points each.
    """
    outlines = [shape.outline for shape in _shapes(scenario)]
    outlines = [outline for outline in outlines if np.ptp(outline, axis=0).max() < _LARGEST_M]
    task = scenario["task"]
    outlines += [box for _, box in _pads(task)]
    outlines += [np.array([target[:2]]) for target in (task.get("targets") or [task.get("target")]) if target]
    points = np.concatenate([*outlines, *flights, np.array([spec["position"][:2] for spec in scenario["drones"]])])
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.maximum(0.03 * (high - low), 0.5)
    return low - margin, high + margin


def scene_svg(scenario: Mapping[str, Any], frame: Frame) -> str:
    """The level as SVG elements."""
    task = scenario["task"]
    parts = [polygon(frame, box, "s-wind") for box in _wind(scenario)]
    parts += [polygon(frame, box, "s-pad") for _, box in _pads(task)]
    parts += [polygon(frame, shape.outline, f"s-{shape.css}") for shape in _shapes(scenario)]
    for mover in scenario["movers"]:
        parts += _mover(mover, frame)
    parts += [*_gates(task, frame), *_route(task, frame), *_target(task, frame)]
    for name, box in _pads(task):
        x, lowest = box[:, 0].mean(), box[:, 1].min()
        parts.append(text(frame.x(x), frame.y(lowest) + 12, name, "pad-name"))
    return "".join(parts)


def _mover(mover: Mapping[str, Any], frame: Frame) -> list[str]:
    """The cuboid in the middle of its swing, and how far it swings."""
    centre, swing = np.array(mover["centre"][:2]), np.array(mover["amplitude"][:2])
    line = frame.points(np.array([centre - swing, centre + swing]))
    return [polygon(frame, _rectangle(centre, mover["size"], 0.0), "s-mover"), f'<polyline class="swing" points="{line}"/>']


def _wind(scenario: Mapping[str, Any]) -> list[Points]:
    """Wind zones of a size that is worth drawing."""
    zones = [(np.array(zone["lower"][:2]), np.array(zone["upper"][:2])) for zone in scenario["wind"]["zones"]]
    return [_rectangle((a + b) / 2, b - a, 0.0) for a, b in zones if (b - a).max() < _LARGEST_M]


def _pads(task: Mapping[str, Any]) -> Iterator[tuple[str, Points]]:
    """Start and landing pads, drop boxes and the like, in any of the forms that missions use."""
    for key, value in task.items():
        if not isinstance(value, Mapping):
            continue
        centre, size = value.get("centre") or value.get("base") or value.get("position"), value.get("size")
        if centre is not None and size is not None and len(size) >= 2:
            yield key.removesuffix("_pad").replace("_", " "), _rectangle(centre, size, value.get("yaw", 0.0))


def _exits(task: Mapping[str, Any]) -> Iterator[tuple[str, Points]]:
    """Name and posts of each section's exit."""
    for section in task.get("sections", ()):
        if isinstance(section, Mapping) and len(section.get("exit", ())) == 2:
            yield str(section.get("name", "")), np.array(section["exit"], dtype=float)


def _gates(task: Mapping[str, Any], frame: Frame) -> Iterator[str]:
    for name, posts in _exits(task):
        yield f'<polyline class="s-gate" points="{frame.points(posts)}"><title>exit of {escape(name)}</title></polyline>'
        # The name stands inside the section, by the left post, where flights are rare.
        (x, y), across = posts[0], posts[1] - posts[0]
        forward = np.array([-across[1], across[0]]) / max(float(np.hypot(*across)), 1e-9)
        side = "to-right" if forward[0] < -0.5 else "to-left" if forward[0] > 0.5 else "centred"
        place = frame.x(x - 0.25 * forward[0]), frame.y(y + 0.06 * across[1]) + (12 if across[1] < 0 else 0)
        yield text(*place, name.replace("_", " "), f"gate-name {side}")


def _route(task: Mapping[str, Any], frame: Frame) -> Iterator[str]:
    """The planner's shortest way."""
    for route in (task.get("route"), *(tour["route"] for tour in task.get("tours", ()))):
        if route:
            yield f'<polyline class="route" points="{frame.points(np.array(route, dtype=float)[:, :2])}"/>'


def _target(task: Mapping[str, Any], frame: Frame) -> Iterator[str]:
    """The point to hold, with its tolerance."""
    targets = task.get("targets") or ([task["target"]] if task.get("target") else [])
    for x, y, *_ in targets:
        radius = float(task.get("tolerance_m", 0.0)) * frame.scale_x
        yield f'<circle class="target" cx="{frame.x(x):.1f}" cy="{frame.y(y):.1f}" r="{max(radius, 4.0):.1f}"/>'
