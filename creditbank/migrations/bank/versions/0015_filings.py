"""Filings that persons decide along the chain of their rule, and what was decided before."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "filing",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("rule_sha256", sa.String(), nullable=False),
        sa.Column("appeal_of", sa.String(), nullable=True),
        sa.Column("received_on", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.String(), nullable=True),
        sa.Column("days_left", sa.Integer(), nullable=True),
        sa.Column("is_disputed", sa.Boolean(), nullable=False),
        sa.Column("conversion_id", sa.String(), nullable=True),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("notice_id", sa.String(), nullable=True),
        sa.Column("sealed_request", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("conversion_id"),
    )
    for column in ("account_id", "institution_id", "appeal_of", "state"):
        op.create_index(op.f(f"ix_filing_{column}"), "filing", [column], unique=False)
    op.create_table(
        "filing_step",
        sa.Column("filing_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"]),
        sa.PrimaryKeyConstraint("filing_id", "number"),
    )
    op.create_table(
        "precedent",
        sa.Column("filing_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("is_granted", sa.Boolean(), nullable=False),
        sa.Column("departs", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("filing_id", "source", "target"),
    )
    op.create_index(op.f("ix_precedent_institution_id"), "precedent", ["institution_id"])
    op.create_index(op.f("ix_precedent_source"), "precedent", ["source"])
