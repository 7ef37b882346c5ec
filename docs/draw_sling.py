"""Draws the picture of docs/physics.md: two carriers bring a load to a building, as a scout sees them, in colour,
by distance, by class and as temperatures.

python docs/draw_sling.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import math

import numpy as np
from bench_sling import fly, hauling
from numpy.typing import NDArray
from PIL import Image

from goldentime.control.cascade import START
from goldentime.control.frames import heading_to_world
from goldentime.envs.airframe import load_airframe
from goldentime.envs.buildings.building import BuildingConfig
from goldentime.envs.buildings.generate import generate_building
from goldentime.envs.render.classes import CLASSES
from goldentime.envs.scenario import DroneSpec, KitSpec, LoadSpec, Scenario
from goldentime.envs.sensors.base import Mount, SensorConfig, SensorSuite, Stage
from goldentime.rng import stream
from goldentime.types import DroneState, KitState, LoadState, Vec3, WorldState

OUT = Path(__file__).parent / "img" / "sling.png"
SIZE = (560, 420)
ZERO = (0.0, 0.0, 0.0)
SEED, PAIR_M, SCOUT_M = 4, 3.0, 5.6
"""Of the building, and how far the pair and the scout are before its door."""


def moved(place: Vec3, by: NDArray[np.float64], yaw: float) -> Vec3:
    """Turned about the origin and shifted."""
    x, y, z = (np.array(heading_to_world(yaw, place)) + by).tolist()
    return x, y, z


def scene() -> tuple[Scenario, WorldState]:
    """Before a building's door, and the pair in the air."""
    building = generate_building(BuildingConfig(use="office", storeys=2, rooms=14), stream(SEED, "scenario"))
    door = building.entrance
    inwards = np.array((math.cos(door.yaw), math.sin(door.yaw), 0.0))
    pair_at = np.array((*door.position[:2], 0.0)) - PAIR_M * inwards
    _, world = hauling(load=True)
    flown = fly(world, [START, START], 8.0)
    world.close()
    x, y, z = (pair_at - (SCOUT_M - PAIR_M) * inwards + (0.0, 0.0, 2.3)).tolist()
    facing = (0.0, 0.0, math.sin(0.5 * door.yaw), math.cos(0.5 * door.yaw))
    scout = DroneState((x, y, z), facing, ZERO, ZERO, ZERO, (0.0,) * 4, 1.0, 16.0, (), 0.0)
    pair = [
        drone._replace(position_m=moved(drone.position_m, pair_at, door.yaw), quaternion_xyzw=facing)
        for drone in flown.drones
    ]
    load = LoadState(moved(flown.loads[0].position_m, pair_at, door.yaw), ZERO, (0, 1))
    kits = tuple(KitState(pair[i].position_m, ZERO, i) for i in (0, 1))
    scenario = Scenario(
        mission="doc", level=building.level, props=building.props, signs=building.signs, light=building.light,
        drones=tuple(DroneSpec(airframe=name, position=ZERO) for name in ("carrier", "carrier", "scout")),
        kits=(KitSpec(carrier=0), KitSpec(carrier=1)), loads=(LoadSpec(position=ZERO, drones=(0, 1)),),
        time_limit_s=1.0, task={},
    )  # fmt: skip
    return scenario, WorldState(0.0, (*pair, scout), kits, loads=(load,))


def main() -> None:
    scenario, now = scene()
    options = {"width": SIZE[0], "height": SIZE[1], "pitch_deg": -14.0, "fov_deg": 75.0}
    kinds = ("rgb", "depth", "semantic", "thermal")
    configs = {kind: SensorConfig(kind=f"camera_{kind}", hz=10.0, options=options) for kind in kinds}
    stage = Stage()
    suite = SensorSuite(configs, Mount(2, load_airframe("scout"), None, stage), 10.0, contest=False)  # type: ignore[arg-type]
    stage.begin(scenario)
    suite.reset(0, 2)
    seen = suite.read(now)
    stage.close()
    palette = np.random.default_rng(3).integers(60, 255, (256, 3)).astype(np.uint8)
    palette[CLASSES.index("sky")] = 30
    depth = np.repeat((255.0 * np.exp(-seen["depth"] / 8.0)).astype(np.uint8)[..., None], 3, 2)
    warm = np.interp(seen["thermal"], (288.0, 306.0), (0.0, 255.0))
    pictures = [seen["rgb"], depth, palette[seen["semantic"]], np.repeat(warm.astype(np.uint8)[..., None], 3, 2)]
    width, height = SIZE
    sheet = Image.new("RGB", (2 * width + 4, 2 * height + 4), "white")
    for i, image in enumerate(pictures):
        sheet.paste(Image.fromarray(image), (i % 2 * (width + 4), i // 2 * (height + 4)))
    sheet.save(OUT, optimize=True)


if __name__ == "__main__":
    main()
