"""Institutions as of a day, and the roles of staff."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("institution", sa.Column("region", sa.String(), nullable=True))
    op.add_column("institution", sa.Column("region_year", sa.Integer(), nullable=True))
    op.add_column("institution", sa.Column("since", sa.String(), nullable=True))
    op.create_table(
        "institution_change",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("uscc", sa.String(), nullable=True),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("region_year", sa.Integer(), nullable=True),
        sa.Column("successors", sa.JSON(), nullable=False),
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["parent_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_index"),
    )
    op.create_index(
        op.f("ix_institution_change_institution_id"),
        "institution_change",
        ["institution_id"],
        unique=False,
    )
    op.add_column("login", sa.Column("roles", sa.JSON(), nullable=True))
    # The first administrator manages staff; those of before could only register institutions.
    op.execute(
        """UPDATE login SET scopes = '["institutions:register", "staff:manage"]'
        WHERE name = 'administrator' AND account_id IS NULL"""
    )
