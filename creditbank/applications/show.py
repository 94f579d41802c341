"""Applications and answers as their learner sees them: opened with her key."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import orjson
from pydantic import ValidationError
from sqlalchemy import Connection

from creditbank.applications.queries import StoredApplication, StoredEntry, applications_to
from creditbank.conversion.application import INPUTS, RESULTS, ApplicationInputs
from creditbank.conversion.apply import Application
from creditbank.conversion.plan import CountedCredit
from creditbank.keystore.account_key import AccountKey, SealBroken
from creditbank.keystore.statements import fields_of, open_statement
from ledger.errors import LedgerError
from ledger.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedApplication:
    """An application, its statement, and the inputs and result that the statement holds."""

    stored: StoredApplication
    statement: Statement
    inputs: ApplicationInputs
    result: Application


def open_application(stored: StoredApplication, key: AccountKey) -> OpenedApplication:
    """Open an application; raises `SealBroken`, or `StatementRefused` where it was changed."""
    statement = open_statement(key, "application", stored.id, stored.sealed_statement)
    fields = fields_of(statement)
    return OpenedApplication(
        stored=stored,
        statement=statement,
        inputs=INPUTS.validate_json(orjson.dumps(fields["inputs"])),
        result=RESULTS.validate_json(orjson.dumps(fields["result"])),
    )


def words_of(entry: StoredEntry, key: AccountKey) -> str | None:
    """Give what the school wrote beside its answer; raises `SealBroken`."""
    statement = open_statement(key, "application_entry", entry.id, entry.sealed_statement)
    text = fields_of(statement).get("text")
    return None if text is None else str(text)


def opened_applications(
    connection: Connection, enrolment_ids: Collection[str], keys: Iterable[AccountKey]
) -> list[OpenedApplication]:
    """Give the applications to these enrolments, in the order of the ledger.

    Those of accounts without a key here are left out; raises as `open_application` does.
    """
    by_account = {key.account_id: key for key in keys}
    return [
        open_application(stored, key)
        for stored in applications_to(connection, enrolment_ids)
        if (key := by_account.get(stored.account_id)) is not None
    ]


def readable_applications(
    connection: Connection, enrolment_ids: Collection[str], keys: Iterable[AccountKey]
) -> list[OpenedApplication]:
    """Give the same, leaving out what does not open: an audit names that where it belongs."""
    by_account = {key.account_id: key for key in keys}
    found: list[OpenedApplication] = []
    for stored in applications_to(connection, enrolment_ids):
        with suppress(SealBroken, LedgerError, ValidationError, KeyError):
            found.append(open_application(stored, by_account[stored.account_id]))
    return found


def applied_so_far(opened: Iterable[OpenedApplication], enrolment_id: str) -> list[CountedCredit]:
    """Give what is applied to an enrolment by the applications that stand."""
    return [
        credit
        for one in opened
        if one.stored.enrolment_id == enrolment_id and one.stored.stands
        for credit in one.result.applied
    ]


def applied_by_conversion(
    opened: Iterable[OpenedApplication],
) -> Mapping[str, list[CountedCredit]]:
    """Give what of each conversion is applied by the applications that stand."""
    found: dict[str, list[CountedCredit]] = {}
    for one in opened:
        if one.stored.stands:
            found.setdefault(one.stored.conversion_id, []).extend(one.result.applied)
    return found
