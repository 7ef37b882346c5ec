"""What generating a building costs, and the proof that all of many are solvable.

`python benchmarks/bench_buildings.py` times buildings of 5 to 40 rooms, warm: processor time of one thread.
`python benchmarks/bench_buildings.py --proof 1000` draws that many, of all difficulties, and flies each graph anew: every
edge at 5 cm steps at least a hull's radius from everything, every room that is not sealed on it, every spot in view.
"""

import argparse
import sys
import time
from collections import Counter

import numpy as np

from goldentime.envs.buildings.building import HULL_M, Building, BuildingConfig
from goldentime.envs.buildings.generate import generate_building
from goldentime.envs.buildings.graph import edge_clearance_m, reached
from goldentime.rng import stream

ROOMS = (5, 10, 20, 40)
ROUNDS = 8
LIMIT_S = 5.0


def timed(config: BuildingConfig, seed: int) -> tuple[Building, float]:
    begun = time.process_time()
    building = generate_building(config, stream(seed, "building"))
    return building, time.process_time() - begun


def costs() -> None:
    base = 0.0
    print("rooms  storeys  solids  median s   worst s  of 5 rooms")
    for rooms in ROOMS:
        config = BuildingConfig(rooms=rooms, difficulty=0.7)
        for seed in range(ROUNDS):
            timed(config, seed)
        runs = [timed(config, seed) for seed in range(ROUNDS)]
        median = float(np.median([seconds for _, seconds in runs]))
        base = base or median
        solids, storeys = (float(np.mean(part)) for part in zip(*map(_size, runs), strict=True))
        worst = max(seconds for _, seconds in runs)
        print(f"{rooms:5d}  {storeys:7.1f}  {solids:6.0f}  {median:8.3f}  {worst:8.3f}  {median / base:9.1f}x")


def _size(run: tuple[Building, float]) -> tuple[int, int]:
    return len(run[0].level.solids), len(run[0].storeys)


def fault(building: Building) -> str:
    """What is wrong with a building; empty where it is solvable."""
    graph = building.graph
    if edge_clearance_m(building.level, graph).min() < HULL_M:
        return "an edge is too near to something"
    if len(reached(len(graph.nodes), graph.edges, building.entrance.node)) != len(graph.nodes):
        return "the graph is in pieces"
    inside = set(graph.rooms)
    if any(facts.sealed == (number in inside) for number, facts in enumerate(building.compartments)):
        return "a room is told sealed and is not, or the other way round"
    if any(graph.rooms[spot.node] != spot.room for spot in building.spots):
        return "a spot is seen from another room only"
    return "" if building.spots else "there are no spots"


def proof(count: int) -> int:
    times, faults, rooms, sealed, bare = [], [], 0, 0, 0
    uses: Counter[tuple[str, int]] = Counter()
    for seed in range(count):
        building, seconds = timed(BuildingConfig(difficulty=seed % 11 / 10), seed)
        times.append(seconds)
        wrong = fault(building)
        if wrong:
            faults.append(f"seed {seed}: {wrong}")
        own = [(number, facts) for number, facts in enumerate(building.compartments) if facts.kind == "room"]
        held = {spot.room for spot in building.spots}
        rooms += len(own)
        sealed += sum(facts.sealed for _, facts in own)
        bare += sum(not facts.sealed and number not in held for number, facts in own)
        uses[building.use, len(building.storeys)] += 1
    print("\n".join(faults))
    print(f"{count - len(faults)} of {count} solvable; {rooms} rooms, {sealed} sealed, {bare} others without a spot")
    print(f"median {np.median(times):.3f} s, 99 % {np.quantile(times, 0.99):.3f} s, slowest {max(times):.3f} s")
    print(", ".join(f"{use} of {storeys}: {number}" for (use, storeys), number in sorted(uses.items())))
    return int(bool(faults) or max(times) > LIMIT_S)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--proof", type=int, default=0, metavar="N", help="draw and prove so many")
    args = parser.parse_args()
    if args.proof:
        return proof(args.proof)
    costs()
    return 0


if __name__ == "__main__":
    sys.exit(main())
