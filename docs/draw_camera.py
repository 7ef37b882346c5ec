"""Draws the pictures of docs/camera.md.

python docs/draw_camera.py
"""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from goldentime.envs.hazards.flames import Flame
from goldentime.envs.hazards.smoke import SmokeLayer, SmokeLayers
from goldentime.envs.level import Box, Level
from goldentime.envs.render.frame import Frame, Renderer, View, make_frame, make_renderer
from goldentime.envs.scenario import DroneSpec, Prop, Scenario
from goldentime.missions.registry import load_config, make_mission
from goldentime.rng import stream
from goldentime.types import DroneState, KitState, WorldState

IMAGES = Path(__file__).parent / "img"
SIZE = (320, 240)
ZERO = (0.0, 0.0, 0.0)


def view(eye: tuple[float, float, float], yaw: float, pitch: float = 0.0) -> View:
    level, rise = math.cos(pitch), math.sin(pitch)
    forward, up = ((math.cos(yaw) * a, math.sin(yaw) * a, b) for a, b in ((level, rise), (-rise, level)))
    return View(eye, forward, up, *SIZE, math.radians(85.0), 100.0)


def picture(renderer: Renderer, scenario: Scenario, at: View, time_s: float = 0.4) -> Frame:
    drones = []
    for drone in scenario.drones:
        turn = (0.0, 0.0, math.sin(0.5 * drone.yaw), math.cos(0.5 * drone.yaw))
        drones.append(DroneState(drone.position, turn, ZERO, ZERO, ZERO, (0.0,) * 4, 1.0, 12.0, (), 0.0))
    kits = tuple(KitState(scenario.drones[kit.carrier].position, ZERO, kit.carrier) for kit in scenario.kits)
    frame = make_frame(*SIZE)
    renderer.load(scenario)
    renderer.render(at, WorldState(time_s, tuple(drones), kits), frame)
    return frame


def save(name: str, pictures: list[np.ndarray], columns: int) -> None:
    """A sheet of pictures with thin white lines between them."""
    width, height = SIZE
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (width + 4) - 4, rows * (height + 4) - 4), "white")
    for i, image in enumerate(pictures):
        sheet.paste(Image.fromarray(image), (i % columns * (width + 4), i // columns * (height + 4)))
    sheet.save(IMAGES / f"{name}.png", optimize=True)


def corridor() -> Scenario:
    """Twelve metres of corridor with a fire at its end, people and a firefighter."""
    walls = (
        ((6.0, 2.6, 1.4), (16.0, 0.2, 2.8)), ((6.0, -2.6, 1.4), (16.0, 0.2, 2.8)),
        ((12.0, 0.0, 1.4), (0.2, 5.0, 2.8)), ((6.0, 0.0, 2.9), (16.0, 5.4, 0.2)),
    )  # fmt: skip
    level = Level(solids=tuple(Box(centre=c, size=s, semantic="wall", material="plaster") for c, s in walls))
    props = (
        Prop(asset="man-0-lying_back", position=(4.0, -0.8, 0.0), yaw=2.0),
        Prop(asset="woman-1-waving", position=(6.5, 1.2, 0.0), yaw=3.1),
        Prop(asset="firefighter-0-crouching", position=(5.0, 0.4, 0.0), yaw=2.5),
    )
    flames = tuple(
        Flame(position=place, radius_m=radius, height_m=height, seed=i)
        for i, (place, radius, height) in enumerate(
            [((8.0, -1.5, 0.0), 0.4, 1.3), ((8.4, -1.1, 0.0), 0.3, 0.9), ((10.0, 1.5, 0.0), 0.5, 1.8)]
        )
    )
    drone = DroneSpec(airframe="scout", position=(-5.0, 0.0, 1.2))
    return Scenario(mission="doc", level=level, drones=(drone,), props=props, flames=flames, time_limit_s=1.0, task={})


SMOKES: list[tuple[tuple[float, float, float, float], ...]] = [
    (),
    ((0.0, 3.0, 0.12, 0.42),),
    ((0.0, 1.4, 0.04, 0.4), (1.4, 1.9, 0.35, 0.2), (1.9, 3.0, 1.5, 0.1)),
    ((0.0, 3.0, 0.7, 0.3),),
]
"""Clear, hazy, layered and dense: bottom, top [m], extinction [1/m] and grey of each layer."""


def smoke(layers: tuple[tuple[float, float, float, float], ...]) -> SmokeLayers | None:
    made = [SmokeLayer(bottom_m=a, top_m=b, extinction_per_m=k, colour=(grey,) * 3) for a, b, k, grey in layers]
    return SmokeLayers(layers=tuple(made)) if made else None


def false_colours(numbers: np.ndarray) -> np.ndarray:
    """Different numbers in different colours."""
    colours = np.random.default_rng(4).integers(40, 255, (256, 3), dtype=np.uint8)
    return colours[numbers.astype(int) * 37 % 256]


def main() -> None:
    renderer = make_renderer("gl")
    course = make_mission(load_config("course2020")).generate(stream(1, "scenario"))
    x, y, _ = course.drones[0].position
    pane = course.level.glass[0].centre
    places = [
        view((x - 3.0, y - 3.0, 9.0), 0.6, -0.6), view((x, y, 1.2), course.drones[0].yaw),
        view((8.0, 16.0, 1.4), 0.2), view((pane[0] + 3.0, pane[1] + 0.6, 1.6), math.pi),
    ]  # fmt: skip
    save("camera_course", [picture(renderer, course, at).rgb for at in places], 2)
    room, at = corridor(), view((0.0, 0.0, 1.2), 0.0)
    save("camera_smoke", [picture(renderer, replace(room, smoke=smoke(layers)), at).rgb for layers in SMOKES], 2)
    frame = picture(renderer, room, at)
    depth = np.repeat((255.0 * np.clip(1.0 - frame.depth / 13.0, 0.0, 1.0)).astype(np.uint8)[..., None], 3, axis=2)
    parts = [frame.rgb, depth, false_colours(frame.instance), false_colours(frame.semantic)]
    save("camera_parts", parts, 2)
    renderer.close()


if __name__ == "__main__":
    main()
