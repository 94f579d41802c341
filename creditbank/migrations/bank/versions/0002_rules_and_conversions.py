"""Rules and conversions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=True),
        sa.Column("entry_index", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    op.create_index(op.f("ix_rule_sha256"), "rule", ["sha256"], unique=False)
    op.create_table(
        "conversion",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("rule_sha256", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("filed_month", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_with", sa.String(), nullable=False),
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.Column("sealed_statement", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_conversion_account_id"), "conversion", ["account_id"], unique=False)
    op.create_index(op.f("ix_conversion_rule_id"), "conversion", ["rule_id"], unique=False)
    op.create_index(op.f("ix_conversion_entry_index"), "conversion", ["entry_index"], unique=True)
    op.create_table(
        "conversion_grant",
        sa.Column("conversion_id", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["conversion_id"], ["conversion.id"]),
        sa.PrimaryKeyConstraint("conversion_id", "target"),
    )
    op.create_table(
        "conversion_reversal",
        sa.Column("conversion_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("outcome_id", sa.String(), nullable=False),
        sa.Column("decided_with", sa.String(), nullable=False),
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.Column("sealed_statement", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["conversion_id"], ["conversion.id"]),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"]),
        sa.PrimaryKeyConstraint("conversion_id"),
        sa.UniqueConstraint("id"),
    )
    op.create_index(
        op.f("ix_conversion_reversal_entry_index"),
        "conversion_reversal",
        ["entry_index"],
        unique=True,
    )
    op.create_table(
        "conversion_use",
        sa.Column("conversion_id", sa.String(), nullable=False),
        sa.Column("nullifier", sa.LargeBinary(), nullable=False),
        sa.Column("outcome_id", sa.String(), nullable=False),
        sa.Column("unit_tag", sa.LargeBinary(), nullable=False),
        sa.Column("part_unit", sa.String(), nullable=True),
        sa.Column("part_start", sa.BigInteger(), nullable=False),
        sa.Column("part_end", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["conversion_id"], ["conversion.id"]),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"]),
        sa.PrimaryKeyConstraint("conversion_id", "nullifier"),
    )
    op.create_index(
        op.f("ix_conversion_use_outcome_id"), "conversion_use", ["outcome_id"], unique=False
    )
    op.create_index(
        op.f("ix_conversion_use_unit_tag"), "conversion_use", ["unit_tag"], unique=False
    )
