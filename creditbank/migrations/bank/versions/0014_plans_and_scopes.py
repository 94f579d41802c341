"""Plans of programmes; for which enrolment a conversion is, and in what scope it uses outcomes."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("programme", sa.Column("plan", sa.JSON(), nullable=True))
    op.add_column(
        "conversion", sa.Column("scope", sa.String(), nullable=False, server_default="anywhere")
    )
    # SQLite adds a foreign key only together with its column, in one statement.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "ALTER TABLE conversion ADD COLUMN enrolment_id VARCHAR REFERENCES enrolment (id)"
        )
    else:
        op.add_column("conversion", sa.Column("enrolment_id", sa.String(), nullable=True))
        op.create_foreign_key(None, "conversion", "enrolment", ["enrolment_id"], ["id"])
    op.create_index(op.f("ix_conversion_enrolment_id"), "conversion", ["enrolment_id"])
    for column in (
        sa.Column("unit", sa.String(), nullable=False, server_default="credits"),
        sa.Column("exempts", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("in_parts", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("conversion_grant", column)
