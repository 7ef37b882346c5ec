"""What is drawn with one call or a few: meshes that stay, models in many places, signs, flames."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.render.content import Group, SignPicture
from goldentime.envs.render.culling import frustum, sees_boxes, sees_spheres
from goldentime.envs.render.frame import View
from goldentime.envs.render.meshes import StaticMesh
from goldentime.envs.render.poses import Poses
from goldentime.types import WorldState

__all__ = ["FlameBatch", "Keep", "Layout", "ModelBatch", "Sight", "SignBatch", "StaticBatch", "fitting", "sight_of"]

Keep = Callable[[Any], Any]
"""Remembers what must be given back, and answers it."""

Numbers = NDArray[np.float64]


_ANISOTROPY = 4.0
"""Sharp up to 75 degrees off a sign's normal; more costs time and shows only beyond."""

_SIGN_OFFSET = -1.0, -8.0
"""Slope and steps of depth by which a sign's face is drawn nearer: far away, 2 mm before its body are less than a step."""

_SLANTED = 1.7
"""Signs that are foreshortened more than this (54 degrees) get anisotropy, which takes three times as long as mipmaps."""

_ZONES_M = (2.0, 6.0, 10.0, 15.0, 22.0, 35.0)
"""Borders in depth between chunks that are drawn one after the other."""

_CELL_PIXELS = 3.0
"""Vertices within as many pixels of each other may be merged. That moves outlines by half a pixel or so, and saves half of
the time: a software rasteriser pays for small triangles, not for pixels."""


Layout = tuple[tuple[str, str], ...]

_STATIC_LAYOUT: Layout = (("3f", "position"), ("3f", "normal"), ("3f", "colour"), ("1u", "id"))
_MODEL_LAYOUT: Layout = (("3f", "position"), ("3f", "normal"), ("1f", "region"))
_STAND_LAYOUT: Layout = (("4f", "row_x"), ("4f", "row_y"), ("4f", "row_z"), ("2u", "tag"))
_SIGN_LAYOUT: Layout = (("3f", "position"), ("3f", "normal"), ("2f", "place"), ("1f", "glow"), ("1u", "id"))
_FLAME_LAYOUT: Layout = (("3f", "foot"), ("1f", "radius"), ("1f", "height"), ("1f", "seed"), ("1f", "embers"), ("1u", "id"))


def fitting(program: Any, layout: Layout, rate: str = "") -> list[str]:
    """A buffer's description for a program; what the program does not use is stepped over."""
    formats = " ".join(form if name in program else f"{4 * int(form[0])}x" for form, name in layout)
    return [formats + rate, *(name for _, name in layout if name in program)]


class Sight(NamedTuple):
    """What is in sight, and how finely."""

    planes: Numbers
    """As `culling.frustum` gives them."""
    cell_m: float
    """What is smaller may be merged [m] ..."""
    cell_per_m: float
    """... and by how much that grows per metre of distance."""
    hidden_drone: int

    def cells(self, centre: Numbers, radius: Numbers, scale: Numbers) -> Numbers:
        """(k,) what of models may be merged [m] in their own measure; -1 for those out of sight."""
        planes = self.planes
        nearest = np.maximum(centre @ planes[0, :3] + planes[0, 3] - radius, 0.0)
        return np.where(sees_spheres(planes, centre, radius), (self.cell_m + self.cell_per_m * nearest) / scale, -1.0)


def sight_of(view: View) -> Sight:
    """Of a camera."""
    return Sight(frustum(view), 0.0, _CELL_PIXELS * 2.0 * view.half_width / view.width, view.hidden_drone)


class StaticBatch:
    """A mesh that stays, drawn by chunks."""

    def __init__(self, keep: Keep, gl: Any, program: Any, mesh: StaticMesh) -> None:
        self._gl, self._mesh = gl, mesh
        self.chunks = len(mesh.centre)
        if self.chunks:
            parts = [(keep(gl.buffer(mesh.vertices)), *self.layout(program))]
            self._array = keep(gl.vertex_array(program, parts, keep(gl.buffer(mesh.indices))))

    @staticmethod
    def layout(program: Any) -> list[str]:
        """What a program reads of a static mesh's vertices."""
        return fitting(program, _STATIC_LAYOUT)

    def draw(self, planes: Numbers) -> None:
        """Draw the chunks in view, the near ones first: what they hide is then not coloured in vain."""
        if not self.chunks:
            return
        centre, half, first = self._mesh.centre, self._mesh.half, self._mesh.first
        nearest = centre @ planes[0, :3] + planes[0, 3] - half @ np.abs(planes[0, :3])
        zone = np.where(sees_boxes(planes, centre, half), np.searchsorted(_ZONES_M, nearest), -1)
        for number in sorted({*zone.tolist()} - {-1}):
            # Neighbours in one zone go in one call.
            edges = np.flatnonzero(np.diff(np.concatenate([[False], zone == number, [False]]))).reshape(-1, 2)
            for begin, end in edges.tolist():
                start, stop = int(first[begin]), int(first[end])
                self._array.render(self._gl.TRIANGLES, vertices=3 * (stop - start), first=3 * start)


