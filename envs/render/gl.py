"""OpenGL through EGL: on a graphics card where there is one, in Mesa's software rasteriser otherwise."""

import os
import threading
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from goldentime.envs.render import shaders
from goldentime.envs.render.classes import colour_of, semantic_id
from goldentime.envs.render.content import Content, Poses, build_content
from goldentime.envs.render.culling import frustum
from goldentime.envs.render.frame import NEAR_M, Frame, View, pack_ids
from goldentime.envs.render.gl_batches import FlameBatch, ModelBatch, SignBatch, StaticBatch, Target
from goldentime.envs.scenario import Scenario
from goldentime.errors import ClosedError, ConfigError
from goldentime.types import WorldState

__all__ = ["INSTALL", "GlRenderer", "describe"]

INSTALL = "apt-get install libegl1 libgl1-mesa-dri (Debian, Ubuntu)"
"""The command that brings what may be absent."""

_lock = threading.RLock()
"""A context belongs to one thread at a time."""

_devices: dict[int, "_Device"] = {}
"""One, by process id, for all worlds of a process: each more would bring threads and memory of its own."""


class _Device:
    """A context and its compiled programs."""

    def __init__(self) -> None:
        try:
            # moderngl's stub has the wrong type for `backend`.
            self.gl: Any = moderngl.create_context(standalone=True, require=330, backend="egl")  # type: ignore[arg-type]
        except Exception as error:  # moderngl raises what its C parts give it, of no common kind
            raise ConfigError(
                f"camera: no OpenGL through EGL on this machine ({error}); {INSTALL}, or set options.backend to 'tiny'"
            ) from None
        self._programs: dict[int, dict[str, Any]] = {}

    def programs(self, layers: int) -> dict[str, Any]:
        """The programs for a scene with so many layers of smoke."""
        if layers not in self._programs:
            head = shaders.head(layers)
            pairs = {
                "static": (shaders.STATIC, shaders.STATIC_PIXELS),
                "model": (shaders.MODEL, shaders.MODEL_PIXELS),
                "sky": (shaders.SKY_VERTICES, shaders.SKY_PIXELS),
                "sign": (shaders.SIGN_VERTICES, shaders.SIGN_PIXELS),
                "flame": (shaders.FLAME_VERTICES, shaders.FLAME_PIXELS),
                "glow": (shaders.FLAME_VERTICES, shaders.GLOW_PIXELS),
                "glass": (shaders.STATIC, shaders.GLASS),
            }
            self._programs[layers] = {
                name: self.gl.program(vertex_shader=head + vertices, fragment_shader=head + pixels)
                for name, (vertices, pixels) in pairs.items()
            }
        return self._programs[layers]


def _device() -> _Device:
    """The process's device, made when it is first needed.

    Raises:
        ConfigError: there is no OpenGL here; the message says what to install.
    """
    with _lock:
        if os.getpid() not in _devices:
            if _devices:
                # Mesa's threads stay behind in the parent, and the child would wait for them for ever.
                raise ConfigError("camera: forked from a process that draws; start workers with 'spawn' or 'forkserver'")
            _devices[os.getpid()] = _Device()
        return _devices[os.getpid()]


def describe() -> str:
    """The OpenGL that pictures are drawn with, such as `llvmpipe (LLVM 15.0.6, 256 bits)`."""
    return str(_device().gl.info["GL_RENDERER"])


