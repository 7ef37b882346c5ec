"""Draws the pictures of buildings in docs/img: outside, corridors, rooms and stairwells; storeys from above; photos.

python docs/draw_rescue_buildings.py
"""

import math
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from goldentime.envs.buildings.building import Building, BuildingConfig, Use
from goldentime.envs.buildings.generate import generate_building
from goldentime.envs.buildings.handmade import load_building
from goldentime.envs.hazards.lights import Lighting
from goldentime.envs.level import Box, Point, Primitive
from goldentime.envs.render.frame import Renderer, View, make_frame, make_renderer
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.envs.scenes.draft import solid_bounds
from goldentime.missions.registry import load_config, make_mission
from goldentime.missions.rescue_message import photo_of
from goldentime.rng import stream
from goldentime.types import DroneState, WorldState

IMAGES = Path(__file__).parent / "img"
CONFIGS = Path(__file__).parents[1] / "configs" / "buildings"
SIZE = (376, 282)
WIDE = (756, 378)
CUT_M = 1.2
ZERO = (0.0, 0.0, 0.0)
DRONE = DroneState((0.0, 0.0, 900.0), (0.0, 0.0, 0.0, 1.0), ZERO, ZERO, ZERO, (0.0,) * 4, 1.0, 12.0, (), 0.0)


class Shot(NamedTuple):
    """A building to show."""

    use: Use
    seed: int
    storeys: int
    rooms: int


SHOTS = (Shot("apartment", 4, 3, 20), Shot("office", 1, 2, 14), Shot("school", 4, 2, 16), Shot("shops", 5, 2, 12))


def scenario_of(building: Building) -> Scenario:
    drone = DroneSpec(airframe="scout", position=(0.0, 0.0, 900.0))
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
    """Outside, a corridor, the room with most in it, a stairwell: the last three from where a drone flies."""
    level, graph = building.level, building.graph
    x, y, _ = building.entrance.position
    width = max(room.upper[0] for room in level.rooms)
    found = [view((x - 0.4 * width, y - 10.0, 7.5), (0.5 * width, y + 5.0, 2.6), 80.0)]
    kinds = [facts.kind for facts in building.compartments]
    corridor = level.rooms[kinds.index("corridor")]
    middle = 0.5 * (corridor.lower[1] + corridor.upper[1])
    z = corridor.lower[2] + 1.55
    found.append(view((corridor.lower[0] + 0.8, middle, z), (corridor.upper[0], middle, z - 0.6)))
    rooms = [i for i, facts in enumerate(building.compartments) if facts.kind == "room" and not facts.sealed]
    number = max(rooms, key=lambda i: sum(fuel.room == i for fuel in building.fuels))
    room = level.rooms[number]
    centre = tuple(0.5 * (a + b) for a, b in zip(room.lower, room.upper, strict=True))
    nodes = [node for node, inside in zip(graph.nodes, graph.rooms, strict=True) if inside == number]
    eye = max(nodes, key=lambda node: math.dist(node[:2], centre[:2]))
    found.append(view((eye[0], eye[1], eye[2] + 0.3), (centre[0], centre[1], room.lower[2] + 0.9), 100.0))
    stair, top = level.rooms[kinds.index("stairs")], building.storeys[-1].floor_m
    x = 0.5 * (stair.lower[0] + stair.upper[0])
    eye = (x - 0.3, stair.lower[1] + 0.5, top + 2.1)
    found.append(view(eye, (x + 0.2, stair.upper[1] - 1.8, top - 2.2), 105.0))
    return found


