"""From a scenario to what is drawn: the numbers of all things, meshes that stay and models that may move."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.control.frames import to_world
from goldentime.envs.airframe import Airframe, load_airframe
from goldentime.envs.assets.library import load_asset
from goldentime.envs.hazards.flames import Flame
from goldentime.envs.level import UNSEEN, Level
from goldentime.envs.render.classes import semantic_id
from goldentime.envs.render.frame import pack_ids
from goldentime.envs.render.meshes import Model, StaticMesh, box_model, compile_static, drone_model, model_of
from goldentime.envs.scenario import KitSpec, Prop, Scenario
from goldentime.envs.signs import PlacedSign, face_corners, sign_body, sign_fixings, sign_image
from goldentime.errors import ConfigError
from goldentime.types import Quat, Vec3, WorldState

__all__ = [
    "FIRST_SOLID",
    "Content",
    "Group",
    "Instance",
    "Placed",
    "Poses",
    "SignPicture",
    "build_content",
    "instances",
    "is_own",
]

FIRST_SOLID = 2
"""Instance number of the level's first solid; 0 is the sky and 1 the ground."""

_MAX_INSTANCES = 65_535

_SIGN_PIXELS = 768
"""Of a sign's longer side: more than the picture shows of it, unless the drone is very near."""
_SIGN_PIXELS_PER_M = 1500.0


class Instance(NamedTuple):
    """What a number in an instance picture stands for."""

    kind: str
    """`"sky"`, `"ground"`, `"solid"`, `"prop"`, `"sign"`, `"flame"`, `"drone"`, `"kit"` or `"mover"`."""
    place: int
    """Place in the scenario's tuple of that kind."""
    semantic: str


class Placed(NamedTuple):
    """One standing of a model."""

    packed: int
    """See `frame.pack_ids`."""
    colours: NDArray[np.uint8]
    """(r, 3) of the model's regions."""
    kind: str
    place: int


class Group(NamedTuple):
    """All standings of one model."""

    model: Model
    placed: tuple[Placed, ...]


class SignPicture(NamedTuple):
    """The faces of one sign."""

    image: NDArray[np.uint8]
    """(h, w, 4) colour and opacity."""
    vertices: NDArray[np.float32]
    """(6 f, 10): position [m], normal, place in the picture, share of its colour that it emits, packed ids as bits."""
    centre: NDArray[np.float64]
    """(3,) [m]."""
    radius: float
    """[m] around the centre."""


class Content(NamedTuple):
    """All that is drawn of a scenario."""

    solids: StaticMesh
    glass: StaticMesh
    groups: tuple[Group, ...]
    signs: tuple[SignPicture, ...]
    flames: NDArray[np.float32]
    """(f, 8): foot [m], radius [m], height [m], seed, embers, packed ids as bits."""


def instances(scenario: Scenario) -> list[Instance]:
    """What each number of an instance picture stands for, by number; glass has none, one sees through it.

    Raises:
        ConfigError: there are more things than numbers.
    """
    found = [Instance("sky", 0, "sky"), Instance("ground", 0, "ground")]
    found += [Instance("solid", i, p.semantic) for i, p in enumerate(scenario.level.solids)]
    found += [Instance("prop", i, _semantic(p)) for i, p in enumerate(scenario.props)]
    found += [Instance("sign", i, "sign") for i in range(len(scenario.signs))]
    found += [Instance("flame", i, "fire") for i in range(len(scenario.flames))]
    for kind, things in (("drone", scenario.drones), ("kit", scenario.kits), ("mover", scenario.movers)):
        found += [Instance(kind, i, kind) for i in range(len(things))]
    if len(found) > _MAX_INSTANCES:
        raise ConfigError(f"scenario: an instance picture has numbers for {_MAX_INSTANCES} things, got {len(found)}")
    return found


def _semantic(prop: Prop) -> str:
    return prop.semantic or load_asset(prop.asset).semantic


def build_content(scenario: Scenario) -> Content:
    """Meshes and standings of a scenario.

    Raises:
        ConfigError: a prop names no asset or no region of its asset, or there are too many things.
    """
    named: dict[Any, tuple[Model, list[Placed]]] = {}
    signs: list[tuple[PlacedSign, int]] = []
    flames: list[tuple[Flame, int]] = []
    for number, instance in enumerate(instances(scenario)):
        packed = pack_ids(number, semantic_id(instance.semantic))
        if instance.kind == "sign":
            signs.append((scenario.signs[instance.place], number))
        elif instance.kind == "flame":
            flames.append((scenario.flames[instance.place], packed))
        elif instance.kind not in ("sky", "ground", "solid"):
            key, model = _model(scenario, instance)
            placed = Placed(packed, _colours(scenario, instance, model), instance.kind, instance.place)
            named.setdefault(key, (model, []))[1].append(placed)
    solids, glass = _compiled(scenario.level, tuple(signs))
    groups = tuple(Group(model, tuple(placed)) for model, placed in named.values())
    return Content(solids, glass, groups, tuple(_picture(sign, number) for sign, number in signs), _flames(flames))


def _flames(flames: list[tuple[Flame, int]]) -> NDArray[np.float32]:
    rows = np.zeros((len(flames), 8), np.float32)
    for row, (flame, packed) in zip(rows, flames, strict=True):
        row[:7] = (*flame.position, flame.radius_m, flame.height_m, flame.seed, flame.embers)
        row[7] = np.array([packed], "<u4").view(np.float32)[0]
    return rows


