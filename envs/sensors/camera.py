"""Cameras: colour, depth, and the ground truth of instance and class, each a sensor; one picture serves them all."""

import math

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.control.frames import to_world
from goldentime.envs.render.frame import Backend, Frame, Renderer, View, make_frame, make_renderer
from goldentime.envs.scenario import Scenario
from goldentime.envs.sensors.base import Mount, sensor
from goldentime.errors import ClosedError
from goldentime.records import record
from goldentime.types import WorldState

__all__ = ["CameraDepth", "CameraInstance", "CameraOptions", "CameraRgb", "CameraSemantic"]


@record
class CameraOptions:
    """Optics and mount. Sensors of one drone with equal options are one camera: they share each picture."""

    width: int = 320
    height: int = 240
    fov_deg: float = 80.0
    """Horizontal opening angle; pixels are square, there is no distortion."""
    pitch_deg: float = 0.0
    """Upward tilt against the drone's nose; -90 looks straight down."""
    yaw_deg: float = 0.0
    """Turn to the left against the drone's nose."""
    position_m: tuple[float, float, float] = (0.1, 0.0, 0.0)
    """The eye in the body frame FLU; the drone's own body is never in its picture."""
    far_m: float = 100.0
    """Nothing farther is drawn."""
    backend: Backend = "gl"
    """`gl` is OpenGL through EGL; `tiny` is PyBullet's renderer, far slower, for machines without EGL."""

    def __post_init__(self) -> None:
        if not (1 <= self.width <= 4096 and 1 <= self.height <= 4096):
            raise ValueError(f"expected width and height in [1, 4096], got {self.width} and {self.height}")
        if not 1.0 <= self.fov_deg <= 170.0 or self.far_m <= 1.0:
            raise ValueError(f"expected fov_deg in [1, 170] and far_m > 1, got {self.fov_deg:g} and {self.far_m:g}")


class _Studio:
    """The renderer of one world; it starts with the first episode, so that nothing of OpenGL outlives a mere look at
    an environment's spaces."""

    def __init__(self, backend: Backend) -> None:
        self._backend: Backend = backend
        self._renderer: Renderer | None = None
        self._closed = False

    def begin(self, scenario: Scenario) -> None:
        """See `Shared.begin`."""
        if self._renderer is None:
            self._renderer = make_renderer(self._backend)
        self._renderer.load(scenario)

    def draw(self, view: View, state: WorldState, frame: Frame) -> None:
        """Draw an instant."""
        if self._renderer is None:
            raise ClosedError("camera: read before the first reset or after close()")
        self._renderer.render(view, state, frame)

    def close(self) -> None:
        """See `Shared.close`."""
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None


class _Eye:
    """One camera of one drone: draws once per instant, however many sensors look."""

    def __init__(self, options: CameraOptions, drone: int, studio: _Studio) -> None:
        self._options, self._drone, self._studio = options, drone, studio
        self._frame = make_frame(options.width, options.height)
        self._drawn: WorldState | None = None
        pitch, yaw = math.radians(options.pitch_deg), math.radians(options.yaw_deg)
        level = math.cos(pitch)
        self._forward = (level * math.cos(yaw), level * math.sin(yaw), math.sin(pitch))
        self._up = (-math.sin(pitch) * math.cos(yaw), -math.sin(pitch) * math.sin(yaw), level)

    def begin(self, scenario: Scenario) -> None:
        """See `Shared.begin`."""
        self._drawn = None

    def look(self, state: WorldState) -> Frame:
        """The picture of an instant; the eye's own buffers."""
        if state is not self._drawn:
            self._studio.draw(self._view(state), state, self._frame)
            self._drawn = state
        return self._frame

    def close(self) -> None:
        """See `Shared.close`."""
        self._drawn = None

    def _view(self, state: WorldState) -> View:
        options, drone = self._options, state.drones[self._drone]
        turn = drone.quaternion_xyzw
        (x, y, z), (dx, dy, dz) = drone.position_m, to_world(turn, options.position_m)
        return View(
            eye=(x + dx, y + dy, z + dz),
            forward=to_world(turn, self._forward),
            up=to_world(turn, self._up),
            width=options.width,
            height=options.height,
            fov_rad=math.radians(options.fov_deg),
            far_m=options.far_m,
            hidden_drone=self._drone,
        )


def _eye(options: CameraOptions, mount: Mount) -> _Eye:
    """The camera with these options, made by the first sensor that looks through it."""
    stage = mount.stage
    studio = stage.share(("studio", options.backend), lambda: _Studio(options.backend))
    return stage.share(("eye", mount.drone, options), lambda: _Eye(options, mount.drone, studio))


@sensor("camera_rgb", CameraOptions)
class CameraRgb:
    """Colour, shape (height, width, 3), uint8, row 0 at the upper edge; `noise_std` is in steps of the 255."""

    def __init__(self, options: CameraOptions, mount: Mount) -> None:
        self._eye = _eye(options, mount)
        self.space = spaces.Box(0, 255, (options.height, options.width, 3), np.uint8)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.uint8]:
        """See class."""
        return self._eye.look(state).rgb.copy()


@sensor("camera_depth", CameraOptions)
class CameraDepth:
    """Depth along the optical axis [m], shape (height, width), float32; `far_m` where there is nothing. Glass and smoke do
    not disturb it."""

    def __init__(self, options: CameraOptions, mount: Mount) -> None:
        self._eye = _eye(options, mount)
        self._far_m = options.far_m
        self.space = spaces.Box(0.0, options.far_m, (options.height, options.width), np.float32)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """See class."""
        return np.minimum(self._eye.look(state).depth, np.float32(self._far_m))


@sensor("camera_instance", CameraOptions)
class CameraInstance:
    """Which thing a pixel shows, shape (height, width), uint16: 0 sky, 1 ground, then `envs.render.content.instances`."""

    privileged = True

    def __init__(self, options: CameraOptions, mount: Mount) -> None:
        self._eye = _eye(options, mount)
        self.space = spaces.Box(0, 65_535, (options.height, options.width), np.uint16)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.uint16]:
        """See class."""
        return self._eye.look(state).instance.copy()


@sensor("camera_semantic", CameraOptions)
class CameraSemantic:
    """The class of what a pixel shows, shape (height, width), uint8: a place in `envs.render.classes.CLASSES`."""

    privileged = True

    def __init__(self, options: CameraOptions, mount: Mount) -> None:
        self._eye = _eye(options, mount)
        self.space = spaces.Box(0, 255, (options.height, options.width), np.uint8)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.uint8]:
        """See class."""
        return self._eye.look(state).semantic.copy()
