"""The sun's shadows: how far the light gets, drawn from the sun, which surfaces then look up."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldentime.envs.render.content import Content
from goldentime.envs.render.frame import View
from goldentime.envs.render.gl_batches import Sight
from goldentime.envs.render.gl_device import Family, device
from goldentime.envs.render.gl_scene import GlScene
from goldentime.envs.render.poses import Poses
from goldentime.types import WorldState

__all__ = ["SunMap"]

_SIDE = 1024
_REACH_M = 24.0
"""Half the side of the square that casts and takes shadows: a texel is 4.7 cm wide."""
_AHEAD = 0.8
"""How far ahead of the eye its middle lies, over `_REACH_M`."""
_DEPTH_M = 80.0
_SUN = np.array([0.36, -0.48, 0.80])
"""As in `shader_parts.LIGHT`."""


class SunMap:
    """The depth map of what the sun sees around a view."""

    def __init__(self, content: Content) -> None:
        gl = device().gl
        self._gl, self._scene = gl, GlScene(content, Family("casters"))
        self._texture = gl.depth_texture((_SIDE, _SIDE))
        self._texture.compare_func = "<="
        self._texture.filter = (gl.LINEAR, gl.LINEAR)
        self._texture.repeat_x = self._texture.repeat_y = False
        self._target = gl.framebuffer([], self._texture)

    def draw(self, view: View, state: WorldState, poses: Poses) -> NDArray[np.float64]:
        """Draw the map.

        Returns:
            (4, 4) from the world to places in the map and depths, all in [0, 1].
        """
        gl, clip = self._gl, _from_sun(view)
        self._target.clear(depth=1.0)
        self._target.use()
        self._scene.programs.write({"to_clip": clip.T.astype("f4").tobytes()})
        # The far sides of things cast: a lit side then never shadows itself.
        gl.front_face, gl.cull_face = "ccw", "front"
        gl.enable_only(gl.DEPTH_TEST | gl.CULL_FACE)
        gl.depth_func = "<"
        sight = Sight(_planes(clip), _REACH_M / _SIDE, 0.0, -1)
        self._scene.draw_models(sight, state, poses)
        self._scene.solids.draw(sight.planes)
        gl.cull_face = "back"
        unit = np.diag([0.5, 0.5, 0.5, 1.0])
        unit[:3, 3] = 0.5
        return unit @ clip

    def use(self, program: Any) -> None:
        """Let a program look into the map."""
        self._texture.use(1)
        program["sun_map"] = 1

    def release(self) -> None:
        """Give the memory back."""
        self._scene.release()
        self._target.release()
        self._texture.release()


def _from_sun(view: View) -> NDArray[np.float64]:
    """(4, 4) world to clip coordinates of a sun that looks at what lies ahead of the eye."""
    right = np.cross((0.0, 0.0, 1.0), _SUN)
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(_SUN, right), -_SUN])
    ahead = np.array([view.forward[0], view.forward[1], 0.0])
    middle = axes @ (np.array(view.eye) + _AHEAD * _REACH_M * ahead)
    # Whole texels: edges of shadows do not crawl when the camera moves.
    texel = 2.0 * _REACH_M / _SIDE
    middle[:2] = np.round(middle[:2] / texel) * texel
    clip = np.eye(4)
    clip[:3, :3] = axes / np.array([[_REACH_M], [_REACH_M], [_DEPTH_M]])
    clip[:3, 3] = -middle / np.array([_REACH_M, _REACH_M, _DEPTH_M])
    return clip


def _planes(clip: NDArray[np.float64]) -> NDArray[np.float64]:
    """(6, 4) of the box that clip coordinates in [-1, 1] bound, the near one first."""
    rows = np.array([sign * clip[axis] + clip[3] for axis in (2, 0, 1) for sign in (1.0, -1.0)])
    planes: NDArray[np.float64] = rows / np.linalg.norm(rows[:, :3], axis=1, keepdims=True)
    return planes