@lru_cache(maxsize=8)
def _compiled(level: Level, signs: tuple[tuple[PlacedSign, int], ...]) -> tuple[StaticMesh, StaticMesh]:
    # What is not drawn still has its number: numbers are places in the level. A sign's body and fixings have the sign's.
    drawn = [(p, FIRST_SOLID + i) for i, p in enumerate(level.solids) if p.material != UNSEEN]
    drawn += [(part, number) for sign, number in signs for part in (sign_body(sign), *sign_fixings(sign))]
    numbers = np.array([number for _, number in drawn], np.int64)
    none = np.zeros(len(level.glass), np.int64)
    return compile_static(tuple(p for p, _ in drawn), numbers), compile_static(level.glass, none)


def _picture(sign: PlacedSign, number: int) -> SignPicture:
    corners = face_corners(sign)
    vertices = np.zeros((len(corners), 6, 10), np.float32)
    order = [0, 3, 2, 0, 2, 1]
    vertices[:, :, :3] = corners[:, order]
    normal = np.cross(corners[:, 3] - corners[:, 0], corners[:, 1] - corners[:, 0])
    vertices[:, :, 3:6] = (normal / np.linalg.norm(normal, axis=1, keepdims=True))[:, None]
    vertices[:, :, 6:8] = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])[order]
    vertices[:, :, 8] = sign.spec.backlight
    vertices[:, :, 9] = np.array([pack_ids(number, semantic_id("sign"))], "<u4").view(np.float32)
    centre = corners.reshape(-1, 3).mean(0)
    radius = float(np.linalg.norm(corners - centre, axis=-1).max())
    image = sign_image(sign.spec, min(_SIGN_PIXELS / max(sign.spec.size_m), _SIGN_PIXELS_PER_M))
    return SignPicture(image, vertices.reshape(-1, 10), centre, radius)


def _model(scenario: Scenario, instance: Instance) -> tuple[Any, Model]:
    if instance.kind == "prop":
        name = scenario.props[instance.place].asset
        return name, _asset_model(name)
    if instance.kind == "drone":
        airframe = load_airframe(scenario.drones[instance.place].airframe)
        return airframe.name, _drone_model(airframe.hull_radius_m, airframe.hull_height_m)
    return instance.kind, _box_model(instance.kind)


@lru_cache(maxsize=256)
def _asset_model(name: str) -> Model:
    asset = load_asset(name)
    return model_of(asset.vertices, asset.normals, asset.faces, asset.region, asset.regions, asset.semantic)


_drone_model = lru_cache(maxsize=8)(drone_model)
_box_model = lru_cache(maxsize=8)(box_model)


def _colours(scenario: Scenario, instance: Instance, model: Model) -> NDArray[np.uint8]:
    if instance.kind != "prop":
        return model.palette
    prop, colours = scenario.props[instance.place], model.palette.copy()
    for name, rgb in prop.colours.items():
        if name not in model.names:
            known = ", ".join(model.names)
            raise ConfigError(f"props[{instance.place}].colours: {prop.asset} has the regions {known}, got {name!r}")
        colours[model.names.index(name)] = np.rint(np.clip(rgb, 0.0, 1.0) * 255.0)
    return colours


class Poses:
    """Where everything stands that is not part of the level."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._airframes: list[Airframe] = [load_airframe(drone.airframe) for drone in scenario.drones]
        self._props = [_prop_pose(prop) for prop in scenario.props]

    def scale(self, placed: Placed) -> Vec3:
        """By how much a model is stretched along its own axes; it stays so."""
        kind, index = placed.kind, placed.place
        if kind == "prop":
            return (self._scenario.props[index].scale,) * 3
        if kind == "drone":
            return 1.0, 1.0, 1.0
        return (self._scenario.movers[index] if kind == "mover" else self._scenario.kits[index]).size

    def of(self, placed: Placed, state: WorldState) -> NDArray[np.float32]:
        """(3, 4): turns and scales a model's points, then moves them to where the thing is."""
        kind, index = placed.kind, placed.place
        if kind == "prop":
            return self._props[index]
        if kind == "drone":
            drone = state.drones[index]
            return _pose(drone.quaternion_xyzw, (1.0, 1.0, 1.0), drone.position_m)
        if kind == "mover":
            mover = self._scenario.movers[index]
            x, y, z = mover.at(state.time_s)
            return _pose((0.0, 0.0, 0.0, 1.0), mover.size, (x, y, z))
        return self._kit_pose(self._scenario.kits[index], index, state)

    def _kit_pose(self, kit: KitSpec, index: int, state: WorldState) -> NDArray[np.float32]:
        now = state.kits[index]
        if now.carrier < 0:
            return _pose((0.0, 0.0, 0.0, 1.0), kit.size, now.position_m)
        drone = state.drones[now.carrier]
        below = 0.5 * (self._airframes[now.carrier].hull_height_m + kit.size[2])
        x, y, z = to_world(drone.quaternion_xyzw, (0.0, 0.0, -below))
        px, py, pz = drone.position_m
        return _pose(drone.quaternion_xyzw, kit.size, (px + x, py + y, pz + z))


def _prop_pose(prop: Prop) -> NDArray[np.float32]:
    turn: Quat = (0.0, 0.0, float(np.sin(0.5 * prop.yaw)), float(np.cos(0.5 * prop.yaw)))
    return _pose(turn, (prop.scale,) * 3, prop.position)


def _pose(quaternion: Quat, scale: Vec3, position: Vec3) -> NDArray[np.float32]:
    pose = np.empty((3, 4), np.float32)
    for axis, unit in enumerate(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))):
        pose[:, axis] = to_world(quaternion, unit)
        pose[:, axis] *= scale[axis]
    pose[:, 3] = position
    return pose


def is_own(placed: Placed, drone: int, state: WorldState) -> bool:
    """Whether it is the drone that carries the camera, or the kit below it."""
    if placed.kind == "drone":
        return placed.place == drone
    return placed.kind == "kit" and drone >= 0 and state.kits[placed.place].carrier == drone
