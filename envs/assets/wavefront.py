"""Wavefront OBJ and MTL: triangles by material, and each material's mean colour."""

import posixpath
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError

__all__ = ["ObjMesh", "read_obj"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Colour = tuple[float, float, float]

_GREY: Colour = (0.6, 0.6, 0.6)
_INVISIBLE = 0.05
"""Opacity below which a material isn't seen."""


class ObjMesh(NamedTuple):
    """A mesh as its file has it."""

    vertices: Floats
    """(n, 3)."""
    faces: Ints
    """(m, 3)."""
    region: Ints
    """(m,) index into `regions`."""
    regions: tuple[tuple[str, Colour], ...]
    """Name and mean colour of each material."""


def read_obj(path: str, read: Callable[[str], bytes | None]) -> ObjMesh:
    """Read an OBJ file with its materials; polygons become fans of triangles.

    Args:
        path: of the file, with `/` between folders.
        read: the content of a file by its path, or None where there is none.

    Raises:
        ConfigError: no such file, no face in it, or a line that can't be understood.
    """
    content = read(path)
    if content is None:
        raise ConfigError(f"{path}: no such file in the catalogue")
    points: list[tuple[float, ...]] = []
    faces: list[tuple[int, int, int]] = []
    region: list[int] = []
    names: dict[str, int] = {}
    libraries: list[str] = []
    material = ""
    for number, line in enumerate(content.decode("latin-1").splitlines(), 1):
        kind, _, rest = line.strip().partition(" ")
        try:
            if kind == "v":
                points.append(tuple(float(part) for part in rest.split()[:3]))
            elif kind == "f":
                corners = [_corner(part, len(points)) for part in rest.split()]
                fan = [(corners[0], b, c) for b, c in pairwise(corners[1:])]
                faces += fan
                region += [names.setdefault(material, len(names))] * len(fan)
        except (ValueError, IndexError):
            raise ConfigError(f"{path}, line {number}: expected a vertex or a face, got {line!r}") from None
        if kind == "usemtl":
            material = rest.strip()
        elif kind == "mtllib":
            libraries.append(posixpath.join(posixpath.dirname(path), rest.strip()))
    return _finished(path, (points, faces, region), tuple(names), _materials(libraries, read))


def _corner(part: str, count: int) -> int:
    """The vertex of one corner such as `7/3/2`; negative numbers count from the last vertex."""
    index = int(part.split("/")[0])
    return index - 1 if index > 0 else count + index


def _finished(
    path: str,
    lists: tuple[list[tuple[float, ...]], list[tuple[int, int, int]], list[int]],
    names: tuple[str, ...],
    materials: dict[str, tuple[Colour, float]],
) -> ObjMesh:
    try:
        vertices = np.array(lists[0], np.float64).reshape(-1, 3)
    except ValueError:
        raise ConfigError(f"{path}: expected three coordinates for each vertex") from None
    faces, region = np.array(lists[1], np.int64).reshape(-1, 3), np.array(lists[2], np.int64)
    known = [materials.get(name, (_GREY, 1.0)) for name in names]
    seen = np.array([opacity > _INVISIBLE for _, opacity in known] or [True])[region]
    faces, region = faces[seen], region[seen]
    if not len(faces):
        raise ConfigError(f"{path}: no face to be seen")
    if faces.min() < 0 or faces.max() >= len(vertices) or not np.isfinite(vertices).all():
        raise ConfigError(f"{path}: faces name vertices that are not there, or coordinates are not finite")
    regions = tuple((name or "all", colour) for name, (colour, _) in zip(names, known, strict=True))
    return ObjMesh(vertices, faces, region, regions)


def _materials(paths: list[str], read: Callable[[str], bytes | None]) -> dict[str, tuple[Colour, float]]:
    """Colour and opacity of each material; what can't be understood stays as it was."""
    found: dict[str, tuple[Colour, float]] = {}
    for path in paths:
        name, texts = "", (read(path) or b"").decode("latin-1").splitlines()
        for kind, _, rest in (line.strip().partition(" ") for line in texts):
            colour, opacity = found.get(name, (_GREY, 1.0))
            try:
                if kind == "newmtl":
                    name = rest.strip()
                    found[name] = (_GREY, 1.0)
                elif kind == "Kd":
                    red, green, blue = (min(max(float(part), 0.0), 1.0) for part in rest.split()[:3])
                    found[name] = ((red, green, blue), opacity)
                elif kind == "d":
                    found[name] = (colour, float(rest))
                elif kind == "map_Kd":
                    picture = read(posixpath.join(posixpath.dirname(path), rest.split(" -")[-1].strip()))
                    found[name] = (_mean_colour(picture) or colour, opacity)
            except ValueError:
                continue
    return found


def _mean_colour(picture: bytes | None) -> Colour | None:
    """None where there is no picture, it can't be read, or Pillow isn't installed."""
    if picture is None:
        return None
    from io import BytesIO

    try:
        from PIL import Image

        with Image.open(BytesIO(picture)) as image:
            red, green, blue = np.asarray(image.convert("RGB").resize((8, 8))).reshape(-1, 3).mean(0) / 255.0
    except (ImportError, OSError):
        return None
    return float(red), float(green), float(blue)
