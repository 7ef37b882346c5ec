"""What is drawn with one call or a few: meshes that stay, models in many places, signs; and what is drawn into."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.render.content import Group, Poses, SignPicture, is_own
from goldentime.envs.render.culling import sees_boxes, sees_spheres
from goldentime.envs.render.frame import Frame, View
from goldentime.envs.render.meshes import StaticMesh
from goldentime.types import WorldState

__all__ = ["FlameBatch", "Keep", "ModelBatch", "SignBatch", "StaticBatch", "Target"]

Keep = Callable[[Any], Any]
"""Remembers what must be given back, and answers it."""

Numbers = NDArray[np.float64]


_ANISOTROPY = 4.0
"""Sharp up to 75 degrees off a sign's normal; more costs time and shows only beyond."""

_ZONES_M = (2.0, 6.0, 10.0, 15.0, 22.0, 35.0)
"""Borders in depth between chunks that are drawn one after the other."""

_CELL_PIXELS = 3.0
"""Vertices within as many pixels of each other may be merged. That moves outlines by half a pixel or so, and saves half of
the time: a software rasteriser pays for small triangles, not for pixels."""


class Target:
    """What is drawn into, of one size."""

    def __init__(self, gl: Any, size: tuple[int, int]) -> None:
        self._textures = [gl.texture(size, 4), gl.texture(size, 1, dtype="f4"), gl.texture(size, 1, dtype="u4")]
        self._depth = gl.depth_renderbuffer(size)
        self.all = gl.framebuffer(self._textures, self._depth)
        self.colour = gl.framebuffer(self._textures[:1], self._depth)
        self.depth = gl.framebuffer([], self._depth)

    def read(self, frame: Frame) -> None:
        """Copy the picture out."""
        self.all.read_into(frame.rgb, components=3, attachment=0, alignment=1)
        self.all.read_into(frame.depth, components=1, attachment=1, dtype="f4")
        self.all.read_into(frame.ids, components=1, attachment=2, dtype="u4")

    def release(self) -> None:
        for thing in (self.all, self.colour, self.depth, *self._textures, self._depth):
            thing.release()


class StaticBatch:
    """A mesh that stays, drawn by chunks."""

    def __init__(self, keep: Keep, gl: Any, program: Any, mesh: StaticMesh) -> None:
        self._gl, self._mesh = gl, mesh
        self.chunks = len(mesh.centre)
        if self.chunks:
            parts = [(keep(gl.buffer(mesh.vertices)), *_fitting(program, _STATIC_LAYOUT))]
            self._array = keep(gl.vertex_array(program, parts, keep(gl.buffer(mesh.indices))))

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
    """One model in all its places, drawn in one call."""

    def __init__(self, keep: Keep, gl: Any, program: Any, group: Group) -> None:
        self._gl, self._group = gl, group
        colours = np.stack([placed.colours for placed in group.placed])
        self._palette = keep(gl.texture((colours.shape[1], len(colours)), 3, colours.tobytes(), alignment=1))
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
        layout = [(vertices, "3f 3f 1f", "position", "normal", "region"),
                  (self._buffer, "4f 4f 4f 2u/i", "row_x", "row_y", "row_z", "tag")]  # fmt: skip
        self._array = keep(gl.vertex_array(program, layout, keep(gl.buffer(indices))))

        self._fixed = all(placed.kind == "prop" for placed in group.placed)
        self._stand: tuple[Numbers, Numbers, Numbers] | None = None

    def _place(self, state: WorldState, poses: Poses) -> tuple[Numbers, Numbers, Numbers]:
        """Bring the rows up to date: middles (k, 3) [m], radii (k,) [m] and scales (k,); props stay where they are."""
        if self._stand is None or not self._fixed:
            for row, placed in zip(self._rows, self._group.placed, strict=True):
                row[:12] = poses.of(placed, state).ravel()
            scale = np.array([max(poses.scale(placed)) for placed in self._group.placed])
            self._stand = self._rows[:, 3:12:4].astype(np.float64), scale * self._group.model.radius, scale
        return self._stand

    def draw(self, planes: Numbers, view: View, state: WorldState, poses: Poses) -> None:
        """Draw those in view, each as finely as its distance asks for."""
        centre, radius, scale = self._place(state, poses)
        seen = sees_spheres(planes, centre, radius)
        if not seen.any():
            return
        if not self._fixed:
            seen &= np.array([not is_own(placed, view.hidden_drone, state) for placed in self._group.placed])
        nearest = np.maximum(centre @ planes[0, :3] + planes[0, 3] - radius, 0.0)
        cell = _CELL_PIXELS * nearest * 2.0 * view.half_width / view.width / scale
        detail = np.where(seen, np.searchsorted(self._cells, cell, side="right") - 1, -1)
        self._palette.use(0)
        for level in sorted({*detail.tolist()} - {-1}):
            chosen = self._rows[detail == level]
            self._buffer.write(chosen)
            first, last = self._first[level], self._first[level + 1]
            self._array.render(self._gl.TRIANGLES, vertices=last - first, first=first, instances=len(chosen))


