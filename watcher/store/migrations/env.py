"""What Alembic runs: the connection comes from watcher.store.migrate, and with it the transaction."""

from alembic import context

from watcher.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transaction_per_migration=False
)
context.run_migrations()
