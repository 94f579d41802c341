"""What an institution posted is found in the order of the ledger, in place of no order."""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_outcome_institution", "outcome", ["institution_id", "entry_index"])
    op.drop_index("ix_outcome_institution_id", table_name="outcome")
