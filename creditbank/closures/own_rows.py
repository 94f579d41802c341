"""Everything of one learner, row by row and opened: what an erasure would take she is given."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

import orjson
from sqlalchemy import Connection, RowMapping, Table, select
from sqlmodel import SQLModel

from creditbank.closures.scrub import is_hers
from creditbank.closures.treatment import TREATMENTS
from creditbank.conversion.days import CIVIL_TIME
from creditbank.keystore.account_key import AccountKey, place
from creditbank.keystore.statements import open_fields

Facts = dict[str, object]

_SEALED = "sealed_"
_SECRETS = frozenset({"password_hash", "pin_hash"})
_SEALED_AT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"standing_grant": ("id", "institution_id", "ledger_size")}
)
"""By what columns the place of a sealed value is named, where it is neither the id nor the key."""

OTHERS_SEALS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("held_outcome", "sealed_row"): "under the row's own key, which ends when it is hers",
        ("held_outcome", "sealed_decision"): "under the row's own key, as is who decided",
    }
)
"""What is sealed in rows of hers under another key than hers, and why."""


def own_rows(connection: Connection, key: AccountKey) -> Iterator[tuple[str, list[Facts]]]:
    """Give each table that has rows of hers, with all that can be read of them.

    Hashes and tags lead to nothing that could be read and are left out, and so are the hashes of
    her password and PINs. Raises `SealBroken`.
    """
    for name, treatment in TREATMENTS.items():
        table = SQLModel.metadata.tables[name]
        wanted = select(table).where(is_hers(table, treatment, key.account_id))
        rows = connection.execute(wanted.order_by(*table.primary_key.columns)).mappings()
        if facts := [dict(_facts(table, row, key)) for row in rows]:
            yield name, facts


def _facts(table: Table, row: RowMapping, key: AccountKey) -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        if name.startswith(_SEALED):
            if value and (table.name, name) not in OTHERS_SEALS:
                yield name.removeprefix(_SEALED), _opened(table, row, name, key)
        elif isinstance(value, int) and name.endswith("_at"):
            yield name, datetime.fromtimestamp(value, UTC).astimezone(CIVIL_TIME).isoformat()
        elif not isinstance(value, bytes) and name not in _SECRETS:
            yield name, value


def _opened(table: Table, row: RowMapping, column: str, key: AccountKey) -> object:
    at = "/".join(str(row[name]) for name in _SEALED_AT.get(table.name, _named_by(table)))
    if column == "sealed_statement":
        return open_fields(key, table.name, at, row[column])
    return _readable(key.open(place(table.name, at, column), row[column]))


def _named_by(table: Table) -> tuple[str, ...]:
    return ("id",) if "id" in table.c else tuple(one.name for one in table.primary_key.columns)


def _readable(content: bytes) -> object:
    """Give what was sealed as JSON or text; what is neither, as the base64 of its bytes."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        pass
    try:
        return content.decode()
    except UnicodeDecodeError:
        return b64encode(content).decode()
