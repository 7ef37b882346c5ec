"""What pictures are drawn into, and how they are read out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.render.frame import Frame

__all__ = ["Target", "ThermalTarget", "smoky_thermal_target"]


class Target:
    """What is drawn into, of one size."""

    def __init__(self, gl: Any, size: tuple[int, int]) -> None:
        self.textures = [gl.texture(size, 4), gl.texture(size, 1, dtype="f4"), gl.texture(size, 1, dtype="u4")]
        self._depth = gl.depth_renderbuffer(size)
        self.all = gl.framebuffer(self.textures, self._depth)
        self.colour = gl.framebuffer(self.textures[:1], self._depth)
        self.depth = gl.framebuffer([], self._depth)

        self._sums: _Sums | None = None
        self._gl, self._size = gl, size

    @property
    def sums(self) -> tuple[Any, Any]:
        """Texture and framebuffer where the smoke of boxes is added up, made when it is first asked for."""
        if self._sums is None:
            self._sums = _Sums(self._gl, self._size, self._depth)
        return self._sums.texture, self._sums.buffer

    def read(self, frame: Frame, blurred: Any = None) -> None:
        """Copy the picture out; the colour perhaps from a blurred copy."""
        (blurred or self.all).read_into(frame.rgb, components=3, attachment=0, alignment=1)
        self.all.read_into(frame.depth, components=1, attachment=1, dtype="f4")
        self.all.read_into(frame.ids, components=1, attachment=2, dtype="u4")

    def release(self) -> None:
        if self._sums is not None:
            self._sums.release()
        for thing in (self.all, self.colour, self.depth, *self.textures, self._depth):
            thing.release()


class ThermalTarget:
    """What a thermal picture of one size is drawn into.

    Args:
        gl: the context.
        size: width and height.
        smoky: with what smoke in boxes needs: depths, sums, and a second picture.
    """

    def __init__(self, gl: Any, size: tuple[int, int], smoky: bool = False) -> None:
        self.textures = [gl.texture(size, 1, dtype="f4") for _ in range(2 if smoky else 1)]
        self._depth = gl.depth_renderbuffer(size)
        self.all = gl.framebuffer(self.textures, self._depth)
        self.depth = gl.framebuffer([], self._depth)
        self._sums = _Sums(gl, size, self._depth) if smoky else None
        self._hazy = gl.texture(size, 1, dtype="f4") if smoky else None
        self._veiled = gl.framebuffer([self._hazy]) if smoky else None

    @property
    def sums(self) -> tuple[Any, Any]:
        """As `Target.sums`."""
        assert self._sums is not None
        return self._sums.texture, self._sums.buffer

    @property
    def veiled(self) -> Any:
        """The framebuffer of the second picture."""
        assert self._veiled is not None
        return self._veiled

    def read(self, kelvin: NDArray[np.float32], *, veiled: bool = False) -> None:
        """Copy the picture out, with or without the smoke of boxes."""
        (self.veiled if veiled else self.all).read_into(kelvin, components=1, dtype="f4")

    def release(self) -> None:
        if self._sums is not None:
            self._sums.release()
        for thing in (self._veiled, self._hazy, self.all, self.depth, *self.textures, self._depth):
            if thing is not None:
                thing.release()


def smoky_thermal_target(gl: Any, size: tuple[int, int]) -> ThermalTarget:
    """One for smoke in boxes."""
    return ThermalTarget(gl, size, smoky=True)


class _Sums:
    """Where the smoke of boxes is added up, behind the surfaces' depth."""

    def __init__(self, gl: Any, size: tuple[int, int], depth: Any) -> None:
        self.texture = gl.texture(size, 4, dtype="f4")
        self.buffer = gl.framebuffer([self.texture], depth)
        self.buffer.depth_mask = False

    def release(self) -> None:
        self.buffer.release()
        self.texture.release()