class ModelBatch:
    """One model in all its places, drawn in one call.

    Args:
        palette: (k, r, c) of each place and region: c = 3 bytes of colour, or one float32.
    """

    def __init__(self, keep: Keep, gl: Any, program: Any, group: Group, palette: NDArray[Any]) -> None:
        self._gl, self._group = gl, group
        places, regions, parts = palette.shape
        kind = "f1" if palette.dtype == np.uint8 else "f4"
        self._palette = keep(gl.texture((regions, places), parts, palette.tobytes(), alignment=1, dtype=kind))
        self._palette.filter = (gl.NEAREST, gl.NEAREST)
        self._rows = np.zeros((len(group.placed), 14), np.float32)
        tags = [(placed.packed, line) for line, placed in enumerate(group.placed)]
        self._rows[:, 12:] = np.array(tags, "<u4").view(np.float32)
        self._buffer = keep(gl.buffer(reserve=self._rows.nbytes, dynamic=True))
        details = group.model.details
        sizes = np.array([0, *(len(detail.vertices) for detail in details)]).cumsum()
        self._first = np.array([0, *(3 * len(detail.indices) for detail in details)]).cumsum().tolist()
        self._cells = np.array([detail.cell_m for detail in details])
        vertices = keep(gl.buffer(np.concatenate([detail.vertices for detail in details])))
        indices = np.concatenate([d.indices + np.uint32(start) for d, start in zip(details, sizes[:-1], strict=True)])
        layout = [(vertices, *fitting(program, _MODEL_LAYOUT)), (self._buffer, *fitting(program, _STAND_LAYOUT, "/i"))]
        self._array = keep(gl.vertex_array(program, layout, keep(gl.buffer(indices))))

        self._fixed = all(placed.kind in ("prop", "person", "tag") for placed in group.placed)
        self._stand: tuple[Numbers, Numbers, Numbers] | None = None

    @property
    def group(self) -> Group:
        """What it draws."""
        return self._group

    def set(self, number: int, pose: NDArray[np.float32]) -> None:
        """Where one of them stands now, (3, 4)."""
        self._rows[number, :12] = pose.ravel()

    def place(self, state: WorldState, poses: Poses) -> tuple[Numbers, Numbers, Numbers]:
        """Bring the rows up to date: middles (k, 3) [m], radii (k,) [m] and scales (k,); props stay where they are."""
        if self._stand is None or not self._fixed:
            for row, placed in zip(self._rows, self._group.placed, strict=True):
                row[:12] = poses.of(placed, state).ravel()
            scale = np.array([max(poses.scale(placed)) for placed in self._group.placed])
            self._stand = self._rows[:, 3:12:4].astype(np.float64), scale * self._group.model.radius, scale
        return self._stand

    def draw(self, cell: Numbers, hidden_drone: int, state: WorldState, poses: Poses) -> None:
        """Draw those in sight; `cell` (k,) says what may be merged [m] in the model's own measure, below 0 for nothing."""
        # Plain loops: most models stand in one place or two.
        places: dict[int, list[int]] = {}
        for number, level in enumerate((np.searchsorted(self._cells, cell, side="right") - 1).tolist()):
            if level >= 0 and (self._fixed or not poses.hides(self._group.placed[number], hidden_drone, state)):
                places.setdefault(level, []).append(number)
        if not places:
            return
        self._palette.use(0)
        for level, chosen in sorted(places.items()):
            self._buffer.write(self._rows[chosen])
            first, last = self._first[level], self._first[level + 1]
            self._array.render(self._gl.TRIANGLES, vertices=last - first, first=first, instances=len(chosen))


