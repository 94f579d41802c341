"""Conversions that are frozen because another account of the person used the same before."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversion_conflict",
        sa.Column("conversion_id", sa.String(), nullable=False),
        sa.Column("counts_entry", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["conversion_id"], ["conversion.id"]),
        sa.PrimaryKeyConstraint("conversion_id", "counts_entry", "since"),
    )
