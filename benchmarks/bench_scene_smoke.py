"""What smoke in rooms costs: pictures of a burning building of 20 rooms with 0, 8 and 24 cuboids of smoke, side by side.

python benchmarks/bench_scene_smoke.py [--rounds n]

The building has a corridor with ten rooms on either side, furniture, twelve people, and flames in two rooms; the camera
looks along the corridor, or into a room. The light is that of the day without firelight, which has a line of its own.
"""

import math
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from measure import Bound, options, report, take_turns, timed

from goldentime.envs.fire.plan import FirePlan, Fuel, Ignition
from goldentime.envs.hazards.flames import Flame
from goldentime.envs.hazards.lights import Lighting
from goldentime.envs.level import Box, Level, Opening, Room
from goldentime.envs.people.person import Person
from goldentime.envs.render.frame import Renderer, View, make_frame, make_renderer
from goldentime.envs.scenario import DroneSpec, Prop, Scenario
from goldentime.types import DroneState, FireState, WorldState

WIDE, DEEP, HIGH, HALF, DOOR = 3.0, 4.0, 2.8, 1.0, 0.9
"""[m] of rooms, half of the corridor's width, and of doors."""
PER_SIDE = 10
ROOMS = 2 * PER_SIDE
SIZE = (320, 240)
BOXES = (0, 8, 24)
REPEATS = 5


