"""The names that the bank had before it moved."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_name",
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.Column("issuer_did", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("lists", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index"),
    )
