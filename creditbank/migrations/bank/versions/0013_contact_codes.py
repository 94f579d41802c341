"""Codes by which learners check their contacts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account_contact", sa.Column("code_tag", sa.LargeBinary(), nullable=True))
    op.add_column("account_contact", sa.Column("code_expires_at", sa.BigInteger(), nullable=True))
    op.add_column("account_contact", sa.Column("code_tries_left", sa.Integer(), nullable=True))
