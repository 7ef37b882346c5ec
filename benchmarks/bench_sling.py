"""What a load on ropes costs: a substep and a picture of two carriers with and without one.

python benchmarks/bench_sling.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import math
from collections.abc import Callable

from measure import Bound, options, report, take_turns, timed

from goldentime.control.cascade import START, Memory, make_controller
from goldentime.control.frames import to_body
from goldentime.envs.airframe import load_airframe
from goldentime.envs.bullet import BulletPhysics
from goldentime.envs.level import Box, Level
from goldentime.envs.physics import Command
from goldentime.envs.render.frame import Renderer, View, make_frame, make_renderer
from goldentime.envs.scenario import DroneSpec, LoadSpec, Scenario
from goldentime.types import ActionMode, NavState, WorldState

TICK_SUBSTEPS = 2
APART_M, HEIGHT_M = 1.2, 2.0
WALL = Level(solids=(Box(centre=(40.0, 0.0, 2.0), size=(0.2, 20.0, 4.0), semantic="wall", material="brick"),))


def hauling(load: bool) -> tuple[Scenario, BulletPhysics]:
    """Two carriers that stand on either side of a load, or of nothing."""
    drones = tuple(DroneSpec(airframe="carrier", position=(0.0, side * APART_M / 2, 0.1)) for side in (1, -1))
    loads = (LoadSpec(position=(0.0, 0.0, 0.1), drones=(0, 1)),) if load else ()
    scenario = Scenario(mission="bench", level=WALL, drones=drones, loads=loads, time_limit_s=1.0, task={})
    world = BulletPhysics(240.0)
    world.reset(scenario)
    return scenario, world


def fly(world: BulletPhysics, memories: list[Memory], seconds: float) -> WorldState:
    """Both rise and stay beside each other, by velocity commands; `memories` are their autopilots'."""
    dt_s = TICK_SUBSTEPS / 240.0
    control = make_controller(ActionMode.VELOCITY, load_airframe("carrier").vehicle, dt_s)
    for _ in range(round(seconds / dt_s)):
        commands = []
        for i, motion in enumerate(world.motions()):
            x, y, z = motion.position_m
            wanted = (-x, 1.5 * ((0.5 - i) * APART_M - y), max(-0.4, min(0.6, 1.5 * (HEIGHT_M - z))), 0.0)
            rates = to_body(motion.quaternion_xyzw, motion.angular_velocity_rad_s)
            nav = NavState(motion.position_m, motion.quaternion_xyzw, motion.velocity_m_s, rates)
            rotors, memories[i] = control(wanted, nav, memories[i])
            commands.append(Command(rotors, (0.0, 0.0, 0.0), False))
        world.apply(commands)
        world.advance(TICK_SUBSTEPS)
    return world.read()


def substep(load: bool) -> Callable[[], float]:
    """Microseconds of one substep at height, autopilots included."""
    _, world = hauling(load)
    memories = [START, START]
    fly(world, memories, 8.0)
    run = timed(lambda: fly(world, memories, 0.25), 1)
    return lambda: run() / 60


def picture(renderer: Renderer, load: bool) -> Callable[[], float]:
    """Microseconds of one picture of 320x240 of two carriers, with and without their load."""
    scenario, world = hauling(load)
    now, frame = fly(world, [START, START], 8.0), make_frame(320, 240)
    view = View((-2.0, 0.0, 1.6), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0), 320, 240, math.radians(90.0), 100.0)

    def draw() -> None:
        renderer.load(scenario)
        renderer.render(view, now, frame)

    draw()
    return timed(draw, 10)


def main() -> int:
    args = options(__doc__.splitlines()[0], rounds=15).parse_args()
    eyes = [make_renderer("gl"), make_renderer("gl")]
    cases = {
        "substep, no load": substep(load=False),
        "substep, load on taut ropes": substep(load=True),
        "picture, no load": picture(eyes[0], load=False),
        "picture, load and ropes": picture(eyes[1], load=True),
    }
    times = take_turns(cases, args.rounds)
    bounds = [
        Bound("load / no load, substep", "substep, load on taut ropes", "substep, no load", at_most=1.6),
        Bound("load / no load, picture", "picture, load and ropes", "picture, no load", at_most=1.3),
    ]
    good = report("Two carriers and a load, in microseconds", times, bounds, as_json=args.json)
    for eye in eyes:
        eye.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
