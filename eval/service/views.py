"""What pages and programs are told of rounds and submissions."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from goldentime.eval.outcomes import Outcome
from goldentime.eval.service.database import Database, now
from goldentime.eval.service.faults import Fault
from goldentime.eval.service.home import Home
from goldentime.eval.service.tables import Round, State, Submission, Team
from goldentime.eval.service.uploads import charged_of
from goldentime.records import record

__all__ = [
    "RoundView",
    "SubmissionView",
    "TeamView",
    "counts_of",
    "log_file",
    "log_names",
    "logged_episodes",
    "rounds_of",
    "submissions_of",
    "teams_of",
]

_LOG = re.compile(r"[0-9]{4,8}\.txt|episodes\.jsonl")
_MOST_LINES = 2000


@record
class RoundView:
    """A round, and what is left of it for a team."""

    name: str
    mission: str
    split: str
    episodes: int
    quota: int
    left: int | None
    """Submissions that the team has left; None where nobody asks for a team."""
    size_mib: int
    is_open: bool
    engine: str
    settings: Mapping[str, Any]
    limits: Mapping[str, Any]


@record
class SubmissionView:
    """A submission. Times are UTC."""

    id: int
    team: str
    round: str
    mission: str
    name: str
    sha256: str
    size: int
    state: str
    """`queued`, `running`, `done` or `withdrawn`."""
    position: int | None
    """In the queue: 1 is the next; None when it is not queued."""
    outcome: str | None
    charged: bool
    """Whether it counts against the quota."""
    text: str
    episodes: Mapping[str, int]
    """How many ended with each outcome."""
    flown: int
    planned: int
    attempts: int
    uploaded: str
    started: str | None
    ended: str | None
    run: str
    entry: int | None
    """Its entry in the ledger."""
    worker: str = ""
    """For the organiser only."""


@record
class TeamView:
    """A team."""

    name: str
    token_id: str
    submissions: int
    created: str


def rounds_of(database: Database, team_id: int | None = None) -> list[RoundView]:
    """All rounds, the newest first."""

    def work(session: Session) -> list[RoundView]:
        rows = session.scalars(select(Round).order_by(Round.id.desc())).all()
        return [_round(session, row, team_id) for row in rows]

    return database.read(work)


def _round(session: Session, row: Round, team_id: int | None) -> RoundView:
    return RoundView(
        name=row.name,
        mission=row.mission,
        split=row.split,
        episodes=row.episodes,
        quota=row.quota,
        left=None if team_id is None else max(0, row.quota - charged_of(session, row.id, team_id)),
        size_mib=row.size_mib,
        is_open=row.is_open,
        engine=row.engine,
        settings=row.settings,
        limits=row.limits,
    )


def submissions_of(database: Database, team_id: int | None = None, number: int | None = None) -> list[SubmissionView]:
    """Submissions, the newest first.

    Args:
        team_id: whose; None for the organiser, who also reads what the referee's failures were.
        number: only this one.
    """

    def work(session: Session) -> list[SubmissionView]:
        asked = select(Submission).order_by(Submission.id.desc())
        if team_id is not None:
            asked = asked.where(Submission.team_id == team_id)
        if number is not None:
            asked = asked.where(Submission.id == number)
        ahead = session.scalars(select(Submission.id).where(Submission.state == State.QUEUED).order_by(Submission.id)).all()
        positions = {one: place for place, one in enumerate(ahead, 1)}
        time_s = now(session)
        return [_submission(row, positions, time_s, organiser=team_id is None) for row in session.scalars(asked)]

    return database.read(work)


def _submission(row: Submission, positions: Mapping[int, int], time_s: float, *, organiser: bool) -> SubmissionView:
    # A worker that fell silent is no longer flying, even if nobody has taken its submission back yet.
    silent = row.state == State.RUNNING and row.lease_until < time_s
    ours = row.outcome == Outcome.INFRASTRUCTURE_ERROR or (row.outcome is None and row.state != State.WITHDRAWN)
    return SubmissionView(
        id=row.id,
        team=row.team.name,
        round=row.round.name,
        mission=row.round.mission,
        name=row.name,
        sha256=row.sha256,
        size=row.size,
        state=State.QUEUED if silent else row.state,
        position=1 if silent else positions.get(row.id),
        outcome=row.outcome,
        charged=row.outcome != Outcome.INFRASTRUCTURE_ERROR and not (row.state == State.WITHDRAWN and row.outcome is None),
        text="" if ours and not organiser else row.text,
        episodes={str(name): int(count) for name, count in row.episodes.items()},
        flown=row.flown,
        planned=row.round.episodes,
        attempts=row.attempts,
        uploaded=_utc(row.uploaded),
        started=None if row.started is None else _utc(row.started),
        ended=None if row.ended is None else _utc(row.ended),
        run=row.run,
        entry=row.entry,
        worker=row.worker if organiser else "",
    )


def _utc(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def counts_of(database: Database) -> dict[str, int]:
    """How many submissions are in which state."""
    counted = select(Submission.state, func.count()).group_by(Submission.state)
    return database.read(lambda session: {row[0]: row[1] for row in session.execute(counted)})


def teams_of(database: Database) -> list[TeamView]:
    """All teams by name."""

    def work(session: Session) -> list[TeamView]:
        counted = select(Submission.team_id, func.count()).group_by(Submission.team_id)
        counts: dict[int, int] = {row[0]: row[1] for row in session.execute(counted)}
        rows = session.scalars(select(Team).order_by(Team.name))
        return [
            TeamView(name=row.name, token_id=row.token_id, submissions=counts.get(row.id, 0), created=_utc(row.created))
            for row in rows
        ]

    return database.read(work)


def log_names(home: Home, run: str) -> list[str]:
    """What a team may read of its run: names of files in `team/`."""
    folder = home.runs / run / "team"
    if folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if _LOG.fullmatch(path.name) and _plain(path))


def log_file(home: Home, run: str, name: str) -> Path:
    """One of these files.

    Raises:
        Fault: it is none of them.
    """
    if name not in log_names(home, run):
        raise Fault(404, f"log: expected one of this submission's logs, got {name[:80]!r}")
    return home.runs / run / "team" / name


def _plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def logged_episodes(home: Home, run: str) -> list[dict[str, Any]]:
    """The episodes that are over, as `team/` lists them, while the run is still going on too."""
    folder = home.runs / run / "team"
    if folder.is_symlink():
        return []
    found = []
    for path in sorted(folder.glob("[0-9]*.json"))[:_MOST_LINES]:
        if _plain(path):
            found.append(json.loads(path.read_bytes()))
    return found
