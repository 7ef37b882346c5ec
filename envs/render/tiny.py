"""PyBullet's TinyRenderer behind the same protocol: far slower, but it runs wherever PyBullet does.

It draws one body per thing, because ids come from bodies. Signs show the mean colour of their
picture; glass, flames, lamps, dusk and ropes are left out.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from goldentime.envs.bullet_bodies import bullet
from goldentime.envs.hazards.smoke import transmittance
from goldentime.envs.level import UNSEEN, Primitive, triangulate
from goldentime.envs.render.air import Air
from goldentime.envs.render.classes import colour_of, semantic_id
from goldentime.envs.render.content import FIRST_SOLID, Group, Placed, build_content
from goldentime.envs.render.frame import NEAR_M, Frame, View, pack_ids
from goldentime.envs.render.poses import Poses
from goldentime.envs.scenario import Scenario
from goldentime.errors import ClosedError, ConfigError
from goldentime.types import WorldState

__all__ = ["TinyRenderer"]

_SKY = (176, 200, 224)
_GROUND_M = 400.0
_AWAY = (0.0, 0.0, -1000.0)


class TinyRenderer:
    """A Bullet client of its own that holds nothing but shapes to look at.

    Args:
        shadows: cast shadows, as TinyRenderer does unless told otherwise; it then takes half as long again.
    """

    def __init__(self, *, shadows: bool = False) -> None:
        self._shadows = shadows
        self._client: int | None = bullet.connect(bullet.DIRECT)
        self._scenario: Scenario | None = None

    def load(self, scenario: Scenario) -> None:
        """See `Renderer.load`."""
        client = self._live()
        if scenario is self._scenario:
            return
        content = build_content(scenario)
        bullet.resetSimulation(physicsClientId=client)
        self._poses, self._air = Poses(scenario), Air(scenario)
        self._packed: dict[int, int] = {}
        self._parts: list[tuple[list[int], Placed]] = []
        self._add_ground(client)
        for i, primitive in enumerate(scenario.level.solids):
            if primitive.material != UNSEEN:
                self._add_primitive(client, primitive, pack_ids(FIRST_SOLID + i, semantic_id(primitive.semantic)))
        for group in content.groups:
            if group.placed[0].kind != "rope":  # bodies can't be stretched
                self._add_group(client, group)
        for sign in content.signs:
            colour = sign.image[..., :3].mean((0, 1)) / 255.0
            packed = int(sign.vertices[0, 9:].view(np.uint32)[0])
            self._packed[_body(client, sign.vertices[:, :3], sign.vertices[:, 3:6], colour)] = packed
        self._scenario = scenario

    def _live(self) -> int:
        if self._client is None:
            raise ClosedError("renderer: used after close()")
        return self._client

    def _add_ground(self, client: int) -> None:
        corners = np.array([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, -1, 0), (1, 1, 0), (-1, 1, 0)]) * _GROUND_M
        up = np.tile([0.0, 0.0, 1.0], (6, 1))
        body = _body(client, corners, up, np.array(colour_of("ground", "ground")))
        self._packed[body] = pack_ids(1, semantic_id("ground"))

    def _add_primitive(self, client: int, primitive: Primitive, packed: int) -> None:
        soup = triangulate((primitive,))
        corners = soup.vertices[soup.faces]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        colour = np.array(colour_of(primitive.semantic, primitive.material))
        self._packed[_body(client, corners.reshape(-1, 3), np.repeat(normals, 3, axis=0), colour)] = packed

    def _add_group(self, client: int, group: Group) -> None:
        """One body per region: a body has one colour. Scale is baked in, for Bullet's bodies have none."""
        model = group.model
        corners = model.details[0].vertices[model.details[0].indices]
        region = corners[:, 0, 6].astype(int)
        for placed in group.placed:
            scale = np.array(self._poses.scale(placed))
            bodies = []
            for number in np.unique(region).tolist():
                part = corners[region == number].reshape(-1, 7)
                bodies.append(_body(client, part[:, :3] * scale, part[:, 3:6], placed.colours[number] / 255.0))
                self._packed[bodies[-1]] = placed.packed
            self._parts.append((bodies, placed))

    def render(self, view: View, state: WorldState, frame: Frame) -> None:
        """See `Renderer.render`."""
        client = self._live()
        if self._scenario is None:
            raise ClosedError("renderer: used before load()")
        if view.shadows or view.opened is not None:
            raise ConfigError("camera: the backend 'tiny' draws neither soft shadows nor motion blur, expected 'gl'")
        self._place(client, view, state)
        rgba, depth, body = self._image(client, view)
        frame.rgb[:] = rgba[..., :3]
        # Bullet counts depth as OpenGL's buffer does; links sit in the upper bits of the body numbers.
        far, near = view.far_m, NEAR_M
        frame.depth[:] = far * near / (far - (far - near) * depth)
        table = np.zeros(max(self._packed) + 2, "<u4")
        table[list(self._packed)] = list(self._packed.values())
        frame.ids[:] = table[np.where(body >= 0, body & 0xFFFFFF, -1)]
        sky = body < 0
        frame.rgb[sky], frame.depth[sky] = _SKY, far
        smoke = self._air.smoke(state)
        if smoke is not None:
            through, colour = transmittance(smoke, np.array(view.eye), _points(view, frame.depth))
            mixed = frame.rgb * through[..., None] + 255.0 * colour * (1.0 - through[..., None])
            frame.rgb[:] = np.rint(mixed)

    def thermal(self, view: View, state: WorldState, kelvin: NDArray[np.float32]) -> None:
        """Refused: a body of Bullet's has a colour and no temperature.

        Raises:
            ConfigError: always.
        """
        raise ConfigError("camera: the backend 'tiny' draws no thermal picture, expected 'gl'")

    def _place(self, client: int, view: View, state: WorldState) -> None:
        for bodies, placed in self._parts:
            pose = self._poses.of(placed, state).astype(np.float64)
            turn = _quaternion(pose[:, :3] / np.array(self._poses.scale(placed)))
            position = _AWAY if self._poses.hides(placed, view.hidden_drone, state) else pose[:, 3].tolist()
            for body in bodies:
                bullet.resetBasePositionAndOrientation(body, position, turn, client)

    def _image(self, client: int, view: View) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        target = (np.array(view.eye) + np.array(view.forward)).tolist()
        tall = np.degrees(2.0 * np.arctan(view.half_width * view.height / view.width))
        _, _, rgba, depth, body = bullet.getCameraImage(
            view.width,
            view.height,
            bullet.computeViewMatrix(view.eye, target, view.up),
            bullet.computeProjectionMatrixFOV(float(tall), view.width / view.height, NEAR_M, view.far_m),
            shadow=int(self._shadows),
            renderer=bullet.ER_TINY_RENDERER,
            physicsClientId=client,
        )
        shape = (view.height, view.width)
        return np.reshape(rgba, (*shape, 4)), np.reshape(depth, shape), np.reshape(body, shape)

    def close(self) -> None:
        """Disconnect; a second call does nothing."""
        if self._client is not None:
            bullet.disconnect(self._client)
            self._client = None


