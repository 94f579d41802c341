"""Alembic environments for the two databases: the bank with its ledger, and the key store."""
