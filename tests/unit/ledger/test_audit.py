from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, text

from ledger.append import append, lock_head
from ledger.audit import audit
from ledger.checkpoint import verifier_key
from ledger.errors import NoteRefused
from ledger.findings import Finding
from ledger.leaf import LeafDraft
from ledger.merkle import HASH_BYTES, leaf_hash
from ledger.objects import put_object
from ledger.read import read_head
from ledger.sources import DatabaseSource
from ledger.store_audit import audit_store

ORIGIN = "example.com/log"
NOW = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
UNIT = b"\x01" * 32

Draft = Callable[..., LeafDraft]

FLIPPED = {
    "first leaf": ("leaf", 0, "UPDATE ledger_leaf SET data = {data} WHERE idx = 0", 12),
    "leaf in a full tile": ("leaf", 77, "UPDATE ledger_leaf SET data = {data} WHERE idx = 77", 12),
    "a leaf's time": ("leaf", 77, "UPDATE ledger_leaf SET data = {data} WHERE idx = 77", 86),
    "a leaf's grammar": ("leaf", 290, "UPDATE ledger_leaf SET data = {data} WHERE idx = 290", 0),
    "a leaf's id column": ("leaf", 290, "UPDATE ledger_leaf SET id = {id} WHERE idx = 290", 3),
    "level-0 tile": (
        "tile",
        300,
        "UPDATE ledger_tile SET data = {data} WHERE level = 0 AND number = 1",
        44 * 32 + 5,
    ),
    "full level-0 tile": (
        "tile",
        100,
        "UPDATE ledger_tile SET data = {data} WHERE level = 0 AND number = 0",
        100 * 32,
    ),
    "upper tile": (
        "tile",
        1,
        "UPDATE ledger_tile SET data = {data} WHERE level = 1 AND number = 0",
        40,
    ),
    "oldest checkpoint's note": (
        "checkpoint",
        300,
        "UPDATE ledger_checkpoint SET note = {note} WHERE size = 300",
        18,
    ),
    "newest checkpoint's signature": (
        "checkpoint",
        600,
        "UPDATE ledger_checkpoint SET note = {note} WHERE size = 600",
        110,
    ),
    "checkpoint's root": (
        "checkpoint",
        600,
        "UPDATE ledger_checkpoint SET root = {root} WHERE size = 600",
        9,
    ),
    "head's edge": ("head", 601, "UPDATE ledger_head SET edge = {edge}", 70),
}


@pytest.fixture
def log(engine: Engine, grow: Callable[[int], None], draft: Draft) -> Engine:
    """Give a log of 601 leaves with checkpoints at 300 and 600 and no triggers left."""
    grow(300)
    grow(300)
    with engine.begin() as connection:
        append(connection, lock_head(connection), [draft(600)], origin=ORIGIN, now=NOW)
        names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for name in names.all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    return engine


def flip(connection: Connection, statement: str, at: int) -> None:
    """Flip the lowest bit of one byte of the value that the statement names in braces."""
    column = statement.partition("{")[2].partition("}")[0]
    table = statement.split()[1]
    where = "WHERE" + statement.partition("WHERE")[2] if "WHERE" in statement else ""
    value = connection.scalar(text(f"SELECT {column} FROM {table} {where}"))
    data = bytearray(value.encode() if isinstance(value, str) else value)
    data[at] ^= 1
    changed: bytes | str = data.decode() if isinstance(value, str) else bytes(data)
    connection.execute(text(statement.replace(f"{{{column}}}", ":changed")), {"changed": changed})


def test_a_sound_log_passes_both_audits(log: Engine, keys: list[str]) -> None:
    """Nothing differs; the public audit ends at the checkpoint, the other at the head."""
    with log.connect() as connection:
        public = audit(DatabaseSource(connection), keys)
        stored = audit_store(connection, keys)
        assert public.is_sound
        assert (public.size, public.leaves) == (600, 600)
        assert stored.is_sound
        assert (stored.size, stored.root) == (601, read_head(connection).root)


@pytest.mark.parametrize(("table", "index", "statement", "at"), FLIPPED.values(), ids=FLIPPED)
def test_one_changed_byte_is_named_by_table_and_index(
    table: str, index: int, statement: str, at: int, log: Engine, keys: list[str]
) -> None:
    """The first finding is the lie itself, not what follows from it."""
    with log.begin() as connection:
        flip(connection, statement, at)
        findings = audit_store(connection, keys).findings
    assert (findings[0].table, findings[0].index) == (table, index)


