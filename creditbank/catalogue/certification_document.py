"""The public documents of a certification and of its end, and the commitment to who acted. Pure.

A document names institutions and counts votes. Persons and the minutes 会议纪要 stand behind a
salted SHA-256 in it, so that an audit sees them changed and nobody reads them.
"""

from collections.abc import Sequence
from hashlib import sha256

import rfc8785

from creditbank.catalogue.certification import Ballot, Certification, count_votes
from creditbank.catalogue.definition import Definition
from creditbank.catalogue.queries import definition_row
from creditbank.conversion.amounts import Credits

DOCUMENT_TYPE = "application/vnd.creditbank.definition+json"


def certification_document(
    certification: Certification, definition: Definition, ballots: Sequence[Ballot]
) -> bytes:
    """Give the document of a certified definition (JCS, RFC 8785); absent facts are left out."""
    one = certification
    counts = count_votes(ballots)
    facts: dict[str, object] = {
        "certification": one.id,
        "credits": None if one.credits is None else str(Credits(milli=one.credits)),
        "definition": _stated(definition_row(definition)),
        "institution": one.institution_id,
        "level": one.level,
        "level_framework": one.level_framework,
        "majority": one.majority,
        "quorum": one.quorum,
        "record_sha256": _record(
            one.salt,
            one.submitted_by,
            one.submitted_at,
            one.decided_by,
            one.decided_at,
            one.minutes,
            sorted([ballot.person, ballot.vote, ballot.cast_at] for ballot in ballots),
        ),
        "valid_from": one.valid_from,
        "valid_until": one.valid_until,
        "votes": counts,
    }
    return rfc8785.dumps(_stated(facts))  # type: ignore[arg-type]  # Texts, integers and mappings.


def withdrawal_document(certification: Certification) -> bytes:
    """Give the document by which a certification ends from a day on."""
    one = certification
    facts: dict[str, object] = {
        "certification": one.id,
        "definition": one.definition_id,
        "institution": one.institution_id,
        "record_sha256": _record(one.salt, one.withdrawn_by, one.withdrawal_reason),
        "withdrawn_from": one.withdrawn_from,
    }
    return rfc8785.dumps(facts)  # type: ignore[arg-type]  # Texts alone.


def _record(salt: bytes | None, *facts: object) -> str:
    return sha256((salt or b"") + rfc8785.dumps(list(facts))).hexdigest()  # type: ignore[arg-type]  # As above.


def _stated(facts: dict[str, object]) -> dict[str, object]:
    return {name: fact for name, fact in facts.items() if fact is not None}
