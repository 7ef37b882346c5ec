"""Kills a service again and again while teams hand in, and checks that nothing is lost and nothing doubled.

Teams hand in archives as clients do that try again until they are answered. At random moments the service, one of its
workers or (on PostgreSQL) every connection of the database is killed; a service that was killed is started again. When all
is over: each archive is one submission with one run in the ledger, complete; the ledger verifies with every run, and its
scores follow from the logs to the byte; no episode was flown twice; no file lies about that no submission answers for.

`python -m benchmarks.kill_service` kills 20 times on SQLite, `--database postgresql` on a PostgreSQL of its own; `make
kill-service` does both.
"""

import argparse
import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import psutil
from sqlalchemy import Engine, create_engine, text

from benchmarks.throwaway_postgres import new_database, postgres_cluster
from goldentime.eval.referee.keys import read_public_key
from goldentime.eval.referee.verify import Checks, verify_ledger
from goldentime.eval.service.database import open_database
from goldentime.eval.service.home import Home
from goldentime.eval.service.rounds import RoundForm, add_team, open_round
from goldentime.eval.service.views import submissions_of
from goldentime.eval.submit.pack import pack

EPISODES = 4
AGENT = """
import numpy as np
class Agent:
    def reset(self, brief): print("ready")
    def act(self, seen): return {"motion": np.full(4, %d / 100, np.float32)}
"""
PATIENCE_S = 300.0


class Victim:
    """A service in processes of its own, started again after each kill of it."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self.folder, self.url = folder, url
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.process = self._start()
        self.killed: Counter[str] = Counter()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _start(self) -> "subprocess.Popen[bytes]":
        call = [sys.executable, "-m", "goldentime.cli", "serve", str(self.folder), "--port", str(self.port)]
        call += ["--workers", "2", "--lease", "2", "--attempts", "30", "--pause", "0"]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", **({"GOLDENTIME_DATABASE": self.url} if self.url else {})}
        log = (self.folder.parent / "service.log").open("ab")
        return subprocess.Popen(call, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def workers(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children()
        return []

    def kill_service(self) -> None:
        self.process.kill()
        self.process.wait()
        self.killed["service"] += 1
        self.process = self._start()

    def kill_worker(self, rng: random.Random) -> bool:
        workers = self.workers()
        if workers:
            with suppress(psutil.NoSuchProcess):
                rng.choice(workers).kill()
                self.killed["worker"] += 1
                return True
        return False

    def cut_database(self, engine: Engine) -> bool:
        ask = "select pg_terminate_backend(pid) from pg_stat_activity"
        with engine.connect() as connection:
            cut = connection.execute(text(f"{ask} where pid <> pg_backend_pid() and datname = current_database()")).all()
        self.killed["connections of the database"] += bool(cut)
        return bool(cut)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Watch(threading.Thread):
    """Notes each episode's log as it appears; one that changes later was flown twice."""

    def __init__(self, runs: Path) -> None:
        super().__init__(daemon=True)
        self.runs, self.over = runs, threading.Event()
        self.seen: dict[str, str] = {}
        self.again: set[str] = set()

    def run(self) -> None:
        while not self.over.wait(0.1):
            for path in self.runs.glob("*/episodes/*.jsonl"):
                digest = f"{path.stat().st_mtime_ns} {hashlib.sha256(path.read_bytes()).hexdigest()}"
                if self.seen.setdefault(str(path), digest) != digest:
                    self.again.add(str(path))


def archives(folder: Path, count: int) -> list[bytes]:
    """As many different submissions."""
    found = []
    for number in range(count):
        source = folder / f"agent-{number}"
        source.mkdir()
        (source / "agent.py").write_text(AGENT % number)
        (source / "submission.yaml").write_text(f"team: alpha\nname: try {number}\nentry: agent.py:Agent\n")
        found.append(pack(source, folder / f"agent-{number}.zip").path.read_bytes())
    return found


def hand_in(victim: Victim, token: str, archive: bytes) -> int:
    """Send an archive until there is an answer; the number of the submission."""
    heads = {"Authorization": f"Bearer {token}", "X-Content-SHA256": hashlib.sha256(archive).hexdigest()}
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with suppress(httpx.HTTPError):
            answer = httpx.post(f"{victim.base}/api/rounds/one/submissions", content=archive, headers=heads, timeout=60)
            if answer.status_code in (200, 201):
                number: int = answer.json()["id"]
                return number
            if answer.status_code < 500 and answer.status_code != 409:
                raise SystemExit(f"refused: {answer.text}")
        time.sleep(0.1)
    raise SystemExit("no answer to an upload")


