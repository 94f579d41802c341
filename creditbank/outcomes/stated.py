"""What the bank states of an outcome: the fields behind the leaf, and the natural key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import orjson

from creditbank.catalogue.definition import Definition
from creditbank.conversion.amounts import ClassHours, Credits, Grade
from creditbank.institutions.history import History, Institution
from creditbank.outcomes.dates import PartialDate
from creditbank.outcomes.particulars import AwardingBody, Certificate, Particulars
from creditbank.outcomes.posting import PostedOutcome
from ledger.statement import JSONValue

_NOT_THE_RESULT = frozenset(
    {
        "corrects",
        "correction_reason",
        "provider",
        "provider_en",
        "received_on",
        "posted_on",
        "grade_value",
        "attestation",
        "archive_reference",
        "entered_by",
        "checked_by",
    }
)
"""Who handed a result in, when and why, and what follows from the rest: no part of the result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Who posted a result and on which day, for which account, and what its grade is exactly.

    `bodies` are the institutions among those that awarded it.
    """

    provider: Institution
    posted_on: date
    account_number: str
    exact_grade: Grade | None
    bodies: Mapping[str, History]


def stated_fields(
    posted: PostedOutcome, definition: Definition, circumstances: Circumstances
) -> dict[str, JSONValue]:
    """Give every field of the statement; absent facts are left out, amounts are decimal strings."""
    provider, bodies = circumstances.provider, circumstances.bodies
    fields: dict[str, JSONValue | None] = {
        "account_number": circumstances.account_number,
        "attempt": posted.attempt,
        "attempt_kind": posted.attempt_kind.value,
        "awarded_on": str(posted.awarded_on),
        "class": definition.outcome_class.value,
        "course": definition.code,
        "course_valid_from": definition.stated_first_day,
        "course_version": definition.version,
        "grade": posted.grade,
        "grade_scale": posted.grade_scale,
        "grade_value": _text(circumstances.exact_grade),
        "offering": posted.offering,
        "posted_on": str(circumstances.posted_on),
        "provider": provider.name,
        "provider_en": provider.name_en,
        "result": posted.result,
        "term": posted.term,
        "title": definition.title,
        "title_en": definition.title_en,
        "class_hours": _text(posted.class_hours),
        "credits": _text(posted.credits),
        "minutes": None if posted.hours is None else posted.hours.minutes,
    }
    if posted.certificate is not None:
        fields |= _of_certificate(posted.certificate)
    if posted.particulars is not None:
        fields |= _of_particulars(posted.particulars, bodies, posted.awarded_on.last_day)
    return {name: value for name, value in fields.items() if value is not None}


def _of_certificate(certificate: Certificate) -> dict[str, JSONValue | None]:
    renews = certificate.renews or (None, None)
    return {
        "certificate_level": certificate.level,
        "certificate_number": certificate.number,
        "certificate_series": certificate.series,
        "valid_from": _text(certificate.valid_from),
        "valid_until": _text(certificate.valid_until),
        "renews_series": renews[0],
        "renews_number": renews[1],
    }


def _of_particulars(
    particulars: Particulars, bodies: Mapping[str, History], day: date
) -> dict[str, JSONValue | None]:
    return {
        "awarded_by": [_body(one, bodies, day) for one in particulars.awarded_by] or None,
        "received_on": _text(particulars.received_on),
        "minutes_attended": particulars.minutes_attended,
        "assurance": particulars.assurance and particulars.assurance.value,
        "attestation": particulars.attestation and particulars.attestation.value,
        "archive_reference": particulars.archive_reference,
        "entered_by": particulars.entered_by,
        "checked_by": particulars.checked_by,
    }


def _body(one: AwardingBody, bodies: Mapping[str, History], day: date) -> JSONValue:
    """State a body; whose name was not given as printed has the one of the day of the award."""
    if one.institution is None:
        return {"name": one.name, "role": one.role.value}
    name = one.name or bodies[one.institution].on(day).name
    return {"institution": one.institution, "name": name, "role": one.role.value}


def _text(fact: Credits | ClassHours | Grade | PartialDate | date | None) -> str | None:
    return None if fact is None else str(fact)


def natural_key(posted: PostedOutcome, definition: Definition) -> bytes:
    """Give the canonical natural key (RFC 8785): awarding body, definition, term, attempt.

    The awarding body is the lead's institution, whose definition it is; of a body that is known by
    name only, the name is part of the key. The learner is part of it by the account key under which
    it is hashed. Of texts and small integers under these names sorted orjson gives the canonical
    bytes, many times faster.
    """
    key: dict[str, JSONValue] = {
        "attempt": posted.attempt,
        "attempt_kind": posted.attempt_kind.value,
        "course": definition.code,
        "institution": definition.institution_id,
        "term": posted.term,
        "version": definition.version,
    }
    if definition.is_reused:
        key["valid_from"] = definition.valid_from
    if posted.particulars is not None and posted.particulars.awarded_by:
        lead = posted.particulars.awarded_by[0]
        key |= {} if lead.institution else {"body": lead.name}
    return orjson.dumps(key, option=orjson.OPT_SORT_KEYS)


def stated_natural_key(stated: Mapping[str, JSONValue], institution_id: str) -> bytes:
    """Give the natural key again from what a statement says that an institution posted."""
    key: dict[str, JSONValue] = {
        "attempt": stated["attempt"],
        "attempt_kind": stated["attempt_kind"],
        "course": stated["course"],
        "institution": defining_institution(stated, institution_id),
        "term": stated["term"],
        "version": stated["course_version"],
    }
    if "course_valid_from" in stated:
        key["valid_from"] = stated["course_valid_from"]
    lead = _lead(stated)
    if lead and "institution" not in lead:
        key["body"] = lead["name"]
    return orjson.dumps(key, option=orjson.OPT_SORT_KEYS)


def defining_institution(stated: Mapping[str, JSONValue], institution_id: str) -> str:
    """Give the institution whose result it is: the lead of the award, else the one that posted."""
    return str(_lead(stated).get("institution", institution_id))


def _lead(stated: Mapping[str, JSONValue]) -> Mapping[str, JSONValue]:
    bodies = stated.get("awarded_by")
    lead = bodies[0] if isinstance(bodies, list) and bodies else None
    return lead if isinstance(lead, dict) else {}


def differing(stated: dict[str, JSONValue], other: dict[str, JSONValue]) -> list[str]:
    """Name the fields in which two statements of one result differ, but who posted it and why."""
    names = (stated.keys() | other.keys()) - _NOT_THE_RESULT
    return sorted(name for name in names if stated.get(name) != other.get(name))
