"""Alembic environment of the key store; the caller lends the connection."""

from alembic import context

from creditbank.keystore.tables import KEYSTORE_METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=KEYSTORE_METADATA)
context.run_migrations()
