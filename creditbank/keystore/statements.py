"""Statements under seal: the claim behind a leaf and its disclosures, as one sealed value.

What is sealed is the short form: body and disclosures follow from the salted fields.
"""

from collections.abc import Callable

import orjson

from creditbank.keystore.account_key import AccountKey, place
from ledger.statement import (
    JSONValue,
    Statement,
    rebuild_statement,
    salted_fields,
)

_COLUMN = "sealed_statement"


def seal_statement(
    key: AccountKey, table: str, row: str, statement: Statement, entropy: Callable[[int], bytes]
) -> bytes:
    """Seal a statement for the row of a table that it belongs to."""
    content = orjson.dumps(salted_fields(statement))
    return key.seal(place(table, row, _COLUMN), content, entropy)


def open_statement(key: AccountKey, table: str, row: str, sealed: bytes) -> Statement:
    """Open what `seal_statement` made; raises `SealBroken`."""
    content = key.open(place(table, row, _COLUMN), sealed)
    issuer, log, kind, salted = orjson.loads(content)
    return rebuild_statement(issuer=issuer, log=log, kind=kind, salted=salted)


def open_fields(key: AccountKey, table: str, row: str, sealed: bytes) -> dict[str, JSONValue]:
    """Give all fields of what `seal_statement` made, and make no statement of them again.

    The seal says that they are what was sealed; raises `SealBroken`.
    """
    _, _, _, salted = orjson.loads(key.open(place(table, row, _COLUMN), sealed))
    return {name: value for _, name, value in salted}


def fields_of(statement: Statement) -> dict[str, JSONValue]:
    """Give all fields of one's own statement."""
    return {name: value for _, name, value in statement.salted}
