"""Outcomes that were used outside the bank, so that they are used up here too."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outside_use",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("outcome_id", sa.String(), nullable=False),
        sa.Column("withdraws_id", sa.String(), nullable=True),
        sa.Column("unit_tag", sa.LargeBinary(), nullable=False),
        sa.Column("nullifier", sa.LargeBinary(), nullable=False),
        sa.Column("stated_with", sa.String(), nullable=False),
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.Column("sealed_statement", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"]),
        sa.ForeignKeyConstraint(["withdraws_id"], ["outside_use.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("withdraws_id"),
    )
    for column in ("account_id", "outcome_id", "unit_tag"):
        op.create_index(op.f(f"ix_outside_use_{column}"), "outside_use", [column], unique=False)
    op.create_index(op.f("ix_outside_use_entry_index"), "outside_use", ["entry_index"], unique=True)
