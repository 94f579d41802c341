"""Lists of credentials that their holder chose, and when she ended one."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("credential", sa.Column("ended_at", sa.BigInteger(), nullable=True))
