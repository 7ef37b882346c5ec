"""A scene's content as buffers and vertex arrays, for one family of programs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.hazards.thermal import temperature_of
from goldentime.envs.render.classes import CLASSES, colour_of, semantic_id
from goldentime.envs.render.content import Content, Group
from goldentime.envs.render.frame import pack_ids
from goldentime.envs.render.gl_batches import FlameBatch, ModelBatch, Sight, SignBatch, StaticBatch
from goldentime.envs.render.gl_device import Family, device
from goldentime.envs.render.gl_figures import FigureBatch
from goldentime.envs.render.gl_smoke import SmokeBatch
from goldentime.envs.render.poses import Poses
from goldentime.types import WorldState

__all__ = ["GlScene"]


class GlScene:
    """What a family of programs draws of a content; signs' pictures are drawn in colour only."""

    def __init__(self, content: Content, family: Family) -> None:
        self.family = family
        held = device()
        self.programs, gl = held.programs(family), held.gl
        self._gl, self._made = gl, list[Any]()
        keep, programs = self._keep, self.programs.named
        self.solids = StaticBatch(keep, gl, programs["static"], content.solids)
        palette = _temperatures if family.kind == "thermal" else _colours
        batches = [ModelBatch(keep, gl, programs["model"], group, palette(group)) for group in content.groups]
        self.groups = [batch for batch in batches if not _is_figure(batch.group)]
        self.figures = FigureBatch([batch for batch in batches if _is_figure(batch.group)])
        if family.kind == "casters":
            return
        # A thermal camera does not see through glass: there it is a solid like others.
        self.glass = StaticBatch(keep, gl, programs.get("glass", programs["static"]), content.glass)
        self.signs = SignBatch(keep, gl, programs["sign"], content.signs) if "sign" in programs else None
        self.smoke = SmokeBatch(keep, gl, programs) if "veil" in programs else None
        self.flames = FlameBatch(keep, gl, programs, content.flames)
        ground = StaticBatch.layout(programs["static"])
        self.ground = keep(gl.vertex_array(programs["static"], [(keep(gl.buffer(_ground())), *ground)]))
        corners = keep(gl.buffer(np.array([-1, -1, -1, 3, 3, -1], "f4")))
        self.sky = keep(gl.vertex_array(programs["sky"], [(corners, "2f", "corner")]))

    def _keep(self, thing: Any) -> Any:
        """Remember what must be given back."""
        self._made.append(thing)
        return thing

    def release(self) -> None:
        """Give buffers and textures back."""
        for thing in reversed(self._made):
            thing.release()
        self._made.clear()

    def draw_models(self, sight: Sight, state: WorldState, poses: Poses) -> None:
        """All models in sight, each as finely as its distance asks for."""
        self.figures.draw(sight, state, poses)
        if not self.groups:
            return
        # In one go for all groups: for each alone, it would take longer than to draw some of them.
        stands = [group.place(state, poses) for group in self.groups]
        centre, radius, scale = (np.concatenate(parts) for parts in zip(*stands, strict=True))
        cell = sight.cells(centre, radius, scale)
        first = 0
        for group, stand in zip(self.groups, stands, strict=True):
            count = len(stand[1])
            group.draw(cell[first : first + count], sight.hidden_drone, state, poses)
            first += count

    def draw_surfaces(self, sight: Sight, eye: NDArray[np.float64], state: WorldState, poses: Poses) -> None:
        """Everything that hides what is behind it, the sky last."""
        gl = self._gl
        gl.enable_only(gl.DEPTH_TEST | gl.CULL_FACE)
        gl.depth_func = "<"
        self.draw_models(sight, state, poses)
        self.solids.draw(sight.planes)
        if self.signs is not None:
            self.signs.draw(sight.planes, eye)
        else:
            self.glass.draw(sight.planes)
        gl.disable(gl.CULL_FACE)
        self.flames.draw("flame")
        self.ground.render(gl.TRIANGLES)
        gl.depth_func = "<="
        self.sky.render(gl.TRIANGLES)

    def draw_over(self, sight: Sight) -> None:
        """What one sees through: it changes colours only."""
        gl = self._gl
        gl.enable_only(gl.DEPTH_TEST | gl.CULL_FACE | gl.BLEND)
        gl.blend_func = gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA
        self.glass.draw(sight.planes)
        gl.disable(gl.CULL_FACE)
        gl.blend_func = gl.SRC_ALPHA, gl.ONE
        self.flames.draw("glow")
        self.flames.draw_embers()

    @property
    def has_over(self) -> bool:
        """Whether `draw_over` would draw anything."""
        return bool(self.glass.chunks or self.flames.count)


def _is_figure(group: Group) -> bool:
    return group.placed[0].kind in ("person", "tag")


def _colours(group: Group) -> NDArray[np.uint8]:
    return np.stack([placed.colours for placed in group.placed])


def _temperatures(group: Group) -> NDArray[np.float32]:
    """(k, r, 1) [K] of each place's regions; the class is the place's, which may be another than the asset's."""
    rows = []
    for placed in group.placed:
        number = placed.packed >> 16
        semantic = CLASSES[number] if number < len(CLASSES) else ""
        rows.append([temperature_of(semantic, name) for name in group.model.names])
    return np.array(rows, np.float32)[..., None]


_GROUND_M = 2000.0


def _ground() -> NDArray[np.float32]:
    """Two triangles at z = 0 in the layout of static meshes."""
    vertices = np.zeros((6, 10), np.float32)
    vertices[:, :2] = np.array([(-1, -1), (1, -1), (1, 1), (-1, -1), (1, 1), (-1, 1)]) * _GROUND_M
    vertices[:, 5] = 1.0
    vertices[:, 6:9] = colour_of("ground", "ground")
    vertices[:, 9] = np.array([pack_ids(1, semantic_id("ground"))], "<u4").view(np.float32)
    return vertices
