"""How many entries of which kind a log has, by month and by who made them: from its leaves alone.

The root is computed beside the counts, so that whoever holds a checkpoint counts the same or knows
why not.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Self

from ledger.errors import LeafRefused, NotInLog
from ledger.grammar import facts_of, fault_in
from ledger.merkle import CompactRange, leaf_hash
from ledger.sources import Source
from ledger.tiles import WIDTH, unbundle

_QUARTER_SECONDS = 900
"""Every civil time differs from UTC by whole quarters of an hour, so that one has one month."""

_STEP = 32 * WIDTH
COLUMNS = ("by", "of", "kind", "entries")
Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The counts of the first entries of a log, and their tree.

    `by_month` goes by (`YYYY-MM`, kind), `by_issuer` by (institution, kind).
    """

    tree: CompactRange = field(default_factory=CompactRange)
    by_month: Counts = field(default_factory=Counter)
    by_issuer: Counts = field(default_factory=Counter)

    @property
    def by_kind(self) -> Mapping[str, int]:
        """How many there are of each kind."""
        found: Counter[str] = Counter()
        for (_, kind), count in self.by_month.items():
            found[kind] += count
        return found

    @property
    def rows(self) -> Iterator[tuple[str, str, str, int]]:
        """Each count as `COLUMNS` names it: by month or institution, of which, kind, entries."""
        for by, counts in (("month", self.by_month), ("institution", self.by_issuer)):
            for (of, kind), entries in sorted(counts.items()):
                yield by, of, kind, entries

    def going_on(self, leaves: Sequence[bytes], zone: tzinfo) -> Self:
        """Count the next leaves too; months are those of the zone. Raises `LeafRefused`."""
        by_month, by_issuer = Counter(self.by_month), Counter(self.by_issuer)
        for leaf in leaves:
            facts = facts_of(leaf)
            if facts is None:
                raise LeafRefused(fault_in(leaf))
            kind = facts.t.decode()
            by_month[_month(int(facts.at) // _QUARTER_SECONDS, zone), kind] += 1
            by_issuer[facts.iss.decode(), kind] += 1
        tree = self.tree.extended(map(leaf_hash, leaves))
        return type(self)(tree=tree, by_month=by_month, by_issuer=by_issuer)


def count_entries(source: Source, size: int, zone: tzinfo, begun: Tally | None = None) -> Tally:
    """Count the first `size` entries of a log, going on from what was counted before.

    Raises `NotInLog` for an entry that is missing and `LeafRefused` for one that is none.
    """
    tally = begun or Tally()
    while (done := tally.tree.size) < size:
        tally = tally.going_on(list(_leaves(source, done, min(size, done + _STEP))), zone)
    return tally


def _leaves(source: Source, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        number, before = divmod(start, WIDTH)
        width = min(WIDTH, end - number * WIDTH)
        found = unbundle(source.entries(number, width))[before:]
        start += len(found)
        if len(found) < width - before:
            raise NotInLog(f"there is no leaf {start}")
        yield from found


@lru_cache(maxsize=4_096)
def _month(quarter: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(quarter * _QUARTER_SECONDS, zone).strftime("%Y-%m")