_STATIC_LAYOUT = (("3f", "position"), ("3f", "normal"), ("3f", "colour"), ("1u", "id"))


def _fitting(program: Any, layout: tuple[tuple[str, str], ...]) -> list[str]:
    """A buffer's description for a program; what the program does not use is stepped over."""
    sizes = {"3f": "12x", "1u": "4x"}
    formats = " ".join(form if name in program else sizes[form] for form, name in layout)
    return [formats, *(name for _, name in layout if name in program)]


class SignBatch:
    """Pictures on quads. Each has a texture of its own with all its smaller sizes, so that slanted text stays legible."""

    def __init__(self, keep: Keep, gl: Any, program: Any, signs: tuple[SignPicture, ...]) -> None:
        self._gl, self._textures = gl, []
        self._centre = np.array([sign.centre for sign in signs]).reshape(-1, 3)
        self._radius = np.array([sign.radius for sign in signs])
        self._first = np.concatenate([[0], np.cumsum([len(sign.vertices) for sign in signs])]).astype(int).tolist()
        for sign in signs:
            height, width = sign.image.shape[:2]
            texture = keep(gl.texture((width, height), 4, np.ascontiguousarray(sign.image)))
            texture.build_mipmaps()
            texture.filter = (gl.LINEAR_MIPMAP_LINEAR, gl.LINEAR)
            texture.anisotropy = _ANISOTROPY
            texture.repeat_x = texture.repeat_y = False
            self._textures.append(texture)
        if signs:
            vertices = keep(gl.buffer(np.concatenate([sign.vertices for sign in signs])))
            parts = [(vertices, "3f 3f 2f 1f 1u", "position", "normal", "place", "glow", "id")]
            self._array = keep(gl.vertex_array(program, parts))

    def draw(self, planes: Numbers) -> None:
        """Draw those in view."""
        if not self._textures:
            return
        seen = np.flatnonzero(sees_spheres(planes, self._centre, self._radius))
        # The nearest first: what they hide then costs no look into a texture.
        for i in seen[np.argsort(self._centre[seen] @ planes[0, :3], kind="stable")].tolist():
            self._textures[i].use(0)
            self._array.render(self._gl.TRIANGLES, vertices=self._first[i + 1] - self._first[i], first=self._first[i])


class FlameBatch:
    """Flames: upright quads that turn to the eye, and the glow around them."""

    def __init__(self, keep: Keep, gl: Any, programs: dict[str, Any], flames: NDArray[np.float32]) -> None:
        self._gl, self.count, self._programs, self._arrays = gl, len(flames), programs, {}
        if not self.count:
            return
        corners = keep(gl.buffer(np.array([(-1, 0), (1, 0), (1, 1), (-1, 0), (1, 1), (-1, 1)], "f4")))
        rows = keep(gl.buffer(flames))
        names = ("foot", "radius", "height", "seed", "id")
        for name in ("flame", "glow"):
            program = programs[name]
            formats = zip(("3f", "1f", "1f", "1f", "1u"), ("12x", "4x", "4x", "4x", "4x"), names, strict=True)
            form = " ".join(used if part in program else skipped for used, skipped, part in formats) + "/i"
            parts = [(corners, "2f", "corner"), (rows, form, *(part for part in names if part in program))]
            self._arrays[name] = keep(gl.vertex_array(program, parts))

    def draw(self, name: str) -> None:
        """Draw `"flame"`, which hides what is behind it and has ids, or `"glow"`, which is added to the picture."""
        if self.count:
            self._programs[name]["spread"] = 1.0 if name == "flame" else _GLOW
            self._arrays[name].render(self._gl.TRIANGLES, instances=self.count)


_GLOW = 3.5
"""Size of the glow over that of its flame."""
