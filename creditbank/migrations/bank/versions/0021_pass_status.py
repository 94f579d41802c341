"""Passes have places in status lists of their own, and a PIN where the holder wants one."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("learning_pass", sa.Column("status_list", sa.Integer(), nullable=True))
    op.add_column("learning_pass", sa.Column("status_index", sa.Integer(), nullable=True))
    op.add_column("learning_pass", sa.Column("pin_hash", sa.String(), nullable=True))
    op.create_index(
        "ix_learning_pass_status", "learning_pass", ["status_list", "status_index"], unique=True
    )
