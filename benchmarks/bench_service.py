"""What the service takes: submissions claimed and finished a second, and a large upload, with the memory it needs.

The queue is measured on SQLite and, where it is installed, on a PostgreSQL that does not flush to the disk, with one worker
and with four in threads. The upload is an archive of 300 MiB by the API and by the form of the page, to a service in a
process of its own: received, hashed, flushed, unpacked once and checked. Beside it stands what copying, hashing and
unpacking the same archive costs without a network, and by how much the service's memory grew; more than 64 MiB fails.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.throwaway_postgres import new_database, postgres_cluster, postgres_programs
from goldentime.eval.outcomes import Outcome
from goldentime.eval.service.database import Database, migrate, open_database
from goldentime.eval.service.home import make_home
from goldentime.eval.service.leases import LeaseOptions, claim, finish, new_lease
from goldentime.eval.service.rounds import RoundForm, add_team, open_round
from goldentime.eval.service.tables import Round, Submission, Team
from goldentime.eval.submit.pack import pack
from goldentime.eval.submit.run import Verdict
from goldentime.eval.submit.unpack import unpack

MIB = 1 << 20
MOST_GROWTH_MIB = 64


def fill(database: Database, count: int) -> None:
    """So many submissions in the queue."""

    def work(session: Session) -> None:
        one, team = session.scalars(select(Round)).one(), session.scalars(select(Team)).one()
        start = session.scalars(select(Submission.id).order_by(Submission.id.desc()).limit(1)).first() or 0
        for number in range(start, start + count):
            told = {"key": f"k{number}", "name": "n", "sha256": f"{number:064x}", "digest": "", "size": 1, "uploaded": 0.0}
            session.add(Submission(round_id=one.id, team_id=team.id, state="queued", **told))

    database.write(work)


def claims_a_second(url: str, count: int, workers: int) -> float:
    """Each is claimed and finished: two transactions."""
    database, options = open_database(url), LeaseOptions()
    fill(database, count)
    verdict = Verdict(outcome=Outcome.OK, episodes={"ok": 1})

    def work() -> None:
        own = open_database(url)
        while (job := claim(own, new_lease(), "bench", options)) is not None:
            finish(own, job.lease, verdict, None)
        own.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begin
    database.close()
    return count / seconds


def queue(folder: Path, count: int) -> None:
    with ExitStack() as stack:
        urls = {}
        if postgres_programs() is not None:
            urls["postgresql"] = new_database(stack.enter_context(postgres_cluster()))
        home = make_home(folder / "queue")
        for name, url in {"sqlite": home.database_url(), **urls}.items():
            database = open_database(url)
            migrate(database)
            open_round(home, database, RoundForm(name="one", mission="hover"))
            add_team(database, "alpha")
            database.close()
            for workers in (1, 4):
                rate = claims_a_second(url, count, workers)
                print(
                    f"  {name}, {workers} worker{'s' if workers > 1 else ''}: {rate:>28.0f} claimed and finished a second"
                )


@contextmanager
def service(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """A service in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    call = [sys.executable, "-m", "goldentime.cli", "serve", str(folder), "--port", str(port), "--workers", "0"]
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            with suppress(httpx.HTTPError):
                httpx.get(f"http://127.0.0.1:{port}/health").raise_for_status()
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def archive_of(folder: Path, mib: int, team: str) -> Path:
    """A submission with one large file that no compressor makes smaller."""
    source = folder / team
    source.mkdir()
    (source / "agent.py").write_text("class Agent: pass\n")
    (source / "submission.yaml").write_text(f"team: {team}\nname: large\nentry: agent.py:Agent\n")
    with (source / "weights.bin").open("wb") as file:
        for _ in range(mib):
            file.write(os.urandom(MIB))
    return pack(source, folder / f"{team}.zip").path


class Cost(NamedTuple):
    """What an action took of a process."""

    wall_s: float
    processor_s: float
    grown_mib: float
    """At the most, meanwhile."""


def cost_of(process: psutil.Process, action: Callable[[], None]) -> Cost:
    """Run an action that keeps a process busy."""
    before, most, over = process.memory_info().rss, 0, threading.Event()
    spent = sum(process.cpu_times()[:2])

    def look() -> None:
        nonlocal most
        while not over.wait(0.02):
            most = max(most, process.memory_info().rss)

    watch = threading.Thread(target=look)
    watch.start()
    begin = time.perf_counter()
    action()
    seconds = time.perf_counter() - begin
    over.set()
    watch.join()
    return Cost(seconds, sum(process.cpu_times()[:2]) - spent, (most - before) / MIB)


def bare_s(archive: Path, place: Path) -> tuple[float, float]:
    """Seconds on the clock and of the processor of the same work in this process: copy, hash, flush, unpack."""
    begin, spent = time.perf_counter(), time.process_time()
    with archive.open("rb") as source, (place / "copy.zip").open("wb") as target:
        while piece := source.read(1 << 16):
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    with archive.open("rb") as source:
        file_digest(source, "sha256")
    unpack(place / "copy.zip", place / "unpacked")
    return time.perf_counter() - begin, time.process_time() - spent


def uploads(folder: Path, mib: int) -> bool:
    home = make_home(folder / "service")
    database = open_database(home.database_url())
    migrate(database)
    open_round(home, database, RoundForm(name="one", mission="hover", size_mib=2 * mib))
    tokens = {team: add_team(database, team).text for team in ("by-api", "by-form")}
    database.close()
    archives = {team: archive_of(folder, mib, team) for team in tokens}
    good = True
    wall_s, processor_s = bare_s(archives["by-api"], folder)
    print(f"  {'copied, hashed and unpacked here':<36} {mib / wall_s:>8.0f} MiB/s   {processor_s:.1f} s of the processor")
    with (
        service(home.path) as (base, process),
        httpx.Client(base_url=base, timeout=600, headers={"origin": base}) as client,
    ):

        def by_api() -> None:
            with archives["by-api"].open("rb") as file:
                sha256 = file_digest(file, "sha256").hexdigest()
                file.seek(0)
                heads = {"authorization": f"Bearer {tokens['by-api']}", "x-content-sha256": sha256}
                answer = client.post(
                    "/api/rounds/one/submissions", content=iter(lambda: file.read(MIB), b""), headers=heads
                )
            assert answer.status_code == 201, answer.text

        def by_form() -> None:
            client.post("/sign-in", data={"token": tokens["by-form"]})
            with archives["by-form"].open("rb") as file:
                answer = client.post("/team/rounds/one", files={"archive": ("large.zip", file)})
            assert answer.status_code == 303, answer.text

        for name, action in (("by the API", by_api), ("by the form", by_form)):
            cost = cost_of(process, action)
            held = cost.grown_mib <= MOST_GROWTH_MIB
            good = good and held
            told = f"{cost.processor_s:.1f} s of the service's processor, {cost.grown_mib:.0f} MiB of memory"
            print(
                f"  {f'{mib} MiB handed in {name}':<36} {mib / cost.wall_s:>8.0f} MiB/s   {told}{'' if held else ' MISSED'}"
            )
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mib", type=int, default=300, help="size of the upload")
    parser.add_argument("--count", type=int, default=300, help="submissions in the queue")
    options = parser.parse_args()
    print("service")
    with tempfile.TemporaryDirectory(prefix="goldentime-bench-") as name:
        queue(Path(name), options.count)
        good = uploads(Path(name), options.mib)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
