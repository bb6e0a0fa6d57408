"""Run by Alembic: applies revisions on the connection, and in the transaction, that `migrate` has opened."""

from alembic import context

from chatserver.core.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # also on SQLite, where our own transaction is around it all
)
context.run_migrations()
