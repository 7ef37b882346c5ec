"""What pictures are drawn into, and how they are read out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.render.frame import Frame

__all__ = ["Target", "ThermalTarget"]


class Target:
    """What is drawn into, of one size."""

    def __init__(self, gl: Any, size: tuple[int, int]) -> None:
        self.textures = [gl.texture(size, 4), gl.texture(size, 1, dtype="f4"), gl.texture(size, 1, dtype="u4")]
        self._depth = gl.depth_renderbuffer(size)
        self.all = gl.framebuffer(self.textures, self._depth)
        self.colour = gl.framebuffer(self.textures[:1], self._depth)
        self.depth = gl.framebuffer([], self._depth)

    def read(self, frame: Frame, blurred: Any = None) -> None:
        """Copy the picture out; the colour perhaps from a blurred copy."""
        (blurred or self.all).read_into(frame.rgb, components=3, attachment=0, alignment=1)
        self.all.read_into(frame.depth, components=1, attachment=1, dtype="f4")
        self.all.read_into(frame.ids, components=1, attachment=2, dtype="u4")

    def release(self) -> None:
        for thing in (self.all, self.colour, self.depth, *self.textures, self._depth):
            thing.release()


class ThermalTarget:
    """What a thermal picture of one size is drawn into."""

    def __init__(self, gl: Any, size: tuple[int, int]) -> None:
        self._texture, self._depth = gl.texture(size, 1, dtype="f4"), gl.depth_renderbuffer(size)
        self.all = gl.framebuffer([self._texture], self._depth)
        self.depth = gl.framebuffer([], self._depth)

    def read(self, kelvin: NDArray[np.float32]) -> None:
        """Copy the picture out."""
        self.all.read_into(kelvin, components=1, dtype="f4")

    def release(self) -> None:
        for thing in (self.all, self.depth, self._texture, self._depth):
            thing.release()
