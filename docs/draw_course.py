"""Draw the README's picture: the pilot's flight over the 2020 course, seen from above its south-west corner.

Run `goldentime evaluate mission=course2020 agent=pilot episodes=1 out=runs/picture`, then
`python docs/draw_course.py runs/picture/episodes/0000.jsonl docs/img/course2020.png`.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
from matplotlib import image as picture_file
from numpy.typing import NDArray

from goldentime.envs.airframe import load_airframe
from goldentime.envs.bullet_bodies import bullet
from goldentime.envs.bullet_view import show, show_level
from goldentime.envs.level import Box, Cylinder, Level, Primitive
from goldentime.envs.scenario import scenario_from_json
from goldentime.eval.log_files import load_log


def _show_floor(level: Level) -> None:
    (x0, y0, _), (x1, y1, _) = level.bounds
    floor = Box(centre=((x0 + x1) / 2, (y0 + y1) / 2, -0.06), size=(x1 - x0 + 4, y1 - y0 + 4, 0.1))
    show(0, (floor,), (0.90, 0.91, 0.92, 1.0))


def _show_drone(position: NDArray[np.float64], airframe_name: str) -> None:
    airframe = load_airframe(airframe_name)
    x, y, z = position.tolist()
    parts: list[Primitive] = [Box(centre=(x, y, z), size=(0.24, 0.24, 0.1))]
    parts += [Box(centre=(x, y, z), size=(0.5, 0.03, 0.03), yaw=yaw) for yaw in (math.pi / 4, -math.pi / 4)]
    show(0, tuple(parts), (0.15, 0.15, 0.18, 1.0))
    rotors = tuple(
        Cylinder(base=(x + rx, y + ry, z + 0.05), radius=airframe.rotor_radius_m, height=0.015, facets=24)
        for rx, ry in airframe.layout.position_m
    )
    show(0, rotors, (0.85, 0.25, 0.10, 1.0))


def _show_flight(path: NDArray[np.float64]) -> None:
    shape = bullet.createVisualShape(bullet.GEOM_SPHERE, radius=0.05, rgbaColor=(0.10, 0.25, 0.85, 1.0))
    for point in path:
        bullet.createMultiBody(0, -1, shape, point.tolist())


def _photograph(size: tuple[int, int], target: list[float], turn: tuple[float, float, float]) -> NDArray[np.uint8]:
    """A picture from `turn` = (distance [m], yaw [deg], pitch [deg]) around a point."""
    width, height = size
    view = bullet.computeViewMatrixFromYawPitchRoll(target, *turn, 0, 2)
    lens = bullet.computeProjectionMatrixFOV(40, width / height, 0.1, 100)
    shot = bullet.getCameraImage(
        width, height, view, lens, lightDirection=(-20, -30, 60), shadow=1, renderer=bullet.ER_TINY_RENDERER
    )
    return np.reshape(shot[2], (height, width, 4)).astype(np.uint8)


def main() -> None:
    """Draw the first episode of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path, help="an episode's log in a folder of goldentime evaluate")
    parser.add_argument("picture", type=Path)
    arguments = parser.parse_args()
    log = load_log(arguments.log)
    scenario = scenario_from_json(json.loads(json.dumps(log.header["scenario"])))
    path = log.samples().position_m[:, 0]
    bullet.connect(bullet.DIRECT)
    show_level(0, scenario.level)
    _show_floor(scenario.level)
    _show_flight(path[::4])
    _show_drone(path[int(0.72 * len(path))], scenario.drones[0].airframe)
    overview = _photograph((2400, 1350), [17.2, 9.2, 0.0], (31.0, -8.0, -42.0))
    # Twice the size, then halved: the renderer does not smooth edges.
    smooth = overview.reshape(675, 2, 1200, 2, 4).mean(axis=(1, 3)).astype(np.uint8)
    picture_file.imsave(arguments.picture, smooth)


if __name__ == "__main__":
    main()
