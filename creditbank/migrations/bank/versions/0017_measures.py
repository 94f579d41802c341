"""Measures over many outcomes; credit is frozen with its outcome, reviewed after a correction."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_FREEZE = """
UPDATE conversion SET status = 'frozen' WHERE status = 'recognised' AND id IN (
    SELECT conversion_use.conversion_id FROM conversion_use
    JOIN outcome ON outcome.id = conversion_use.outcome_id
    WHERE outcome.status = 'suspended'
)
"""


def upgrade() -> None:
    op.create_table(
        "measure",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("follows_id", sa.String(), nullable=True),
        sa.Column("posted_with", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["follows_id"], ["measure.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_index"),
    )
    op.create_index(op.f("ix_measure_institution_id"), "measure", ["institution_id"])
    op.create_index(op.f("ix_measure_state"), "measure", ["state"])
    op.create_table(
        "measure_outcome",
        sa.Column("measure_id", sa.String(), nullable=False),
        sa.Column("outcome_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"]),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"]),
        sa.PrimaryKeyConstraint("measure_id", "outcome_id"),
    )
    op.create_index(op.f("ix_measure_outcome_outcome_id"), "measure_outcome", ["outcome_id"])
    op.create_table(
        "conversion_review",
        sa.Column("conversion_id", sa.String(), nullable=False),
        sa.Column("outcome_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_on", sa.String(), nullable=True),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.Column("notice_id", sa.String(), nullable=True),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.Column("replaced_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["conversion_id"], ["conversion.id"]),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"]),
        sa.PrimaryKeyConstraint("conversion_id"),
    )
    op.create_index(op.f("ix_conversion_review_state"), "conversion_review", ["state"])
    with op.batch_alter_table("conversion_reversal") as reversal:
        reversal.add_column(
            sa.Column("cause", sa.String(), nullable=False, server_default="outcome")
        )
        reversal.alter_column("outcome_id", existing_type=sa.String(), nullable=True)
    op.execute(_FREEZE)
