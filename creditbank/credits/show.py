"""A conversion as its learner sees it: opened with her key."""

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from creditbank.conversion.decision import DECISIONS, Decision
from creditbank.conversion.filing import FILINGS, Filing
from creditbank.credits.queries import (
    StoredConversion,
    StoredReversal,
    find_conversions,
    find_reversal,
)
from creditbank.errors import Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement
from ledger.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedConversion:
    """A conversion, its statement, and the filing and decision that the statement holds."""

    stored: StoredConversion
    statement: Statement
    filing: Filing
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedReversal:
    """A reversal, and what became of the outcome for whose sake it was made, if there is one."""

    stored: StoredReversal
    outcome_status: str | None


def open_conversion(stored: StoredConversion, key: AccountKey) -> OpenedConversion:
    """Open a conversion; raises `SealBroken`, or `StatementRefused` where it was changed."""
    statement = open_statement(key, "conversion", stored.id, stored.sealed_statement)
    fields = fields_of(statement)
    return OpenedConversion(
        stored=stored,
        statement=statement,
        filing=FILINGS.validate_json(orjson.dumps(fields["filing"])),
        decision=DECISIONS.validate_json(orjson.dumps(fields["decision"])),
    )


def get_conversion(connection: Connection, key: AccountKey, conversion_id: str) -> OpenedConversion:
    """Give a conversion of the account of this key; raises `Refusal("not-found")` for any other."""
    stored = find_conversions(connection, [conversion_id]).get(conversion_id)
    if stored is None or stored.account_id != key.account_id:
        raise Refusal("not-found")
    return open_conversion(stored, key)


def get_reversal(
    connection: Connection, key: AccountKey, conversion_id: str
) -> OpenedReversal | None:
    """Give the reversal of a conversion of this key's account; None while the conversion stands."""
    stored = find_reversal(connection, conversion_id)
    if stored is None:
        return None
    statement = open_statement(key, "conversion_reversal", stored.id, stored.sealed_statement)
    status = fields_of(statement).get("outcome_status")
    return OpenedReversal(stored=stored, outcome_status=None if status is None else str(status))
