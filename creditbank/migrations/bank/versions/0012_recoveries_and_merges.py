"""Recoveries of accounts by two of the staff, and merges of two accounts of one person."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_recovery",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("code_tag", sa.LargeBinary(), nullable=True),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("sealed_document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_account_recovery_account_id"), "account_recovery", ["account_id"], unique=False
    )
    op.create_table(
        "account_merge",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("merged_id", sa.String(), nullable=True),
        sa.Column("survivor_id", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.Column("sealed_statement", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "merged_outcome",
        sa.Column("outcome_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=True),
        sa.Column("same_as_id", sa.String(), nullable=True),
        sa.Column("sealed_stated", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"]),
        sa.ForeignKeyConstraint(["same_as_id"], ["outcome.id"]),
        sa.PrimaryKeyConstraint("outcome_id"),
        sa.UniqueConstraint("tag"),
    )
    op.add_column("account", sa.Column("merged_into", sa.String(), nullable=True))
    op.add_column("login", sa.Column("merged_into", sa.String(), nullable=True))
    for table, column in (
        ("account", "merged_into"),
        ("login", "merged_into"),
        ("account_merge", "account_id"),
        ("account_merge", "merged_id"),
        ("merged_outcome", "account_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
