"""Standing grants to employers, the outcomes that they show, and the looks at them."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "standing_grant",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ledger_size", sa.BigInteger(), nullable=False),
        sa.Column("sealed_document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "standing_grant_outcome",
        sa.Column("grant_id", sa.String(), nullable=False),
        sa.Column("outcome_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["standing_grant.id"]),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"]),
        sa.PrimaryKeyConstraint("grant_id", "outcome_id"),
    )
    op.create_table(
        "standing_grant_look",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("grant_id", sa.String(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=False),
        sa.Column("ledger_size", sa.BigInteger(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["standing_grant.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for table, column in (
        ("standing_grant", "account_id"),
        ("standing_grant", "institution_id"),
        ("standing_grant_outcome", "outcome_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    op.create_index(
        "ix_standing_grant_look_grant", "standing_grant_look", ["grant_id", "looked_at"]
    )
