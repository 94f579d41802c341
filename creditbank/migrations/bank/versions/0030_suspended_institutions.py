"""Institutions that may post nothing for a while, and API keys with a name, a last use, a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("reason", "ask", "ordered_by"):
        op.add_column("institution_change", sa.Column(column, sa.String(), nullable=True))
    for column in ("name", "revoked_for"):
        op.add_column("api_key", sa.Column(column, sa.String(), nullable=True))
    op.add_column("api_key", sa.Column("last_used_at", sa.BigInteger(), nullable=True))
