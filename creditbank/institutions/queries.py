"""Questions about institutions."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from heapq import merge

from sqlalchemy import Connection, Select, bindparam, select
from sqlmodel import col

from creditbank.among import among, rows_among
from creditbank.database import stream, table_of
from creditbank.errors import Refusal
from creditbank.institutions.history import Change, History, Institution
from creditbank.institutions.tables import InstitutionChangeRow, InstitutionRow

_FACTS = select(*(table_of(InstitutionRow).c[name] for name in Institution.__slots__))
_CHANGES = select(*(table_of(InstitutionChangeRow).c[name] for name in Change.__slots__))
_NAMED = _FACTS.where(col(InstitutionRow.id).in_(bindparam("ids", expanding=True)))
_NAMED_CHANGES = _CHANGES.where(
    col(InstitutionChangeRow.institution_id).in_(bindparam("ids", expanding=True))
)

_CHANGES_BY_ID = _CHANGES.where(among(col(InstitutionChangeRow.id)))


def find_institutions(connection: Connection, ids: Collection[str]) -> dict[str, History]:
    """Give the histories of those of these institutions that exist, by id."""
    return _read(connection, _NAMED, _NAMED_CHANGES, {"ids": list(ids)})


def find_with_all_above(connection: Connection, ids: Collection[str]) -> dict[str, History]:
    """Give the histories of these institutions and of all that they ever stood under, by id."""
    found: dict[str, History] = {}
    wanted = set(ids)
    while wanted:
        found |= find_institutions(connection, wanted)
        above = {one for named in wanted & found.keys() for one in found[named].ever_under}
        wanted = above - found.keys()
    return found


def all_institutions(connection: Connection) -> dict[str, History]:
    """Give the history of every institution, by id."""
    return _read(connection, _FACTS, _CHANGES, {})


def institution_page(connection: Connection, *, after: str, limit: int) -> list[History]:
    """Give institutions by ascending id, from the one after this id on."""
    wanted = select(col(InstitutionRow.id)).where(col(InstitutionRow.id) > after)
    ids = list(connection.scalars(wanted.order_by(col(InstitutionRow.id)).limit(limit)))
    found = find_institutions(connection, ids)
    return [found[one] for one in ids]


def _read(
    connection: Connection,
    facts: "Select[*tuple[object, ...]]",
    changes: "Select[*tuple[object, ...]]",
    asked: dict[str, list[str]],
) -> dict[str, History]:
    changed: dict[str, list[Change]] = defaultdict(list)
    for row in connection.execute(changes, asked).mappings():
        changed[row["institution_id"]].append(Change(**row))
    return {
        row["id"]: History(Institution(**row), changed.get(row["id"], ()))
        for row in connection.execute(facts, asked).mappings()
    }


def get_institution(connection: Connection, institution_id: str) -> History:
    """Give one institution; raises `Refusal("institution-unknown")`."""
    found = find_institutions(connection, [institution_id])
    if institution_id not in found:
        raise Refusal("institution-unknown", institution=institution_id)
    return found[institution_id]


def institution_entries(connection: Connection) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every institution and every change, by ascending index."""
    yield from merge(*(_entries(connection, one) for one in (InstitutionRow, InstitutionChangeRow)))


def _entries(
    connection: Connection, table: type[InstitutionRow | InstitutionChangeRow]
) -> Iterator[tuple[int, str]]:
    wanted = select(col(table.entry_index), col(table.id))
    for row in stream(connection, wanted.order_by(col(table.entry_index))):
        yield row[0], row[1]


def find_changes(connection: Connection, ids: Collection[str]) -> dict[str, Change]:
    """Give those of these changes that exist, by id."""
    return {row["id"]: Change(**row) for row in rows_among(connection, _CHANGES_BY_ID, ids)}
