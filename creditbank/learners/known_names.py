"""Every name of a learner: that of the opening is the first, those recorded later follow."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Executable, delete, select
from sqlmodel import SQLModel, col

from creditbank.among import among, rows_among
from creditbank.database import table_of
from creditbank.keystore.account_key import AccountKey, place
from creditbank.keystore.statements import open_fields
from creditbank.learners.names import NameKind, fold, masked
from creditbank.learners.queries import sealed_openings
from creditbank.learners.tables import AccountNameRow
from creditbank.writer.command import Moment, Rows
from ledger.leaf import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """One name; `from_day` and `until_day` (YYYY-MM-DD) where they are known.

    `seen` says what proved a name that no document of hers prints any more, `came_with` the account
    that was merged into hers with it.
    """

    kind: str
    name: str
    from_day: str | None = None
    until_day: str | None = None
    seen: str | None = None
    came_with: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredName:
    """A name that was recorded after the opening, still under seal."""

    id: str
    account_id: str
    recorded_by: str
    recorded_at: int
    sealed_name: bytes

    def open(self, key: AccountKey) -> dict[str, str]:
        """Open it; raises `SealBroken`."""
        opened: dict[str, str] = orjson.loads(key.open(name_place(self.id), self.sealed_name))
        return opened


_OPTIONAL = ("from_day", "until_day", "seen", "came_with")
_COLUMNS = [table_of(AccountNameRow).c[name] for name in StoredName.__slots__]
_OF_ACCOUNTS = (
    select(*_COLUMNS).where(among(col(AccountNameRow.account_id))).order_by(col(AccountNameRow.id))
)


def recorded_names(connection: Connection, account_ids: "list[str]") -> list[StoredName]:
    """Give the names that were recorded of these accounts after their opening, oldest first."""
    return [StoredName(**row) for row in rows_among(connection, _OF_ACCOUNTS, account_ids)]


def names_of(
    connection: Connection, keys: Mapping[str, AccountKey]
) -> dict[str, tuple[KnownName, ...]]:
    """Give the names of those of these accounts that exist, oldest first, with two queries."""
    names: dict[str, list[KnownName]] = defaultdict(list)
    for account_id, sealed in sealed_openings(connection, list(keys)).items():
        opening = open_fields(keys[account_id], "account", account_id, sealed)
        stated = opening.get("name")
        first = [] if stated is None else [KnownName(kind=NameKind.PRINTED, name=str(stated))]
        names[account_id] = first
    for stored in recorded_names(connection, list(names)):
        opened = stored.open(keys[stored.account_id])
        fields = {name: opened.get(name) for name in _OPTIONAL}
        names[stored.account_id].append(
            KnownName(kind=opened["kind"], name=opened["name"], **fields)
        )
    return {account_id: tuple(known) for account_id, known in names.items()}


def folded_names(
    connection: Connection, keys: Mapping[str, AccountKey]
) -> dict[str, frozenset[str]]:
    """Give every name of these accounts, former ones too, folded; no accounts ask nothing.

    A name that its learner only reported is none yet.
    """
    return {
        account_id: all_folded(names) for account_id, names in names_of(connection, keys).items()
    }


def masked_names(connection: Connection, keys: Mapping[str, AccountKey]) -> dict[str, str]:
    """Give the printed name of each of these accounts as others may see it; empty for none."""
    return {
        account_id: masked(next((one.name for one in names if one.kind == NameKind.PRINTED), ""))
        for account_id, names in names_of(connection, keys).items()
    }


def all_folded(names: Iterable[KnownName]) -> frozenset[str]:
    """Give names folded; one that its learner only reported is none yet."""
    return frozenset(fold(one.name) for one in names if one.kind != NameKind.REPORTED)


def own_names(names: Iterable[KnownName]) -> frozenset[str]:
    """Give, folded, the names that stay with an account whatever is parted from it."""
    return all_folded(one for one in names if one.came_with is None)


def name_row(
    key: AccountKey,
    known: KnownName,
    *,
    by: str,
    moment: Moment,
) -> dict[str, object]:
    """Give the row of a name: what it says is sealed, together with who recorded it when."""
    row_id = new_id(moment.now, moment.entropy).hex()
    said = {
        "kind": known.kind,
        "name": known.name,
        "from_day": known.from_day,
        "until_day": known.until_day,
        "seen": known.seen,
        "came_with": known.came_with,
    }
    content = {name: text for name, text in said.items() if text is not None}
    clear: dict[str, object] = {
        "id": row_id,
        "account_id": key.account_id,
        "recorded_by": by,
        "recorded_at": int(moment.now.timestamp()),
    }
    sealed = key.seal(name_place(row_id), orjson.dumps({**content, **clear}), moment.entropy)
    return {**clear, "sealed_name": sealed}


def name_rows(rows: Rows) -> dict[type[SQLModel], Rows]:
    """Give drafted names by table, for the decision that records them."""
    return {AccountNameRow: rows}


def forget_names(ids: Sequence[str]) -> Executable:
    """Give the deletion of recorded names."""
    return delete(AccountNameRow).where(col(AccountNameRow.id).in_(ids))


def name_place(row_id: str) -> bytes:
    """Name the place of a sealed name."""
    return place(str(AccountNameRow.__tablename__), row_id, "sealed_name")
