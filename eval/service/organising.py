"""What an organiser does with a submission: fly it again, or take it off the board."""

import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from goldentime.eval.outcomes import Outcome
from goldentime.eval.referee import actions
from goldentime.eval.referee.chain import check_chain
from goldentime.eval.referee.order import history_of
from goldentime.eval.service.database import Database
from goldentime.eval.service.faults import Fault
from goldentime.eval.service.home import Home
from goldentime.eval.service.locks import locked
from goldentime.eval.service.tables import State, Submission

__all__ = ["requeue", "withdraw"]

_LONGEST_REASON = 400


def requeue(home: Home, database: Database, number: int, *, anew: bool = False) -> None:
    """Put an infrastructure error back in the queue.

    Args:
        anew: put the run's folder aside and fly all episodes again, as after an update of goldentime.

    Raises:
        Fault: it is no infrastructure error.
    """
    row = _find(database, number)
    _check_broken(row)
    run = home.runs / row.run
    if anew and run.exists():
        with locked(home.locks / f"{row.run}.run") as ours:
            if not ours:
                raise Fault(409, f"submission: expected one that no worker holds, got {number}; try again in a minute")
            run.rename(home.aside / f"{row.run}-{time.time_ns()}")

    def work(session: Session) -> None:
        again = session.scalars(select(Submission).where(Submission.id == number).with_for_update(of=Submission)).one()
        if again.state == State.QUEUED:
            return
        _check_broken(again)
        again.state, again.outcome, again.text, again.lease = State.QUEUED, None, "", None
        again.attempts, again.not_before, again.ended = 0, 0.0, None

    database.write(work)


def _check_broken(row: Submission) -> None:
    if row.state != State.DONE or row.outcome != Outcome.INFRASTRUCTURE_ERROR:
        got = row.outcome if row.state == State.DONE else row.state
        raise Fault(409, f"submission: expected one that ended as infrastructure_error, got {row.id}, which is {got}")


def withdraw(home: Home, database: Database, number: int, reason: str) -> None:
    """Take a submission out of the queue, or its run off the board; its entry in the ledger stays.

    Raises:
        Fault: it is being flown, or no reason is given.
    """
    if not (0 < len(reason) <= _LONGEST_REASON and reason.isprintable() and reason.strip()):
        raise Fault(422, f"reason: expected 1 to {_LONGEST_REASON} printable characters, got {reason[:80]!r}")
    _set_withdrawn(database, number, reason, entered=False)
    row = _find(database, number)
    if row.state == State.WITHDRAWN or row.outcome != Outcome.OK:
        return
    history = history_of(check_chain(home.ledger.read_bytes(), str(home.ledger)).links)
    if row.run in history.runs and row.run not in history.withdrawn:
        actions.withdraw(home.ledger, home.key(), row.run, reason)
    _set_withdrawn(database, number, reason, entered=True)


def _set_withdrawn(database: Database, number: int, reason: str, *, entered: bool) -> None:
    """Note it; a run that is in the ledger only when `entered`, so that the ledger knows first."""

    def work(session: Session) -> None:
        found = select(Submission).where(Submission.id == number).with_for_update(of=Submission)
        row = session.scalar(found)
        if row is None:
            raise Fault(404, f"submission: expected one that was handed in, got {number}")
        if row.state == State.RUNNING:
            raise Fault(409, f"submission: expected one that is not being flown, got {number}; wait until it is over")
        if row.state != State.WITHDRAWN and (entered or row.entry is None or row.outcome != Outcome.OK):
            row.state, row.text = State.WITHDRAWN, reason

    database.write(work)


def _find(database: Database, number: int) -> Submission:
    row = database.read(lambda session: session.get(Submission, number))
    if row is None:
        raise Fault(404, f"submission: expected one that was handed in, got {number}")
    return row