def _body(client: int, corners: NDArray[Any], normals: NDArray[Any], colour: NDArray[Any]) -> int:
    """A body that is only seen; three corners a triangle."""
    shape = bullet.createVisualShape(
        bullet.GEOM_MESH,
        vertices=corners.tolist(),
        indices=list(range(len(corners))),
        normals=normals.tolist(),
        rgbaColor=[*colour.tolist(), 1.0],
        physicsClientId=client,
    )
    return int(bullet.createMultiBody(0, -1, shape, physicsClientId=client))


def _quaternion(turn: NDArray[np.float64]) -> list[float]:
    """(x, y, z, w) of a rotation matrix."""
    return [float(x) for x in Rotation.from_matrix(turn).as_quat()]


def _points(view: View, depth: NDArray[np.float32]) -> NDArray[np.float64]:
    """(h, w, 3) world positions of a picture's pixels [m]."""
    right, down, forward = view.axes
    pixel = 2.0 * view.half_width / view.width
    across = (np.arange(view.width) + 0.5 - 0.5 * view.width) * pixel
    below = (np.arange(view.height) + 0.5 - 0.5 * view.height) * pixel
    rays = forward + across[None, :, None] * right + below[:, None, None] * down
    points: NDArray[np.float64] = np.array(view.eye) + depth[..., None] * rays
    return points
