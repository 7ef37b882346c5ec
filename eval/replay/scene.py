"""A logged scenario as the page draws it: boxes, cylinders and triangles with colours, storeys, and what is named."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from goldentime.envs.level import UNSEEN
from goldentime.envs.render.classes import colour_of
from goldentime.eval.replay.models import figures_data
from goldentime.eval.replay.packing import pack

__all__ = ["scene_data", "signs_of", "storeys"]

_STOREY_M = 1.8
"""Floors nearer to one another than this are one storey."""
_LARGEST_M = 300.0
"""Wind zones larger than this are everywhere and are not drawn."""

_HULLS = {
    "person": (0.93, 0.72, 0.42),
    "firefighter": (0.86, 0.62, 0.12),
    "medic": (0.86, 0.86, 0.90),
    "car": (0.42, 0.50, 0.62),
    "sign": (0.30, 0.62, 0.42),
    "fire_extinguisher": (0.80, 0.12, 0.10),
    "hydrant": (0.80, 0.12, 0.10),
    "gas_cylinder": (0.62, 0.66, 0.70),
}
_HULL = (0.52, 0.44, 0.36)
"""Of furniture and whatever else."""
_SHEER = frozenset({"wall", "ceiling", "building", "window", "tunnel", "net", "stairs"})
"""Classes that the page can make translucent: what hides the inside."""
_GLASS, _SHEER_FLAG = 2, 1

Json = Mapping[str, Any]


def scene_data(scenario: Json) -> dict[str, Any]:
    """All that stands still, and how the movers swing; JSON-able."""
    level, task, figures = scenario["level"], scenario.get("task", {}), figures_data(scenario)
    solids = [(item, False) for item in level["solids"] if not (figures["complete"] and _is_hull(item))]
    solids += [(item, True) for item in level.get("glass", ())]
    return {
        "bounds": level["bounds"],
        **figures,
        **_primitives(solids),
        "rooms": [{key: room[key] for key in ("name", "lower", "upper") if key in room} for room in level.get("rooms", ())],
        "storeys": storeys(level.get("rooms", ())),
        "movers": list(scenario.get("movers", ())),
        "wind": [zone for zone in scenario.get("wind", {}).get("zones", ()) if _span(zone) < _LARGEST_M],
        "pads": [*_pads(task)],
        "route": task.get("route") or [point for tour in task.get("tours", [])[:1] for point in tour["route"]],
        "targets": task.get("targets") or ([task["target"]] if task.get("target") else []),
        "signs": [*signs_of(scenario.get("signs", ()))],
        "flames": [flame for flame in scenario.get("flames", ()) if flame.get("fuel", -1) < 0],
        "smoke": (scenario.get("smoke") or {}).get("layers", []) if not scenario.get("fire") else [],
        "fuels": [{key: fuel[key] for key in ("position", "room", "peak_w")} for fuel in _fuels(scenario)],
        "kits": [kit["size"] for kit in scenario.get("kits", ())],
        "loads": [load["size"] for load in scenario.get("loads", ())],
    }


def _is_hull(item: Json) -> bool:
    """Whether it stands for a prop, which is drawn itself; signs are drawn as their hulls."""
    return bool(item["material"] == UNSEEN and item["semantic"] != "sign")


def _fuels(scenario: Json) -> Sequence[Json]:
    plan = scenario.get("fire") or {}
    fuels: Sequence[Json] = plan.get("fuels", ())
    return fuels


def _span(zone: Json) -> float:
    return float(np.max(np.subtract(zone["upper"], zone["lower"])[:2]))


def storeys(rooms: Sequence[Json]) -> list[dict[str, float]]:
    """Floor and ceiling [m] of each storey, from the bottom up; rooms over several storeys, such as stairwells, count for
    the one where they begin, but don't say how high it is."""
    floors: list[float] = []
    for z in sorted({float(room["lower"][2]) for room in rooms}):
        if not floors or z - floors[-1] > _STOREY_M:
            floors.append(z)
    found = []
    for number, floor in enumerate(floors):
        above = floors[number + 1] if number + 1 < len(floors) else np.inf
        own = [float(room["upper"][2]) for room in rooms if abs(room["lower"][2] - floor) <= _STOREY_M]
        inside = [top for top in own if top <= above + 0.5] or [min(min(own), above)]
        found.append({"floor": floor, "ceiling": max(inside)})
    return found


def _primitives(items: Sequence[tuple[Json, bool]]) -> dict[str, Any]:
    """Arrays by shape; each has bytes of red, green, blue and a flag: 1 what can be made translucent, 2 glass."""
    boxes, cylinders, vertices, faces = [], [], [], []
    colours: dict[str, list[tuple[int, int, int, int]]] = {"box": [], "cylinder": [], "mesh": []}
    count = 0
    for item, glass in items:
        colour, shape = _colour(item, glass), item["shape"]
        if shape == "box":
            boxes.append([*item["centre"], *item["size"], item.get("yaw", 0.0)])
        elif shape == "cylinder":
            top = item.get("radius_top")
            cylinders.append([*item["base"], item["radius"], item["height"], item["radius"] if top is None else top])
        else:
            vertices += item["vertices"]
            faces += [[a + count, b + count, c + count] for a, b, c in item["faces"]]
            colours["mesh"] += [colour] * len(item["vertices"])
            count += len(item["vertices"])
            continue
        colours[shape].append(colour)
    return {
        "boxes": pack(np.array(boxes, float).reshape(-1, 7)),
        "cylinders": pack(np.array(cylinders, float).reshape(-1, 6)),
        "vertices": pack(np.array(vertices, float).reshape(-1, 3)),
        "faces": pack(np.array(faces).reshape(-1, 3), np.uint32),
        "colours": {name: pack(np.array(rows).reshape(-1, 4), np.uint8) for name, rows in colours.items()},
    }


def _colour(item: Json, glass: bool) -> tuple[int, int, int, int]:
    semantic, material = item["semantic"], item["material"]
    unseen = material == UNSEEN
    red, green, blue = _HULLS.get(semantic, _HULL) if unseen else colour_of(semantic, material)
    flag = _GLASS if glass else _SHEER_FLAG if semantic in _SHEER and not unseen else 0
    return round(255 * red), round(255 * green), round(255 * blue), flag


def _pads(task: Json) -> Iterator[dict[str, Any]]:
    """Start and landing pads, drop boxes and the like, in any of the forms that missions use."""
    for key, value in task.items():
        if not isinstance(value, Mapping):
            continue
        place, size = value.get("centre") or value.get("base") or value.get("position"), value.get("size")
        if place is not None and size is not None and len(size) >= 2:
            yield {"name": key.removesuffix("_pad").replace("_", " "), "position": [*place, 0.0][:3], "size": [*size]}


def signs_of(signs: Sequence[Json]) -> Iterator[dict[str, Any]]:
    """Text and place of each sign that has a text."""
    for sign in signs:
        text = " ".join(line["text"] for line in sign["spec"].get("lines", ()))
        if text:
            x, y, z = sign["anchor"]
            yield {"text": text, "position": [x, y, z + sign["spec"].get("height_m", 0.0)]}
