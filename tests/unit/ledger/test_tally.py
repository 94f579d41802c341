"""Counts of a log: each entry once, the same in any parts, and only of what was signed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from ledger.checkpoint import Signer
from ledger.errors import LeafRefused, NotInLog
from ledger.leaf import LeafDraft, encode_draft
from ledger.merkle import CompactRange, leaf_hash
from ledger.read import read_head
from ledger.sources import DatabaseSource
from ledger.tally import Tally, count_entries
from tests.unit.ledger.conftest import NOW, ORIGIN
from tests.unit.ledger.test_public_audit import write_log

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2026, 1, 31, 15, 59, 59, tzinfo=UTC)
"""The last second of January in Shanghai."""


def leaf(number: int, at: datetime, kind: str = "tombstone") -> bytes:
    """Give the bytes of an entry that erases an account or publishes an institution."""
    digest = number.to_bytes(32, "big")
    parts = {"object": digest} if kind == "institution" else {"acct": digest}
    draft = LeafDraft(t=kind, id=digest[16:], iss=f"inst-{number % 3}", **parts)
    return encode_draft(draft, log=ORIGIN, at=int(at.timestamp()))


@given(cut=st.integers(0, 40), minutes=st.lists(st.integers(0, 100_000), min_size=40, max_size=40))
def test_counting_in_parts_is_counting_at_once(cut: int, minutes: list[int]) -> None:
    """Every entry is in one month and of one institution, and the tree is that of all of them."""
    leaves = [
        leaf(number, FIRST + timedelta(minutes=after), ("tombstone", "institution")[number % 2])
        for number, after in enumerate(minutes)
    ]
    whole = Tally().going_on(leaves, SHANGHAI)
    assert Tally().going_on(leaves[:cut], SHANGHAI).going_on(leaves[cut:], SHANGHAI) == whole
    assert sum(whole.by_month.values()) == sum(whole.by_issuer.values()) == len(leaves)
    assert whole.by_kind == {"tombstone": 20, "institution": 20}
    assert whole.tree == CompactRange().extended(map(leaf_hash, leaves))


def test_a_month_ends_at_midnight_of_its_zone() -> None:
    """A second later it is February in Shanghai, and January still in UTC."""
    leaves = [leaf(1, FIRST), leaf(2, FIRST + timedelta(seconds=1))]
    assert Tally().going_on(leaves, SHANGHAI).by_month == {
        ("2026-01", "tombstone"): 1,
        ("2026-02", "tombstone"): 1,
    }
    assert Tally().going_on(leaves, UTC).by_month == {("2026-01", "tombstone"): 2}


@pytest.mark.parametrize("begun", [0, 1, 255, 256, 299])
def test_a_log_is_counted_from_where_one_stopped(
    begun: int, engine: Engine, grow: Callable[[int], None]
) -> None:
    """In the middle of a tile, too; the root is that of the head."""
    grow(300)
    with engine.begin() as connection:
        source, head = DatabaseSource(connection), read_head(connection)
        tally = count_entries(source, 300, UTC, count_entries(source, begun, UTC))
    assert (tally.tree.root, tally.by_kind) == (head.root, {"outcome": 300})
    assert list(tally.rows) == [
        ("month", f"{NOW:%Y-%m}", "outcome", 300),
        ("institution", "inst-1", "outcome", 300),
    ]


def test_what_is_no_entry_or_is_missing_is_refused(tmp_path: Path, signer: Signer) -> None:
    """Nothing is counted that a reader of the log would not find."""
    source = write_log(tmp_path, [b"{}"] * 3, signer)
    with pytest.raises(LeafRefused):
        count_entries(source, 3, UTC)
    with pytest.raises(NotInLog):
        count_entries(source, 4, UTC)
