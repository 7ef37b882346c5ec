"""From a scenario to what is drawn: the numbers of all things, meshes that stay and models that may move."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.airframe import load_airframe
from goldentime.envs.assets.library import load_asset
from goldentime.envs.hazards.flames import Flame
from goldentime.envs.level import UNSEEN, Level
from goldentime.envs.render.classes import semantic_id
from goldentime.envs.render.figures import TAGS
from goldentime.envs.render.frame import pack_ids
from goldentime.envs.render.meshes import Model, StaticMesh, box_model, compile_static, drone_model, model_of
from goldentime.envs.scenario import Prop, Scenario
from goldentime.envs.signs import PlacedSign, face_corners, sign_body, sign_fixings, sign_image
from goldentime.errors import ConfigError
from goldentime.types import Vec3

__all__ = [
    "FIRST_SOLID",
    "Content",
    "Group",
    "Instance",
    "Placed",
    "SignPicture",
    "build_content",
    "instances",
    "ropes_of",
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
    """`"sky"`, `"ground"`, `"solid"`, `"prop"`, `"sign"`, `"flame"`, `"drone"`, `"kit"`, `"mover"`, `"person"`,
    `"tag"` or `"load"`; ropes have the number of their load."""
    place: int
    """Place in the scenario's tuple of that kind; of a tag, the place of its person."""
    semantic: str
    """Of people as they start. A tag is of the class of its colour, which only the semantic picture tells."""


class Placed(NamedTuple):
    """One standing of a model."""

    packed: int
    """See `frame.pack_ids`."""
    colours: NDArray[np.uint8]
    """(r, 3) of the model's regions."""
    kind: str
    place: int
    asset: str = ""
    """Of people and tags: the model, which they have only at times."""


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
    found += [Instance("person", i, load_asset(p.assets[p.posture]).semantic) for i, p in enumerate(scenario.people)]
    found += [Instance("tag", i, "triage_tag") for i in range(len(scenario.people))]
    found += [Instance("load", i, "load") for i in range(len(scenario.loads))]
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
        elif instance.kind in ("person", "tag"):
            for placed, model in _guises(scenario, instance, number):
                named.setdefault((instance.kind, placed.asset), (model, []))[1].append(placed)
        elif instance.kind not in ("sky", "ground", "solid"):
            key, model = _model(scenario, instance)
            placed = Placed(packed, _colours(scenario, instance, model), instance.kind, instance.place)
            named.setdefault(key, (model, []))[1].append(placed)
            if instance.kind == "load":
                _add_ropes(named, scenario, placed)
    solids, glass = _compiled(scenario.level, tuple(signs))
    groups = tuple(Group(model, tuple(placed)) for model, placed in named.values())
    return Content(solids, glass, groups, tuple(_picture(sign, number) for sign, number in signs), _flames(flames))


def _add_ropes(named: dict[Any, tuple[Model, list[Placed]]], scenario: Scenario, load: Placed) -> None:
    """Put a load's ropes to what is drawn."""
    model = _box_model("rope")
    for place, (number, _) in enumerate(ropes_of(scenario)):
        if number == load.place:
            rope = Placed(load.packed, model.palette, "rope", place)
            named.setdefault("rope", (model, []))[1].append(rope)


def ropes_of(scenario: Scenario) -> list[tuple[int, int]]:
    """Load and drone of each rope; what `Placed.place` counts for ropes."""
    return [(number, drone) for number, load in enumerate(scenario.loads) for drone in load.drones]


def _guises(scenario: Scenario, instance: Instance, number: int) -> list[tuple[Placed, Model]]:
    """All that a person or a tag may look like, of which one or none is shown at a time."""
    person = scenario.people[instance.place]
    assets = sorted(set(person.assets.values())) if instance.kind == "person" else TAGS
    found = []
    for asset in assets:
        model = _asset_model(asset)
        where, colours = f"people[{instance.place}]", person.colours if instance.kind == "person" else {}
        placed = Placed(
            pack_ids(number, semantic_id(model.semantic)),
            _recoloured(model, asset, colours, where),
            instance.kind,
            instance.place,
            asset,
        )
        found.append((placed, model))
    return found


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
    prop = scenario.props[instance.place]
    return _recoloured(model, prop.asset, prop.colours, f"props[{instance.place}]")


def _recoloured(model: Model, asset: str, own: Mapping[str, Vec3], where: str) -> NDArray[np.uint8]:
    colours = model.palette.copy()
    for name, rgb in own.items():
        if name not in model.names:
            known = ", ".join(model.names)
            raise ConfigError(f"{where}.colours: {asset} has the regions {known}, got {name!r}")
        colours[model.names.index(name)] = np.rint(np.clip(rgb, 0.0, 1.0) * 255.0)
    return colours
