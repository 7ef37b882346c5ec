"""The command `goldentime assets import`: models of other people's furniture catalogues become assets.

Their meshes are made for another renderer: faces are doubled with opposite directions, surfaces are open or turned inside
out, and a car may have a hundred thousand triangles. Here each surface is kept once, closed ones are turned outwards, the
triangles become few, and open surfaces get a back of their own.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from goldentime.envs.assets.imported import FOLDER_VARIABLE, LICENCES, imports_folder, save_imported, write_licences
from goldentime.envs.assets.library import AssetMesh, make_asset
from goldentime.envs.assets.shapes import Shape, sharpen
from goldentime.envs.assets.simplify import simplify
from goldentime.envs.assets.sweethome3d import DEBIAN_FOLDER, Catalogue, Entry, open_catalogue
from goldentime.envs.assets.wavefront import ObjMesh, read_obj
from goldentime.errors import ConfigError

__all__ = ["MOST_FACES", "import_assets", "imported_mesh"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_FACES = 3000
_MANY_FACES = 16_000
"""Beyond it vertices that are near one another are merged first: the better way is slow."""
_WELD_M = 1e-4
_MOST_MATERIALS = 127
_BACK = 128
"""Added to a region's number for the backs of its open surfaces: a region of their own keeps a renderer that merges the
vertices of a region from adding opposite normals up to nothing."""
_SUFFIXES = (".sh3f", ".jar", ".zip")


def import_assets(source: Path | None, into: Path | None, only: str = "") -> int:
    """Import all models of a catalogue or a folder of them, say what was imported and refused, answer the exit code.

    Args:
        source: a catalogue or a folder with catalogues; not given, those of Debian's package.
        into: the folder to write to; not given, the user's own.
        only: import only models whose name or title contains this.

    Raises:
        ConfigError: there is no catalogue, or none of its models could be imported.
    """
    folder = into or imports_folder()
    catalogues = [open_catalogue(path) for path in _catalogues(source)]
    count, refused = 0, [fault for its in catalogues for fault in its.faults]
    try:
        for entry, catalogue in ((entry, its) for its in catalogues for entry in its.entries):
            if only.lower() in f"{entry.name} {entry.title}".lower():
                fault = _import_one(folder, entry, catalogue)
                count += not fault
                refused += [fault] if fault else []
    finally:
        # Also when it is interrupted: no model stays without its licence.
        if folder.is_dir():
            write_licences(folder)
    for line in refused:
        print(f"refused: {line}")
    if not count:
        raise ConfigError(
            f"assets import: no model imported, {len(refused)} refused" + (f"; only={only!r}" if only else "")
        )
    print(f"{count} assets in {folder}, named import:<name>; who made them: {folder / LICENCES}")
    if folder != imports_folder():
        print(f"to use them: export {FOLDER_VARIABLE}={folder.resolve()}")
    return 0


def _import_one(folder: Path, entry: Entry, catalogue: Catalogue) -> str:
    """Why the model can't be imported; empty where it was."""
    try:
        mesh = imported_mesh(entry, catalogue)
    except ConfigError as error:
        return f"{entry.name}: {error}"
    credits = {"title": entry.title, "creator": entry.creator or "not named"}
    save_imported(folder, entry.name, mesh, {**credits, "catalogue": catalogue.name, "licence": catalogue.licence})
    return ""


def _catalogues(source: Path | None) -> list[Path]:
    source = source or DEBIAN_FOLDER
    if source.is_file():
        return [source]
    found = sorted(path for path in source.glob("*") if path.suffix.lower() in _SUFFIXES) if source.is_dir() else []
    if not found:
        raise ConfigError(
            f"assets import: expected a furniture catalogue ({', '.join(_SUFFIXES)}) or a folder of them, got {source}; "
            "on Debian and Ubuntu, apt-get install sweethome3d-furniture brings some"
        )
    return found


def imported_mesh(entry: Entry, catalogue: Catalogue) -> AssetMesh:
    """One model as an asset of at most `MOST_FACES` triangles.

    Raises:
        ConfigError: the model can't be read, or it can't be simplified so far.
    """
    raw = read_obj(entry.model, catalogue.read)
    if len(raw.regions) > _MOST_MATERIALS:
        raise ConfigError(f"expected at most {_MOST_MATERIALS} materials, got {len(raw.regions)}")
    vertices, faces, region = _single(_sized(raw, entry), raw.faces, raw.region)
    before = len(faces)
    faces, region = _merged(vertices, faces, region)
    faces, region = _few(vertices, faces, region)
    if len(faces) > MOST_FACES:
        raise ConfigError(f"its {before} triangles can't be simplified to {MOST_FACES}; {len(faces)} are left")
    points, corners, _ = sharpen(Shape(vertices, faces))
    used = np.unique(region)
    known = {number + back: (name + ("_back" if back else ""), colour)
             for back in (0, _BACK) for number, (name, colour) in enumerate(raw.regions)}  # fmt: skip
    regions = tuple(known[number] for number in used.tolist())
    compact = np.searchsorted(used, region)
    return make_asset(points, corners, compact, regions, labels=(entry.semantic, entry.semantic, ""))


