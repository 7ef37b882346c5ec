"""Cameras: colour, depth, temperature, and the ground truth of instance and class, each a sensor; one picture serves all
but the thermal one."""

import math

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from goldentime.control.frames import to_world
from goldentime.envs.render.frame import Backend, Frame, Renderer, View, make_frame, make_renderer
from goldentime.envs.scenario import Scenario
from goldentime.envs.sensors.base import Mount, sensor
from goldentime.envs.sensors.camera_exposure import AutoExposure, Meter, develop
from goldentime.envs.sensors.camera_optics import make_lens, vignette
from goldentime.errors import ClosedError, ConfigError
from goldentime.records import record
from goldentime.types import DroneState, Vec3, WorldState

__all__ = ["CameraDepth", "CameraInstance", "CameraOptions", "CameraRgb", "CameraSemantic", "CameraThermal"]


@record
class CameraOptions:
    """Optics and mount. Sensors of one drone with equal options are one camera: they share each picture."""

    width: int = 320
    height: int = 240
    fov_deg: float = 80.0
    """Horizontal opening angle, before distortion; pixels are square."""
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
    shadows: bool = False
    """Soft shadows of the sun."""
    motion_blur_s: float = 0.0
    """How long the shutter stays open; colour is blurred by the camera's own motion, depth and ids are those of its end."""
    distortion_k1: float = 0.0
    """Of the lens, see `camera_optics.make_lens`; all pictures are distorted alike."""
    vignette: float = 0.0
    """How much of the cos^4 fall-off towards the corners the lens has, in [0, 1]; colour only."""
    exposure: AutoExposure | None = None
    """Auto-exposure of the colour; none for a fixed one."""

    def __post_init__(self) -> None:
        if not (1 <= self.width <= 4096 and 1 <= self.height <= 4096):
            raise ValueError(f"expected width and height in [1, 4096], got {self.width} and {self.height}")
        if not 1.0 <= self.fov_deg <= 170.0 or self.far_m <= 1.0:
            raise ValueError(f"expected fov_deg in [1, 170] and far_m > 1, got {self.fov_deg:g} and {self.far_m:g}")
        if not 0.0 <= self.vignette <= 1.0 or not 0.0 <= self.motion_blur_s <= 1.0:
            raise ValueError(
                f"expected vignette and motion_blur_s in [0, 1], got {self.vignette:g} and {self.motion_blur_s:g}"
            )
        if self.backend == "tiny" and (self.shadows or self.motion_blur_s > 0.0):
            raise ValueError("expected the backend gl for shadows and motion_blur_s, got tiny")
        if not -1.0 <= self.distortion_k1 <= 1.0:
            raise ValueError(f"expected distortion_k1 in [-1, 1], got {self.distortion_k1:g}")
        if self.distortion_k1:
            make_lens((self.width, self.height), math.radians(self.fov_deg), self.distortion_k1)


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

    def feel(self, view: View, state: WorldState, kelvin: NDArray[np.float32]) -> None:
        """Draw an instant as temperatures."""
        if self._renderer is None:
            raise ClosedError("camera: read before the first reset or after close()")
        self._renderer.thermal(view, state, kelvin)

    def close(self) -> None:
        """See `Shared.close`."""
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None


