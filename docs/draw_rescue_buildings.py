"""Draws the pictures of generated buildings in docs/img: outside, corridors, rooms and stairwells.

python docs/draw_rescue_buildings.py
"""

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from goldentime.envs.buildings.building import Building, BuildingConfig, Use
from goldentime.envs.buildings.generate import generate_building
from goldentime.envs.level import Point
from goldentime.envs.render.frame import Renderer, View, make_frame, make_renderer
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.rng import stream
from goldentime.types import DroneState, WorldState

IMAGES = Path(__file__).parent / "img"
SIZE = (376, 282)
ZERO = (0.0, 0.0, 0.0)


class Shot(NamedTuple):
    """A building to show."""

    use: Use
    seed: int
    storeys: int
    rooms: int


SHOTS = (Shot("apartment", 4, 3, 20), Shot("office", 1, 2, 14), Shot("school", 4, 2, 16), Shot("shops", 5, 2, 12))


def scenario_of(building: Building) -> Scenario:
    drone = DroneSpec(airframe="scout", position=(0.0, 0.0, 60.0))
    return Scenario(
        mission="doc", level=building.level, drones=(drone,), props=building.props, signs=building.signs,
        light=building.light, time_limit_s=1.0, task={},
    )  # fmt: skip


def view(eye: Point, target: Point, fov_deg: float = 85.0) -> View:
    away = np.array(target) - np.array(eye)
    forward = away / np.linalg.norm(away)
    side = np.cross(forward, (0.0, 0.0, 1.0))
    up = np.cross(side / np.linalg.norm(side), forward)
    return View(eye, tuple(forward.tolist()), tuple(up.tolist()), *SIZE, math.radians(fov_deg), 120.0)


def views(building: Building) -> list[View]:
    """Outside, a corridor, a room from its waypoint, the stairwell."""
    level = building.level
    x, y, _ = building.entrance.position
    width = max(room.upper[0] for room in level.rooms)
    found = [view((x - 0.45 * width, y - 9.5, 7.5), (0.5 * width, y + 6.0, 3.0), 80.0)]
    kinds = [facts.kind for facts in building.compartments]
    corridor = level.rooms[kinds.index("corridor")]
    middle = 0.5 * (corridor.lower[1] + corridor.upper[1])
    z = corridor.lower[2] + 1.55
    found.append(view((corridor.lower[0] + 0.8, middle, z), (corridor.upper[0], middle, z - 0.6)))
    number = max(
        (i for i, facts in enumerate(building.compartments) if facts.kind == "room" and not facts.sealed),
        key=lambda i: level.rooms[i].absorption_m2,
    )
    room = level.rooms[number]
    eye = (room.lower[0] + 0.5, room.lower[1] + 0.5, room.lower[2] + 1.9)
    found.append(view(eye, (room.upper[0] - 0.6, room.upper[1] - 0.6, room.lower[2] + 0.3), 95.0))
    stair = level.rooms[kinds.index("stairs")]
    x, y = 0.5 * (stair.lower[0] + stair.upper[0]), stair.lower[1] + 0.4
    found.append(view((x - 0.7, y, stair.lower[2] + 1.7), (x + 0.3, stair.upper[1] - 0.8, stair.lower[2] + 1.9), 100.0))
    return found


def pictures(renderer: Renderer, shot: Shot) -> list[NDArray[np.uint8]]:
    config = BuildingConfig(use=shot.use, storeys=shot.storeys, rooms=shot.rooms, difficulty=0.6)
    building = generate_building(config, stream(shot.seed, "building"))
    drone = DroneState((0.0, 0.0, 60.0), (0.0, 0.0, 0.0, 1.0), ZERO, ZERO, ZERO, (0.0,) * 4, 1.0, 12.0, (), 0.0)
    renderer.load(scenario_of(building))
    frame, found = make_frame(*SIZE), []
    for one in views(building):
        renderer.render(one, WorldState(0.4, (drone,), ()), frame)
        found.append(frame.rgb.copy())
    return found


def sheet(rows: list[list[NDArray[np.uint8]]], path: Path) -> None:
    """A row a building, with thin white lines between pictures."""
    width, height = SIZE
    image = Image.new("RGB", (len(rows[0]) * (width + 4) - 4, len(rows) * (height + 4) - 4), "white")
    for i, row in enumerate(rows):
        for j, one in enumerate(row):
            image.paste(Image.fromarray(one), (j * (width + 4), i * (height + 4)))
    image.save(path, optimize=True)


def main() -> None:
    renderer = make_renderer("gl")
    sheet([pictures(renderer, shot) for shot in SHOTS], IMAGES / "rescue_buildings.png")
    renderer.close()


if __name__ == "__main__":
    main()
