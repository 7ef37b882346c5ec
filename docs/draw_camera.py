"""Draws the pictures of docs/camera.md.

python docs/draw_camera.py
"""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from goldentime.envs.hazards.flames import Flame
from goldentime.envs.hazards.lights import Lamp, Lighting
from goldentime.envs.hazards.smoke import SmokeLayer, SmokeLayers
from goldentime.envs.level import Box, Level
from goldentime.envs.render.frame import Frame, Renderer, View, make_frame, make_renderer
from goldentime.envs.scenario import DroneSpec, Prop, Scenario
from goldentime.envs.sensors.camera_exposure import AutoExposure, Meter, develop
from goldentime.envs.sensors.camera_optics import make_lens, vignette
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
    frame = make_frame(at.width, at.height)
    renderer.load(scenario)
    renderer.render(at, start(scenario, time_s), frame)
    return frame


def start(scenario: Scenario, time_s: float = 0.4) -> WorldState:
    """All drones where they start, and the kits on them."""
    drones = []
    for drone in scenario.drones:
        turn = (0.0, 0.0, math.sin(0.5 * drone.yaw), math.cos(0.5 * drone.yaw))
        drones.append(DroneState(drone.position, turn, ZERO, ZERO, ZERO, (0.0,) * 4, 1.0, 12.0, (), 0.0))
    kits = tuple(KitState(scenario.drones[kit.carrier].position, ZERO, kit.carrier) for kit in scenario.kits)
    return WorldState(time_s, tuple(drones), kits)


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


def heat(kelvin: np.ndarray) -> np.ndarray:
    """Temperatures from 293 to 900 K as colours from black through red to white, on a logarithmic scale."""
    share = np.clip(np.log(np.maximum(kelvin - 290.0, 1.0) / 2.5) / np.log(610.0 / 2.5), 0.0, 1.0)
    levels = np.stack([np.interp(share, (0.0, 0.25, 0.5, 0.75, 1.0), row) for row in _HEAT], -1)
    return levels.astype(np.uint8)


_HEAT = ((0, 90, 220, 255, 255), (0, 10, 60, 170, 255), (20, 110, 40, 20, 230))


def thermal(renderer: Renderer, scenario: Scenario, at: View) -> list[np.ndarray]:
    """The same in colour and as temperatures."""
    colour = picture(renderer, scenario, at).rgb
    kelvin = np.zeros((at.height, at.width), np.float32)
    renderer.thermal(at, start(scenario), kelvin)
    return [colour, heat(kelvin)]


def lens(renderer: Renderer, scenario: Scenario, at: View) -> list[np.ndarray]:
    """Plain; turning at 2 rad/s with the shutter open for 20 ms; a barrel lens with a vignette; dazzled by a flame."""
    before = view(at.eye, -0.04)
    plain = picture(renderer, scenario, at)
    blurred = picture(renderer, scenario, at._replace(opened=(at.eye, before.forward, before.up))).rgb
    barrel = make_lens(SIZE, at.fov_rad, -0.1)
    wide = picture(renderer, scenario, at._replace(width=barrel.width, height=barrel.height, fov_rad=barrel.fov_rad))
    bent = np.zeros_like(plain.rgb)
    barrel.mix_colour(wide.rgb, bent)
    none = np.zeros(plain.semantic.shape, np.uint8)
    develop(bent, none, vignette(SIZE, at.fov_rad, 1.0), None, 0.0)
    near = picture(renderer, scenario, view((6.3, -1.0, 1.2), -0.1))
    dazzled = near.rgb.copy()
    develop(dazzled, near.semantic, None, Meter(AutoExposure()), 0.0)
    return [plain.rgb, blurred, bent, dazzled]


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
    burning = replace(room, flames=tuple(replace(flame, embers=25) for flame in room.flames))
    fire = replace(burning, light=Lighting(daylight=0.2, firelight=True))
    lamps = (Lamp(position=(3.0, 0.0, 2.4), power=0.8), Lamp(position=(9.0, 0.0, 2.4), power=0.8, colour=(0.8, 0.9, 1.0)))
    lamped = replace(room, flames=(), light=Lighting(daylight=0.15, lamps=lamps))
    sunny = picture(renderer, course, places[0]._replace(shadows=True)).rgb
    lit = [picture(renderer, scenario, at).rgb for scenario in (lamped, fire, replace(fire, smoke=smoke(SMOKES[2])))]
    save("camera_light", [sunny, *lit], 2)
    hot = SmokeLayers(
        layers=(
            SmokeLayer(bottom_m=0.0, top_m=1.8, extinction_per_m=0.5, colour=(0.3,) * 3, temperature_k=300.0),
            SmokeLayer(bottom_m=1.8, top_m=3.0, extinction_per_m=1.5, colour=(0.15,) * 3, temperature_k=380.0),
        )
    )
    save("camera_thermal", [*thermal(renderer, room, at), *thermal(renderer, replace(room, smoke=hot), at)], 2)
    save("camera_lens", lens(renderer, burning, at), 2)
    renderer.close()


if __name__ == "__main__":
    main()
