"""Motion blur: a finished picture, averaged along the way that the camera moved."""

from typing import Any

import numpy as np

from goldentime.envs.render.gl_device import Family, device
from goldentime.envs.render.gl_target import Target

__all__ = ["Blur"]


class Blur:
    """Draws a blurred copy of pictures of one size."""

    def __init__(self, size: tuple[int, int]) -> None:
        gl = device().gl
        self._gl, self._program = gl, device().programs(Family("blur")).named["blur"]
        self._texture = gl.texture(size, 4)
        self.target = gl.framebuffer([self._texture])
        self._corners = gl.buffer(np.array([-1, -1, -1, 3, 3, -1], "f4"))
        self._array = gl.vertex_array(self._program, [(self._corners, "2f", "corner")])

    def draw(self, picture: Target, values: dict[str, bytes]) -> Any:
        """Blur a picture.

        Returns:
            What it was drawn into.
        """
        gl = self._gl
        for name in ("from_clip", "to_opened", "eye"):
            self._program[name].write(values[name])
        colour, depth = picture.textures[:2]
        for unit, texture in enumerate((colour, depth)):
            # Between pixels nothing is mixed: that would double the time, and many looks are mixed anyway.
            texture.filter = (gl.NEAREST, gl.NEAREST)
            texture.repeat_x = texture.repeat_y = False
            texture.use(unit)
        self._program["picture"], self._program["depth"] = 0, 1
        self.target.use()
        gl.enable_only(gl.NOTHING)
        self._array.render(gl.TRIANGLES)
        return self.target

    def release(self) -> None:
        """Give the memory back."""
        for thing in (self._array, self._corners, self.target, self._texture):
            thing.release()
