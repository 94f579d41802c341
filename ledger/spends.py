"""Nullifiers: on the log spend and release of a value alternate; in SQL live ones are unique."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from ledger.errors import AlreadySpent, NotLive
from ledger.leaf import LeafDraft
from ledger.tables import LiveSpendRow

_VALUES_MAX = 1_000


def settle_spends(connection: Connection, first: int, drafts: Sequence[LeafDraft]) -> None:
    """Release and spend what the drafts say, those of one draft in this order.

    `first` is the index of the first draft's leaf. Raises `AlreadySpent` or `NotLive`.
    """
    named = {value for draft in drafts for value in (*draft.release, *draft.spend)}
    if not named:
        return
    before = live_spends(connection, named)
    after = _settled(before, first, drafts)
    gone = [value for value, index in before.items() if after.get(value) != index]
    for chunk in _chunks(gone):
        connection.execute(delete(LiveSpendRow).where(col(LiveSpendRow.value).in_(chunk)))
    rows = [
        {"value": value, "idx": index}
        for value, index in after.items()
        if before.get(value) != index
    ]
    if rows:
        connection.execute(insert(LiveSpendRow), rows)


def live_spends(connection: Connection, values: Collection[bytes]) -> dict[bytes, int]:
    """Give those of these values that are live, each with the index of the leaf that spent it."""
    live: dict[bytes, int] = {}
    for chunk in _chunks(sorted(values)):
        rows = connection.execute(
            select(col(LiveSpendRow.value), col(LiveSpendRow.idx)).where(
                col(LiveSpendRow.value).in_(chunk)
            )
        )
        live.update({bytes(row.value): row.idx for row in rows})
    return live


def _settled(live: dict[bytes, int], first: int, drafts: Sequence[LeafDraft]) -> dict[bytes, int]:
    settled = dict(live)
    for position, draft in enumerate(drafts):
        for value in draft.release:
            if settled.pop(value, None) is None:
                raise NotLive(value, position)
        for value in draft.spend:
            if value in settled:
                raise AlreadySpent(value, position)
            settled[value] = first + position
    return settled


def _chunks(values: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(values), _VALUES_MAX):
        yield values[start : start + _VALUES_MAX]
