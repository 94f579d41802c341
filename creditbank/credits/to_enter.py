"""What a school has to enter 入册, with all that its register asks for, place by place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from creditbank.applications.queries import (
    StoredApplication,
    StoredEntry,
    StoredPart,
    find_entries,
    parts_of,
)
from creditbank.catalogue.enrol import find_enrolments
from creditbank.catalogue.programmes import Programme, find_programmes
from creditbank.credits.queries import StoredConversion, find_conversions, grants_of
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.known_names import names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceToEnter:
    """One place of the plan, the credit for it and the grade to record."""

    part: StoredPart
    grade: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToEnter:
    """An application as its school sees it; of an erased learner number and name are gone."""

    application: StoredApplication
    conversion: StoredConversion
    programme: Programme
    student_number: str | None
    name: str | None
    places: Sequence[PlaceToEnter]
    entry: StoredEntry | None


def to_enter(
    connection: Connection,
    applications: Sequence[StoredApplication],
    keys: Mapping[str, AccountKey],
) -> list[ToEnter]:
    """Give these applications with all that their schools enter, in the same order."""
    ids = [one.id for one in applications]
    conversion_ids = {one.conversion_id for one in applications}
    enrolments = find_enrolments(connection, {one.enrolment_id or "" for one in applications})
    programmes = find_programmes(connection, {one.programme_id for one in enrolments.values()})
    conversions = find_conversions(connection, conversion_ids)
    grants, parts = grants_of(connection, conversion_ids), parts_of(connection, ids)
    entries, names = find_entries(connection, ids), names_of(connection, keys)
    found = []
    for one in applications:
        enrolment, key = enrolments[one.enrolment_id or ""], keys.get(one.account_id)
        grades = {grant.target: grant.grade for grant in grants[one.conversion_id]}
        known = names.get(one.account_id, ())
        found.append(
            ToEnter(
                application=one,
                conversion=conversions[one.conversion_id],
                programme=programmes[enrolment.programme_id],
                student_number=None if key is None else enrolment.open(key)["student_number"],
                name=known[0].name if known else None,
                places=[
                    PlaceToEnter(part=part, grade=grades.get(part.target))
                    for part in sorted(parts[one.id], key=lambda part: part.target)
                ],
                entry=entries.get(one.id),
            )
        )
    return found
