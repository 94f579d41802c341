"""Validity, certification and successors of definitions; terms, offerings, programmes, enrolments."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KEY = ("institution_id", "code", "version", "valid_from")


def _new_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("valid_until", sa.String(), nullable=True),
        sa.Column("counting", sa.String(), server_default="best", nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("level_framework", sa.String(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("isced_field", sa.String(), nullable=True),
        sa.Column("occupation", sa.String(), nullable=True),
    ]


def upgrade() -> None:
    for column in _new_columns():
        op.add_column("definition", column)
    if op.get_bind().dialect.name == "sqlite":
        _widen_key_on_sqlite()
    else:
        op.drop_constraint("definition_institution_id_code_version_key", "definition")
        op.create_unique_constraint(None, "definition", _KEY)
    op.add_column("outcome", sa.Column("offering", sa.String(), nullable=True))
    op.create_index(op.f("ix_outcome_offering"), "outcome", ["offering"], unique=False)
    _create_certification()
    _create_calendar()
    _create_enrolment()


def _widen_key_on_sqlite() -> None:
    """Make the table anew with the wider key: SQLite can neither drop nor name this constraint.

    Outcomes refer to its rows, which are away for a moment; they are asked for at the commit.
    """
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TEMPORARY TABLE kept_definition AS SELECT * FROM definition")
    op.drop_table("definition")
    op.create_table(
        "definition",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=True),
        sa.Column("outcome_class", sa.String(), nullable=False),
        sa.Column("scheme_id", sa.String(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.String(), nullable=False),
        *_new_columns(),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(*_KEY),
    )
    op.execute("INSERT INTO definition SELECT * FROM kept_definition")
    op.execute("DROP TABLE kept_definition")


def _create_certification() -> None:
    op.create_table(
        "certification",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("definition_id", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("credits", sa.BigInteger(), nullable=True),
        sa.Column("level_framework", sa.String(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.String(), nullable=False),
        sa.Column("valid_until", sa.String(), nullable=True),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("majority", sa.String(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.String(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("entry_index", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_from", sa.String(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("withdrawal_reason", sa.String(), nullable=True),
        sa.Column("withdrawal_index", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["definition_id"], ["definition.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for name in ("definition_id", "institution_id"):
        op.create_index(op.f(f"ix_certification_{name}"), "certification", [name], unique=False)
    op.create_table(
        "certification_vote",
        sa.Column("certification_id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("vote", sa.String(), nullable=False),
        sa.Column("cast_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["certification_id"], ["certification.id"]),
        sa.PrimaryKeyConstraint("certification_id", "person"),
    )
    op.create_table(
        "definition_successor",
        sa.Column("earlier_id", sa.String(), nullable=False),
        sa.Column("later_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("from_day", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["earlier_id"], ["definition.id"]),
        sa.ForeignKeyConstraint(["later_id"], ["definition.id"]),
        sa.PrimaryKeyConstraint("earlier_id", "later_id"),
    )
    op.create_index(
        op.f("ix_definition_successor_later_id"), "definition_successor", ["later_id"], unique=False
    )


def _create_calendar() -> None:
    op.create_table(
        "term",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("first_day", sa.String(), nullable=False),
        sa.Column("last_day", sa.String(), nullable=False),
        sa.Column("synonyms", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("institution_id", "name"),
    )
    op.create_table(
        "offering",
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("definition_id", sa.String(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("first_day", sa.String(), nullable=True),
        sa.Column("last_day", sa.String(), nullable=True),
        sa.Column("instructors", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["definition_id"], ["definition.id"]),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("institution_id", "code"),
    )
    op.create_index(op.f("ix_offering_definition_id"), "offering", ["definition_id"], unique=False)
    op.create_table(
        "level_framework",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_enrolment() -> None:
    op.create_table(
        "programme",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("valid_from", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(*_KEY),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sameness_tag", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("programme_id", sa.String(), nullable=False),
        sa.Column("institution_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sealed_facts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"]),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sameness_tag"),
    )
    for name in ("account_id", "institution_id", "programme_id"):
        op.create_index(op.f(f"ix_enrolment_{name}"), "enrolment", [name], unique=False)
