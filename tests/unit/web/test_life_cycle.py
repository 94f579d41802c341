"""The life of a version in steps: one is next at most, and none is done before what it asks for."""

from datetime import UTC, datetime

import orjson
import pytest

from api.web.staff.life_cycle import life_of
from creditbank.rules.queries import StoredRule
from creditbank.rules.simulations import KeptSimulation, newest_of


def stored(entry_index: int | None) -> StoredRule:
    """Give a draft, or a version that stands in the ledger."""
    return StoredRule(
        id="r", version="1", institution_id="i", content=b"{}", sha256="a" * 64,
        drafted_by="a", published_by=None if entry_index is None else "b", entry_index=entry_index,
    )  # fmt: skip


def kept(sha256: str, second: int) -> KeptSimulation:
    """Give a simulation of some bytes."""
    at = datetime(2026, 3, 1, 0, 0, second, tzinfo=UTC).isoformat()
    said = {"sha256": sha256, "by": "a", "at": at, "result": {}}
    return KeptSimulation(
        digest=bytes([second]), rule_id="r", version="1", content=orjson.dumps(said)
    )


@pytest.mark.parametrize(
    ("entry_index", "is_kept", "failed", "counts", "states"),
    [
        (None, False, 0, False, ("done", "done", "current", "coming", "coming")),
        (None, True, 0, False, ("done", "done", "done", "current", "coming")),
        (None, False, 1, False, ("done", "stopped", "coming", "coming", "coming")),
        (None, True, 1, False, ("done", "stopped", "done", "coming", "coming")),
        (7, True, 0, False, ("done", "done", "done", "done", "coming")),
        (7, False, 0, True, ("done", "done", "left_out", "done", "done")),
    ],
)
def test_each_step_is_done_next_or_to_come(
    entry_index: int | None,
    is_kept: bool,  # noqa: FBT001 - a fact of the case
    failed: int,
    counts: bool,  # noqa: FBT001 - as above
    states: tuple[str, ...],
) -> None:
    """From the draft to its first day; what an operator published may say “not done”."""
    version = stored(entry_index)
    simulation = kept(version.sha256, 1) if is_kept else None
    life = life_of(version, simulation, failed=failed, counts=counts)
    assert tuple(one.state for one in life) == states
    assert sum(one.state == "current" for one in life) <= 1
    assert {one.css for one in life} <= {"done", "current", "coming", "stopped"}


def test_of_several_simulations_the_newest_of_just_these_bytes_counts() -> None:
    """Those of other bytes say nothing of the draft as it stands."""
    mine, other = "a" * 64, "b" * 64
    some = [kept(mine, 1), kept(mine, 3), kept(other, 5), kept(mine, 2)]
    assert newest_of(some, mine) is some[1]
    assert newest_of(some, other) is some[2]
    assert newest_of(some, "c" * 64) is None
