"""Draw the kinds of buildings, two of each, as a camera across the street sees them.

`python docs/draw_buildings.py docs/img/buildings.png`
"""

import argparse
import math
from pathlib import Path

from PIL import Image

from goldentime.envs.level import Level
from goldentime.envs.render.frame import View, make_frame, make_renderer
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.envs.scenes.buildings import BUILDINGS, Building, draw_building, place_building
from goldentime.envs.scenes.scene import Pool
from goldentime.rng import stream
from goldentime.types import DroneState, WorldState

SIZE = (400, 300)
POOLS: tuple[Pool, ...] = ("train", "test")


def view_of(building: Building) -> View:
    """From the right of the front, far enough to see all of it."""
    width, depth, height = building.size
    turn = 0.45
    far = max(0.62 * (width * math.cos(turn) + depth * math.sin(turn)), 0.95 * height) / math.tan(math.radians(30.0)) + 2.0
    eye = (far * math.cos(turn), far * math.sin(turn), 0.35 * height + 2.0)
    target = (-0.3 * depth, 0.0, 0.45 * height)
    forward = tuple(b - a for a, b in zip(eye, target, strict=True))
    length = math.sqrt(sum(part * part for part in forward))
    x, y, z = (part / length for part in forward)
    level = math.hypot(x, y)
    up = (-z * x / level, -z * y / level, level)
    return View(eye, (x, y, z), up, *SIZE, math.radians(60.0), 300.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    renderer = make_renderer("gl")
    sheet = Image.new("RGB", (4 * (SIZE[0] + 4) - 4, 3 * (SIZE[1] + 4) - 4), "white")
    frame = make_frame(*SIZE)
    drone = DroneSpec(airframe="scout", position=(0.0, 0.0, -50.0))
    zero = (0.0, 0.0, 0.0)
    state = WorldState(
        0.0, (DroneState(drone.position, (0.0, 0.0, 0.0, 1.0), zero, zero, zero, (0.0,) * 4, 1.0, 12.0, (), 0.0),), ()
    )
    for number, (kind, pool) in enumerate((kind, pool) for kind in BUILDINGS for pool in POOLS):
        drawn = draw_building(kind, stream(arguments.seed, "buildings", number), pool=pool)
        building = place_building(drawn, (0.0, 0.0, 0.0), 0.0)
        level = Level(solids=building.solids, glass=building.glass)
        scene = Scenario(mission="doc", level=level, drones=(drone,), signs=building.signs, time_limit_s=1.0, task={})
        renderer.load(scene)
        renderer.render(view_of(building), state, frame)
        place = (number % 4 * (SIZE[0] + 4), number // 4 * (SIZE[1] + 4))
        sheet.paste(Image.fromarray(frame.rgb), place)
    renderer.close()
    # A palette keeps the file small.
    sheet.quantize(256, dither=Image.Dither.NONE).save(arguments.picture, optimize=True)


if __name__ == "__main__":
    main()
