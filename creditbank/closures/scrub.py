"""Scrub the rows of one learner, table by table, as `treatment` declares it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Executable, Table, and_, delete, select, update
from sqlmodel import SQLModel

from creditbank.closures.treatment import TREATMENTS, Treatment

ERASED = "erased"
"""What stands where the id of an erased learner's login stood."""

_PSEUDONYM_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class HerRows:
    """The primary keys of one learner's rows by table, her account and the ids of her logins."""

    account_id: str
    keys: Mapping[str, Sequence[tuple[object, ...]]]
    logins: frozenset[str]

    @property
    def entries(self) -> int:
        """How many leaves made rows of hers."""
        return sum(len(self.keys[name]) for name, one in TREATMENTS.items() if one.is_entry)

    def count(self, table: str) -> int:
        """How many rows of hers a table has."""
        return len(self.keys[table])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbing:
    """What scrubbing changes, and the random ids that were given."""

    changes: Sequence[Executable]
    pseudonyms: Sequence[str]


def find_rows(connection: Connection, account_id: str) -> HerRows:
    """Find every row of a learner."""
    login = _table("login")
    logins = select(login.c.id).where(login.c.account_id == account_id)
    return HerRows(
        account_id=account_id,
        keys={
            name: [tuple(row) for row in connection.execute(_hers(name, one, account_id))]
            for name, one in TREATMENTS.items()
        },
        logins=frozenset(connection.scalars(logins)),
    )


def scrub(rows: HerRows, entropy: Callable[[int], bytes]) -> Scrubbing:
    """Draft what every row of hers becomes, and what others' rows that name her account do."""
    pseudonyms: list[str] = []

    def pseudonym() -> str:
        pseudonyms.append(entropy(_PSEUDONYM_BYTES).hex())
        return pseudonyms[-1]

    changes = [
        change
        for name, one in TREATMENTS.items()
        for change in _changes(_table(name), one, rows, pseudonym)
    ]
    return Scrubbing(changes=changes, pseudonyms=pseudonyms)


def is_hers(table: Table, treatment: Treatment, account_id: str) -> ColumnElement[bool]:
    """Choose the rows of a table that are one learner's."""
    through = treatment.through
    if through is None:
        return table.c[treatment.owner or ""] == account_id
    other = _table(through.table)
    owner = TREATMENTS[through.table].owner or ""
    mine = select(other.c[through.key]).where(other.c[owner] == account_id)
    return table.c[through.column].in_(mine)


def _hers(name: str, treatment: Treatment, account_id: str) -> Executable:
    table = _table(name)
    return select(*table.primary_key.columns).where(is_hers(table, treatment, account_id))


def _changes(
    table: Table, treatment: Treatment, rows: HerRows, pseudonym: Callable[[], str]
) -> Iterator[Executable]:
    for pointer in treatment.pointers:
        column = table.c[pointer]
        yield update(table).where(column == rows.account_id).values({pointer: pseudonym()})
    mine = [_row(table, key) for key in rows.keys[table.name]]
    for row in mine if treatment.nulled else ():
        yield update(table).where(row).values(dict.fromkeys(treatment.nulled))
    for row in mine:
        if not treatment.stays:
            yield delete(table).where(row)
            continue
        for actor in treatment.actors:
            hers = and_(row, table.c[actor].in_(rows.logins))
            yield update(table).where(hers).values({actor: ERASED})
        values: dict[str, object] = dict.fromkeys((*treatment.sealed, *treatment.hashes), b"")
        if treatment.owner is not None:
            values[treatment.owner] = pseudonym()
        if table.name == "account":
            values |= {"state": ERASED, "identity_level": 0}
        yield update(table).where(row).values(values)


def _row(table: Table, key: Sequence[object]) -> ColumnElement[bool]:
    columns = table.primary_key.columns
    return and_(*(column == value for column, value in zip(columns, key, strict=True)))


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]
