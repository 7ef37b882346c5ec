"""What Alembic runs: the migrations on the connection that `eval.service.database.migrate` hands over."""

from alembic import context

from goldentime.eval.service.tables import Base

__all__: list[str] = []

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
