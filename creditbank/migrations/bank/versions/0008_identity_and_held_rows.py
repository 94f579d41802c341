"""Names and documents of learners, held results, and results that were reassigned."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, sealed in (("account_name", "sealed_name"), ("account_document", "sealed_document")):
        op.create_table(
            table,
            sa.Column("id", sa.String(), nullable=False),
            sa.Column("account_id", sa.String(), nullable=False),
            sa.Column("recorded_by", sa.String(), nullable=False),
            sa.Column("recorded_at", sa.BigInteger(), nullable=False),
            sa.Column(sealed, sa.LargeBinary(), nullable=False),
            sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
            sa.PrimaryKeyConstraint("id"),
        )
        op.create_index(op.f(f"ix_{table}_account_id"), table, ["account_id"], unique=False)
    op.create_table(
        "held_outcome",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("natural_tag", sa.LargeBinary(), nullable=True),
        sa.Column("content_tag", sa.LargeBinary(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("posted_with", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_on", sa.String(), nullable=False),
        sa.Column("held_at", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed_row", sa.LargeBinary(), nullable=False),
        sa.Column("outcome_id", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("sealed_decision", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("natural_tag"),
    )
    for column in ("institution_id", "batch_id"):
        op.create_index(op.f(f"ix_held_outcome_{column}"), "held_outcome", [column], unique=False)
    op.add_column("batch", sa.Column("held", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("outcome_revocation", sa.Column("reassigned_to", sa.String(), nullable=True))
