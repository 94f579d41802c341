"""Questions about institutions."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from creditbank.database import stream
from creditbank.errors import Refusal
from creditbank.institutions.tables import InstitutionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """One institution as the bank knows it today."""

    id: str
    kind: str
    name: str
    name_en: str | None
    uscc: str | None
    parent_id: str | None
    entry_index: int


_NAMED = select(*(col(getattr(InstitutionRow, name)) for name in Institution.__slots__)).where(
    col(InstitutionRow.id).in_(bindparam("ids", expanding=True))
)


def find_institutions(connection: Connection, ids: Collection[str]) -> dict[str, Institution]:
    """Give those of these institutions that exist, by id."""
    rows = connection.execute(_NAMED, {"ids": list(ids)}).mappings()
    return {row["id"]: Institution(**row) for row in rows}


def get_institution(connection: Connection, institution_id: str) -> Institution:
    """Give one institution; raises `Refusal("institution-unknown")`."""
    found = find_institutions(connection, [institution_id])
    if institution_id not in found:
        raise Refusal("institution-unknown", institution=institution_id)
    return found[institution_id]


def institution_entries(connection: Connection) -> Iterator[tuple[int, str]]:
    """Give ledger index and id of every institution, by ascending index."""
    wanted = select(col(InstitutionRow.entry_index), col(InstitutionRow.id))
    for row in stream(connection, wanted.order_by(col(InstitutionRow.entry_index))):
        yield row[0], row[1]
