"""Find held results: who must decide, why, until when; and open what was stated."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.database import stream, table_of
from creditbank.errors import Refusal
from creditbank.institutions.tree import load_tree, require_covered
from creditbank.keystore.account_key import AccountKey
from creditbank.outcomes.hold import HeldState, held_place
from creditbank.outcomes.tables import HeldRow

PAGE_ROWS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHold:
    """A stored held result; what was stated and what was decided are still under seal."""

    id: str
    natural_tag: bytes | None
    content_tag: bytes
    institution_id: str
    posted_with: str
    batch_id: str | None
    reason: str
    state: str
    due_on: str
    held_at: int
    key_id: str
    sealed_row: bytes
    outcome_id: str | None
    decided_by: str | None
    sealed_decision: bytes | None

    @property
    def decision_key_id(self) -> str:
        """The name of the key under which it is decided: its batch, or itself."""
        return self.batch_id or self.id

    def fields(self, key: AccountKey) -> dict[str, str]:
        """Open the fields as stated; raises `SealBroken`."""
        fields: dict[str, str] = self.sealed(key)["fields"]
        return fields

    def sealed(self, key: AccountKey) -> dict[str, dict[str, str]]:
        """Open all that was sealed when it was held; raises `SealBroken`."""
        place = held_place(self.id, "sealed_row")
        opened: dict[str, dict[str, str]] = orjson.loads(key.open(place, self.sealed_row))
        return opened


_HELD = select(*(table_of(HeldRow).c[name] for name in StoredHold.__slots__))


def find_holds(connection: Connection, ids: Collection[str]) -> dict[str, StoredHold]:
    """Give those of these held results that exist, by id."""
    rows = connection.execute(_HELD.where(col(HeldRow.id).in_(ids))).mappings()
    return {row["id"]: StoredHold(**row) for row in rows}


def get_hold(connection: Connection, held_id: str, institution_id: str, on: date) -> StoredHold:
    """Give a held result of an institution's subtree as of a day.

    Raises `Refusal("not-found")` alike for any other.
    """
    stored = find_holds(connection, [held_id]).get(held_id)
    if stored is None:
        raise Refusal("not-found")
    require_covered(connection, institution_id, stored.institution_id, on)
    return stored


def open_holds(
    connection: Connection,
    institution_id: str,
    on: date,
    *,
    after: str = "",
    limit: int = PAGE_ROWS_MAX,
) -> list[StoredHold]:
    """Give what an institution's subtree still has to decide, oldest first."""
    tree = load_tree(connection, on)
    below = [one for one in tree.parents if tree.covers(institution_id, one)]
    wanted = _HELD.where(
        col(HeldRow.institution_id).in_(below),
        col(HeldRow.state) == HeldState.HELD,
        col(HeldRow.id) > after,
    )
    rows = connection.execute(wanted.order_by(col(HeldRow.id)).limit(limit)).mappings()
    return [StoredHold(**row) for row in rows]


def holds_waiting_in(connection: Connection, batch_id: str) -> list[StoredHold]:
    """Give some rows of a batch that are still held, oldest first; none once all are decided."""
    wanted = _HELD.where(col(HeldRow.batch_id) == batch_id, col(HeldRow.state) == HeldState.HELD)
    rows = connection.execute(wanted.order_by(col(HeldRow.id)).limit(PAGE_ROWS_MAX)).mappings()
    return [StoredHold(**row) for row in rows]


def waiting_holds(connection: Connection) -> Iterator[StoredHold]:
    """Give every result that is held and not decided, oldest first."""
    waiting = _HELD.where(col(HeldRow.state) == HeldState.HELD).order_by(col(HeldRow.id))
    for row in stream(connection, waiting):
        yield StoredHold(**row._mapping)  # noqa: SLF001 - the public name of a row's mapping


def every_hold(connection: Connection) -> Iterator[StoredHold]:
    """Give every held result there is or was."""
    for row in stream(connection, _HELD.order_by(col(HeldRow.id))):
        yield StoredHold(**row._mapping)  # noqa: SLF001 - the public name of a row's mapping