def kill_at_random(victim: Victim, kills: int, seed: int, engine: Engine | None) -> None:
    """Kill so often, a moment after what is there has started again."""
    rng = random.Random(seed)
    while victim.killed.total() < kills:
        time.sleep(rng.uniform(0.2, 3.0))
        kind = rng.choice(["service", "worker", "worker", "database"])
        if kind == "worker":
            victim.kill_worker(rng)
        elif kind == "database" and engine is not None:
            victim.cut_database(engine)
        else:
            victim.kill_service()


def faults(home: Home, victim: Victim, numbers: list[int], watch: Watch) -> list[str]:
    """What was lost or doubled."""
    database = open_database(victim.url or home.database_url())
    rows = submissions_of(database)
    database.close()
    found = [
        f"{row.run}: {row.state} {row.outcome} {row.text}" for row in rows if (row.state, row.outcome) != ("done", "ok")
    ]
    if sorted(numbers) != sorted(row.id for row in rows) or len(set(numbers)) != len(numbers):
        found.append(f"submissions: expected each of {sorted(numbers)} once, got {sorted(row.id for row in rows)}")
    public = read_public_key(home.path / "ledger.key.pub")
    verdict = verify_ledger(home.ledger, Checks(runs=home.runs, public_key=public, rescore=True))
    found += [f"verify: {finding}" for finding in verdict.findings]
    if (verdict.runs, verdict.episodes) != (len(rows), len(rows) * EPISODES):
        found.append(f"ledger: expected {len(rows)} runs of {EPISODES} episodes, got {verdict.runs} of {verdict.episodes}")
    found += [f"flown twice: {name}" for name in sorted(watch.again)]
    if len(list(home.uploads.iterdir())) != len(rows) or list(home.checking.iterdir()):
        found.append("uploads: expected one file for each submission")
    return found


def run(folder: Path, url: str | None, options: argparse.Namespace) -> list[str]:
    """One round of it in a new folder."""
    victim = Victim(folder / "service", url)
    home = Home(victim.folder)
    watch = Watch(home.runs)
    try:
        while victim.process.poll() is None:
            with suppress(httpx.HTTPError):
                httpx.get(f"{victim.base}/health", timeout=5).raise_for_status()
                break
            time.sleep(0.1)
        database = open_database(url or home.database_url())
        settings = {"scenario": {"time_limit_s": 1.0}}
        open_round(home, database, RoundForm(name="one", mission="hover", episodes=EPISODES, quota=99, epoch="k",
                                             engine="process", settings=settings))  # fmt: skip
        token = add_team(database, "alpha").text
        database.close()
        watch.start()
        engine = create_engine(url, isolation_level="AUTOCOMMIT") if url else None
        killer = threading.Thread(target=kill_at_random, args=(victim, options.kills, options.seed, engine))
        killer.start()
        numbers = [hand_in(victim, token, archive) for archive in archives(folder, options.submissions)]
        killer.join()
        wait_until_over(victim, token)
        watch.over.set()
        watch.join()
        if engine is not None:
            engine.dispose()
    finally:
        victim.stop()
    print(f"killed {dict(victim.killed)}; {len(numbers)} submissions, {len(watch.seen)} episodes")
    return faults(home, victim, numbers, watch)


def wait_until_over(victim: Victim, token: str) -> None:
    """Until nothing is queued or flown any more."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with suppress(httpx.HTTPError):
            heads = {"Authorization": f"Bearer {token}"}
            rows = httpx.get(f"{victim.base}/api/submissions", headers=heads, timeout=30).raise_for_status().json()
            if all(row["state"] == "done" for row in rows):
                return
        time.sleep(0.3)
    raise SystemExit("submissions that are never over: something is lost")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--submissions", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    options = parser.parse_args()
    start = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="goldentime-kill-")))
        url = new_database(stack.enter_context(postgres_cluster())) if options.database == "postgresql" else None
        found = run(folder, url, options)
        if found:
            print((folder / "service.log").read_text()[-4000:])
    print(f"{options.database}: {time.monotonic() - start:.0f} s; " + ("; ".join(found) or "nothing lost, nothing doubled"))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
