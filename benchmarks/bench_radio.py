"""What radios cost in a step: received power between all of a team and the base, hops, and messages.

python benchmarks/bench_radio.py

A generated school of 20 rooms; drones at random places of its graph, the base before its door. Everybody sends 8 bytes at
every step. Beside it what setting the radios up costs at a reset.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from measure import Bound, options, report, take_turns, timed

from goldentime.envs.buildings.building import Building, BuildingConfig
from goldentime.envs.buildings.generate import generate_building
from goldentime.envs.level import Level, Point
from goldentime.envs.radio.config import RadioConfig
from goldentime.envs.radio.mesh import Radio
from goldentime.rng import stream
from goldentime.types import DroneState, WorldState

TEAMS = (2, 4, 6)
STEPS = 200
STEP_S = 0.1
ZERO = (0.0, 0.0, 0.0)
SAID = b"\1\2\3\4\5\6\7\10"


class Flight:
    """A team that jumps from place to place and talks all the time."""

    def __init__(self, building: Building, drones: int, *, level: Level | None = None) -> None:
        x, y, _ = building.entrance.position
        base: Point = (x, y - 6.0, 1.2)
        self.radio = Radio(RadioConfig(), level or building.level, drones, base)
        nodes, rng = building.graph.nodes, np.random.default_rng(drones)
        self.states = [self.state(i, [nodes[j] for j in rng.integers(len(nodes), size=drones)]) for i in range(STEPS)]
        self.said = [SAID] * drones
        self.number = 0

    @staticmethod
    def state(number: int, places: list[Point]) -> WorldState:
        drones = (DroneState(at, (0, 0, 0, 1), ZERO, ZERO, ZERO, (), 1.0, 12.0, (), 0.0) for at in places)
        return WorldState(STEP_S * number, tuple(drones), ())

    def step(self) -> None:
        self.number += 1
        state = self.states[self.number % STEPS]
        self.radio.follow(state._replace(time_s=STEP_S * self.number), self.said)


def main() -> int:
    args = options(__doc__ or "", 5).parse_args()
    # Of three storeys, with its stairs' railings: the costliest kind.
    config = BuildingConfig(use="school", rooms=20, storeys=3, difficulty=0.6)
    building = generate_building(config, stream(1, "building"))
    cases = {f"step, {drones} drones": timed(Flight(building, drones).step, STEPS) for drones in TEAMS}
    cases["step, 4 drones, nothing in the way"] = timed(Flight(building, 4, level=Level()).step, STEPS)
    cases["reset, 4 drones"] = timed(lambda: Radio(RadioConfig(), building.level, 4, None), 5)
    bounds = [
        Bound("6 drones (21 links) to 2 (3 links)", "step, 6 drones", "step, 2 drones", at_most=5.0),
        Bound("what walls add", "step, 4 drones", "step, 4 drones, nothing in the way"),
    ]
    title = f"radios among {len(building.level.solids) + len(building.level.glass)} primitives, in microseconds"
    return 0 if report(title, take_turns(cases, args.rounds), bounds, as_json=args.json) else 1


if __name__ == "__main__":
    sys.exit(main())