class _Eye:
    """One camera of one drone: draws once per instant, however many sensors look."""

    def __init__(self, options: CameraOptions, drone: int, studio: _Studio) -> None:
        self._options, self._drone, self._studio = options, drone, studio
        size, fov_rad = (options.width, options.height), math.radians(options.fov_deg)
        self._frame = self._pinhole = make_frame(*size)
        self._lens = make_lens(size, fov_rad, options.distortion_k1) if options.distortion_k1 else None
        if self._lens is not None:
            self._pinhole = make_frame(self._lens.width, self._lens.height)
        self._falloff = vignette(size, fov_rad, options.vignette) if options.vignette else None
        self._meter = Meter(options.exposure) if options.exposure is not None else None
        self._drawn: WorldState | None = None
        pitch, yaw = math.radians(options.pitch_deg), math.radians(options.yaw_deg)
        level = math.cos(pitch)
        self._forward = (level * math.cos(yaw), level * math.sin(yaw), math.sin(pitch))
        self._up = (-math.sin(pitch) * math.cos(yaw), -math.sin(pitch) * math.sin(yaw), level)

    def begin(self, scenario: Scenario) -> None:
        """See `Shared.begin`."""
        self._drawn = None
        if self._meter is not None:
            self._meter.begin()

    def look(self, state: WorldState) -> Frame:
        """The picture of an instant; the eye's own buffers."""
        if state is not self._drawn:
            self._studio.draw(self._view(state), state, self._pinhole)
            self._develop(state.time_s)
            self._drawn = state
        return self._frame

    def _develop(self, time_s: float) -> None:
        """What lens and exposure make of the pinhole's picture."""
        frame = self._frame
        if self._lens is not None:
            self._lens.mix_colour(self._pinhole.rgb, frame.rgb)
            self._lens.pick(self._pinhole.depth, frame.depth)
            self._lens.pick(self._pinhole.ids, frame.ids)
        if self._falloff is not None or self._meter is not None:
            develop(frame.rgb, frame.semantic, self._falloff, self._meter, time_s)

    def feel(self, state: WorldState) -> NDArray[np.float32]:
        """A thermal picture of its own [K]."""
        kelvin = np.empty(self._pinhole.depth.shape, np.float32)
        self._studio.feel(self._view(state), state, kelvin)
        if self._lens is None:
            return kelvin
        mixed = np.empty(self._frame.depth.shape, np.float32)
        self._lens.mix(kelvin, mixed)
        return mixed

    def close(self) -> None:
        """See `Shared.close`."""
        self._drawn = None

    def _view(self, state: WorldState) -> View:
        options, drone = self._options, state.drones[self._drone]
        turn = drone.quaternion_xyzw
        (x, y, z), (dx, dy, dz) = drone.position_m, to_world(turn, options.position_m)
        view = View(
            eye=(x + dx, y + dy, z + dz),
            forward=to_world(turn, self._forward),
            up=to_world(turn, self._up),
            width=self._pinhole.rgb.shape[1],
            height=self._pinhole.rgb.shape[0],
            fov_rad=math.radians(options.fov_deg) if self._lens is None else self._lens.fov_rad,
            far_m=options.far_m,
            hidden_drone=self._drone,
            shadows=options.shadows,
        )
        return view._replace(opened=_opened(view, drone, options.motion_blur_s)) if options.motion_blur_s else view


def _opened(view: View, drone: DroneState, shutter_s: float) -> tuple[Vec3, Vec3, Vec3] | None:
    """`View.opened` of a camera that moved as its drone moves now; none when it hangs still."""
    spin, speed = np.array(drone.angular_velocity_rad_s), np.array(drone.velocity_m_s)
    if not spin.any() and not speed.any():
        return None
    rate = float(np.linalg.norm(spin))
    axis = spin / rate if rate > 0.0 else np.array((0.0, 0.0, 1.0))
    arm, forward, up = (_turned(np.array(v), axis, -rate * shutter_s) for v in (
        np.array(view.eye) - np.array(drone.position_m), view.forward, view.up))  # fmt: skip
    eye = np.array(drone.position_m) - shutter_s * speed + arm
    return _triple(eye), _triple(forward), _triple(up)


def _turned(vector: NDArray[np.float64], axis: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    """A vector turned around an axis (Rodrigues' formula)."""
    cos, sin = math.cos(angle), math.sin(angle)
    turned: NDArray[np.float64] = cos * vector + sin * np.cross(axis, vector) + (1.0 - cos) * (axis @ vector) * axis
    return turned


def _triple(vector: NDArray[np.float64]) -> Vec3:
    x, y, z = vector.tolist()
    return x, y, z


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


@sensor("camera_thermal", CameraOptions)
class CameraThermal:
    """Apparent temperature [K], shape (height, width), float32: what a camera for 8-14 um reads of surfaces, flames and
    smoke (`envs.hazards.thermal`), from 200 to 1500 K. `noise_std` is its noise-equivalent temperature difference [K], 0.05
    for a usual microbolometer. Of the options, shadows, blur, vignette and exposure do not matter to it."""

    def __init__(self, options: CameraOptions, mount: Mount) -> None:
        if options.backend == "tiny":
            raise ConfigError("camera_thermal: the backend 'tiny' draws no thermal picture, expected 'gl'")
        self._eye = _eye(options, mount)
        self.space = spaces.Box(_COLDEST_K, _HOTTEST_K, (options.height, options.width), np.float32)

    def read(self, state: WorldState, rng: np.random.Generator) -> NDArray[np.float32]:
        """See class."""
        kelvin = self._eye.feel(state)
        return np.clip(kelvin, np.float32(_COLDEST_K), np.float32(_HOTTEST_K), out=kelvin)


_COLDEST_K, _HOTTEST_K = 200.0, 1500.0
