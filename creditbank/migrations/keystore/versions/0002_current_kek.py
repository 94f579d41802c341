"""Under which key-encryption key new keys are wrapped."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "current_kek",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kek_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    # Every key there is was wrapped under the one key there was.
    op.execute("INSERT INTO current_kek SELECT 1, min(kek_id) FROM account_key HAVING count(*) > 0")
