"""The service's tables.

SQLAlchemy's own declarative classes rather than SQLModel's: a type checker sees through these without exceptions. Times are
seconds since 1970 in UTC.
"""

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

__all__ = ["Base", "Round", "State", "Submission", "Team"]


class State:
    """Where a submission is; texts, so that a look into the database explains itself."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Base(DeclarativeBase):
    """All tables, with names of constraints that both databases keep."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Team(Base):
    """Who hands in."""

    __tablename__ = "team"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    token_id: Mapped[str] = mapped_column(unique=True)
    """The first half of its token, by which it is found."""
    token_hash: Mapped[str]
    """SHA-256 of the whole token (`eval.service.tokens`)."""
    created: Mapped[float]


class Round(Base):
    """What is flown, and what a team may hand in."""

    __tablename__ = "round"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    mission: Mapped[str]
    epoch: Mapped[str | None]
    """Of its hidden seeds; None for a practice round on the public split."""
    episodes: Mapped[int]
    quota: Mapped[int]
    """Submissions of a team that are charged."""
    size_mib: Mapped[int]
    """The largest archive."""
    engine: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What differs from the mission's file."""
    limits: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What differs from `engines.limits.Limits`."""
    is_open: Mapped[bool]
    created: Mapped[float]

    @property
    def split(self) -> str:
        """The episodes that are flown."""
        return f"hidden-{self.epoch}" if self.epoch else "public"


class Submission(Base):
    """An archive that was accepted, and what became of it."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("round_id", "team_id", "sha256", name="uq_submission_once"),
        Index("ix_submission_queue", "state", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    """The name of its file."""
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    name: Mapped[str]
    """In its description."""
    sha256: Mapped[str]
    """Of the archive."""
    digest: Mapped[str]
    """Of its content."""
    size: Mapped[int]
    uploaded: Mapped[float]
    state: Mapped[str]
    outcome: Mapped[str | None]
    text: Mapped[str] = mapped_column(default="")
    """Why, in a sentence."""
    episodes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """How many episodes had which outcome."""
    flown: Mapped[int] = mapped_column(default=0)
    """Episodes that are over."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Times it was taken up since the last episode that ended."""
    not_before: Mapped[float] = mapped_column(default=0.0)
    lease: Mapped[str | None] = mapped_column(unique=True)
    """Whose it is, as a random text that only that worker knows; kept when it is over."""
    lease_until: Mapped[float] = mapped_column(default=0.0)
    worker: Mapped[str] = mapped_column(default="")
    started: Mapped[float | None]
    ended: Mapped[float | None]
    entry: Mapped[int | None]
    """Its index in the ledger."""

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=True)
    team: Mapped[Team] = relationship(lazy="joined", innerjoin=True)

    @property
    def run(self) -> str:
        """The name of its run's folder."""
        return f"{self.round.name}-{self.id:06d}"
