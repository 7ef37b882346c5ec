"""The asset library: people and objects as small triangle meshes whose parts can be recoloured.

`meshes/posed/*.npz` hold one figure each in all postures of `POSTURES`, `meshes/plain/*.npz` one mesh each; both are
written by `goldentime assets build`. Lengths are stored as whole tenths of a millimetre.
"""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.level import Box, Cylinder
from goldentime.errors import ConfigError

__all__ = ["MESHES", "POSTURES", "AssetMesh", "Colour", "asset_names", "load_asset", "object_names", "people_names"]
__all__ += ["make_asset", "save_mesh"]

Colour = tuple[float, float, float]
"""sRGB in [0, 1]."""

MESHES = Path(__file__).parent / "meshes"

POSTURES = ("standing", "walking", "waving", "sitting", "crouching", "lying_back", "lying_side", "seated")
"""`sitting` is on the ground, `seated` on something: its feet are at the origin's height, the seat at `seat_m`."""

_UNIT_M = 1e-4
_MADE_MESHES = 1280
"""Kept of those that are made when asked for; one takes about 100 kB."""
_MOST_DIGITS = 6


class AssetMesh(NamedTuple):
    """One asset in its own frame: z up, origin on the ground at its centre, facing +x; read-only arrays."""

    vertices: NDArray[np.float32]
    """(n, 3) metres."""
    normals: NDArray[np.float32]
    """(n, 3) unit vectors, outwards."""
    faces: NDArray[np.int32]
    """(m, 3) vertex indices, counter-clockwise seen from outside."""
    region: NDArray[np.uint8]
    """(m,) index into `regions`: the part a face belongs to."""
    regions: tuple[tuple[str, Colour], ...]
    """Name and default colour of each part."""
    semantic: str
    """Class for the segmentation image: `person`, `mannequin`, `poster` or the object's kind."""
    kind: str
    """What it is in full, such as `elderly_woman`, or the object's kind."""
    posture: str
    """One of `POSTURES`; empty for objects."""
    collision: Box | Cylinder
    """What stops a drone, in the asset's frame."""


def people_names() -> tuple[str, ...]:
    """Names `<kind>-<build>-<posture>`; the builds of a kind differ in body and clothes."""
    return tuple(f"{path.stem}-{posture}" for path in sorted((MESHES / "posed").glob("*.npz")) for posture in POSTURES)


def object_names() -> tuple[str, ...]:
    """Names `<kind>-<variant>`; posters of people are among them."""
    return tuple(path.stem for path in sorted((MESHES / "plain").glob("*.npz")))


def asset_names() -> tuple[str, ...]:
    """All names that `load_asset` knows, people first."""
    return people_names() + object_names()


def load_asset(name: str) -> AssetMesh:
    """One asset; the same name gives the same mesh.

    Objects go on beyond those in the files: `car-731` is made from its number when asked for, see
    `objects.object_mesh`. What a user imported is named `import:<name>`, see `imported`.

    Raises:
        ConfigError: no asset has this name.
    """
    if name.startswith("import:"):
        from goldentime.envs.assets.imported import load_imported

        return load_imported(name)
    stored = _stored(name)
    return _made(name) if stored is None else stored


@cache
def _stored(name: str) -> AssetMesh | None:
    stem, _, posture = name.rpartition("-")
    if posture in POSTURES and (MESHES / "posed" / f"{stem}.npz").is_file():
        return _from_table(_table(MESHES / "posed" / f"{stem}.npz"), POSTURES.index(posture), posture)
    if "/" not in name and (MESHES / "plain" / f"{name}.npz").is_file():
        return _from_table(_table(MESHES / "plain" / f"{name}.npz"), 0, "")
    return None


@lru_cache(maxsize=_MADE_MESHES)
def _made(name: str) -> AssetMesh:
    # Imported here: the makers of objects import this module.
    from goldentime.envs.assets.objects import KINDS, object_mesh

    kind, _, number = name.rpartition("-")
    plain = number.isascii() and number.isdigit() and number == str(int(number)) and len(number) <= _MOST_DIGITS
    if kind not in KINDS or not plain:
        raise ConfigError(_unknown(name))
    return object_mesh(kind, int(number))


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, asset_names(), 3, 0.4)
    hint = f"; close are {', '.join(close)}" if close else ""
    return f"asset {name!r}: unknown among the {len(asset_names())} of the library{hint}"


