"""What a step of the fire model costs, by the number of rooms.

python benchmarks/bench_fire.py; with --plot FILE it draws the cost instead
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from collections.abc import Callable

from measure import Bound, options, report, take_turns, timed

from goldentime.envs.fire.plan import FirePlan, Fuel, Ignition
from goldentime.envs.fire.zone import ZoneModel
from goldentime.envs.level import OUTSIDE, Level, Opening, Room

MATERIALS = ("plaster",) * 6
ROOMS = (5, 10, 20, 40)
STEP = "the 100 ms of fire themselves"


def building(count: int) -> tuple[Level, FirePlan]:
    """A corridor with rooms on both sides, doors open, closed windows, two items in each room; one room burns."""
    pairs = (count - 1 + 1) // 2
    rooms = [Room(lower=(0.0, -1.0, 0.0), upper=(4.0 * pairs, 1.0, 2.7), materials=MATERIALS)]
    openings = [Opening(rooms=(0, OUTSIDE), centre=(0.0, 0.0, 1.0), size=(0.1, 1.0, 2.0))]
    fuels = []
    for i in range(1, count):
        side, x = (1.0 if i % 2 else -1.0), 4.0 * ((i - 1) // 2)
        near, far = sorted((1.1 * side, 5.0 * side))
        rooms.append(Room(lower=(x, near, 0.0), upper=(x + 3.9, far, 2.7), materials=MATERIALS))
        openings.append(Opening(rooms=(0, i), centre=(x + 1.0, 1.05 * side, 1.0), size=(0.9, 0.1, 2.0)))
        pane = {"centre": (x + 2.0, 5.05 * side, 1.5), "size": (1.5, 0.1, 1.0), "leaf": "glass", "open": 0.0}
        openings.append(Opening(rooms=(i, OUTSIDE), **pane))
        for dx in (1.0, 3.0):
            place = (x + dx, 3.0 * side, 0.4)
            fuels.append(Fuel(room=i, position=place, growth="fast", peak_w=1.5e6, energy_j=4e8))
    return Level(rooms=tuple(rooms), openings=tuple(openings)), FirePlan(fuels=tuple(fuels), ignitions=(Ignition(fuel=0),))


def stepping(count: int, repeats: int = 100) -> Callable[[], float]:
    """Microseconds per step, two minutes into the fire."""
    model = ZoneModel(*building(count))
    while model.time_s < 120.0:
        model.step()
    return timed(model.step, repeats)


def plot(file: Path, rounds: int) -> None:
    """Cost of a step by rooms: of the best round, which others disturbed least, and of the median one."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    times = take_turns({str(n): stepping(n) for n in ROOMS}, rounds)
    figure, axes = pyplot.subplots(figsize=(5, 3.2), layout="constrained")
    axes.plot(ROOMS, [sorted(times[str(n)])[rounds // 2] / 1000.0 for n in ROOMS], "o--", color="0.6", label="median")
    axes.plot(ROOMS, [min(times[str(n)]) / 1000.0 for n in ROOMS], "o-", label="best round")
    axes.axhline(1.0, color="tab:red", linewidth=0.8)
    axes.annotate("100 times real time", (5, 1.02), color="tab:red", fontsize=8)
    axes.set(xlabel="rooms", ylabel="processor time [ms per step of 100 ms]", ylim=(0.0, None), xticks=ROOMS)
    axes.legend(fontsize=8)
    axes.grid(alpha=0.3)
    figure.savefig(file, dpi=110)


def main() -> int:
    parser = options(__doc__.splitlines()[0], rounds=9)
    parser.add_argument("--plot", type=Path, help="draw the cost by rooms here")
    args = parser.parse_args()
    if args.plot:
        plot(args.plot, args.rounds)
        return 0
    names = {n: f"a step of {n} rooms" for n in ROOMS}
    cases = {**{names[n]: stepping(n) for n in ROOMS}, STEP: lambda: 1e5}
    bounds = [
        Bound("share of real time, 20 rooms", names[20], STEP, at_most=0.01),
        Bound("40 rooms to 5", names[40], names[5]),
    ]
    return 0 if report("The fire model, in microseconds", take_turns(cases, args.rounds), bounds, as_json=args.json) else 1


if __name__ == "__main__":
    sys.exit(main())
