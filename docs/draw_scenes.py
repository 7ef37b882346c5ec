"""Draws the pictures of scenes in docs/img: six views of streets and six of floors, two of each in smoke.

python docs/draw_scenes.py
"""

import math
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from goldentime.envs.render.content import instances
from goldentime.envs.render.frame import Renderer, View, make_frame, make_renderer
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.envs.scenes.draw import draw_scene
from goldentime.envs.scenes.scene import Pool, Scene, SceneConfig
from goldentime.rng import stream
from goldentime.types import DroneState, WorldState

IMAGES = Path(__file__).parent / "img"
SIZE = (376, 282)
ZERO = (0.0, 0.0, 0.0)


class Shot(NamedTuple):
    """A scene to show."""

    seed: int
    smoky: bool = False
    pool: Pool = "train"


STREETS = (Shot(1), Shot(3), Shot(5, pool="test"), Shot(4, pool="test"), Shot(7, smoky=True), Shot(6, smoky=True))
FLOORS = (Shot(1), Shot(5), Shot(6), Shot(2, pool="test"), Shot(16, smoky=True), Shot(15, smoky=True))
SMALLEST_PX = 120
"""A thing with fewer pixels does not count as shown."""


def scenario_of(scene: Scene) -> Scenario:
    drone = DroneSpec(airframe="scout", position=(0.0, 0.0, 40.0))
    return Scenario(
        mission="doc", level=scene.level, drones=(drone,), props=scene.props, signs=scene.signs, flames=scene.flames,
        smoke=scene.smoke, light=scene.light, time_limit_s=1.0, task={},
    )  # fmt: skip


def views(scene: Scene) -> list[View]:
    """From places along the route, to all sides, a little downwards."""
    found = []
    for a, b in pairwise(scene.route):
        for share in (0.0, 0.5) if len(scene.route) < 8 else (0.0,):
            x, y, z = (p + share * (q - p) for p, q in zip(a, b, strict=True))
            for yaw in np.arange(0.0, 2.0 * math.pi, math.pi / 3.0).tolist():
                level, rise = math.cos(-0.12), math.sin(-0.12)
                forward, up = ((math.cos(yaw) * a, math.sin(yaw) * a, b) for a, b in ((level, rise), (-rise, level)))
                found.append(View((x, y, z - 0.2), forward, up, *SIZE, math.radians(85.0), 100.0))
    return found


def picture(renderer: Renderer, place: Literal["street", "floor"], shot: Shot) -> NDArray[np.uint8]:
    """The view of the route that shows most."""
    config = SceneConfig(
        place=place,
        pool=shot.pool,
        smoky=1.0 if shot.smoky else 0.0,
        extinction_per_m=(0.05, 0.12),
        people=(6, 10),
        fires=(1, 3),
    )
    scene = draw_scene(config, stream(shot.seed, "scenario"))
    scenario = scenario_of(scene)
    known = [instance.kind in ("prop", "sign", "flame") for instance in instances(scenario)]
    drone = DroneState((0.0, 0.0, 40.0), (0.0, 0.0, 0.0, 1.0), ZERO, ZERO, ZERO, (0.0,) * 4, 1.0, 12.0, (), 0.0)
    frame, most = make_frame(*SIZE), -1.0
    best = frame.rgb
    renderer.load(scenario)
    for view in views(scene):
        renderer.render(view, WorldState(0.4, (drone,), ()), frame)
        pixels = np.bincount(frame.instance.ravel(), minlength=len(known))[: len(known)]
        shown = float(np.minimum(pixels[known] / SMALLEST_PX, 3.0)[pixels[known] >= SMALLEST_PX].sum())
        if shown > most:
            best, most = frame.rgb.copy(), shown
    return best


def sheet(pictures: list[NDArray[np.uint8]], path: Path) -> None:
    """Three in a row, with thin white lines between them."""
    width, height = SIZE
    image = Image.new("RGB", (3 * (width + 4) - 4, 2 * (height + 4) - 4), "white")
    for i, one in enumerate(pictures):
        image.paste(Image.fromarray(one), (i % 3 * (width + 4), i // 3 * (height + 4)))
    image.save(path, optimize=True)


def main() -> None:
    renderer = make_renderer("gl")
    sheet([picture(renderer, "street", shot) for shot in STREETS], IMAGES / "scenes_street.png")
    sheet([picture(renderer, "floor", shot) for shot in FLOORS], IMAGES / "scenes_floor.png")
    renderer.close()


if __name__ == "__main__":
    main()