@cache
def _table(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as archive:
        return {key: archive[key] for key in archive.files}


def _from_table(table: dict[str, Any], pose: int, posture: str) -> AssetMesh:
    names, colours = table["region_names"].tolist(), table["region_colours"] / 255
    regions = tuple((str(n), (float(c[0]), float(c[1]), float(c[2]))) for n, c in zip(names, colours, strict=True))
    return make_asset(
        table["vertices"][pose] * _UNIT_M,
        table["faces"],
        table["region"],
        regions,
        labels=(str(table["semantic"]), str(table["kind"]), posture),
    )


def make_asset(
    vertices: NDArray[Any],
    faces: NDArray[Any],
    region: NDArray[Any],
    regions: tuple[tuple[str, Colour], ...],
    labels: tuple[str, str, str],
) -> AssetMesh:
    """An asset from its parts; lengths are rounded as the files round them, so that built and read ones are equal.

    `labels` are semantic class, kind and posture. Normals are smooth across shared vertices: hard edges need double ones.
    """
    points = np.round(np.asarray(vertices, np.float64) / _UNIT_M) * _UNIT_M
    triangles = np.ascontiguousarray(faces, np.int32)
    arrays = (points.astype(np.float32), _normals(points, triangles), triangles, np.ascontiguousarray(region, np.uint8))
    for array in arrays:
        array.flags.writeable = False
    return AssetMesh(*arrays, regions, *labels, _collision(points, labels))


def _normals(points: NDArray[np.float64], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    """Area-weighted vertex normals; a vertex whose faces cancel or vanish points up."""
    a, b, c = (points[faces[:, i]] for i in range(3))
    cross = np.cross(b - a, c - a)
    summed = np.zeros_like(points)
    for corner in range(3):
        np.add.at(summed, faces[:, corner], cross)
    length = np.linalg.norm(summed, axis=1, keepdims=True)
    unit = np.where(length > 1e-12, summed / np.maximum(length, 1e-12), [0.0, 0.0, 1.0])
    return unit.astype(np.float32)


_ROUND = frozenset({"cone", "fire_extinguisher", "gas_cylinder", "hydrant"})
_CLOTH = frozenset({"person", "backpack", "bed", "sofa"})
_WOOD = frozenset({"chair", "door", "poster", "shelf", "table"})


def _collision(points: NDArray[np.float64], labels: tuple[str, str, str]) -> Box | Cylinder:
    semantic, kind, posture = labels
    low, high = points.min(axis=0), points.max(axis=0)
    size = np.maximum(high - low, 0.002)
    x, y, z = ((low + high) / 2).tolist()
    material = "cloth" if semantic in _CLOTH else "wood" if semantic in _WOOD else "steel"
    if posture in ("standing", "crouching") or kind in _ROUND:
        # Half the mean width: arms and handles stick out of it a little.
        radius, height = float(size[0] + size[1]) / 4, float(size[2])
        return Cylinder(base=(x, y, float(low[2])), radius=radius, height=height, semantic=semantic, material=material)
    sx, sy, sz = size.tolist()
    return Box(centre=(x, y, z), size=(sx, sy, sz), semantic=semantic, material=material)


def save_mesh(path: Path, poses: NDArray[Any], mesh: AssetMesh) -> None:
    """Write a figure in all its postures (p, n, 3) or one object (1, n, 3); equal content gives equal bytes."""
    ticks = np.round(np.asarray(poses, np.float64) / _UNIT_M)
    if np.abs(ticks).max() > np.iinfo(np.int16).max or len(mesh.vertices) > np.iinfo(np.uint16).max:
        raise ConfigError(f"{path.name}: a mesh reaches at most 3.2 m from its origin and has at most 65535 vertices")
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        vertices=ticks.astype(np.int16),
        faces=mesh.faces.astype(np.uint16),
        region=mesh.region,
        region_names=np.array([name for name, _ in mesh.regions]),
        region_colours=np.round(np.array([colour for _, colour in mesh.regions]) * 255).astype(np.uint8),
        semantic=np.array(mesh.semantic),
        kind=np.array(mesh.kind),
    )