def cut(building: Building, number: int) -> Scenario:
    """A storey without what is above a man's hip, with the graph's ways in yellow and people's spots in green."""
    storey = building.storeys[number]
    top = storey.floor_m + CUT_M
    solids: list[Primitive] = []
    for solid in building.level.solids:
        low, high = solid_bounds(solid).low[2], solid_bounds(solid).high[2]
        if isinstance(solid, Box) and solid.semantic != "ceiling" and low < top - 0.05:
            z = (low, min(high, top))
            size = (solid.size[0], solid.size[1], z[1] - z[0])
            solids.append(replace(solid, centre=(solid.centre[0], solid.centre[1], 0.5 * sum(z)), size=size))
        elif high <= top + 0.6 and solid.semantic == "stairs":
            solids.append(solid)
    flight = storey.floor_m + 1.5
    for i, j in building.graph.edges:
        a, b = building.graph.nodes[i], building.graph.nodes[j]
        if max(abs(a[2] - flight), abs(b[2] - flight)) < 0.1 and math.dist(a, b) > 0.05:
            middle = (0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1]), flight)
            yaw = math.atan2(b[1] - a[1], b[0] - a[0])
            solids.append(Box(centre=middle, size=(math.dist(a, b), 0.07, 0.03), yaw=yaw, material="paint_f0c000"))
    for spot in building.spots:
        x, y, z = spot.position
        if abs(z - storey.floor_m) < 0.1:
            size = (2.0, 0.7, 0.02) if spot.lying else (0.6, 0.6, 0.02)
            solids.append(Box(centre=(x, y, z + 0.02), size=size, yaw=spot.yaw, material="paint_30a050"))
    props = tuple(prop for prop in building.props if storey.floor_m - 0.5 < prop.position[2] < top)
    level = replace(building.level, solids=tuple(solids), glass=())
    return replace(scenario_of(building), level=level, props=props, signs=(), light=Lighting())


def plan_picture(renderer: Renderer, building: Building, number: int) -> NDArray[np.uint8]:
    """A storey from above."""
    low = np.min([room.lower for room in building.level.rooms], 0)
    high = np.max([room.upper for room in building.level.rooms], 0)
    x, y = 0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1]) - 0.3
    far = max(high[0] - low[0], (high[1] - low[1]) * WIDE[0] / WIDE[1]) * 1.15
    tall = building.storeys[number].floor_m + 3.0 * far
    fov = 2.0 * math.atan(0.5 * far / (3.0 * far - CUT_M))
    sight = View((x, y, tall), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0), *WIDE, fov, 300.0)
    frame = make_frame(*WIDE)
    renderer.load(cut(building, number))
    renderer.render(sight, WorldState(0.4, (DRONE,), ()), frame)
    return frame.rgb.copy()


def pictures(renderer: Renderer, shot: Shot) -> list[NDArray[np.uint8]]:
    building = drawn(shot)
    renderer.load(scenario_of(building))
    frame, found = make_frame(*SIZE), []
    for one in views(building):
        renderer.render(one, WorldState(0.4, (DRONE,), ()), frame)
        found.append(frame.rgb.copy())
    return found


def drawn(shot: Shot) -> Building:
    config = BuildingConfig(use=shot.use, storeys=shot.storeys, rooms=shot.rooms, difficulty=0.6)
    return generate_building(config, stream(shot.seed, "building"))


def sheet(rows: list[list[NDArray[np.uint8]]], path: Path) -> None:
    """A row a building, with thin white lines between pictures."""
    height, width, _ = rows[0][0].shape
    image = Image.new("RGB", (len(rows[0]) * (width + 4) - 4, len(rows) * (height + 4) - 4), "white")
    for i, row in enumerate(rows):
        for j, one in enumerate(row):
            image.paste(Image.fromarray(one), (j * (width + 4), i * (height + 4)))
    image.save(path, optimize=True)


def photo(seed: int) -> NDArray[np.uint8]:
    """What a victim sent in place of a text."""
    mission = make_mission(load_config("stage3", {"scenario": {"rescue": {"message": "photo"}}}))
    rgb = photo_of(mission.generate(np.random.default_rng(seed)))
    assert rgb is not None
    return rgb


def main() -> None:
    renderer = make_renderer("gl")
    sheet([pictures(renderer, shot) for shot in SHOTS], IMAGES / "rescue_buildings.png")
    school, small = drawn(SHOTS[2]), load_building(CONFIGS / "rooms2022.yaml")
    plans = [[plan_picture(renderer, school, 0)], [plan_picture(renderer, school, 1)], [plan_picture(renderer, small, 0)]]
    sheet(plans, IMAGES / "rescue_buildings_plans.png")
    sheet([[photo(seed) for seed in (0, 2, 3)]], IMAGES / "rescue_photos.png")
    renderer.close()


if __name__ == "__main__":
    main()
