"""What hearing costs: one step of 100 ms of the sensor `microphones`, all moving, and clips without physics.

python benchmarks/bench_microphones.py

An array flies through a furnished room of 10 x 8 x 3 m among three sources that walk. "Calls" are rendered apart from all
else and from one another while they overlap, so that their signal-to-noise ratio is known; "bystanders" are not.
"""

import math
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import numpy as np
from measure import options, report, take_turns, timed

from goldentime.envs.acoustics.clip import render_clip, sound_scene
from goldentime.envs.acoustics.ear import HearingSpec
from goldentime.envs.acoustics.hover import hover_flight
from goldentime.envs.acoustics.sounds import Sounding, Source, Waypoint
from goldentime.envs.airframe import load_airframe
from goldentime.envs.level import Level, Room
from goldentime.envs.pointmass import PointMassPhysics
from goldentime.envs.scenario import Scenario
from goldentime.envs.sensors.base import Mount, SensorConfig, SensorSuite, Stage
from goldentime.envs.speech.bank import load_bank
from goldentime.types import WorldState

STEP_US = 1e5
SCOUT = load_airframe("scout")
PLASTER = ("plaster", "plaster", "plaster", "glass", "linoleum", "plaster")
ROOM = Level(rooms=(Room(lower=(-4.0, -3.0, 0.0), upper=(6.0, 5.0, 3.0), materials=PLASTER, absorption_m2=8.0),))
LONG_S = 20.0


def source(kind: Any, start: tuple[float, float, float], calls: bool) -> Source:
    """One that walks 4 m there and back in 20 s, and never falls silent."""
    x, y, z = start
    path = tuple(
        Waypoint(time_s=t, position=(x, y + 2.0 * abs(t % 10.0 - 5.0) / 5.0, z)) for t in np.arange(0.0, 40.0, 5.0)
    )
    return Source(kind=kind, path=path, soundings=(Sounding(start_s=0.0, duration_s=1e4, level_db=80.0),), calls=calls)


def scene(calls: int, others: int) -> Scenario:
    """So many sources that call, synthesised like the rest, and so many that do not."""
    places = [(3.0, 1.0, 1.5), (-3.0, 0.0, 1.5), (2.0, -2.0, 0.5)]
    kinds = ["siren", "siren", "fire"]
    return sound_scene(ROOM, tuple(source(kinds[i], places[i], i < calls) for i in range(calls + others)))


def flight() -> list[WorldState]:
    """A drone that circles."""
    states = hover_flight(SCOUT, (0.0, 0.0, 1.8), 0.0, LONG_S, np.random.default_rng(0))
    moved = []
    for i, state in enumerate(states):
        x, y, z = state.drones[0].position_m
        angle = 2.0 * math.pi * i / len(states)
        place = (x + 2.0 * math.cos(angle), y + 2.0 * math.sin(angle), z)
        moved.append(state._replace(drones=(state.drones[0]._replace(position_m=place),)))
    return moved


def step(scenario: Scenario, array: str, rate: int = 16_000, order: int = 3) -> Callable[[], float]:
    """Microseconds of one reading."""
    stage = Stage()
    given = {"array": array, "sample_rate_hz": rate, "order": order, "calibration_s": 0.0}
    config = SensorConfig(kind="microphones", hz=10.0, options=given)
    suite = SensorSuite({"ears": config}, Mount(0, SCOUT, PointMassPhysics(), stage), 10.0, contest=False)
    stage.begin(scenario)
    suite.reset(0, 0)
    states = endless(flight())
    return timed(lambda: suite.read(next(states)), 20)


def endless(states: list[WorldState]) -> Iterator[WorldState]:
    """The flight again and again, while time goes on."""
    for i, state in enumerate(cycle(states)):
        yield state._replace(time_s=0.1 * i)


def clip(array: str) -> Callable[[], float]:
    """Microseconds per 100 ms of a clip of 3 s with one call, fire, and the stems; all set-up counts."""
    bank = load_bank()
    rng = np.random.default_rng(0)
    said = bank.pick(rng, split="train", kind="call")
    call = Source(
        kind="man",
        path=(Waypoint(time_s=0.0, position=(3.0, 1.0, 1.5)),),
        soundings=(Sounding(start_s=0.5, duration_s=said.duration_s, clip=said.id, level_db=85.0),),
        calls=True,
    )
    fire = source("fire", (2.0, -2.0, 0.5), calls=False)
    scenario = sound_scene(ROOM, (call, fire))
    states = hover_flight(SCOUT, (0.0, 0.0, 1.8), 0.0, 3.0, rng)
    spec = HearingSpec(array=array, calibration_s=0.0, snr_db=0.0)
    run = timed(lambda: render_clip(scenario, states, spec, bank.audio, rng), 1)
    return lambda: run() / 30.0


def main() -> int:
    args = options(__doc__.splitlines()[0], rounds=9).parse_args()
    four = "tetrahedron"
    cases = {
        "4 microphones, own rotors and wind alone": step(scene(0, 0), four),
        "4 microphones, 3 bystanders": step(scene(0, 3), four),
        "4 microphones, 1 call, 2 bystanders": step(scene(1, 2), four),
        "4 microphones, 2 calls at once, 1 bystander": step(scene(2, 1), four),
        "8 microphones, 1 call, 2 bystanders": step(scene(1, 2), "spcup2019"),
        "4 microphones at 48 kHz, 1 call, 2 bystanders": step(scene(1, 2), four, 48_000),
        "8 microphones, clip of 3 s, pinned call and fire": clip("spcup2019"),
    }
    times = take_turns(cases, args.rounds)
    report("100 ms of hearing, in microseconds", times, [], as_json=args.json)
    if not args.json:
        for name, values in times.items():
            print(f"{name:52s} {STEP_US / statistics.median(values):6.1f} x real time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
