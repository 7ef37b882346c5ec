"""What a Rerun recording shows in three dimensions: the models that cameras draw, where they are at each time.

All in the world's frame, ENU, in metres. Entities: `world/level/<storey>/<class>`, `world/props`, `world/signs`,
`world/drones`, `world/paths`, `world/people`, `world/kits` and so on, `world/fire`, `world/smoke`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import UNSEEN, Box, Cylinder, Primitive
from goldentime.envs.render.content import Group, Placed, build_content
from goldentime.envs.render.meshes import Model, compile_static
from goldentime.envs.render.poses import Poses
from goldentime.envs.scenario import Scenario
from goldentime.eval.log import EpisodeLog
from goldentime.eval.log_tracks import CONDITIONS, TRACK_WIDTHS, PersonColumn, things_of
from goldentime.eval.replay.archive_scene import CONDITION_RGB, moving_scene
from goldentime.eval.replay.flight import thin
from goldentime.eval.replay.rerun_stream import RerunStream
from goldentime.eval.replay.scene import signs_of, storeys
from goldentime.eval.replay.states import States

__all__ = ["add_scene"]

_SHEER = {"ceiling": 0.35, "glass": 0.35}
"""Opacity of what one has to see through."""
_FLOOR_M = 0.05
"""A floor may lie so far below the height that its rooms begin at."""
_PATH_M, _MARK_M = 0.015, 0.08
_ABOVE_M = 0.4
"""A person's mark hovers so far above where standing eyes would be."""
_EYES_M = 1.6


class _Moving(NamedTuple):
    """A model that is not where it was, at some time."""

    path: str
    model: Model
    placed: Placed


def add_scene(stream: RerunStream, log: EpisodeLog) -> list[str]:
    """Add the whole scene to a recording.

    Returns:
        The paths of what hides the inside from above: roof and ceilings.

    Raises:
        LogError: the log's scenario is of another version of the package.
        ConfigError: the scenario names an asset that is not installed.
    """
    rr, states = stream.library, States(log)
    stream.still("world", rr.ViewCoordinates.RIGHT_HAND_Z_UP)
    hiding = _add_level(stream, states.scenario)
    _add_signs(stream, log)
    # Signs are told in words: their pictures need not be painted.
    moving = _add_models(stream, states, build_content(replace(states.scenario, signs=())).groups)
    _add_flights(stream, log)
    people, others = [[item for item in moving if _is_guise(item.placed) == guise] for guise in (True, False)]
    tracks = log.tracks()
    _add_moves(stream, states, people, tracks["people"][:, 0] if "people" in tracks else states.time_s[:1])
    _add_moves(stream, states, others, states.time_s[thin(states.time_s)])
    _add_marks(stream, log)
    _add_air(stream, log)
    return hiding


def _add_level(stream: RerunStream, scenario: Scenario) -> list[str]:
    """One mesh for each class of each storey, so that a viewer can switch them off."""
    found = storeys([{"lower": room.lower, "upper": room.upper} for room in scenario.level.rooms])
    floors, top = [storey["floor"] for storey in found], max((storey["ceiling"] for storey in found), default=np.inf)
    parts: dict[str, list[Primitive]] = {}
    for item in (*scenario.level.solids, *scenario.level.glass):
        if item.material == UNSEEN and item.semantic != "sign":
            continue  # props are drawn themselves
        height = _height(item)
        number = max(int(np.searchsorted(floors, height, side="right")), 1)
        where = f"{number}" if height <= top or item.semantic == "ceiling" else "roof"
        parts.setdefault(f"world/level/{where}/{item.semantic}", []).append(item)
    for path, items in parts.items():
        mesh = compile_static(tuple(items), np.zeros(len(items), np.int64))
        alpha = _SHEER.get(path.rpartition("/")[2], 1.0)
        look = stream.library.Mesh3D(
            vertex_positions=mesh.vertices[:, :3],
            vertex_normals=mesh.vertices[:, 3:6],
            vertex_colors=_bytes(mesh.vertices[:, 6:9]),
            triangle_indices=mesh.indices,
            albedo_factor=(255, 255, 255, round(255 * alpha)),
        )
        stream.still(path, look)
    return [path for path in parts if path.endswith("/ceiling") or path.startswith("world/level/roof/")]


def _height(item: Primitive) -> float:
    """[m] by which a primitive belongs to a storey: of its middle; of a floor its top."""
    if isinstance(item, Box):
        return item.centre[2] + (0.5 * item.size[2] + _FLOOR_M if item.semantic == "floor" else 0.0)
    if isinstance(item, Cylinder):
        return item.base[2] + 0.5 * item.height
    return float(np.mean([point[2] for point in item.vertices]))


def _add_signs(stream: RerunStream, log: EpisodeLog) -> None:
    signs = [*signs_of(log.header["scenario"].get("signs", ()))]
    if signs:
        places, texts = [sign["position"] for sign in signs], [sign["text"] for sign in signs]
        stream.still("world/signs", stream.library.Points3D(places, radii=_MARK_M, labels=texts, show_labels=False))


