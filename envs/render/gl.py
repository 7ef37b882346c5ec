"""OpenGL through EGL: on a graphics card where there is one, in Mesa's software rasteriser otherwise."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.render.air import OVER_BOXES, Air, AirState
from goldentime.envs.render.content import Content, build_content
from goldentime.envs.render.frame import Frame, View
from goldentime.envs.render.gl_batches import sight_of
from goldentime.envs.render.gl_blur import Blur
from goldentime.envs.render.gl_device import INSTALL, Family, describe, device, has_device, lock
from goldentime.envs.render.gl_scene import GlScene
from goldentime.envs.render.gl_shadow import SunMap
from goldentime.envs.render.gl_smoke import SmokeBatch
from goldentime.envs.render.gl_target import Target, ThermalTarget, smoky_thermal_target
from goldentime.envs.render.gl_uniforms import (
    colour_uniforms,
    heaters_of,
    lights_of,
    thermal_uniforms,
    to_clip,
    view_uniforms,
)
from goldentime.envs.render.poses import Poses
from goldentime.envs.scenario import Scenario
from goldentime.errors import ClosedError
from goldentime.types import WorldState

__all__ = ["INSTALL", "GlRenderer", "describe"]


class GlRenderer:
    """The main renderer. Depth and ids come from the same pass as the colour."""

    def __init__(self) -> None:
        self._scenario: Scenario | None = None
        self._context: Any = None
        self._scenes: dict[Family, GlScene] = {}
        self._lights: dict[str, int] = {}
        self._sun: SunMap | None = None
        self._kits: dict[tuple[Any, tuple[int, int]], Any] = {}
        self._closed = False

    def load(self, scenario: Scenario) -> None:
        """See `Renderer.load`."""
        if self._closed:
            raise ClosedError("renderer: used after close()")
        if scenario is self._scenario:
            return
        content = build_content(scenario)
        self._context = device().gl
        with lock, self._context:
            self._drop()
        self._content: Content = content
        self._scenario, self._poses, self._air = scenario, Poses(scenario), Air(scenario)

    def _drop(self) -> None:
        for scene in self._scenes.values():
            scene.release()
        self._scenes.clear()
        self._lights.clear()
        if self._sun is not None:
            self._sun.release()
            self._sun = None

    def render(self, view: View, state: WorldState, frame: Frame) -> None:
        """See `Renderer.render`."""
        scenario = self._live()
        air = self._air.at(state)
        with lock, self._context:
            scene = self._scene("colour", air, lights_of(scenario, air), view.shadows)
            own, smoke = colour_uniforms(scenario, air, view, state.time_s, scene.family.lights)
            values = view_uniforms(view, state.time_s) | own | smoke.values
            if view.shadows:
                values["to_sun"] = self._cast(view, state, scene)
            scene.programs.write(values)
            target: Target = self._kit(Target, view)
            self._draw(scene, target, view, state)
            if scene.smoke is not None and (len(smoke.rows) or air.layers):
                self._add_up(scene.smoke, smoke.rows, target)
                target.colour.use()
                scene.smoke.lay({"surface": target.textures[1], "sums": target.sums[0]}, blend=True)
            if scene.has_over:
                target.colour.use()
                target.colour.depth_mask = False
                scene.draw_over(sight_of(view))
                target.colour.depth_mask = True
            target.read(frame, self._blurred(target, view, values))

    def _cast(self, view: View, state: WorldState, scene: GlScene) -> bytes:
        """Draw the sun's map; the matrix into it."""
        if self._sun is None:
            self._sun = SunMap(self._content)
        matrix = self._sun.draw(view, state, self._poses)
        for program in scene.programs.named.values():
            if "sun_map" in program:
                self._sun.use(program)
        return bytes(matrix.T.astype("f4").tobytes())

    def _blurred(self, target: Target, view: View, values: dict[str, bytes]) -> Any:
        """A blurred copy, or nothing where the camera stood still."""
        if view.opened is None or view.opened == (view.eye, view.forward, view.up):
            return None
        eye, forward, up = view.opened
        before = view._replace(eye=eye, forward=forward, up=up)
        values["to_opened"] = to_clip(before).T.astype("f4").tobytes()
        blur: Blur = self._kit(Blur, view)
        return blur.draw(target, values)

    def thermal(self, view: View, state: WorldState, kelvin: NDArray[np.float32]) -> None:
        """See `Renderer.thermal`."""
        self._live()
        air = self._air.at(state)
        with lock, self._context:
            scene = self._scene("thermal", air, heaters_of(air), False)
            own, smoke = thermal_uniforms(air, view, scene.family.lights)
            scene.programs.write(view_uniforms(view, state.time_s) | own | smoke.values)
            target: ThermalTarget = self._kit(smoky_thermal_target if air.bounded else ThermalTarget, view)
            self._draw(scene, target, view, state)
            veiled = scene.smoke is not None and bool(len(smoke.rows) or air.layers)
            if scene.smoke is not None and veiled:
                self._add_up(scene.smoke, smoke.rows, target)
                target.veiled.use()
                bare, surface = target.textures
                scene.smoke.lay({"surface": surface, "sums": target.sums[0], "bare": bare}, blend=False)
            target.read(kelvin, veiled=veiled)

    def _add_up(self, batch: SmokeBatch, rows: NDArray[np.float32], target: Target | ThermalTarget) -> None:
        """What boxes of smoke take on the way to each surface."""
        buffer = target.sums[1]
        buffer.clear()
        buffer.use()
        batch.add_up(rows, target.textures[1])

    def _live(self) -> Scenario:
        if self._closed or self._scenario is None:
            raise ClosedError("renderer: used after close() or before load()")
        return self._scenario

    def _scene(self, kind: Any, air: AirState, lights: int, shadows: bool) -> GlScene:
        """The loaded content for a family of programs, made when it is first asked for; its flames as large as they are."""
        if air.bounded:
            lights = self._room_for(kind, lights)
        family = Family(kind, len(air.layers), OVER_BOXES if air.bounded else 0, lights, shadows)
        if family not in self._scenes:
            self._scenes[family] = GlScene(self._content, family)
        scene = self._scenes[family]
        scene.flames.burn(air.burning.shares)
        return scene

    def _room_for(self, kind: str, lights: int) -> int:
        """For how many lights a picture of a spreading fire is drawn: 0, 1, 2, 4 or 8, and never less than once before, for
        another number takes other programs. Those of the former number are not needed again."""
        wanted = max(self._lights.get(kind, 0), 1 << (lights - 1).bit_length() if lights else 0)
        if wanted > self._lights.get(kind, 0):
            self._lights[kind] = wanted
            for family in [other for other in self._scenes if other.kind == kind]:
                self._scenes.pop(family).release()
        return wanted

    def _kit(self, kind: Any, view: View) -> Any:
        """What pictures of a size are drawn into, made when it is first asked for."""
        size = (view.width, view.height)
        if (kind, size) not in self._kits:
            self._kits[kind, size] = Blur(size) if kind is Blur else kind(self._context, size)
        return self._kits[kind, size]

    def _draw(self, scene: GlScene, target: Target | ThermalTarget, view: View, state: WorldState) -> None:
        # The sky is drawn over every pixel that nothing else fills, so that only the depth must be cleared.
        target.depth.clear(depth=1.0)
        target.all.use()
        # The picture is written upside down, so that its first row is the upper one: that turns all triangles round.
        self._context.front_face = "cw"
        scene.draw_surfaces(sight_of(view), np.array(view.eye), state, self._poses)

    def close(self) -> None:
        """Give buffers and textures back; context and programs stay for others."""
        if self._closed:
            return
        self._closed = True
        if self._context is None or not has_device():
            return
        with lock, self._context:
            self._drop()
            for kit in self._kits.values():
                kit.release()
        self._kits, self._scenario = {}, None
