"""Batches that wait for a second person, are withdrawn, and mend an earlier one."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite adds a foreign key only together with its column, in one statement.
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE batch ADD COLUMN follows_id VARCHAR REFERENCES batch (id)")
    else:
        op.add_column("batch", sa.Column("follows_id", sa.String(), nullable=True))
        op.create_foreign_key(None, "batch", "batch", ["follows_id"], ["id"])
    op.create_index(op.f("ix_batch_follows_id"), "batch", ["follows_id"], unique=False)
    op.create_table(
        "batch_decision",
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("reason_class", sa.String(), nullable=True),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("entry_index", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"]),
        sa.PrimaryKeyConstraint("batch_id", "act"),
    )
    op.create_table(
        "batch_practice",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("two_persons", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("institution_id"),
    )