def _sized(raw: ObjMesh, entry: Entry) -> Floats:
    """Vertices in metres, z up, the front towards +x, on the ground; theirs have y up and the front towards +z."""
    points = raw.vertices @ entry.rotation.T
    seen = points[np.unique(raw.faces)]
    low, high = seen.min(axis=0), seen.max(axis=0)
    width, depth, height = entry.size_m
    grow: Floats = np.array([width, height, depth]) / np.maximum(high - low, 1e-9)
    points = (points - 0.5 * (low + high)) * grow
    points[:, 1] += 0.5 * height
    placed: Floats = points[:, [2, 0, 1]]
    return placed


def _single(vertices: Floats, faces: Ints, region: Ints) -> tuple[Floats, Ints, Ints]:
    """Vertices at one place become one, and of faces with the same corners one is kept, whichever way it looks."""
    ticks, place = np.unique(np.rint(vertices / _WELD_M).astype(np.int64), axis=0, return_inverse=True)
    points: Floats = np.asarray(ticks, np.float64) * _WELD_M
    return points, *_whole(place.reshape(-1)[faces], region)


def _whole(faces: Ints, region: Ints) -> tuple[Ints, Ints]:
    whole = (faces != np.roll(faces, 1, axis=1)).all(axis=1)
    faces, region = faces[whole], region[whole]
    _, first = np.unique(np.sort(faces, axis=1), axis=0, return_index=True)
    first.sort()
    return faces[first], region[first]


def _merged(vertices: Floats, faces: Ints, region: Ints) -> tuple[Ints, Ints]:
    """Of vertices in one cube of a grid one is kept; the grid is as fine as `_MANY_FACES` allows."""
    cell = 0.001 * float(np.ptp(vertices, axis=0).max())
    merged = faces, region
    while len(merged[0]) > _MANY_FACES:
        _, first, owner = np.unique(np.rint(vertices / cell), axis=0, return_index=True, return_inverse=True)
        merged = _whole(first[owner.reshape(-1)][faces], region)
        cell *= 1.2
    return merged


def _few(vertices: Floats, faces: Ints, region: Ints) -> tuple[Ints, Ints]:
    """At most `MOST_FACES` faces where that can be done, backs of open surfaces among them."""
    target, importance = MOST_FACES, np.ones(len(vertices))
    sided = _two_sided(vertices, faces, region)
    for _ in range(5):
        if len(sided[0]) <= MOST_FACES:
            break
        target = int(min(0.9 * target, MOST_FACES * len(faces) / len(sided[0])))
        faces, region = simplify(vertices, faces, region, importance, target)
        if len(faces) > target:
            # Where surfaces cross or meet.
            faces, region = _whole(*simplify(vertices, faces, region, importance, target, manifold=False))
        sided = _two_sided(vertices, faces, region)
    return sided


def _two_sided(vertices: Floats, faces: Ints, region: Ints) -> tuple[Ints, Ints]:
    """Closed parts turned outwards; a second face, turned round, for each face of the others."""
    count = len(vertices)
    ends = np.roll(faces, -1, axis=1)
    graph = coo_matrix((np.ones(faces.size), (faces.ravel(), ends.ravel())), shape=(count, count))
    part = connected_components(graph, directed=False)[1][faces[:, 0]]
    along, against = faces * count + ends, ends * count + faces
    values, times = np.unique(along, return_counts=True)
    place = np.minimum(np.searchsorted(values, against), len(values) - 1)
    paired = (values[place] == against) & (times[place] == 1) & (times[np.searchsorted(values, along)] == 1)
    parts = int(part.max()) + 1
    is_closed = np.bincount(part, ~paired.all(axis=1), parts)[part] == 0
    a, b, c = (vertices[faces[:, corner]] - vertices.mean(axis=0) for corner in range(3))
    volume = np.bincount(part, np.einsum("ij,ij->i", a, np.cross(b, c)), parts)[part]
    turned = np.where((is_closed & (volume < 0.0))[:, None], faces[:, ::-1], faces)
    backs = faces[~is_closed][:, ::-1]
    return np.concatenate([turned, backs]), np.concatenate([region, region[~is_closed] + _BACK])
