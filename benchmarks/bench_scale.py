"""Scale: the same 40 episodes with one worker, with two, on two nodes of Ray, and on Slurm where it is installed.

python -m benchmarks.bench_scale

All that a run leaves is compared to the byte, but for `timing.json`, the times in the last line of each log, and reports.
The clock on the wall counts, from the start of an evaluation to its last result, workers' starts included and clusters'
excluded; the scale of two needs two processors that are free. Ray is also shown to refuse a wrong token, and to go on with
one node of two when the other is killed after a quarter of the episodes.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.measure import options
from goldentime.eval.outcomes import InfrastructureError
from goldentime.eval.plan import Plan
from goldentime.eval.results import Result
from goldentime.eval.runner import RunOptions, evaluate
from goldentime.eval.scale.base import Spread
from goldentime.eval.scale.choose import spread_named
from goldentime.eval.scale.local import Local
from goldentime.eval.scale.trial import ray_nodes, slurm_here
from goldentime.eval.score.rules import load_rules
from goldentime.missions.registry import load_config
from goldentime.records import dump

EPISODES = 40
EPISODE_S = 5.0


def _plan(episodes: int) -> Plan:
    overrides = {"scenario": {"time_limit_s": EPISODE_S}}
    return Plan(
        mission="course2020",
        overrides=overrides,
        mission_config=dump(load_config("course2020", overrides)),
        agent="pilot",
        agent_config={"_target_": "goldentime.baselines.pilot.Pilot"},
        episodes=episodes,
        rules=load_rules("course"),
    )


def _kept(out: Path) -> dict[str, str]:
    """SHA-256 by file of all that does not depend on the clock."""
    found = {}
    for path in sorted(path for path in out.rglob("*") if path.is_file() and path.name != "timing.json"):
        content = path.read_bytes()
        if path.parent.name == "episodes" and path.suffix == ".jsonl":
            content = b"\n".join(content.splitlines()[:-1])
        found[path.relative_to(out).as_posix()] = sha256(content).hexdigest()
    return found


class _Bench:
    """Runs one after another, compared with the first."""

    def __init__(self, folder: Path, episodes: int) -> None:
        self.episodes = episodes
        self._folder, self._plan = folder, _plan(episodes)
        self._first: Mapping[str, str] = {}
        self.rows: dict[str, dict[str, float]] = {}

    def run(self, name: str, workers: int, spread: Spread, disturb: Callable[[int], None] = lambda done: None) -> None:
        """Fly all episodes; `disturb` is told after each how many are done."""
        out = self._folder / "run"
        shutil.rmtree(out, ignore_errors=True)
        ends: list[float] = []

        def watch(result: Result) -> None:
            ends.append(time.perf_counter())
            disturb(len(ends))

        start = time.perf_counter()
        evaluate(self._plan, RunOptions(out=out, workers=workers, spread=spread), watch)
        wall_s = time.perf_counter() - start
        kept = _kept(out)
        self._first = self._first or kept
        # What a long run sees: the pace once everything flies.
        pace_s = (ends[-1] - ends[workers - 1]) / (len(ends) - workers)
        first = self.rows.get("1 worker", {"wall_s": wall_s, "pace_s": pace_s})
        self.rows[name] = {
            "wall_s": wall_s,
            "pace_s": pace_s,
            "scale": first["wall_s"] / wall_s,
            "scale_under_way": first["pace_s"] / pace_s,
            "files": len(kept),
            "equal": float(kept == self._first),
        }
        if kept != self._first:
            print("differs:", [name for name in {*kept, *self._first} if kept.get(name) != self._first.get(name)][:10])


def _kill_node(cluster: Any, when: int, done: int) -> None:
    if done == when:
        cluster.remove_node(cluster.list_all_nodes()[1], allow_graceful=False)


def _refuses_strangers(address: str) -> bool:
    stranger = {**os.environ, "RAY_AUTH_TOKEN": "0" * 64, "RAY_AUTH_MODE": "token"}
    code = f"import ray; ray.init(address={address!r}, logging_level='ERROR')"
    done = subprocess.run([sys.executable, "-c", code], env=stranger, capture_output=True, text=True, timeout=300)
    return done.returncode != 0 and "AuthenticationError" in done.stderr


def _fly(bench: _Bench, chosen: list[str], jobs: Path) -> bool | None:
    """All runs; whether Ray refused a wrong token, None where it was not asked."""
    refused = None
    bench.run("1 worker", 1, Local())
    if "local" in chosen:
        bench.run("2 workers", 2, Local())
    if "ray" in chosen and find_spec("ray"):
        with ray_nodes(2) as (address, cluster):
            ray = spread_named("ray", {"address": address})
            bench.run("Ray, 2 nodes", 2, ray)
            refused = _refuses_strangers(address)
            bench.run("Ray, one killed", 2, ray, partial(_kill_node, cluster, bench.episodes // 4))
    if "slurm" in chosen and find_spec("submitit"):
        try:
            with slurm_here():
                bench.run("Slurm, 2 jobs", 2, spread_named("slurm", {"folder": jobs}))
        except InfrastructureError as error:
            print(error)
    return refused


def _tell(bench: _Bench, refused: bool | None) -> None:
    for extra in ("ray", "submitit"):
        if find_spec(extra) is None:
            print(f"{extra} is not installed: pip install 'goldentime[ray,slurm]'")
    print(f"{bench.episodes} episodes of {EPISODE_S:g} s over the course of 2020, flown by the pilot")
    for name, row in bench.rows.items():
        print(
            f"  {name:<16} {row['wall_s']:7.1f} s   x {row['scale']:.2f}   under way {row['pace_s']:.2f} s an episode, "
            f"x {row['scale_under_way']:.2f}   {row['files']:.0f} files {'equal' if row['equal'] else 'DIFFERENT'}"
        )
    if refused is not None:
        print(f"  a wrong token is {'refused' if refused else 'TAKEN'} by Ray")
    print(f"  load of the machine over the last minute: {os.getloadavg()[0]:.1f}")


def main() -> int:
    parser = options(__doc__, rounds=1)
    parser.add_argument("--episodes", type=int, default=EPISODES, help=f"default {EPISODES}")
    parser.add_argument("--only", nargs="+", choices=("local", "ray", "slurm"), help="besides one worker here")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        bench = _Bench(Path(made), args.episodes)
        refused = _fly(bench, args.only or ["local", "ray", "slurm"], Path(made) / "jobs")
    if args.json:
        print(json.dumps({"rows": bench.rows, "ray_refuses_a_wrong_token": refused}))
    else:
        _tell(bench, refused)
    return 0 if all(row["equal"] for row in bench.rows.values()) and refused is not False else 1


if __name__ == "__main__":
    sys.exit(main())
