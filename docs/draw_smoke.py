"""Draws the pictures of burning buildings in docs/camera.md.

python docs/draw_smoke.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from dataclasses import replace

import numpy as np
from bench_scene_smoke import HIGH, ROOMS, building, looking
from draw_camera import heat, save

from goldentime.envs.hazards.lights import Lighting
from goldentime.envs.people.looks import start_of
from goldentime.envs.render.frame import Renderer, View, make_frame, make_renderer
from goldentime.envs.scenario import Scenario
from goldentime.types import DroneState, FireState, PersonState, WorldState

ORIGIN = WorldState(
    0.5, (DroneState((0.0,) * 3, (0.0, 0.0, 0.0, 1.0), *((0.0,) * 3,) * 3, (0.0,) * 4, 1.0, 12.0, (), 0.0),), ()
)
BURNING = (12, 15)
"""Rooms with fuel, both near the far end of the corridor."""


def fire(corridor: tuple[float, float, float], rooms: float, watts: tuple[float, float]) -> FireState:
    """Smoke under the corridor's ceiling (height of its lower border [m], extinction [1/m], temperature [K]), thick in the
    rooms that burn and in their neighbours with the extinction `rooms`, and clear air in the others."""
    layer, upper_k, extinction = np.full(1 + ROOMS, HIGH), np.full(1 + ROOMS, 293.15), np.zeros(1 + ROOMS)
    layer[0], extinction[0], upper_k[0] = corridor
    for room in range(9, 17):
        burns = room in BURNING and watts[BURNING.index(room)] > 0.0
        layer[room], extinction[room], upper_k[room] = (0.9, 3.0, 750.0) if burns else (1.3, rooms, 420.0)
    lower = 0.1 * extinction * (layer < HIGH)
    zero = np.zeros(1 + ROOMS)
    return FireState(
        layer, upper_k, np.where(layer < HIGH, 305.0, 293.15), extinction * (layer < HIGH), lower, *(zero,) * 6,
        np.array(watts),
    )  # fmt: skip


def both(renderer: Renderer, scenario: Scenario, at: View, now: WorldState) -> list[np.ndarray]:
    """In colour and as temperatures."""
    frame, kelvin = make_frame(at.width, at.height), np.zeros((at.height, at.width), np.float32)
    renderer.load(scenario)
    renderer.render(at, now, frame)
    renderer.thermal(at, now, kelvin)
    return [frame.rgb, heat(kelvin)]


def corridor(renderer: Renderer, scenario: Scenario) -> None:
    """The fire begins, has filled the far rooms, and has reached the corridor."""
    lit, at = replace(scenario, light=Lighting(daylight=0.7, firelight=True)), looking((8.0, 0.1, 1.5), 0.0)
    stages = (
        fire((HIGH, 0.0, 293.15), 0.0, (2e5, 0.0)),
        fire((2.1, 0.25, 340.0), 1.0, (1.5e6, 0.0)),
        fire((1.55, 0.9, 430.0), 2.0, (1.5e6, 1.2e6)),
    )
    people = crowd(scenario)
    pictures = [both(renderer, lit, at, ORIGIN._replace(fire=stage, people=people)) for stage in stages]
    save("camera_rooms", [pair[0] for pair in pictures] + [pair[1] for pair in pictures], 3)


def crowd(scenario: Scenario) -> tuple[PersonState, ...]:
    """All where they start, but for two who have come out into the corridor."""
    people = [start_of(person) for person in scenario.people]
    people[8] = people[8]._replace(position_m=(12.5, 0.4, 0.0), yaw_rad=3.0)
    people[9] = people[9]._replace(position_m=(16.0, -0.4, 0.0), yaw_rad=2.6)
    return tuple(people)


def collapse(renderer: Renderer, scenario: Scenario) -> None:
    """A person before and after they have collapsed in smoke, and with a triage tag."""
    at, people = looking((13.5, 0.3, 1.6), 1.5), [start_of(person) for person in scenario.people]
    at = at._replace(forward=(0.06, 0.97, -0.235), up=(0.0145, 0.2346, 0.972))
    down = people[9]._replace(posture="lying_side", condition="immediate", yaw_rad=0.6)
    steps = (
        (people[9]._replace(yaw_rad=-1.6), fire((HIGH, 0.0, 293.15), 0.0, (0.0, 0.0))),
        (down, fire((2.1, 0.2, 340.0), 0.7, (1e6, 0.0))),
        (down._replace(tag="immediate"), fire((2.1, 0.2, 340.0), 0.7, (1e6, 0.0))),
    )
    pictures = []
    for one, stage in steps:
        now = ORIGIN._replace(fire=stage, people=(*people[:9], one, *people[10:]))
        pictures.append(both(renderer, scenario, at, now))
    save("camera_people", [pair[0] for pair in pictures] + [pair[1] for pair in pictures], 3)


def main() -> None:
    renderer, scenario = make_renderer("gl"), building()
    corridor(renderer, scenario)
    collapse(renderer, scenario)
    renderer.close()


if __name__ == "__main__":
    main()
