"""Statements of learning systems (xAPI), and the sources that say how to understand them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity_source",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("home_page", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("institution_id", "home_page"),
    )
    op.create_table(
        "activity_statement",
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("content_tag", sa.LargeBinary(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("outcome_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"]),
        sa.PrimaryKeyConstraint("tag"),
    )
    op.create_index(
        op.f("ix_activity_statement_outcome_id"), "activity_statement", ["outcome_id"], unique=False
    )
