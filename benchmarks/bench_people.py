"""What people cost: one step of 100 ms of a crowd, and a look ahead at everybody's fate.

python benchmarks/bench_people.py

Twelve rooms with a fire in one, hot smoke in all; half of the people wander, some follow a drone among 500 solids. The look
ahead covers 15 minutes.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from measure import Bound, options, report, take_turns, timed

from goldentime.envs.fire.plan import Fuel
from goldentime.envs.level import Box, Level, Room
from goldentime.envs.people.crowd import Crowd
from goldentime.envs.people.fate import fate
from goldentime.envs.people.person import Behaviour, Person
from goldentime.types import DroneState, FireState, KitState

ROOMS, SOLIDS = 12, 500
BARE = ("", "", "", "", "", "")
POSTURES = ("standing", "walking", "sitting", "lying_side")
FUELS = (Fuel(room=0, position=(1.0, 1.0, 0.5), growth="fast", peak_w=1e6, energy_j=1e9),)
STEPS = 300


def level() -> Level:
    """Rooms in a row with much furniture along their walls."""
    rooms = tuple(Room(lower=(6.0 * i, 0.0, 0.0), upper=(6.0 * i + 5.9, 6.0, 3.0), materials=BARE) for i in range(ROOMS))
    places = np.linspace(0.2, 6.0 * ROOMS - 0.2, SOLIDS)
    return Level(rooms=rooms, solids=tuple(Box(centre=(float(x), 5.8, 0.5), size=(0.1, 0.3, 1.0)) for x in places))


def people(count: int, moving: Behaviour) -> list[Person]:
    """So many, every second of whom moves."""
    assets = {posture: f"man-0-{posture}" for posture in POSTURES}
    found = []
    for i in range(count):
        x = 6.0 * (i % ROOMS) + 2.0
        behaviour: Behaviour = moving if i % 2 else "stays"
        path = ((x, 2.0, 0.0), (x + 2.0, 2.0, 0.0), (x + 2.0, 4.0, 0.0))
        given = {"posture": "standing", "room": i % ROOMS, "behaviour": behaviour, "injury": 0.4 if i % 3 == 0 else 0.0}
        found.append(Person(kind="man", assets=assets, position=path[0], path=path, **given))
    return found


def air() -> FireState:
    """Smoke that harms too little for anybody to collapse while the clock runs: those who walk cost most."""
    each = np.ones(ROOMS)
    return FireState(
        1.2 * each, 330.0 * each, 295.0 * each, 0.5 * each, 0.05 * each, 1e-6 * each, 1e-7 * each, 0.01 * each,
        0.001 * each, 0.205 * each, 0.209 * each, np.array([1e4]),
    )  # fmt: skip


def main() -> int:
    args = options(__doc__ or "", 5).parse_args()
    place, state = level(), air()
    drones = [
        DroneState((6.0 * i + 4.0, 3.0, 1.5), (0, 0, 0, 1), *((0.0, 0.0, 0.0),) * 3, (), 1.0, 11.0, (), 0.0) for i in (1, 3)
    ]
    kits = [KitState((3.0 + 6.0 * i, 5.0, 0.1), (0.0, 0.0, 0.0), -1) for i in range(4)]
    cases = {}
    for count in (10, 40):
        crowd = Crowd(people(count, "wanders"), place, FUELS)
        cases[f"{count} people, fresh air"] = timed(lambda c=crowd: c.step(0.1), STEPS)
        smoky = Crowd(people(count, "wanders"), place, FUELS)
        cases[f"{count} people, fire"] = timed(lambda c=smoky: c.step(0.1, state), STEPS)
    full = Crowd(people(10, "follows"), place, FUELS)
    cases["10 people, fire, 2 drones, 4 kits"] = timed(lambda: full.step(0.1, state, drones, kits), STEPS)
    cases["fate of 10 people, 15 minutes"] = timed(lambda: fate(people(10, "wanders"), place, [(0.0, state)]), 1)
    bounds = [
        Bound("four times the people", "40 people, fire", "10 people, fire", at_most=3.5),
        Bound("what drones and kits add", "10 people, fire, 2 drones, 4 kits", "10 people, fire", at_most=4.0),
    ]
    times = take_turns(cases, args.rounds)
    return 0 if report("a step of people, in microseconds", times, bounds, as_json=args.json) else 1


if __name__ == "__main__":
    sys.exit(main())
