"""The walk along the log: each leaf beside the row that it made, a thousand leaves at a time.

No more is held at once, however long the log is. Leaves without a row and rows without a leaf are
found by walking both in the order of the log.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from sqlalchemy import Connection

from ledger.findings import Findings
from ledger.grammar import LeafFacts, facts_of
from ledger.merkle import leaf_hash
from ledger.read import leaf_count, read_leaves_with_indexes

CHUNK_LEAVES = 1_000


@dataclass(frozen=True)
class Entry:
    """One leaf of the log with its index."""

    index: int
    data: bytes
    facts: LeafFacts

    @cached_property
    def kind(self) -> str:
        """The leaf's type."""
        return self.facts.t.decode()

    @property
    def issuer(self) -> str:
        """Who issued it."""
        return self.facts.iss.decode()

    @property
    def id(self) -> str:
        """Its id, 32 hex digits."""
        return self.facts.id.decode()

    @cached_property
    def hash(self) -> bytes:
        """Its leaf hash."""
        return leaf_hash(self.data)


Pairs = Mapping[str, Entry]
"""The entries that made some rows of one table, by the row's id."""


class RowCheck(Protocol):
    """Checks the rows of one table against the leaves that made them."""

    @property
    def table(self) -> str:
        """The table's name."""
        ...

    @property
    def kinds(self) -> Collection[str]:
        """The types of leaves that make rows of this table."""
        ...

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of every row that a leaf made, by ascending index."""
        ...

    def check(self, pairs: Pairs) -> None:
        """Check these rows, which come in the order of the log."""
        ...


class LeafCheck(Protocol):
    """Checks leaves that make no row of their own."""

    @property
    def kinds(self) -> Collection[str]:
        """The types of these leaves."""
        ...

    def check(self, entries: Sequence[Entry]) -> None:
        """Check these leaves, which come in the order of the log."""
        ...


def walk(
    connection: Connection,
    findings: Findings,
    rows: Sequence[RowCheck],
    leaves: Sequence[LeafCheck] = (),
    is_asked: Callable[[Entry], bool] = lambda _entry: True,
) -> int:
    """Lead these checks along the log, past the leaves that are asked for; gives how many."""
    streams = [_Stream(check, findings) for check in rows]
    known = {kind for one in rows for kind in one.kinds}
    known |= {kind for one in leaves for kind in one.kinds}
    walked = 0
    size = leaf_count(connection)
    for start in range(0, size, CHUNK_LEAVES):
        end = min(start + CHUNK_LEAVES, size)
        entries = [one for one in _read(connection, start, end) if is_asked(one)]
        walked += len(entries)
        for entry in entries:
            if entry.kind not in known:
                problem = f"nothing in this bank accounts for a leaf of type {entry.kind}"
                findings.add_unexplained("leaf", entry.index, problem)
        for check in leaves:
            check.check([one for one in entries if one.kind in check.kinds])
        for stream in streams:
            stream.take(entries, end)
    for stream in streams:
        stream.finish()
    return walked


def _read(connection: Connection, start: int, end: int) -> Iterator[Entry]:
    """Give the leaves of a stretch; one that is malformed is named by the audit of the log."""
    for index, data in read_leaves_with_indexes(connection, start, end):
        facts = facts_of(data)
        if facts is not None:
            yield Entry(index, data, facts)


class _Stream:
    """The rows of one table in the order of the log, one of them ahead."""

    def __init__(self, check: RowCheck, findings: Findings) -> None:
        self._check = check
        self._findings = findings
        self._rows = check.entries()
        self._next = next(self._rows, None)

    def take(self, entries: Sequence[Entry], end: int) -> None:
        """Pair the rows before index `end` with these leaves, and check the pairs."""
        alone = {one.index: one for one in entries if one.kind in self._check.kinds}
        pairs: dict[str, Entry] = {}
        while self._next is not None and self._next[0] < end:
            index, row_id = self._next
            entry = alone.pop(index, None)
            if entry is None:
                self._unexplained_row(index, row_id)
            else:
                pairs[row_id] = entry
            self._next = next(self._rows, None)
        for entry in alone.values():
            problem = f"there is no row of {self._check.table} that it made"
            self._findings.add_unexplained("leaf", entry.index, problem)
        if pairs:
            self._check.check(pairs)

    def finish(self) -> None:
        """Name the rows beyond the last leaf."""
        while self._next is not None:
            self._unexplained_row(*self._next)
            self._next = next(self._rows, None)

    def _unexplained_row(self, index: int, row_id: str) -> None:
        problem = f"no leaf made the row {row_id}"
        self._findings.add_unexplained(self._check.table, index, problem)
