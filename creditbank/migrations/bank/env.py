"""Alembic environment of the bank and its ledger; the caller lends the connection."""

from alembic import context

from creditbank.migrations.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA)
context.run_migrations()
