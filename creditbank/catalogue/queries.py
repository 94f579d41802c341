"""Questions about the catalogue."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import cast

from sqlalchemy import ColumnElement, Connection, RowMapping, SQLColumnExpression, bindparam, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.catalogue.certification import Ballot, Certification
from creditbank.catalogue.definition import Counting, Definition, OutcomeClass, definition_id
from creditbank.catalogue.scheme import GradeScale, Scheme
from creditbank.catalogue.tables import CertificationRow, DefinitionRow, SchemeRow, VoteRow
from creditbank.conversion.amounts import Credits, Grade, StudyTime
from creditbank.database import table_of

_OF_INSTITUTION = select(table_of(DefinitionRow)).where(
    col(DefinitionRow.institution_id) == bindparam("institution")
)
_WITH_CODES = _OF_INSTITUTION.where(col(DefinitionRow.code).in_(bindparam("codes", expanding=True)))
_NAMED = select(table_of(DefinitionRow)).where(among(col(DefinitionRow.id)))
_SCHEMES = select(col(SchemeRow.id), col(SchemeRow.content)).where(
    col(SchemeRow.institution_id) == bindparam("institution")
)


def definitions_by_code(
    connection: Connection, institution_id: str, codes: Collection[str]
) -> dict[str, Sequence[Definition]]:
    """Give all versions of an institution's definitions with these codes."""
    named = {"institution": institution_id, "codes": list(codes)}
    return _by_code(connection.execute(_WITH_CODES, named).mappings())


def all_definitions(connection: Connection, institution_id: str) -> dict[str, Sequence[Definition]]:
    """Give all definitions of an institution by code."""
    of_institution = connection.execute(_OF_INSTITUTION, {"institution": institution_id})
    return _by_code(of_institution.mappings())


def definitions_by_id(connection: Connection, ids: Collection[str]) -> dict[str, Definition]:
    """Give those of these definitions that exist, by id."""
    return {row["id"]: _definition(row) for row in rows_among(connection, _NAMED, ids)}


