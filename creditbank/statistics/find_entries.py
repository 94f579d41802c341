"""Entries of the ledger by kind, institution and day, the newest first.

Days are found by the time of the leaves, which never falls. Kinds and institutions stand in the
leaves alone, for an index of them would be written with each append. So a search reads leaves, a
bounded part at a time, and remembers what each full block of them has, since leaves never change:
a running bank reads a block once, and then passes it over or knows where in it to look.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from creditbank.conversion.days import CIVIL_TIME
from ledger.read import find_leaves, first_leaf_at, read_head, read_leaves_with_indexes
from ledger.said import Said, said_in

BLOCK = 4_096
READS_MAX = 12
"""How many full blocks one search reads at most: about as many leaves as are counted at once."""
FEW = 32
"""Of how many entries of one kind and issuer a block's places are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are looked for; None is any. Both days are civil ones and count."""

    kind: str | None = None
    issuer: str | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_any(self) -> bool:
        """Whether every entry of its days is wanted."""
        return self.kind is None and self.issuer is None

    def is_met(self, kind: str, issuer: str) -> bool:
        """Say whether an entry of its days is wanted."""
        return self.kind in {None, kind} and self.issuer in {None, issuer}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEntries:
    """Some of the wanted entries, the newest first.

    `before` is the place below which to go on, None where nothing is left; `total` is how many
    there are in all, None while not every block of the days was read.
    """

    entries: Sequence[Said]
    before: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """How many leaves of one kind and issuer a block has, and where, if they are few."""

    count: int
    places: tuple[int, ...] | None


Block = Mapping[tuple[str, str], Held]


class EntryFinder:
    """The searches of a running bank."""

    def __init__(self) -> None:
        self._blocks: dict[int, Block] = {}

    def find(
        self,
        connection: Connection,
        wanted: Wanted,
        *,
        before: int | None = None,
        limit: int,
        reads: int = READS_MAX,
    ) -> FoundEntries:
        """Find entries below a place: fewer than `limit`, with more to come, where it read enough.

        The connection sees one moment.
        """
        start, end = _places(connection, wanted)
        at = end if before is None else min(end, before)
        found: list[int] = []
        while at > start and len(found) <= limit and reads:
            low = max(start, at - limit - 1 if wanted.is_any else (at - 1) // BLOCK * BLOCK)
            known = self._known(low, at, wanted)
            reads -= known is None and at - low == BLOCK  # What is cut off is read each time.
            found += reversed(self._read(connection, low, at, wanted) if known is None else known)
            at = low
        rest = at if at > start else None
        leaves = find_leaves(connection, found[:limit])
        said = (said_in(index, leaves[index]) for index in found[:limit] if index in leaves)
        return FoundEntries(
            entries=[one for one in said if one is not None],
            before=found[limit - 1] if len(found) > limit else rest,
            total=self._total(connection, wanted, start, end),
        )

    def _known(self, low: int, high: int, wanted: Wanted) -> list[int] | None:
        """Give the wanted places `[low, high)` of a block, None where it has to be read."""
        block = self._blocks.get(low // BLOCK)
        held = None if block is None else list(_met(block, wanted))
        if held is None or wanted.is_any or any(one.places is None for one in held):
            return None
        return sorted(at for one in held for at in one.places or () if low <= at < high)

    def _read(self, connection: Connection, low: int, high: int, wanted: Wanted) -> list[int]:
        """Give the wanted places `[low, high)` of a block, and remember it if it is a full one."""
        rows = read_leaves_with_indexes(connection, low, high)
        said = [one for index, leaf in rows if (one := said_in(index, leaf)) is not None]
        if low % BLOCK == 0 and high - low == BLOCK:
            self._blocks[low // BLOCK] = _block(said)
        return [one.index for one in said if wanted.is_met(one.kind, one.issuer)]

    def _total(self, connection: Connection, wanted: Wanted, start: int, end: int) -> int | None:
        if wanted.is_any:
            return end - start
        total, parts = 0, []
        for number in range(start // BLOCK, -(-end // BLOCK)):
            low, high = max(start, number * BLOCK), min(end, (number + 1) * BLOCK)
            block = self._blocks.get(number)
            if high - low < BLOCK:
                parts.append((low, high))
            elif block is None:
                return None
            else:
                total += sum(one.count for one in _met(block, wanted))
        return total + sum(self._count(connection, low, high, wanted) for low, high in parts)

    def _count(self, connection: Connection, low: int, high: int, wanted: Wanted) -> int:
        known = self._known(low, high, wanted)
        return len(self._read(connection, low, high, wanted) if known is None else known)


def _block(said: Sequence[Said]) -> Block:
    places = defaultdict(list)
    for one in said:
        places[one.kind, one.issuer].append(one.index)
    return {
        pair: Held(len(found), tuple(found) if len(found) <= FEW else None)
        for pair, found in places.items()
    }


def _met(block: Block, wanted: Wanted) -> Iterator[Held]:
    return (held for pair, held in block.items() if wanted.is_met(*pair))


def _places(connection: Connection, wanted: Wanted) -> tuple[int, int]:
    """Give the places of the wanted days, from the first to behind the last."""
    size = read_head(connection).size
    start = 0 if wanted.since is None else first_leaf_at(connection, _begin_of(wanted.since))
    if wanted.until is None or wanted.until == date.max:
        return start, size
    return start, min(size, first_leaf_at(connection, _begin_of(wanted.until + timedelta(days=1))))


def _begin_of(day: date) -> int:
    return int(datetime.combine(day, time(), CIVIL_TIME).timestamp())