@pytest.mark.parametrize(
    ("statement", "table", "index"),
    [
        ("UPDATE ledger_head SET size = 598", "head", 598),
        ("UPDATE ledger_head SET size = 602", "head", 602),
        ("UPDATE ledger_head SET size = 603", "head", 0),
        ("UPDATE ledger_head SET last_at = last_at + 1", "head", 601),
        ("DELETE FROM ledger_head", "head", 0),
        ("UPDATE ledger_checkpoint SET size = 599 WHERE size = 600", "checkpoint", 599),
        ("DELETE FROM ledger_leaf WHERE idx = 77", "leaf", 77),
        ("DELETE FROM ledger_leaf WHERE idx > 590", "leaf", 591),
        ("DELETE FROM ledger_tile WHERE level = 0 AND number = 1", "tile", 256),
        ("DELETE FROM ledger_tile WHERE level = 1", "tile", 0),
        ("UPDATE ledger_tile SET data = data || x'00' WHERE number = 2", "tile", 601),
        (
            "UPDATE ledger_tile SET data = CAST(data || x'00' AS BLOB) WHERE number = 2",
            "tile",
            601,
        ),
        (f"INSERT INTO ledger_live_spend VALUES (x'{UNIT.hex()}', 5)", "live_spend", 5),
        ("INSERT INTO ledger_object VALUES (x'00', 'a/b', x'00')", "object", -1),
    ],
)
def test_rows_that_are_changed_or_gone_are_named(
    statement: str, table: str, index: int, log: Engine, keys: list[str]
) -> None:
    """Deleting leaves no less a trace than changing."""
    with log.begin() as connection:
        connection.exec_driver_sql(statement)
        report = audit_store(connection, keys)
    assert (table, index) in {(one.table, one.index) for one in report.findings[:2]}
    assert not report.is_sound


def test_leaf_and_tile_changed_together_contradict_the_signed_root(
    log: Engine, keys: list[str]
) -> None:
    """Whoever rewrites both still cannot sign."""
    with log.begin() as connection:
        flip(connection, FLIPPED["first leaf"][2], 12)
        changed = connection.scalar(text("SELECT data FROM ledger_leaf WHERE idx = 0"))
        tile = connection.scalar(text("SELECT data FROM ledger_tile WHERE level = 0"))
        connection.execute(
            text("UPDATE ledger_tile SET data = :data WHERE level = 0 AND number = 0"),
            {"data": leaf_hash(changed) + tile[HASH_BYTES:]},
        )
        tables = {one.table for one in audit_store(connection, keys).findings}
        public = {one.table for one in audit(DatabaseSource(connection), keys).findings}
    assert tables == {"tile", "checkpoint", "head"}
    assert public == {"tile", "checkpoint"}


@pytest.mark.parametrize("others", [[], [verifier_key(ORIGIN, UNIT)]], ids=["none", "another"])
def test_a_checkpoint_of_an_unknown_key_is_named(log: Engine, others: list[str]) -> None:
    """The public audit trusts the keys that it was given, and no other."""
    with log.connect() as connection:
        findings = audit(DatabaseSource(connection), others).findings
    assert findings[0] == Finding(
        table="checkpoint", index=600, problem="no known key of the log signed this note"
    )


def test_a_malformed_verifier_key_is_the_readers_slip_and_no_finding(
    log: Engine, keys: list[str]
) -> None:
    """A key whose letters were changed is refused before anything is laid to the log."""
    misspelt = [keys[0], keys[0].replace("AQO", "AQP")]
    with log.connect() as connection:
        with pytest.raises(NoteRefused, match="id does not belong"):
            audit(DatabaseSource(connection), misspelt)
        with pytest.raises(NoteRefused, match="id does not belong"):
            audit_store(connection, misspelt)


def test_a_log_without_a_checkpoint_is_not_sound(engine: Engine, keys: list[str]) -> None:
    """Nothing published proves nothing."""
    with engine.connect() as connection:
        assert not audit(DatabaseSource(connection), keys).is_sound


def test_published_documents_and_live_values_are_checked(
    engine: Engine, draft: Draft, keys: list[str]
) -> None:
    """A document that is gone, and a nullifier that is not the log's, are named."""
    with engine.begin() as connection:
        rule = put_object(connection, "text/plain", b"rule")
        drafts = [
            draft(0, t="rule", object=rule, acct=None, stmt=None),
            draft(1, t="convert", rule=rule, spend=(UNIT,)),
        ]
        append(connection, lock_head(connection), drafts, origin=ORIGIN, now=NOW)
        assert audit_store(connection, keys).is_sound
        connection.exec_driver_sql("DELETE FROM ledger_live_spend")
        connection.exec_driver_sql("DROP TRIGGER ledger_object_no_delete")
        connection.exec_driver_sql("DELETE FROM ledger_object")
        found = {(one.table, one.index) for one in audit_store(connection, keys).findings}
    assert found == {("live_spend", 1), ("object", 0)}
