"""How the cost of a substep grows with the level and with the number of drones, and what a reset costs.

python benchmarks/bench_world.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import statistics
from collections.abc import Callable

import numpy as np
from measure import Bound, options, report, take_turns, timed

from goldentime.envs.airframe import load_airframe
from goldentime.envs.bullet import BulletPhysics
from goldentime.envs.level import Box, Level
from goldentime.envs.physics import Command
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.missions.registry import make_env, mission_names

RESET_MS = 50.0
SUBSTEPS = 8


def boxes(count: int) -> Level:
    """Boxes of 0.2 to 1 m at random over 60 m by 60 m, none where the drone is."""
    rng = np.random.default_rng(0)
    solids = []
    while len(solids) < count:
        x, y, z = rng.uniform((-30, -30, 0), (30, 30, 6)).tolist()
        if max(abs(x), abs(y)) > 2.0:
            size = rng.uniform(0.2, 1.0, 3).tolist()
            solids.append(Box(centre=(x, y, z), size=tuple(size), yaw=float(rng.uniform(0, 3))))
    return Level(solids=tuple(solids))


def substep(level: Level, drones: int) -> Callable[[], float]:
    """Microseconds of one substep with hovering drones, 3 m apart."""
    specs = tuple(DroneSpec(airframe="cf2x", position=(0.0, 3.0 * i, 3.0)) for i in range(drones))
    world = BulletPhysics(240.0)
    world.reset(Scenario(mission="bench", level=level, drones=specs, time_limit_s=1.0, task={}))
    speed = load_airframe("cf2x").hover_rotor_speed_rad_s
    commands = [Command((speed,) * 4, (0.0, 0.0, 0.0), False)] * drones

    def tick() -> None:
        world.apply(commands)
        world.advance(SUBSTEPS)

    run = timed(tick, 100)
    return lambda: run() / SUBSTEPS


def resets() -> dict[str, Callable[[], float]]:
    """A reset of each mission that is flown through Gymnasium."""
    cases = {}
    for name in ("hover", "course2020"):
        if name in mission_names():
            env = make_env(name)
            seeds = iter(range(10**9))
            cases[f"reset {name}"] = timed(lambda env=env, seeds=seeds: env.reset(seed=next(seeds)), 3)
    return cases


def main() -> int:
    args = options(__doc__.splitlines()[0], rounds=15).parse_args()
    cases = {
        "substep, empty world, 1 drone": substep(Level(), 1),
        "substep, 1,000 boxes, 1 drone": substep(boxes(1000), 1),
        "substep, empty world, 8 drones": substep(Level(), 8),
        **resets(),
    }
    times = take_turns(cases, args.rounds)
    bounds = [
        Bound("1,000 boxes / empty", "substep, 1,000 boxes, 1 drone", "substep, empty world, 1 drone", at_most=2.0),
        Bound("8 drones / 1 drone", "substep, empty world, 8 drones", "substep, empty world, 1 drone", at_most=6.0),
    ]
    good = report("Worlds, in microseconds", times, bounds, as_json=args.json)
    if "reset course2020" in times:
        took_ms = statistics.median(times["reset course2020"]) / 1000
        good = good and took_ms <= RESET_MS
        if not args.json:
            print(f"  {'reset of course2020':<44} {took_ms:>12.1f} ms   at most {RESET_MS:g}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
