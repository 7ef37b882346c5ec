"""What an archive shows in three dimensions, as Foxglove's scene entities and coordinate frames."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from goldentime.envs.level import UNSEEN
from goldentime.envs.render.classes import colour_of
from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_tracks import CONDITIONS, TRACK_WIDTHS, AirColumn, KitColumn, LoadColumn, PersonColumn, things_of

__all__ = ["CONDITION_RGB", "moving_scene", "still_scene", "transforms"]

Json = Mapping[str, Any]

_WORLD = "world"
_STILL = {"sec": 0, "nsec": 0}
_SHEER, _OPAQUE = 0.35, 1.0
_PERSON_M = (0.45, 0.45, 1.7)
CONDITION_RGB = ((0.25, 0.78, 0.42), (0.96, 0.78, 0.20), (0.95, 0.28, 0.24), (0.32, 0.32, 0.36))
"""In the order of `CONDITIONS`."""
_KIT_RGB, _LOAD_RGB = (0.92, 0.20, 0.16), (0.90, 0.62, 0.14)
_FIRE_RGB, _SMOKE_RGB = (1.0, 0.45, 0.08), (0.18, 0.18, 0.18)
_SMOKE_DEPTH_M = 1.2
"""A layer is as opaque as so deep a stretch of it."""
_LEAST_W = 500.0


def _stamp(time_s: float) -> dict[str, int]:
    whole = round(1e9 * time_s)
    return {"sec": whole // 1_000_000_000, "nsec": whole % 1_000_000_000}


def _vector(values: Sequence[float]) -> dict[str, float]:
    return {name: float(value) for name, value in zip("xyz", values, strict=True)}


def _pose(position: Sequence[float], yaw: float = 0.0) -> dict[str, Any]:
    turn = {"x": 0.0, "y": 0.0, "z": float(np.sin(yaw / 2)), "w": float(np.cos(yaw / 2))}
    return {"position": _vector(position), "orientation": turn}


def _colour(rgb: Sequence[float], alpha: float) -> dict[str, float]:
    return {"r": float(rgb[0]), "g": float(rgb[1]), "b": float(rgb[2]), "a": alpha}


def _solid(position: Sequence[float], size: Sequence[float], yaw: float, colour: Json) -> dict[str, Any]:
    return {"pose": _pose(position, yaw), "size": _vector(size), "color": colour}


def _entity(name: str, time_s: float, **primitives: Any) -> dict[str, Any]:
    head = {"timestamp": _stamp(time_s), "frame_id": _WORLD, "id": name, "lifetime": _STILL, "frame_locked": False}
    return {**head, "metadata": [], **primitives}


def still_scene(log: EpisodeLog) -> dict[str, Any]:
    """The level, and where the movers are at the start."""
    level = log.header["scenario"]["level"]
    items = [(item, _OPAQUE) for item in level["solids"]] + [(item, _SHEER) for item in level.get("glass", ())]
    cubes, cylinders, triangles = [], [], []
    for item, alpha in items:
        rgb = (0.6, 0.5, 0.4) if item["material"] == UNSEEN else colour_of(item["semantic"], item["material"])
        colour = _colour(rgb, _SHEER if item["semantic"] == "ceiling" else alpha)
        if item["shape"] == "box":
            cubes.append(_solid(item["centre"], item["size"], item.get("yaw", 0.0), colour))
        elif item["shape"] == "cylinder":
            cylinders.append(_cylinder(item, colour))
        else:
            points = [_vector(point) for point in item["vertices"]]
            indices = [index for face in item["faces"] for index in face]
            triangles.append(
                {"pose": _pose((0, 0, 0)), "points": points, "color": colour, "colors": [], "indices": indices}
            )
    return {"deletions": [], "entities": [_entity("level", 0.0, cubes=cubes, cylinders=cylinders, triangles=triangles)]}


def _cylinder(item: Json, colour: Json) -> dict[str, Any]:
    bottom, top = float(item["radius"]), item.get("radius_top")
    widest = max(bottom, bottom if top is None else float(top), 1e-6)
    x, y, z = item["base"]
    size = (2 * widest, 2 * widest, item["height"])
    scales = {"bottom_scale": bottom / widest, "top_scale": (bottom if top is None else float(top)) / widest}
    return {**_solid((x, y, z + item["height"] / 2), size, 0.0, colour), **scales}


def transforms(log: EpisodeLog) -> Iterator[tuple[float, list[dict[str, Any]]]]:
    """The frame of each drone in the world, at every state of the log."""
    samples = log.samples()
    for row, time_s in enumerate(samples.time_s.tolist()):
        frames = []
        for drone in range(samples.position_m.shape[1]):
            x, y, z, w = samples.quaternion_xyzw[row, drone].tolist()
            names = {"parent_frame_id": _WORLD, "child_frame_id": f"drone_{drone}"}
            turn = {"x": x, "y": y, "z": z, "w": w}
            place = _vector(samples.position_m[row, drone])
            frames.append({"timestamp": _stamp(time_s), **names, "translation": place, "rotation": turn})
        yield time_s, frames


def moving_scene(log: EpisodeLog) -> Iterator[tuple[float, dict[str, Any]]]:
    """People, kits, loads, fire and smoke, at every state of the tracks; the entities of one time replace those before."""
    tracks, scenario = log.tracks(), log.header["scenario"]
    makers = {"people": _people, "kits": _kits, "loads": _loads, "fuels": _fuels, "air": _air}
    for name, make in makers.items():
        if name not in tracks:
            continue
        for time_s, things in zip(tracks[name][:, 0].tolist(), things_of(tracks[name], TRACK_WIDTHS[name]), strict=True):
            yield time_s, {"deletions": [], "entities": [_entity(name, time_s, **make(things, scenario))]}


def _people(things: Any, scenario: Json) -> dict[str, Any]:
    cubes = []
    for person in things:
        x, y, z = person[:3].tolist()
        condition = int(person[PersonColumn.CONDITION]) % len(CONDITIONS)
        middle = (x, y, z + _PERSON_M[2] / 2)
        colour = _colour(CONDITION_RGB[condition], _OPAQUE)
        cubes.append(_solid(middle, _PERSON_M, float(person[PersonColumn.YAW_RAD]), colour))
    return {"cubes": cubes}


def _kits(things: Any, scenario: Json) -> dict[str, Any]:
    sizes = [kit["size"] for kit in scenario.get("kits", ())]
    placed = zip(things[:, : KitColumn.CARRIER].tolist(), sizes, strict=False)
    return {"cubes": [_solid(place, size, 0.0, _colour(_KIT_RGB, _OPAQUE)) for place, size in placed]}


def _loads(things: Any, scenario: Json) -> dict[str, Any]:
    sizes = [load["size"] for load in scenario.get("loads", ())]
    placed = zip(things[:, : LoadColumn.HELD].tolist(), sizes, strict=False)
    return {"cubes": [_solid(place, size, 0.0, _colour(_LOAD_RGB, _OPAQUE)) for place, size in placed]}


def _fuels(things: Any, scenario: Json) -> dict[str, Any]:
    fuels = (scenario.get("fire") or {}).get("fuels", ())
    spheres = []
    for (watt,), fuel in zip(things.tolist(), fuels, strict=False):
        if watt >= _LEAST_W:
            # Flame height without the burning surface's width: 0.235 Q^0.4, Q in kW (Heskestad 1983).
            height = 0.235 * (watt / 1000.0) ** 0.4
            x, y, z = fuel["position"]
            size = (0.6 * height, 0.6 * height, height)
            spheres.append(_solid((x, y, z + height / 2), size, 0.0, _colour(_FIRE_RGB, 0.8)))
    return {"spheres": spheres}


def _air(things: Any, scenario: Json) -> dict[str, Any]:
    cubes = []
    for air, room in zip(things, scenario["level"].get("rooms", ()), strict=False):
        lower, upper = np.array(room["lower"], float), np.array(room["upper"], float)
        border = float(np.clip(air[AirColumn.LAYER_M], lower[2], upper[2]))
        for low, high, extinction in (
            (border, upper[2], air[AirColumn.UPPER_EXTINCTION_PER_M]),
            (lower[2], border, air[AirColumn.LOWER_EXTINCTION_PER_M]),
        ):
            if high - low > 0.02 and extinction > 0.005:
                centre, size = (lower + upper) / 2, upper - lower
                centre[2], size[2] = (low + high) / 2, high - low
                alpha = float(1.0 - np.exp(-extinction * _SMOKE_DEPTH_M))
                cubes.append(_solid(centre.tolist(), size.tolist(), 0.0, _colour(_SMOKE_RGB, alpha)))
    return {"cubes": cubes}
