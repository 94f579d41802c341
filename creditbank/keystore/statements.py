"""Statements under seal: the claim behind a leaf and its disclosures, as one sealed value."""

from collections.abc import Callable

import orjson

from creditbank.keystore.account_key import AccountKey, place
from ledger.statement import JSONValue, Statement, disclosed_fields

_COLUMN = "sealed_statement"


def seal_statement(
    key: AccountKey, table: str, row: str, statement: Statement, entropy: Callable[[int], bytes]
) -> bytes:
    """Seal a statement for the row of a table that it belongs to."""
    content = orjson.dumps([statement.body.decode(), statement.disclosures])
    return key.seal(place(table, row, _COLUMN), content, entropy)


def open_statement(key: AccountKey, table: str, row: str, sealed: bytes) -> Statement:
    """Open what `seal_statement` made; raises `SealBroken`."""
    body, disclosures = orjson.loads(key.open(place(table, row, _COLUMN), sealed))
    return Statement(body=body.encode(), disclosures=tuple(disclosures))


def fields_of(statement: Statement) -> dict[str, JSONValue]:
    """Give all fields of one's own statement, digests checked."""
    return disclosed_fields(statement.body, statement.disclosures)
