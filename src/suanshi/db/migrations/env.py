"""Alembic's entry: it runs in the transaction that `db.migrate` hands it, and never opens a database of its own."""

from alembic import context

from suanshi.db.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
