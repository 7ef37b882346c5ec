"""What Alembic runs: the migrations on the connection that `eval.service.database.migrate` hands over."""

from alembic import context

from goldentime.eval.service.tables import Base

__all__ = ["run"]


def run() -> None:
    """Bring the tables of the given connection to the wanted version."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite alters a table by copying it
    )
    with context.begin_transaction():
        context.run_migrations()


if hasattr(context, "config"):  # there is none where this file is only imported
    run()