class SignBatch:
    """Pictures on quads. Each has a texture of its own with all its smaller sizes, so that slanted text stays legible."""

    def __init__(self, keep: Keep, gl: Any, program: Any, signs: tuple[SignPicture, ...]) -> None:
        self._gl, self._program, self._textures = gl, program, []
        self._centre = np.array([sign.centre for sign in signs]).reshape(-1, 3)
        self._radius = np.array([sign.radius for sign in signs])
        self._first = np.concatenate([[0], np.cumsum([len(sign.vertices) for sign in signs])]).astype(int).tolist()
        for sign in signs:
            height, width = sign.image.shape[:2]
            texture = keep(gl.texture((width, height), 4, np.ascontiguousarray(sign.image)))
            texture.build_mipmaps()
            self._textures.append(texture)
        if signs:
            every = np.concatenate([sign.vertices for sign in signs])
            self._corner, self._normal = every[:, :3].astype(np.float64), every[:, 3:6].astype(np.float64)
            parts = [(keep(gl.buffer(every)), *fitting(program, _SIGN_LAYOUT))]
            self._array = keep(gl.vertex_array(program, parts))
            self._samplers = [
                keep(gl.sampler(False, False, filter=(gl.LINEAR_MIPMAP_LINEAR, gl.LINEAR), anisotropy=a))
                for a in (1.0, _ANISOTROPY)
            ]

    def draw(self, planes: Numbers, eye: Numbers) -> None:
        """Draw those in view."""
        if not self._textures:
            return
        seen = np.flatnonzero(sees_spheres(planes, self._centre, self._radius))
        slant = self._slant(eye)
        self._gl.polygon_offset = _SIGN_OFFSET
        # The nearest first: what they hide then costs no look into a texture.
        for i in seen[np.argsort(self._centre[seen] @ planes[0, :3], kind="stable")].tolist():
            slanted = bool(slant[i] > _SLANTED)
            # Mipmaps alone take the size that suits the foreshortened side; halfway to the other one is as sharp again.
            self._program["bias"] = 0.0 if slanted else -0.5 * math.log2(float(slant[i]))
            self._samplers[int(slanted)].use(0)
            self._textures[i].use(0)
            self._array.render(self._gl.TRIANGLES, vertices=self._first[i + 1] - self._first[i], first=self._first[i])
        self._gl.polygon_offset = 0.0, 0.0
        for sampler in self._samplers:
            sampler.clear(0)

    def _slant(self, eye: Numbers) -> Numbers:
        """(s,) by how much each sign is foreshortened where it is most, at least 1."""
        ray = self._corner - eye
        along = np.abs((ray * self._normal).sum(1))
        slant = np.linalg.norm(ray, axis=1) / np.maximum(along, 1e-6)
        return np.asarray(np.maximum.reduceat(slant, self._first[:-1]))


class FlameBatch:
    """Flames: upright quads that turn to the eye, the glow around them, and the sparks that rise from them."""

    def __init__(self, keep: Keep, gl: Any, programs: dict[str, Any], flames: NDArray[np.float32]) -> None:
        self._gl, self.count, self._programs = gl, len(flames), programs
        self._full, self._shares = flames, np.ones(len(flames))
        self._arrays: dict[str, Any] = {}
        if not self.count:
            return
        corners = keep(gl.buffer(np.array([(-1, 0), (1, 0), (1, 1), (-1, 0), (1, 1), (-1, 1)], "f4")))
        self._rows = rows = keep(gl.buffer(flames))
        for name in ("flame", "glow"):
            if name in programs:
                parts = [(corners, "2f", "corner"), (rows, *fitting(programs[name], _FLAME_LAYOUT, "/i"))]
                self._arrays[name] = keep(gl.vertex_array(programs[name], parts))
        self._embers = int(flames[:, 6].max())
        if self._embers and "ember" in programs:
            parts = [(rows, *fitting(programs["ember"], _FLAME_LAYOUT, "/i"))]
            self._arrays["ember"] = keep(gl.vertex_array(programs["ember"], parts))

    def burn(self, shares: Numbers) -> None:
        """Make each flame as large as this share of its full size; those of share 0 are left out."""
        if np.array_equal(shares, self._shares):
            return
        lit = np.flatnonzero(shares)
        rows = self._full[lit]
        rows[:, 3:5] *= shares[lit, None]
        if len(lit):
            self._rows.write(rows)
        self.count, self._shares = len(lit), shares

    def draw(self, name: str) -> None:
        """Draw `"flame"`, which hides what is behind it and has ids, or `"glow"`, which is added to the picture."""
        if self.count:
            self._programs[name]["spread"] = 1.0 if name == "flame" else _GLOW
            self._arrays[name].render(self._gl.TRIANGLES, instances=self.count)

    def draw_embers(self) -> None:
        """Add the sparks to the picture."""
        if self.count and "ember" in self._arrays:
            self._gl.enable(self._gl.PROGRAM_POINT_SIZE)
            self._arrays["ember"].render(self._gl.POINTS, vertices=self._embers, instances=self.count)


_GLOW = 3.5
"""Size of the glow over that of its flame."""
