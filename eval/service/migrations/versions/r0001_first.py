"""Teams, rounds and submissions."""

import sqlalchemy as sa
from alembic import op

__all__ = ["branch_labels", "depends_on", "down_revision", "downgrade", "revision", "upgrade"]

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False, unique=True),
        sa.Column("token_id", sa.String(), nullable=False, unique=True),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False, unique=True),
        sa.Column("mission", sa.String(), nullable=False),
        sa.Column("epoch", sa.String()),
        sa.Column("episodes", sa.Integer(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("size_mib", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table("submission", *_submission(), sqlite_autoincrement=True)
    op.create_index("ix_submission_queue", "submission", ["state", "id"])


def _submission() -> list[sa.Column[object] | sa.UniqueConstraint]:
    return [
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False, unique=True),
        sa.Column("round_id", sa.Integer(), sa.ForeignKey("round.id"), nullable=False),
        sa.Column("team_id", sa.Integer(), sa.ForeignKey("team.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded", sa.Double(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String()),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("episodes", sa.JSON(), nullable=False),
        sa.Column("flown", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.Double(), nullable=False),
        sa.Column("lease", sa.String(), unique=True),
        sa.Column("lease_until", sa.Double(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("started", sa.Double()),
        sa.Column("ended", sa.Double()),
        sa.Column("entry", sa.Integer()),
        sa.UniqueConstraint("round_id", "team_id", "sha256", name="uq_submission_once"),
    ]


def downgrade() -> None:
    """Remove them."""
    for table in ("submission", "round", "team"):
        op.drop_table(table)
