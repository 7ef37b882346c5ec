"""The wire: one step's round trip with a camera and microphones, and what flying over it costs.

python -m benchmarks.bench_wire

Both ends share the machine, and the clock on the wall counts: the referee waits for the other end. A step carries a colour
and a depth picture of 320 x 240 and 0.1 s of four channels at 16 kHz, 397 KB in all. Throughput is that of
`goldentime evaluate` with an agent that does nothing, over the course, behind the best engine there is, as a share of the
same in the referee's own process; it takes longer than all other benchmarks, so that `--rounds` turns of it are few.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import options
from goldentime.eval.engines.base import Launch
from goldentime.eval.engines.choose import best_engine, engine_named
from goldentime.eval.engines.limits import Limits
from goldentime.eval.plan import Plan
from goldentime.eval.runner import RunOptions, evaluate
from goldentime.eval.score.rules import load_rules
from goldentime.eval.submit.agent import planned
from goldentime.eval.submit.description import command_of, read_description
from goldentime.eval.wire.remote import RemoteAgent
from goldentime.missions.registry import load_config
from goldentime.records import dump

STEPS = 300
EPISODE_S = 60.0
ROUND_TRIP_MS = 2.0
THROUGHPUT = 0.85
AGENT = """
import numpy as np
STILL = np.zeros(4, np.float32)
class Agent:
    def reset(self, brief): pass
    def act(self, seen): return {"motion": STILL, "release": 0}
"""


def _submission(folder: Path) -> Path:
    folder.chmod(0o755)
    (folder / "agent.py").write_text(AGENT)
    (folder / "submission.yaml").write_text("team: bench\nname: still\nentry: agent.py:Agent\n")
    return folder


def _round_trips(folder: Path, engine: str) -> list[float]:
    """Milliseconds of each step."""
    launch = Launch(command=command_of(read_description(folder)), folder=folder, limits=Limits())
    agent = RemoteAgent(engine_named(engine).start(launch), Limits(), 10.0)
    rng = np.random.default_rng(0)
    seen = {
        "camera": rng.integers(0, 255, (240, 320, 3), dtype=np.uint8),
        "depth": rng.random((240, 320), dtype=np.float32),
        "audio": rng.random((4, 1600), dtype=np.float32) * 0.1,
    }
    times = []
    try:
        agent.reset({})
        for _ in range(STEPS):
            start = time.perf_counter()
            agent.act(seen)
            times.append(1e3 * (time.perf_counter() - start))
    finally:
        agent.close()
    return times[STEPS // 10 :]


def _plan(agent: dict[str, Any]) -> Plan:
    overrides = {"scenario": {"time_limit_s": EPISODE_S}}
    return Plan(
        mission="course2020",
        overrides=overrides,
        mission_config=dump(load_config("course2020", overrides)),
        agent="still",
        agent_config=agent,
        episodes=1,
        rules=load_rules("course"),
    )


def _seconds(plan: Plan, index: int) -> float:
    """One evaluation, from an empty folder to its results."""
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        evaluate(replace(plan, split="train" if index % 2 else "public"), RunOptions(out=Path(out) / "run"))
        return time.perf_counter() - start


def _throughput(folder: Path, engine: str, rounds: int) -> list[float]:
    """Share of the in-process runner's speed, by round; the two take turns."""
    target = {"_target_": "goldentime.eval.agent_file.load_agent", "path": str(folder / "agent.py"), "name": "Agent"}
    submitted = {"_target_": "goldentime.eval.submit.agent.submission_agent", "path": str(folder), "engine": engine}
    here, there = _plan(target), _plan(planned(submitted).config)
    _seconds(here, 0)
    _seconds(there, 0)
    return [_seconds(here, turn) / _seconds(there, turn) for turn in range(rounds)]


def main() -> int:
    args = options(__doc__, rounds=5).parse_args()
    engine = best_engine()
    with tempfile.TemporaryDirectory() as made:
        folder = _submission(Path(made))
        trips = [_round_trips(folder, engine) for _ in range(args.rounds)]
        shares = _quietly(lambda: _throughput(folder, engine, args.rounds))
    found = {
        "engine": engine,
        "round_trip_ms": statistics.median(statistics.median(trip) for trip in trips),
        "round_trip_p95_ms": statistics.median(statistics.quantiles(trip, n=20)[-1] for trip in trips),
        "throughput": statistics.median(shares),
        "throughput_each": shares,
    }
    held = found["round_trip_ms"] <= ROUND_TRIP_MS and found["throughput"] >= THROUGHPUT
    if args.json:
        print(json.dumps({**found, "held": held}))
        return 0 if held else 1
    print(f"one step of 397 KB to a submission and back, engine {engine}")
    print(f"  {'round trip, median':<28} {found['round_trip_ms']:8.3f} ms   at most {ROUND_TRIP_MS:g}")
    print(f"  {'round trip, 95th percentile':<28} {found['round_trip_p95_ms']:8.3f} ms")
    print(f"  {'throughput':<28} {100 * found['throughput']:8.1f} %    at least {100 * THROUGHPUT:g} of the runner's own")
    return 0 if held else 1


def _quietly(run: Callable[[], list[float]]) -> list[float]:
    with redirect_stdout(StringIO()):
        return run()


if __name__ == "__main__":
    sys.exit(main())
