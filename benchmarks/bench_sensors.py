"""What senses cost: lidar scans of several sizes, and one observation of each mission's own sensors.

python benchmarks/bench_sensors.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from collections.abc import Callable
from typing import Any

from bench_world import boxes
from measure import options, report, take_turns, timed

from goldentime.envs.airframe import load_airframe
from goldentime.envs.bullet import BulletPhysics
from goldentime.envs.level import Level
from goldentime.envs.scenario import DroneSpec, Scenario
from goldentime.envs.sensors.base import Mount, SensorConfig, SensorSuite, Stage

SCANS: dict[str, dict[str, Any]] = {
    "lidar 120 x 1": {"columns": 120},
    "lidar 360 x 1": {"columns": 360},
    "lidar 360 x 16": {"columns": 360, "elevations_deg": [float(e) for e in range(-15, 17, 2)]},
}
ONBOARD = {
    "imu": {"kind": "imu", "hz": 100.0, "noise_std": 0.05, "bias_std": 0.02, "walk_std": 0.001},
    "attitude": {"kind": "attitude", "hz": 100.0, "noise_std": 0.01},
    "barometer": {"kind": "barometer", "hz": 50.0, "noise_std": 0.1, "delay_s": 0.02},
    "flow": {"kind": "flow", "hz": 50.0, "noise_std": 0.05, "dropout": 0.01},
}


def reading(level: Level, sensors: dict[str, Any], repeats: int) -> Callable[[], float]:
    """Microseconds of one reading of a suite in a level."""
    spec = DroneSpec(airframe="scout", position=(0.0, 0.0, 3.0))
    world = BulletPhysics(240.0)
    world.reset(Scenario(mission="bench", level=level, drones=(spec,), time_limit_s=1.0, task={}))
    configs = {name: SensorConfig(**config) for name, config in sensors.items()}
    suite = SensorSuite(configs, Mount(0, load_airframe("scout"), world, Stage()), 100.0, contest=False)
    suite.reset(0, 0)
    state = world.read()
    return timed(lambda: suite.read(state), repeats)


def main() -> int:
    args = options(__doc__.splitlines()[0], rounds=9).parse_args()
    cases = {}
    level = boxes(1000)
    for name, scan in SCANS.items():
        config = {"lidar": {"kind": "lidar", "hz": 100.0, "options": scan}}
        cases[f"{name}, 1,000 boxes"] = reading(level, config, 20)
    cases["imu, attitude, barometer, flow, with faults"] = reading(Level(), ONBOARD, 200)
    cases["privileged state"] = reading(Level(), {"state": {"kind": "state", "hz": 100.0}}, 500)
    report("One observation, in microseconds", take_turns(cases, args.rounds), [], as_json=args.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
