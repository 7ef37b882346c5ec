"""What a renderer is asked and what it answers."""

import math
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.scenario import Scenario
from goldentime.types import Vec3, WorldState

__all__ = ["NEAR_M", "Backend", "Frame", "Renderer", "View", "make_frame", "make_renderer", "pack_ids"]

Backend = Literal["gl", "tiny"]
"""`gl` draws with OpenGL through EGL, on a graphics card or in Mesa's software; `tiny` is PyBullet's TinyRenderer."""

NEAR_M = 0.03
"""What is nearer to the eye is cut away."""


class View(NamedTuple):
    """A pinhole camera at one instant."""

    eye: Vec3
    """World position [m]."""
    forward: Vec3
    """Optical axis, unit vector in the world frame."""
    up: Vec3
    """Unit vector towards the picture's upper edge, at a right angle to `forward`."""
    width: int
    height: int
    fov_rad: float
    """Horizontal opening angle; pixels are square."""
    far_m: float
    """Nothing farther is drawn; the depth of the sky."""
    hidden_drone: int = -1
    """The drone that carries the camera, which does not see itself."""
    shadows: bool = False
    """Whether the sun casts shadows, up to some 40 m ahead."""
    opened: tuple[Vec3, Vec3, Vec3] | None = None
    """`eye`, `forward` and `up` when the shutter opened; the picture is blurred from there to the pose above, where it
    closed. Depth and ids are those of the end."""

    @property
    def half_width(self) -> float:
        """Half the picture's width at a depth of 1 m."""
        return math.tan(0.5 * self.fov_rad)

    @property
    def axes(self) -> NDArray[np.float64]:
        """(3, 3): the camera's right, down and forward in the world frame, one a row."""
        (fx, fy, fz), (ux, uy, uz) = self.forward, self.up
        return np.array([(fy * uz - fz * uy, fz * ux - fx * uz, fx * uy - fy * ux), (-ux, -uy, -uz), (fx, fy, fz)])


class Frame(NamedTuple):
    """One picture in buffers that are written over and over. Row 0 is the upper edge."""

    rgb: NDArray[np.uint8]
    """(height, width, 3)."""
    depth: NDArray[np.float32]
    """(height, width) [m] along the optical axis, not along the ray; `far_m` where there is only sky."""
    ids: NDArray[np.uint32]
    """(height, width): `pack_ids` of instance and class."""

    @property
    def instance(self) -> NDArray[np.uint16]:
        """(height, width): 0 sky, 1 ground, and on as `content.instances` lists them; a view."""
        return self.ids.view(np.uint16)[:, ::2]

    @property
    def semantic(self) -> NDArray[np.uint8]:
        """(height, width): places in `classes.CLASSES`; a view."""
        return self.ids.view(np.uint8)[:, 2::4]


def make_frame(width: int, height: int) -> Frame:
    """Empty buffers."""
    return Frame(
        np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.float32), np.zeros((height, width), "<u4")
    )


def pack_ids(instance: int, semantic: int) -> int:
    """Instance in the lower 16 bits, class in the next 8: one integer image holds both."""
    return instance | semantic << 16


class Renderer(Protocol):
    """Draws one world, from as many cameras as one likes."""

    def load(self, scenario: Scenario) -> None:
        """Take over the static content of a scenario; a second call with the same one does nothing."""

    def render(self, view: View, state: WorldState, frame: Frame) -> None:
        """Draw an instant of the loaded scenario into a frame of the view's size: colour, depth and ids in one go."""

    def thermal(self, view: View, state: WorldState, kelvin: NDArray[np.float32]) -> None:
        """Draw an instant as a thermal camera sees it: apparent temperature [K] into (height, width)."""

    def close(self) -> None:
        """Give the memory back; a second call does nothing."""


def make_renderer(backend: Backend) -> Renderer:
    """A renderer; nothing of OpenGL is imported unless it is asked for.

    Raises:
        ConfigError: this machine has no OpenGL through EGL; the message says what to install.
    """
    if backend == "tiny":
        from goldentime.envs.render.tiny import TinyRenderer

        return TinyRenderer()
    from goldentime.envs.render.gl import GlRenderer

    return GlRenderer()
