"""The OpenGL context of a process and its compiled programs."""

import os
import threading
from typing import Any, Literal, NamedTuple

import moderngl

from goldentime.envs.render import shaders, shaders_blur, shaders_fire, shaders_smoke, shaders_thermal
from goldentime.envs.render.shader_parts import head
from goldentime.errors import ConfigError

__all__ = ["INSTALL", "Family", "Programs", "describe", "device", "has_device", "lock"]

INSTALL = "apt-get install libegl1 libgl1-mesa-dri (Debian, Ubuntu)"
"""The command that brings what may be absent."""

lock = threading.RLock()
"""A context belongs to one thread at a time."""

_devices: dict[int, "Device"] = {}
"""One, by process id, for all worlds of a process: each more would bring threads and memory of its own."""


class Family(NamedTuple):
    """Programs that draw one kind of picture of one kind of scene."""

    kind: Literal["colour", "casters", "thermal", "blur"]
    layers: int = 0
    """Of smoke without a span."""
    boxes: int = 0
    """Bounded layers of smoke, at most, that glass and glow are seen through."""
    lights: int = 0
    shadows: bool = False


_SOURCES: dict[str, dict[str, tuple[str, str]]] = {
    "colour": {
        "static": (shaders.STATIC, shaders.STATIC_PIXELS),
        "model": (shaders.MODEL, shaders.MODEL_PIXELS),
        "sky": (shaders.SKY_VERTICES, shaders.SKY_PIXELS),
        "sign": (shaders.SIGN_VERTICES, shaders.SIGN_PIXELS),
        "flame": (shaders_fire.FLAME_VERTICES, shaders_fire.FLAME_PIXELS),
        "glow": (shaders_fire.GLOW_VERTICES, shaders_fire.GLOW_PIXELS),
        "ember": (shaders_fire.EMBER_VERTICES, shaders_fire.EMBER_PIXELS),
        "glass": (shaders.STATIC, shaders.GLASS),
        "faces": (shaders_smoke.FACES_VERTICES, shaders_smoke.FACES_PIXELS),
        "veil": (shaders_smoke.VEIL_VERTICES, shaders_smoke.VEIL_PIXELS),
    },
    "casters": {
        "static": (shaders.CASTER_STATIC, shaders.CASTER_PIXELS),
        "model": (shaders.CASTER_MODEL, shaders.CASTER_PIXELS),
    },
    "thermal": {
        "static": (shaders_thermal.THERMAL_STATIC, shaders_thermal.THERMAL_PIXELS),
        "model": (shaders_thermal.THERMAL_MODEL, shaders_thermal.THERMAL_PIXELS),
        "sky": (shaders.SKY_VERTICES, shaders_thermal.THERMAL_SKY_PIXELS),
        "flame": (shaders_fire.FLAME_VERTICES, shaders_thermal.THERMAL_FLAME_PIXELS),
        "faces": (shaders_smoke.FACES_VERTICES, shaders_smoke.THERMAL_FACES_PIXELS),
        "veil": (shaders_smoke.VEIL_VERTICES, shaders_smoke.THERMAL_VEIL_PIXELS),
    },
    "blur": {"blur": (shaders_blur.BLUR_VERTICES, shaders_blur.BLUR_PIXELS)},
}


_OF_BOXES = ("faces", "veil")


class Programs:
    """The compiled programs of a family, by name, and what they were last given."""

    def __init__(self, gl: Any, family: Family) -> None:
        begin = head(family.layers, family.boxes, family.lights, family.shadows)
        self.named = {
            name: gl.program(vertex_shader=begin + vertices, fragment_shader=begin + pixels)
            for name, (vertices, pixels) in _SOURCES[family.kind].items()
            if family.boxes or name not in _OF_BOXES
        }
        self._users: dict[str, list[Any]] = {}
        self._given: dict[str, bytes] = {}

    def write(self, values: dict[str, bytes]) -> None:
        """Hand uniforms to all programs that use them; what they have already is not handed over again."""
        for name, value in values.items():
            if self._given.get(name) == value:
                continue
            if name not in self._users:
                self._users[name] = [program[name] for program in self.named.values() if name in program]
            for uniform in self._users[name]:
                uniform.write(value)
            self._given[name] = value


class Device:
    """A context and its compiled programs."""

    def __init__(self) -> None:
        try:
            # moderngl's stub has the wrong type for `backend`.
            self.gl: Any = moderngl.create_context(standalone=True, require=330, backend="egl")  # type: ignore[arg-type]
        except Exception as error:  # moderngl raises what its C parts give it, of no common kind
            raise ConfigError(
                f"camera: no OpenGL through EGL on this machine ({error}); {INSTALL}, or set options.backend to 'tiny'"
            ) from None
        self._programs: dict[Family, Programs] = {}

    def programs(self, family: Family) -> Programs:
        """A family's programs, compiled when they are first needed."""
        if family not in self._programs:
            self._programs[family] = Programs(self.gl, family)
        return self._programs[family]


def device() -> Device:
    """The process's device, made when it is first needed.

    Raises:
        ConfigError: there is no OpenGL here; the message says what to install.
    """
    with lock:
        if os.getpid() not in _devices:
            if _devices:
                # Mesa's threads stay behind in the parent, and the child would wait for them for ever.
                raise ConfigError("camera: forked from a process that draws; start workers with 'spawn' or 'forkserver'")
            _devices[os.getpid()] = Device()
        return _devices[os.getpid()]


def has_device() -> bool:
    """Whether this process draws already."""
    return os.getpid() in _devices


def describe() -> str:
    """The OpenGL that pictures are drawn with, such as `llvmpipe (LLVM 15.0.6, 256 bits)`."""
    return str(device().gl.info["GL_RENDERER"])
