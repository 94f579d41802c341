"""Erasures, and the ids that erased rows are given."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("due_day", sa.String(), nullable=False),
        sa.Column("leaf_id", sa.LargeBinary(), nullable=True),
        sa.Column("account_tag", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_index(op.f("ix_erasure_due_day"), "erasure", ["due_day"], unique=False)
    op.create_table(
        "pseudonym", sa.Column("id", sa.String(), nullable=False), sa.PrimaryKeyConstraint("id")
    )
