"""Boxes of smoke over a finished picture; `shaders_smoke` says how."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.render.air import MAX_BOXES
from goldentime.envs.render.gl_batches import Keep, fitting

__all__ = ["SmokeBatch"]

_DEPTH_CLAMP = 0x864F
"""GL_DEPTH_CLAMP: faces nearer than the near plane count, or a room would lose its end as one flies through its door."""

_LAYOUT = (("3f", "lower"), ("3f", "upper"), ("4f", "paint"))


class SmokeBatch:
    """The faces of boxes, and the veil that shows their sums."""

    def __init__(self, keep: Keep, gl: Any, programs: dict[str, Any]) -> None:
        self._gl, self._faces_program, self._veil_program = gl, programs["faces"], programs["veil"]
        corners, indices = keep(gl.buffer(_CORNERS)), keep(gl.buffer(_FACES))
        self._rows = keep(gl.buffer(reserve=MAX_BOXES * 40, dynamic=True))
        parts = [(corners, "3f", "corner"), (self._rows, *fitting(self._faces_program, _LAYOUT, "/i"))]
        self._faces = keep(gl.vertex_array(self._faces_program, parts, indices))
        whole = keep(gl.buffer(np.array([-1, -1, -1, 3, 3, -1], "f4")))
        self._veil = keep(gl.vertex_array(self._veil_program, [(whole, "2f", "corner")]))

    def add_up(self, rows: NDArray[np.float32], surface: Any) -> None:
        """Draw the faces of boxes (n, 10) - corners [m] and paint - into the framebuffer in use; `surface` is the texture
        of depths."""
        gl = self._gl
        if not len(rows):
            return
        self._rows.write(rows)
        surface.use(0)
        self._faces_program["surface"] = 0
        gl.enable_only(gl.DEPTH_TEST | gl.BLEND)
        gl.enable_direct(_DEPTH_CLAMP)
        gl.depth_func, gl.blend_func = "<=", (gl.ONE, gl.ONE)
        self._faces.render(gl.TRIANGLES, instances=len(rows))
        gl.disable_direct(_DEPTH_CLAMP)

    def lay(self, textures: dict[str, Any], *, blend: bool) -> None:
        """Draw the veil into the framebuffer in use; textures by the name of the sampler."""
        gl = self._gl
        for unit, (name, texture) in enumerate(textures.items()):
            texture.use(unit)
            self._veil_program[name] = unit
        gl.enable_only(gl.BLEND if blend else gl.NOTHING)
        gl.blend_func = gl.ONE, gl.SRC_ALPHA
        self._veil.render(gl.TRIANGLES)


_CORNERS = np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)], "f4")
_FACES = np.array(
    [
        (0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1),
        (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3),
    ],
    "u4",
)  # fmt: skip
"""Counter-clockwise seen from outside."""
