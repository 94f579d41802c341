"""What is used up: the unit behind an outcome, the part of it, and what the log shows of both."""

from collections.abc import Mapping

import rfc8785

from creditbank.conversion.decision import Part
from creditbank.keystore.secrets import VaultSecrets
from creditbank.outcomes.queries import StoredOutcome
from creditbank.outcomes.stated import defining_institution
from ledger.statement import JSONValue

Unit = tuple[str, ...]


def unit_of(outcome: StoredOutcome, stated: Mapping[str, JSONValue]) -> Unit:
    """Give the unit of an outcome: the certificate where there is one, whoever it was posted for.

    Otherwise it is the learner's result of one course of one awarding body in one term, so that an
    attempt or a correction of it is no second unit.
    """
    body = defining_institution(stated, outcome.institution_id)
    number = stated.get("certificate_number")
    if number is not None:
        series = str(stated["certificate_series"])
        return ("certificate", body, series, str(number))
    course, term = str(stated["course"]), str(stated["term"])
    return ("result", outcome.account_id, body, course, term)


def in_account(unit: Unit, account_id: str) -> Unit:
    """Give what a unit is called in another account; a certificate has one name in all of them."""
    kind, _, *rest = unit
    return unit if kind == "certificate" else (kind, account_id, *rest)


def unit_tag(secrets: VaultSecrets, unit: Unit) -> bytes:
    """Give the tag by which all uses of a unit are found."""
    return secrets.unit_tag(rfc8785.dumps(list(unit)))


def nullifier(secrets: VaultSecrets, scope: str, unit: Unit, part: Part) -> bytes:
    """Give the value that the log shows for the use of a part."""
    used = "" if part.unit is None else f"{part.unit} {part.start}-{part.end}"
    return secrets.nullifier(scope, rfc8785.dumps([*unit, used]))
