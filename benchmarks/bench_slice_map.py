"""What a plan of a storey costs: a lidar scan taken in, what was looked at, and the flood over all that is known.

python benchmarks/bench_slice_map.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import math

import numpy as np
from measure import Bound, options, report, take_turns, timed

from goldentime.control.planner import Grid, Space, clearance, flood
from goldentime.perception.navigation import Scan
from goldentime.perception.slice_map import Band, SliceMap

COLUMNS, ELEVATIONS_DEG = 120, (-30.0, -10.0, 0.0, 10.0, 30.0)
SCAN, LOOK, FLOOD, STEP = "a scan of 600 beams", "a look", "clearance and flood", "the 100 ms of a step themselves"


def scan_of(size_m: float, height_m: float) -> Scan:
    """What a lidar sees in the middle of a square room, 2.7 m high."""
    azimuth, elevation = np.meshgrid(
        np.arange(COLUMNS) * 2.0 * math.pi / COLUMNS, np.radians(ELEVATIONS_DEG), indexing="xy"
    )  # fmt: skip
    level = np.cos(elevation)
    beams = np.stack([level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)], -1).reshape(-1, 3)
    wall = 0.5 * size_m / np.maximum(np.abs(beams[:, :2]).max(axis=1), 1e-9)
    rise = np.where(beams[:, 2] > 0.0, 2.7 - height_m, height_m) / np.maximum(np.abs(beams[:, 2]), 1e-9)
    ends = beams * np.minimum(np.minimum(wall, rise), 15.0)[:, None] + (0.0, 0.0, height_m)
    return Scan(ends, np.ones(len(ends), bool))


def main() -> int:
    args = options(__doc__ or "", 7).parse_args()
    plan, scan, origin = (
        SliceMap((-20.0, -20.0), (20.0, 20.0), Band(1.05, 1.7, 2.8)),
        scan_of(9.0, 1.35),
        np.array([0, 0, 1.35]),
    )
    for _ in range(5):
        plan.insert(origin, scan, 6.0)
    ahead = scan.ends_m[2 * COLUMNS : 2 * COLUMNS + 24]

    def search() -> None:
        away = clearance(Grid((-20.0, -20.0, 0.0), plan.cell_m, plan.occupied[:, :, None]))
        space = Space((-20.0, -20.0, 0.0), plan.cell_m, (away > 0.3) & plan.free[:, :, None])
        flood(space, (0.0, 0.0, 0.05))

    cases = {
        SCAN: timed(lambda: plan.insert(origin, scan, 6.0), 50),
        LOOK: timed(lambda: plan.look(origin, ahead, 4.5), 50),
        FLOOD: timed(search, 5),
        STEP: lambda: 1e5,
    }
    bounds = [
        Bound("a scan, of a step", SCAN, STEP, at_most=0.1),
        Bound("a search, of a step", FLOOD, STEP, at_most=1.0),
        Bound("a look to a scan", LOOK, SCAN, at_most=1.0),
    ]
    times = take_turns(cases, args.rounds)
    return 0 if report("a plan of a storey of 40 m by 40 m, in microseconds", times, bounds, as_json=args.json) else 1


if __name__ == "__main__":
    sys.exit(main())
