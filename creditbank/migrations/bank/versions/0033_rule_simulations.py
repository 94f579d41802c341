"""What a draft of a rule was simulated with is kept for who approves it."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_simulation",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["rule_id", "version"], ["rule.id", "rule.version"]),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index(op.f("ix_rule_simulation_rule_id"), "rule_simulation", ["rule_id"])
