"""Kill -9 the referee and its workers at random moments, and see that nothing is lost and nothing doubled.

python -m benchmarks.check_kills --kills 20

A referee flies runs of some episodes with two workers, one run after another, and enters each in a ledger. Every few
seconds it or one of its workers is killed; a referee that was killed is started again. When so many kills have hit and the
last run is in the ledger, it is verified with all files and scores, every run must be in it once with every episode once,
and what the runs hold must be equal to the byte to one that was never disturbed. Answers 1 if anything is not.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import psutil

from goldentime.eval.folder import read_folder
from goldentime.eval.plan import Plan
from goldentime.eval.referee.actions import add_run
from goldentime.eval.referee.chain import check_chain
from goldentime.eval.referee.entries import RunEntry
from goldentime.eval.referee.keys import new_key, read_signing_key
from goldentime.eval.referee.ledger import new_ledger
from goldentime.eval.referee.verify import Checks, verify_ledger
from goldentime.eval.results import read_results
from goldentime.eval.runner import RunOptions, evaluate
from goldentime.eval.score.rules import load_rules
from goldentime.missions.registry import load_config
from goldentime.records import dump

EPISODES = 6
LONGEST_S = 5.0
"""Between two kills."""
PATIENCE_S = 600.0


def _plan() -> Plan:
    overrides = {"scenario": {"time_limit_s": 6.0}}
    return Plan(
        mission="hover",
        overrides=overrides,
        mission_config=dump(load_config("hover", overrides)),
        agent="hover",
        agent_config={"_target_": "goldentime.baselines.hover_agent.HoverAgent"},
        episodes=EPISODES,
        rules=load_rules("hover"),
    )


def _referee(folder: Path, name: str) -> None:
    """Fly a run, or what is left of it, and enter it."""
    run = folder / "runs" / name
    evaluate(_plan(), RunOptions(out=run, workers=2, resume=True))
    add_run(folder / "ledger.jsonl", read_signing_key(folder / "key"), run)


def _start(folder: Path, name: str) -> psutil.Popen:
    return psutil.Popen([sys.executable, "-m", "benchmarks.check_kills", "--referee", str(folder), name])


def _workers(referee: psutil.Popen) -> list[psutil.Process]:
    try:
        children = referee.children()
        return [child for child in children if any("spawn_main" in word for word in child.cmdline())]
    except psutil.Error:
        return []


def _disturb(folder: Path, kills: int, rng: np.random.Generator) -> tuple[Counter[str], int]:
    """Kills that hit, by whom, and how many runs were flown meanwhile."""
    hit: Counter[str] = Counter()
    number = 0
    while hit.total() < kills:
        name, number = f"run{number:02d}", number + 1
        referee, end = _start(folder, name), time.monotonic() + PATIENCE_S
        while referee.poll() is None:
            if time.monotonic() > end:
                raise SystemExit(f"{name}: not finished after {PATIENCE_S:g} s")
            try:
                referee.wait(rng.uniform(0.2, LONGEST_S))
                continue
            except psutil.TimeoutExpired:
                pass
            if hit.total() >= kills:
                continue
            workers = _workers(referee)
            # Half of the kills are meant for each; where no worker lives yet, the referee is hit.
            if workers and rng.random() < 0.5:
                who, victim = "worker", workers[rng.integers(len(workers))].pid
            else:
                who, victim = "referee", referee.pid
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                continue
            hit[who] += 1
            print(f"kill {hit.total():2d}: {who}, in {name}", flush=True)
            if who == "referee":
                referee.wait(10)
                referee = _start(folder, name)
        if referee.returncode:
            raise SystemExit(f"{name}: the referee ended with {referee.returncode}")
    return hit, number


def _contents(run: Path) -> dict[str, bytes]:
    """What does not depend on the clock."""
    names = ["run.json", "episodes.jsonl", "scorecard.json", *(f"episodes/{i:04d}.npz" for i in range(EPISODES))]
    found = {name: (run / name).read_bytes() for name in names}
    for name in (f"episodes/{i:04d}.jsonl" for i in range(EPISODES)):
        found[name] = b"\n".join((run / name).read_bytes().splitlines()[:-1])
    return found


def _faults(folder: Path, runs: int) -> list[str]:
    names = [f"run{number:02d}" for number in range(runs)]
    verdict = verify_ledger(folder / "ledger.jsonl", Checks(runs=folder / "runs", rescore=True))
    print(
        f"ledger: {verdict.entries} sound entries, {verdict.runs} runs, {verdict.files} files, {verdict.episodes} episodes"
    )
    faults = [str(finding) for finding in verdict.findings]
    chain = check_chain((folder / "ledger.jsonl").read_bytes(), "ledger")
    entered = Counter(link.body.run for link in chain.links if isinstance(link.body, RunEntry))
    if entered != Counter(names):
        faults.append(f"runs in the ledger: expected each of {names} once, got {dict(entered)}")
    evaluate(_plan(), RunOptions(out=folder / "undisturbed"))
    expected = _contents(folder / "undisturbed")
    for name in names:
        run = folder / "runs" / name
        episodes = [result.index for result in read_results(read_folder(run))]
        if episodes != list(range(EPISODES)):
            faults.append(f"{name}: expected each of {EPISODES} episodes once, got {episodes}")
        faults += [f"{name}/{file}: differs" for file, content in _contents(run).items() if content != expected[file]]
        faults += [f"{path}: left behind" for path in run.rglob(".*")]
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--referee", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.referee:
        _referee(Path(args.referee[0]), args.referee[1])
        return 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        new_key(folder / "key")
        new_ledger(folder / "ledger.jsonl", read_signing_key(folder / "key"), "kills")
        hit, runs = _disturb(folder, args.kills, np.random.default_rng(args.seed))
        print(f"{hit.total()} kills over {runs} runs: " + ", ".join(f"{count} of a {who}" for who, count in hit.items()))
        faults = _faults(folder, runs)
    for fault in faults:
        print(f"BROKEN {fault}")
    print(f"{len(faults)} broken" if faults else "nothing lost, nothing doubled, every file as in a run without kills")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