def counts_each(definition: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Say within a query that every outcome of the definition in this column counts."""
    wanted = select(col(DefinitionRow.id)).where(
        col(DefinitionRow.id) == definition, col(DefinitionRow.counting) == Counting.EACH.value
    )
    return wanted.exists()


def schemes_of(connection: Connection, institution_id: str) -> dict[str, Scheme]:
    """Give the schemes of an institution by id."""
    rows = connection.execute(_SCHEMES, {"institution": institution_id})
    return {row.id: scheme_from(row.id, row.content) for row in rows}


def scheme_content(scheme: Scheme) -> dict[str, object]:
    """Give the stored form of a scheme: decimal strings, no floats."""
    return {
        "title": scheme.title,
        "title_en": scheme.title_en,
        "quantum": str(scheme.quantum),
        "hours_per_credit": scheme.hours_per_credit,
        "minutes_per_class_hour": scheme.minutes_per_class_hour,
        "grade_scales": [
            {
                "id": scale.id,
                "min": None if scale.minimum is None else str(scale.minimum),
                "max": None if scale.maximum is None else str(scale.maximum),
                "values": list(scale.values),
            }
            for scale in scheme.grade_scales
        ],
    }


def scheme_from(scheme_id: str, content: Mapping[str, object]) -> Scheme:
    """Read the stored form of a scheme."""
    scales = cast("list[dict[str, object]]", content["grade_scales"])  # As `scheme_content` wrote.
    return Scheme(
        id=scheme_id,
        title=str(content["title"]),
        title_en=_optional(content["title_en"]),
        quantum=Credits.parse(str(content["quantum"])),
        hours_per_credit=int(str(content["hours_per_credit"])),
        minutes_per_class_hour=int(str(content["minutes_per_class_hour"])),
        grade_scales=tuple(
            GradeScale(
                id=str(scale["id"]),
                minimum=_grade(scale["min"]),
                maximum=_grade(scale["max"]),
                values=tuple(cast("list[str]", scale["values"])),
            )
            for scale in scales
        ),
    )


def definition_row(definition: Definition) -> dict[str, object]:
    """Give the stored form of a definition."""
    return {
        "id": definition.id,
        "institution_id": definition.institution_id,
        "code": definition.code,
        "version": definition.version,
        "title": definition.title,
        "title_en": definition.title_en,
        "outcome_class": definition.outcome_class.value,
        "scheme_id": definition.scheme_id,
        "credits": None if definition.credits is None else definition.credits.milli,
        "minutes": None if definition.hours is None else definition.hours.minutes,
        "valid_from": definition.valid_from,
        "valid_until": definition.valid_until,
        "counting": definition.counting.value,
        "category": definition.category,
        "level_framework": definition.level_framework,
        "level": definition.level,
        "isced_field": definition.isced_field,
        "occupation": definition.occupation,
    }


def _definition(row: RowMapping) -> Definition:
    return Definition(
        id=row["id"],
        institution_id=row["institution_id"],
        code=row["code"],
        version=row["version"],
        title=row["title"],
        title_en=row["title_en"],
        outcome_class=OutcomeClass(row["outcome_class"]),
        scheme_id=row["scheme_id"],
        credits=None if row["credits"] is None else Credits(milli=row["credits"]),
        hours=None if row["minutes"] is None else StudyTime(minutes=row["minutes"]),
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        counting=Counting(row["counting"]),
        category=row["category"],
        level_framework=row["level_framework"],
        level=row["level"],
        isced_field=row["isced_field"],
        occupation=row["occupation"],
        is_reused=row["id"] != definition_id(row["institution_id"], row["code"], row["version"]),
    )


def _by_code(rows: Iterable[RowMapping]) -> dict[str, Sequence[Definition]]:
    found: dict[str, list[Definition]] = defaultdict(list)
    for row in rows:
        found[row["code"]].append(_definition(row))
    return dict(found)


def _optional(value: object) -> str | None:
    return None if value is None else str(value)


def _grade(value: object) -> Grade | None:
    return None if value is None else Grade.parse(str(value))


_CERTIFICATION = [table_of(CertificationRow).c[one.name] for one in fields(Certification)]
_CERTIFICATIONS = select(*_CERTIFICATION).where(among(col(CertificationRow.id)))
_CERTIFICATIONS_OF = select(*_CERTIFICATION).where(among(col(CertificationRow.definition_id)))
_VOTES = select(table_of(VoteRow)).where(among(col(VoteRow.certification_id)))


def certifications_of(
    connection: Connection, definition_ids: Collection[str]
) -> dict[str, list[Certification]]:
    """Give what was submitted and decided of these definitions, by definition."""
    found: dict[str, list[Certification]] = defaultdict(list)
    for row in rows_among(connection, _CERTIFICATIONS_OF, definition_ids):
        found[row["definition_id"]].append(_certification(row))
    return dict(found)


def find_certifications(connection: Connection, ids: Collection[str]) -> dict[str, Certification]:
    """Give those of these certifications that exist, by id."""
    rows = rows_among(connection, _CERTIFICATIONS, ids)
    return {row["id"]: _certification(row) for row in rows}


def ballots_of(
    connection: Connection, certification_ids: Collection[str]
) -> dict[str, list[Ballot]]:
    """Give the votes on these certifications."""
    found: dict[str, list[Ballot]] = defaultdict(list)
    for row in rows_among(connection, _VOTES, certification_ids):
        ballot = Ballot(person=row["person"], vote=row["vote"], cast_at=row["cast_at"])
        found[row["certification_id"]].append(ballot)
    return dict(found)


WITHDRAWN = "/withdrawn"
"""What follows the id of a certification where the leaf that ended it is meant."""


def certification_entries(connection: Connection) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every certification and withdrawal, by ascending index."""
    rows = connection.execute(
        select(
            col(CertificationRow.id),
            col(CertificationRow.entry_index),
            col(CertificationRow.withdrawal_index),
        )
    ).all()
    entries = [(row.entry_index, row.id) for row in rows]
    entries += [(row.withdrawal_index, f"{row.id}{WITHDRAWN}") for row in rows]
    yield from sorted(one for one in entries if one[0] is not None)


def _certification(row: RowMapping) -> Certification:
    return Certification(**row)
