"""A worker: takes submissions from the queue, flies them, and keeps the board up to date.

A lease is renewed by a thread of its own. A worker that has lost its lease ends at once, so that it writes nothing more;
the lock of the run's folder, which the kernel gives back when a process ends, keeps a second one out until then.
"""

import os
import signal
import socket
import sys
import threading
import time
from dataclasses import field
from types import FrameType

from goldentime.eval.service.database import Database
from goldentime.eval.service.faults import Fault
from goldentime.eval.service.flight import Ending, fly
from goldentime.eval.service.home import Home
from goldentime.eval.service.leases import (
    Job,
    LeaseOptions,
    claim,
    expire,
    finish,
    give_back,
    new_lease,
    renew,
    retry_later,
)
from goldentime.eval.service.locks import locked
from goldentime.eval.service.publish import publish
from goldentime.records import record

__all__ = ["LOST", "WorkOptions", "work", "work_until_stopped"]

LOST = 75
"""Exit code of a worker that lost its lease, or the service that started it."""


@record
class WorkOptions:
    """How a worker works."""

    leases: LeaseOptions = field(default_factory=LeaseOptions)
    processes: int = 1
    """That fly the episodes of a submission."""
    poll_s: float = 1.0
    """Between looks into an empty queue."""
    parent: int | None = None
    """The process to end with."""


class _Pulse(threading.Thread):
    """Renews a lease until it is told to stop: at intervals, and when an episode is over."""

    def __init__(self, database: Database, job: Job, options: WorkOptions) -> None:
        super().__init__(daemon=True)
        self.flown = 0
        self._database, self._job, self._options = database, job, options
        self._news, self._over = threading.Event(), False

    def progress(self, flown: int) -> None:
        """Note how many episodes are over."""
        self.flown = flown
        self._news.set()

    def run(self) -> None:
        while True:
            self._news.wait(self._options.leases.lease_s / 4)
            self._news.clear()
            if self._over:
                return
            if _orphaned(self._options.parent):
                os._exit(LOST)
            try:
                held = renew(self._database, self._job.lease, self._options.leases, self.flown)
            except Fault:
                continue  # the database is away, for others too: the lease is ours until one of them takes it
            if not held and not self._over:
                _say(f"submission {self._job.id}: the lease was lost, so this worker ends")
                os._exit(LOST)

    def __enter__(self) -> "_Pulse":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over = True
        self._news.set()
        self.join()


def work(home: Home, database: Database, options: WorkOptions) -> bool:
    """One look into the queue; whether there was something to do."""
    leases = options.leases
    expire(database, leases)
    job = claim(database, new_lease(), f"{socket.gethostname()}:{os.getpid()}", leases)
    if job is None:
        return False
    _say(f"submission {job.id}: {job.run}, team {job.team}, attempt {job.attempts}")
    try:
        with locked(home.locks / f"{job.run}.run") as ours:
            if not ours:
                retry_later(database, job.lease, "a worker that lost its lease still holds the run's folder", leases)
                return True
            with _Pulse(database, job, options) as pulse:
                ending = fly(home, job, options.processes, pulse.progress)
                renew(database, job.lease, leases, pulse.flown)  # progress counts, whatever comes now
            _tell(database, job, ending, leases)
    except KeyboardInterrupt:
        give_back(database, job.lease)
        raise
    return True


def _tell(database: Database, job: Job, ending: Ending, leases: LeaseOptions) -> None:
    verdict = ending.verdict
    why = verdict.text.partition("\n")[0]
    _say(f"submission {job.id}: {verdict.outcome}" + (f": {why}" if why else ""))
    if verdict.charged or ending.final:
        finish(database, job.lease, verdict, ending.entry)
    else:
        retry_later(database, job.lease, verdict.text, leases)


def work_until_stopped(home: Home, database: Database, options: WorkOptions) -> None:
    """Work until SIGTERM or Ctrl-C; what is under way then is left to the next worker, its episodes kept."""
    signal.signal(signal.SIGTERM, _interrupt)
    _say(f"looks for submissions in {home.path}")
    while not _orphaned(options.parent):
        try:
            busy = work(home, database, options)
            busy = publish(home) or busy
        except Fault as error:
            _say(str(error))
            busy = False
        if not busy:
            time.sleep(options.poll_s)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _orphaned(parent: int | None) -> bool:
    return parent is not None and os.getppid() != parent


def _say(text: str) -> None:
    print(f"worker {os.getpid()}: {text}", file=sys.stderr, flush=True)