def building() -> Scenario:
    """The rooms, what stands and who is in them."""
    rooms = [Room(lower=(0.0, -HALF, 0.0), upper=(PER_SIDE * WIDE, HALF, HIGH), materials=("plaster",) * 6)]
    solids, props, people = list(_shell()), [], []
    for i in range(ROOMS):
        side, x = (1.0 if i % 2 else -1.0), WIDE * (i // 2)
        low, high = sorted((side * (HALF + 0.1), side * (HALF + DEEP)))
        lower, upper = (x + 0.05, low, 0.0), (x + WIDE - 0.05, high, HIGH)
        rooms.append(Room(lower=lower, upper=upper, materials=("plaster",) * 6))
        solids += _walls(x, side)
        middle = (x + 0.5 * WIDE, side * (HALF + 0.6 * DEEP), 0.0)
        props.append(Prop(asset="sofa-0", position=(middle[0], middle[1] + side, 0.0), yaw=-side * 1.57))
        if i < 12:
            assets = {"standing": f"man-{i % 4}-standing", "lying_side": f"man-{i % 4}-lying_side"}
            people.append(Person(kind="man", assets=assets, position=middle, posture="standing", room=1 + i))
    fuels = tuple(Fuel(room=room, position=(0.0, 0.0, 0.5), growth="fast", peak_w=1.5e6, energy_j=4e8) for room in (12, 15))
    flames = tuple(
        Flame(position=(*_centre(rooms[fuel.room], 0.3 * k), 0.3), radius_m=0.4, height_m=1.5, seed=k, embers=8, fuel=i)
        for i, fuel in enumerate(fuels)
        for k in range(3)
    )
    plan = FirePlan(fuels=fuels, ignitions=(Ignition(fuel=0),))
    drone = DroneSpec(airframe="scout", position=(1.0, 0.0, 1.5))
    level = Level(solids=tuple(solids), rooms=tuple(rooms), openings=tuple(_door(i) for i in range(ROOMS)))
    return Scenario(
        mission="bench", level=level, drones=(drone,), props=tuple(props), people=tuple(people), flames=flames, fire=plan,
        time_limit_s=1.0, task={},
    )  # fmt: skip


def _centre(room: Room, off_m: float) -> tuple[float, float]:
    (ax, ay, _), (bx, by, _) = room.lower, room.upper
    return 0.5 * (ax + bx) + off_m, 0.5 * (ay + by)


def _wall(x: float, y: float, sx: float, sy: float, z: float = 0.5 * HIGH, sz: float = HIGH) -> Box:
    return Box(centre=(x, y, z), size=(sx, sy, sz), semantic="wall", material="plaster")


def _shell() -> tuple[Box, ...]:
    long, wide = PER_SIDE * WIDE, 2.0 * (HALF + DEEP)
    return (
        _wall(0.5 * long, 0.0, long, wide, HIGH + 0.1, 0.2),
        *(_wall(0.5 * long, side * (HALF + DEEP + 0.1), long, 0.2) for side in (-1.0, 1.0)),
        *(_wall(x, 0.0, 0.2, wide) for x in (-0.1, long + 0.1)),
    )


def _walls(x: float, side: float) -> list[Box]:
    """Of one room: beside its neighbour, and along the corridor with a door in the middle."""
    y, part = side * (HALF + 0.05), 0.5 * (WIDE - DOOR)
    return [
        _wall(x + WIDE, side * (HALF + 0.5 * DEEP), 0.1, DEEP),
        _wall(x + 0.5 * part, y, part, 0.1),
        _wall(x + WIDE - 0.5 * part, y, part, 0.1),
        _wall(x + 0.5 * WIDE, y, DOOR, 0.1, 2.4, 0.8),
    ]


def _door(i: int) -> Opening:
    centre = (WIDE * (i // 2) + 0.5 * WIDE, (1.0 if i % 2 else -1.0) * (HALF + 0.05), 1.0)
    return Opening(rooms=(0, 1 + i), centre=centre, size=(DOOR, 0.1, 2.0))


def burning(boxes: int) -> FireState:
    """Smoke in so many layers, two a room; the corridor and the rooms nearest to the camera first."""
    rooms = 1 + ROOMS
    smoky = np.arange(rooms) < boxes / 2
    zero = np.zeros(rooms)
    return FireState(
        np.where(smoky, 1.7, HIGH), np.where(smoky, 480.0, 293.15), np.where(smoky, 310.0, 293.15),
        0.8 * smoky, 0.06 * smoky, *(zero,) * 6, np.array([1.2e6, 0.0]),
    )  # fmt: skip


def state(boxes: int | None) -> WorldState:
    """An instant with so many layers of smoke, or without a fire."""
    drone = DroneState((1.0, 0.0, 1.5), (0.0, 0.0, 0.0, 1.0), *((0.0,) * 3,) * 3, (0.0,) * 4, 1.0, 12.0, (), 0.0)
    return WorldState(0.5, (drone,), (), (), burning(boxes) if boxes is not None else None)


def looking(eye: tuple[float, float, float], yaw: float) -> View:
    return View(eye, (math.cos(yaw), math.sin(yaw), 0.0), (0.0, 0.0, 1.0), *SIZE, math.radians(80.0), 100.0, 0)


VIEWS = {"corridor": looking((0.5, 0.0, 1.5), 0.0), "room": looking((6.5, 0.3, 1.5), -1.2)}


def drawing(view: View, scenario: Scenario, boxes: int | None) -> Callable[[], float]:
    """A case: colour, depth and ids."""
    frame, renderer, instants = make_frame(*SIZE), _loaded(scenario), _instants(boxes)
    return timed(lambda: renderer.render(view, next(instants), frame), REPEATS)


def feeling(view: View, scenario: Scenario, boxes: int | None) -> Callable[[], float]:
    """A case: a thermal picture."""
    kelvin, renderer, instants = np.zeros(SIZE[::-1], np.float32), _loaded(scenario), _instants(boxes)
    return timed(lambda: renderer.thermal(view, next(instants), kelvin), REPEATS)


def _loaded(scenario: Scenario) -> Renderer:
    renderer = make_renderer("gl")
    renderer.load(scenario)
    return renderer


def _instants(boxes: int | None) -> Iterator[WorldState]:
    """A new instant each time: what is computed once per instant counts."""
    return cycle([state(boxes) for _ in range(2)])


def main() -> int:
    # Mesa reads it when the context is made: one thread, so that processor time is time on the clock.
    os.environ["LP_NUM_THREADS"] = "0"
    args = options(__doc__.splitlines()[0], rounds=5).parse_args()
    scenario = building()
    lit, calm = replace(scenario, light=Lighting(daylight=0.4, firelight=True)), replace(scenario, fire=None)
    cases: dict[str, Callable[[], float]] = {}
    bounds = []
    for name, view in VIEWS.items():
        cases[f"{name}, unbounded programs"] = drawing(view, calm, None)
        for boxes in BOXES:
            cases[f"{name}, {boxes} boxes"] = drawing(view, scenario, boxes)
            bounds.append(Bound(f"{name}, {boxes} over none", f"{name}, {boxes} boxes", f"{name}, unbounded programs"))
        cases[f"{name}, 24 boxes, firelight"] = drawing(view, lit, 24)
        for boxes in BOXES:
            cases[f"{name}, thermal, {boxes} boxes"] = feeling(view, scenario, boxes)
    times = take_turns(cases, args.rounds)
    return 0 if report("One picture of a building of 20 rooms, 320x240", times, bounds, as_json=args.json) else 1


if __name__ == "__main__":
    sys.exit(main())
