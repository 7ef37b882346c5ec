"""hover_ppo from scratch, killed and resumed once on the way, then scored on the public split.

python benchmarks/train_hover.py

Seconds are on the clock, from the start of the first process to the end of training in the second, start-up and the time
lost by the kill included; the evaluation is not training and is counted apart.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

LIMIT_S, GOAL = 300.0, 0.95


class Outcome(NamedTuple):
    """One seed."""

    seed: int
    killed_at: int
    resumed_at: int
    steps: int
    trained_s: float
    evaluated_s: float
    success: float

    @property
    def fine(self) -> bool:
        """Whether it meets the target."""
        return self.success >= GOAL and self.trained_s < LIMIT_S


def main() -> int:
    """All seeds in turn; the exit code says whether all meet the target."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--episodes", type=int, default=100, help="of the public split, default 100")
    parser.add_argument("--kill-at", type=int, default=25_000, help="steps before the kill, default 25000")
    parser.add_argument("--out", type=Path, help="folder for the runs, default a temporary one")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        out = arguments.out or Path(scratch)
        print(f"{'seed':>4}  {'killed at':>9}  {'from':>7}  {'steps':>7}  {'trained':>8}  {'evaluated':>9}  success")
        outcomes = []
        for seed in arguments.seeds:
            one = measure(seed, out / f"hover-{seed}", arguments.kill_at, arguments.episodes)
            outcomes.append(one)
            figures = f"{one.steps:>7,}  {one.trained_s:>6.1f} s  {one.evaluated_s:>7.1f} s  {one.success:>7.1%}"
            verdict = "" if one.fine else "  MISSED"
            print(f"{seed:>4}  {one.killed_at:>9,}  {one.resumed_at:>7,}  {figures}{verdict}", flush=True)
    print(f"target: at least {GOAL:.0%} on the public split, in less than {LIMIT_S:.0f} s")
    return 0 if all(one.fine for one in outcomes) else 1


def measure(seed: int, folder: Path, kill_at: int, episodes: int) -> Outcome:
    """Train until the kill, resume, evaluate."""
    start = time.perf_counter()
    killed_at = train_and_kill(seed, folder, kill_at)
    run("train", f"resume={folder}", "evaluation.episodes=0")
    trained = time.perf_counter()
    scores = folder / "evaluation"
    run("evaluate", "mission=hover", f"agent={folder}", "split=public", f"episodes={episodes}", f"out={scores}")
    ended = time.perf_counter()
    card = json.loads((scores / "scorecard.json").read_bytes())
    steps = steps_of(folder)
    return Outcome(
        seed=seed,
        killed_at=killed_at,
        resumed_at=json.loads((folder / "sessions.json").read_bytes())[-1]["steps"],
        steps=steps[-1],
        trained_s=trained - start,
        evaluated_s=ended - trained,
        success=card["figures"]["success_rate"]["mean"],
    )


def train_and_kill(seed: int, folder: Path, kill_at: int) -> int:
    """Start training and end it with SIGKILL once it has done so many steps; answers how many."""
    command = goldentime("train", "experiment=hover_ppo", f"seed={seed}", f"out={folder}")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and (steps_of(folder) or [0])[-1] < kill_at:
            time.sleep(0.05)
        if process.poll() is not None:
            assert process.stderr is not None
            sys.exit(f"training ended before the kill:\n{process.stderr.read()}")
        process.kill()
    return steps_of(folder)[-1]


def steps_of(folder: Path) -> list[int]:
    """The steps column of `progress.csv`."""
    path = folder / "progress.csv"
    if not path.is_file():
        return []
    lines = path.read_text("utf-8").split("\n")[:-1]
    return [int(row["steps"]) for row in csv.DictReader(lines)]


def run(*arguments: str) -> None:
    """Run a command of goldentime, quietly unless it fails."""
    done = subprocess.run(goldentime(*arguments), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"goldentime {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")


def goldentime(*arguments: str) -> list[str]:
    """The command line, with the interpreter that runs this."""
    return [sys.executable, "-m", "goldentime.cli", *arguments]


if __name__ == "__main__":
    sys.exit(main())
