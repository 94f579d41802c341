"""What the bank states of an outcome: the fields behind the leaf, and the natural key."""

from collections.abc import Mapping

import orjson

from creditbank.catalogue.definition import Definition
from creditbank.conversion.amounts import ClassHours, Credits
from creditbank.institutions.history import Institution
from creditbank.outcomes.posting import PostedOutcome
from ledger.statement import JSONValue

_ABOUT_CORRECTION = frozenset({"corrects", "correction_reason"})


def stated_fields(
    posted: PostedOutcome, definition: Definition, provider: Institution, account_number: str
) -> dict[str, JSONValue]:
    """Give every field of the statement; absent facts are left out, amounts are decimal strings."""
    fields: dict[str, JSONValue | None] = {
        "account_number": account_number,
        "attempt": posted.attempt,
        "attempt_kind": posted.attempt_kind.value,
        "awarded_on": str(posted.awarded_on),
        "class": definition.outcome_class.value,
        "course": definition.code,
        "course_valid_from": definition.stated_first_day,
        "course_version": definition.version,
        "grade": posted.grade,
        "grade_scale": posted.grade_scale,
        "offering": posted.offering,
        "provider": provider.name,
        "provider_en": provider.name_en,
        "result": posted.result,
        "term": posted.term,
        "title": definition.title,
        "title_en": definition.title_en,
        "class_hours": _printed(posted.class_hours),
        "credits": _printed(posted.credits),
        "minutes": None if posted.hours is None else posted.hours.minutes,
    }
    if posted.certificate is not None:
        fields["certificate_level"] = posted.certificate.level
        fields["certificate_number"] = posted.certificate.number
        fields["certificate_series"] = posted.certificate.series
    return {name: value for name, value in fields.items() if value is not None}


def _printed(amount: Credits | ClassHours | None) -> str | None:
    return None if amount is None else str(amount)


def natural_key(posted: PostedOutcome, definition: Definition) -> bytes:
    """Give the canonical natural key (RFC 8785): awarding body, definition, term, attempt.

    The learner is part of the key by the account key under which it is hashed. Of texts and small
    integers under these names sorted orjson gives the canonical bytes, many times faster.
    """
    key = {
        "attempt": posted.attempt,
        "attempt_kind": posted.attempt_kind.value,
        "course": definition.code,
        "institution": definition.institution_id,
        "term": posted.term,
        "version": definition.version,
    }
    if definition.is_reused:
        key["valid_from"] = definition.valid_from
    return orjson.dumps(key, option=orjson.OPT_SORT_KEYS)


def stated_natural_key(stated: Mapping[str, JSONValue], institution_id: str) -> bytes:
    """Give the natural key again from what a statement says."""
    key = {
        "attempt": stated["attempt"],
        "attempt_kind": stated["attempt_kind"],
        "course": stated["course"],
        "institution": institution_id,
        "term": stated["term"],
        "version": stated["course_version"],
    }
    if "course_valid_from" in stated:
        key["valid_from"] = stated["course_valid_from"]
    return orjson.dumps(key, option=orjson.OPT_SORT_KEYS)


def differing(stated: dict[str, JSONValue], other: dict[str, JSONValue]) -> list[str]:
    """Name the fields in which two statements of one result differ; why is not one of them."""
    names = (stated.keys() | other.keys()) - _ABOUT_CORRECTION
    return sorted(name for name in names if stated.get(name) != other.get(name))
