"""The queue: a worker holds a submission by a lease that it renews; what is not renewed in time goes back.

Each function is one transaction that may be repeated after a lost connection: a lease is known by a text that the worker
made up before it asked. First come, first flown.
"""

import secrets
from dataclasses import field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from goldentime.eval.outcomes import Outcome
from goldentime.eval.service.database import Database, now
from goldentime.eval.service.tables import State, Submission
from goldentime.eval.submit.run import Verdict
from goldentime.records import dump, record

__all__ = ["Job", "LeaseOptions", "claim", "expire", "finish", "give_back", "new_lease", "renew", "retry_later"]


@record
class LeaseOptions:
    """How long a worker may be silent, and how often a submission is taken up."""

    lease_s: float = 60.0
    attempts: int = 5
    """Without an episode that ended; then it is an infrastructure error."""
    pause_s: float = 20.0
    """Before a submission that the referee failed on is taken up again; doubles each time."""


@record
class Job:
    """All that a worker must know of a submission."""

    lease: str
    id: int
    key: str
    run: str
    team: str
    name: str
    sha256: str
    mission: str
    split: str
    episodes: int
    engine: str
    settings: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    attempts: int = 1


def new_lease() -> str:
    """A text that no other worker knows."""
    return secrets.token_hex(16)


def claim(database: Database, lease: str, worker: str, options: LeaseOptions) -> Job | None:
    """Take up the submission that waits longest; None where none does.

    Args:
        lease: of `new_lease`; with one that was used before, the same submission again.
        worker: a name for people.
    """

    def work(session: Session) -> Job | None:
        mine = session.scalar(select(Submission).where(Submission.lease == lease))
        if mine is not None:
            return _job(mine) if mine.state == State.RUNNING else None
        time_s = now(session)
        waiting = select(Submission).where(Submission.state == State.QUEUED, Submission.not_before <= time_s)
        # PostgreSQL passes over rows that another worker is taking; SQLite lets one writer in at a time.
        locked = waiting.order_by(Submission.id).limit(1).with_for_update(skip_locked=True, of=Submission)
        row = session.scalar(locked)
        if row is None:
            return None
        row.state, row.lease, row.worker = State.RUNNING, lease, worker
        row.lease_until = time_s + options.lease_s
        row.attempts += 1
        row.started = row.started or time_s
        return _job(row)

    return database.write(work)


def _job(row: Submission) -> Job:
    assert row.lease is not None
    one = row.round
    return Job(
        lease=row.lease,
        id=row.id,
        key=row.key,
        run=row.run,
        team=row.team.name,
        name=row.name,
        sha256=row.sha256,
        mission=one.mission,
        split=one.split,
        episodes=one.episodes,
        engine=one.engine,
        settings=dict(one.settings),
        limits=dict(one.limits),
        attempts=row.attempts,
    )


def renew(database: Database, lease: str, options: LeaseOptions, flown: int) -> bool:
    """Say that a worker lives and how many episodes are over; False if the submission is no longer its own.

    An episode that ended since the last time shows that it goes on, so attempts are counted from one again.
    """

    def work(session: Session) -> bool:
        row = _mine(session, lease)
        if row is None:
            return False
        row.lease_until = now(session) + options.lease_s
        if flown > row.flown:
            row.flown, row.attempts = flown, 1
        return True

    return database.write(work)


def finish(database: Database, lease: str, verdict: Verdict, entry: int | None) -> bool:
    """It is over; False if it was no longer this worker's.

    Args:
        entry: its index in the ledger.
    """

    def work(session: Session) -> bool:
        row = session.scalar(select(Submission).where(Submission.lease == lease).with_for_update(of=Submission))
        if row is None:
            return False
        if row.state == State.RUNNING:
            row.state, row.outcome, row.text = State.DONE, verdict.outcome.value, verdict.text
            row.episodes, row.flown = dump(verdict)["episodes"], sum(verdict.episodes.values())
            row.entry, row.ended = entry, now(session)
        return row.state == State.DONE

    return database.write(work)


def retry_later(database: Database, lease: str, text: str, options: LeaseOptions) -> None:
    """The referee failed: back to the end of a pause, or, after so many attempts, it is an infrastructure error."""

    def work(session: Session) -> None:
        row = _mine(session, lease)
        if row is not None:
            _put_back(row, now(session), text, options)
            row.not_before = now(session) + options.pause_s * 2.0 ** (row.attempts - 1)

    database.write(work)


def give_back(database: Database, lease: str) -> None:
    """A worker that is told to stop leaves its submission to the next one; that is no attempt."""

    def work(session: Session) -> None:
        row = _mine(session, lease)
        if row is not None:
            row.state, row.lease, row.attempts = State.QUEUED, None, max(0, row.attempts - 1)

    database.write(work)


def expire(database: Database, options: LeaseOptions) -> int:
    """Put back what a silent worker held; how many there were."""

    def work(session: Session) -> int:
        time_s = now(session)
        silent = select(Submission).where(Submission.state == State.RUNNING, Submission.lease_until < time_s)
        rows = session.scalars(silent.with_for_update(skip_locked=True, of=Submission)).all()
        for row in rows:
            _put_back(row, time_s, f"the worker {row.worker} was lost", options)
        return len(rows)

    return database.write(work)


def _put_back(row: Submission, time_s: float, text: str, options: LeaseOptions) -> None:
    row.lease = None
    if row.attempts < options.attempts:
        row.state, row.text = State.QUEUED, text
    else:
        row.state, row.outcome, row.ended = State.DONE, Outcome.INFRASTRUCTURE_ERROR.value, time_s
        row.text = f"given up after {row.attempts} attempts: {text}"


def _mine(session: Session, lease: str) -> Submission | None:
    held = select(Submission).where(Submission.lease == lease, Submission.state == State.RUNNING)
    return session.scalar(held.with_for_update(of=Submission))