def _add_models(stream: RerunStream, states: States, groups: Sequence[Group]) -> list[_Moving]:
    """Add all models, and those that stay where they stand.

    Returns:
        Those that move.
    """
    moving, poses, start = [], Poses(states.scenario), states.at(0.0)
    for group in groups:
        looks: dict[bytes, list[Placed]] = {}
        for placed in group.placed:
            if placed.kind == "prop":
                looks.setdefault(placed.colours.tobytes(), []).append(placed)
                continue
            item = _Moving(_path(placed), group.model, placed)
            stream.still(item.path, _model(stream, group.model, placed.colours))
            if placed.kind != "drone":
                moving.append(item)
        for number, same in enumerate(looks.values()):
            stands = np.array([poses.of(placed, start) for placed in same])
            turns = stream.library.InstancePoses3D(translations=stands[:, :, 3], mat3x3=stands[:, :, :3])
            path = f"world/props/{states.scenario.props[same[0].place].asset}/{number}"
            stream.still(path, _model(stream, group.model, same[0].colours), turns)
    return moving


def _is_guise(placed: Placed) -> bool:
    """Whether it is a person in one posture, or their tag."""
    return placed.kind in ("person", "tag")


def _path(placed: Placed) -> str:
    if placed.kind == "drone":
        return f"world/drones/{placed.place}/body"
    if _is_guise(placed):
        return f"world/people/{placed.place}/{placed.asset}"
    return f"world/{placed.kind}s/{placed.place}"


def _model(stream: RerunStream, model: Model, colours: NDArray[np.uint8]) -> Any:
    vertices, indices = model.details[0].vertices, model.details[0].indices
    return stream.library.Mesh3D(
        vertex_positions=vertices[:, :3],
        vertex_normals=vertices[:, 3:6],
        vertex_colors=colours[vertices[:, 6].astype(np.intp)],
        triangle_indices=indices,
    )


def _add_flights(stream: RerunStream, log: EpisodeLog) -> None:
    """Every logged pose of the drones, and their whole paths as lines."""
    rr, samples = stream.library, log.samples()
    for drone in range(samples.position_m.shape[1]):
        places, turns = samples.position_m[:, drone], samples.quaternion_xyzw[:, drone]
        columns = rr.Transform3D.columns(translation=places, quaternion=turns)
        stream.over(f"world/drones/{drone}", samples.time_s, columns)
        stream.still(f"world/paths/{drone}", rr.LineStrips3D([places[thin(samples.time_s)]], radii=_PATH_M))


def _add_moves(stream: RerunStream, states: States, moving: Sequence[_Moving], times: NDArray[np.float64]) -> None:
    """Where things are at some times; what is not to be seen is shrunk to nothing."""
    if not moving:
        return
    poses, table = Poses(states.scenario), np.zeros((len(times), len(moving), 3, 4), np.float32)
    for row, time_s in zip(table, times.tolist(), strict=True):
        world = states.at(time_s)
        for place, item in enumerate(moving):
            if not poses.hides(item.placed, -1, world):
                row[place] = poses.of(item.placed, world)
    for item, own in zip(moving, table.swapaxes(0, 1), strict=True):
        new = np.r_[True, (own[1:] != own[:-1]).any((1, 2))]
        columns = stream.library.Transform3D.columns(translation=own[new, :, 3], mat3x3=own[new, :, :3])
        stream.over(item.path, times[new], columns)


def _add_marks(stream: RerunStream, log: EpisodeLog) -> None:
    """A point above each person in the colour of their triage, with the condition in words."""
    table = log.tracks().get("people")
    if table is None:
        return
    colours, kinds = _bytes(np.array(CONDITION_RGB)), log.header["scenario"]["people"]
    for number, rows in enumerate(things_of(table, TRACK_WIDTHS["people"]).swapaxes(0, 1)):
        told = rows[:, [PersonColumn.X_M, PersonColumn.Y_M, PersonColumn.Z_M, PersonColumn.CONDITION]]
        new = np.r_[True, (told[1:] != told[:-1]).any(1)]
        conditions = told[new, 3].astype(np.intp)
        columns = stream.library.Points3D.columns(
            positions=told[new, :3] + (0.0, 0.0, _EYES_M + _ABOVE_M),
            colors=colours[conditions],
            radii=np.full(len(conditions), _MARK_M),
            labels=[f"{kinds[number]['kind']}, {CONDITIONS[condition]}".replace("_", " ") for condition in conditions],
        )
        stream.over(f"world/people/{number}/condition", table[new, 0], columns)


def _add_air(stream: RerunStream, log: EpisodeLog) -> None:
    """Flames as ellipsoids, the smoke of each room as two layers."""
    rr, updates = stream.library, [(time_s, update["entities"][0]) for time_s, update in moving_scene(log)]
    for name, path, kind, make in (
        ("fuels", "world/fire", "spheres", rr.Ellipsoids3D),
        ("air", "world/smoke", "cubes", rr.Boxes3D),
    ):
        found = [(time_s, entity[kind]) for time_s, entity in updates if entity["id"] == name]
        solids = [solid for _, every in found for solid in every]
        if not solids:
            continue
        stream.still(path, make.from_fields(fill_mode=rr.components.FillMode.Solid))
        columns = make.columns(
            centers=[[*solid["pose"]["position"].values()] for solid in solids],
            half_sizes=[[0.5 * length for length in solid["size"].values()] for solid in solids],
            colors=_bytes(np.array([[*solid["color"].values()] for solid in solids])),
        )
        stream.over(path, [time_s for time_s, _ in found], columns.partition([len(every) for _, every in found]))


def _bytes(colours: NDArray[Any]) -> NDArray[np.uint8]:
    """Colours of [0, 1] as bytes."""
    rounded: NDArray[np.uint8] = np.rint(255.0 * np.clip(colours, 0.0, 1.0)).astype(np.uint8)
    return rounded
