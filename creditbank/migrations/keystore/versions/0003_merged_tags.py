"""Which account a look-up tag named before that account was merged into another."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lookup_tag", sa.Column("merged_from", sa.String(), nullable=True))
    op.create_index(op.f("ix_lookup_tag_merged_from"), "lookup_tag", ["merged_from"], unique=False)