class GlRenderer:
    """The main renderer. Depth and ids come from the same pass as the colour."""

    def __init__(self) -> None:
        self._scenario: Scenario | None = None
        self._context: Any = None
        self._programs: dict[str, Any] = {}
        self._targets: dict[tuple[int, int], Target] = {}
        self._made: list[Any] = []
        self._closed = False

    def load(self, scenario: Scenario) -> None:
        """See `Renderer.load`."""
        if self._closed:
            raise ClosedError("renderer: used after close()")
        if scenario is self._scenario:
            return
        content = build_content(scenario)
        device = _device()
        self._context = device.gl
        with _lock, self._context:
            self._programs = device.programs(len(scenario.smoke.layers) if scenario.smoke is not None else 0)
            self._drop()
            self._upload(content)
        self._scenario, self._poses = scenario, Poses(scenario)

    def _upload(self, content: Content) -> None:
        self._solids = StaticBatch(self._keep, self._context, self._programs["static"], content.solids)
        self._glass = StaticBatch(self._keep, self._context, self._programs["glass"], content.glass)
        self._groups = [ModelBatch(self._keep, self._context, self._programs["model"], group) for group in content.groups]
        self._signs = SignBatch(self._keep, self._context, self._programs["sign"], content.signs)
        self._flames = FlameBatch(self._keep, self._context, self._programs, content.flames)
        ground = self._keep(self._context.buffer(_ground()))
        parts = [(ground, "3f 3f 3f 1u", "position", "normal", "colour", "id")]
        self._ground = self._keep(self._context.vertex_array(self._programs["static"], parts))
        corners = self._keep(self._context.buffer(np.array([-1, -1, -1, 3, 3, -1], "f4")))
        self._sky = self._keep(self._context.vertex_array(self._programs["sky"], [(corners, "2f", "corner")]))

    def _keep(self, thing: Any) -> Any:
        """Remember what must be given back."""
        self._made.append(thing)
        return thing

    def _drop(self) -> None:
        for thing in reversed(self._made):
            thing.release()
        self._made.clear()

    def render(self, view: View, state: WorldState, frame: Frame) -> None:
        """See `Renderer.render`."""
        if self._closed or self._scenario is None:
            raise ClosedError("renderer: used after close() or before load()")
        with _lock, self._context:
            size = (view.width, view.height)
            if size not in self._targets:
                self._targets[size] = Target(self._context, size)
            target = self._targets[size]
            self._set_uniforms(view, state.time_s)
            self._draw(view, state, target)
            target.read(frame)

    def _set_uniforms(self, view: View, time_s: float) -> None:
        assert self._scenario is not None
        smoke = self._scenario.smoke.at(time_s).layers if self._scenario.smoke is not None else ()
        slab = np.array([(layer.bottom_m, layer.top_m, layer.extinction_per_m) for layer in smoke], "f4")
        values = {
            "to_clip": _to_clip(view).T.astype("f4").tobytes(),
            "from_clip": _from_clip(view).T.astype("f4").tobytes(),
            "eye": np.array(view.eye, "f4").tobytes(),
            "time_s": np.array(time_s, "f4").tobytes(),
            "far": np.array(view.far_m, "f4").tobytes(),
            "pixel": np.array(2.0 * view.half_width / view.width, "f4").tobytes(),
            "smoke_slab": slab.tobytes(),
            "smoke_colour": np.array([layer.colour for layer in smoke], "f4").tobytes(),
        }
        for program in self._programs.values():
            for name, value in values.items():
                if name in program:
                    program[name].write(value)

    def _draw(self, view: View, state: WorldState, target: "Target") -> None:
        gl, planes = self._context, frustum(view)
        # The sky is drawn over every pixel that nothing else fills, so that only the depth must be cleared.
        target.depth.clear(depth=1.0)
        target.all.use()
        # The picture is written upside down, so that its first row is the upper one: that turns all triangles round.
        gl.front_face = "cw"
        gl.enable_only(gl.DEPTH_TEST | gl.CULL_FACE)
        gl.depth_func = "<"
        for group in self._groups:
            group.draw(planes, view, state, self._poses)
        self._solids.draw(planes)
        self._signs.draw(planes)
        gl.disable(gl.CULL_FACE)
        self._flames.draw("flame")
        self._ground.render(gl.TRIANGLES)
        gl.depth_func = "<="
        self._sky.render(gl.TRIANGLES)
        if self._glass.chunks or self._flames.count:
            self._draw_over(target, planes)

    def _draw_over(self, target: Target, planes: NDArray[np.float64]) -> None:
        """What one sees through: it changes colours only."""
        gl = self._context
        target.colour.use()
        target.colour.depth_mask = False
        gl.enable_only(gl.DEPTH_TEST | gl.CULL_FACE | gl.BLEND)
        gl.blend_func = gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA
        self._glass.draw(planes)
        gl.disable(gl.CULL_FACE)
        gl.blend_func = gl.SRC_ALPHA, gl.ONE
        self._flames.draw("glow")
        target.colour.depth_mask = True

    def close(self) -> None:
        """Give buffers and textures back; context and programs stay for others."""
        if self._closed:
            return
        self._closed = True
        if self._context is None or os.getpid() not in _devices:
            return
        with _lock, self._context:
            self._drop()
            for target in self._targets.values():
                target.release()
        self._targets, self._scenario = {}, None


_GROUND_M = 2000.0


def _ground() -> NDArray[np.float32]:
    """Two triangles at z = 0 in the layout of static meshes."""
    vertices = np.zeros((6, 10), np.float32)
    vertices[:, :2] = np.array([(-1, -1), (1, -1), (1, 1), (-1, -1), (1, 1), (-1, 1)]) * _GROUND_M
    vertices[:, 5] = 1.0
    vertices[:, 6:9] = colour_of("ground", "ground")
    vertices[:, 9] = np.array([pack_ids(1, semantic_id("ground"))], "<u4").view(np.float32)
    return vertices


def _to_clip(view: View) -> NDArray[np.float64]:
    """World to clip coordinates: right, down, and w = depth along the optical axis."""
    axes, far = view.axes, view.far_m
    wide = view.half_width
    high = wide * view.height / view.width
    camera = np.eye(4)
    camera[:3, :3] = axes
    camera[:3, 3] = -axes @ np.array(view.eye)
    project = np.zeros((4, 4))
    project[0, 0], project[1, 1] = 1.0 / wide, 1.0 / high
    project[2, 2], project[2, 3] = (far + NEAR_M) / (far - NEAR_M), -2.0 * far * NEAR_M / (far - NEAR_M)
    project[3, 2] = 1.0
    clip: NDArray[np.float64] = project @ camera
    return clip


def _from_clip(view: View) -> NDArray[np.float64]:
    """Picture coordinates in [-1, 1] and 1 to a ray in the world."""
    right, down, forward = view.axes
    wide = view.half_width
    rays = np.eye(4)
    rays[:3, :3] = np.stack([wide * right, wide * view.height / view.width * down, forward], -1)
    return rays
