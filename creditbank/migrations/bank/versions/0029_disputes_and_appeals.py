"""What a dispute or an appeal is about, and the notice from which the time to appeal runs."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("disputed_id", "conversion_id", "appeal_of"):
        op.add_column("matter", sa.Column(column, sa.String(), nullable=True))
        op.create_index(op.f(f"ix_matter_{column}"), "matter", [column], unique=False)
    op.add_column("matter", sa.Column("notice_id", sa.String(), nullable=True))
