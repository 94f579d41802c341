from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from ledger.append import append, lock_head
from ledger.audit import audit
from ledger.checkpoint import Checkpoint, Signer, sign_note
from ledger.findings import Finding
from ledger.leaf import LeafDraft, encode_draft
from ledger.merkle import HASH_BYTES, CompactRange, leaf_hash
from ledger.objects import put_object
from ledger.read import read_head
from ledger.sources import DatabaseSource, DirectorySource
from ledger.store_audit import audit_store
from ledger.tiles import WIDTH, bundle, entries_path, tile_count, tile_path

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
        ("UPDATE ledger_head SET size = 600", "head", 600),
        ("UPDATE ledger_head SET size = 609", "head", 609),
        ("UPDATE ledger_head SET size = 603", "head", 0),
        ("UPDATE ledger_head SET last_at = last_at + 1", "head", 601),
        ("DELETE FROM ledger_head", "head", 0),
        ("UPDATE ledger_checkpoint SET size = 599 WHERE size = 600", "checkpoint", 599),
        ("DELETE FROM ledger_leaf WHERE idx = 77", "leaf", 77),
        ("DELETE FROM ledger_leaf WHERE idx > 590", "leaf", 591),
        ("DELETE FROM ledger_tile WHERE level = 0 AND number = 1", "tile", 256),
        ("DELETE FROM ledger_tile WHERE level = 1", "tile", 0),
        ("UPDATE ledger_tile SET data = data || x'00' WHERE number = 2", "tile", 601),
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


def test_a_checkpoint_of_another_key_is_named(log: Engine, keys: list[str]) -> None:
    """The public audit trusts the key that it was given."""
    other = keys[0].replace("AQO", "AQP")
    with log.connect() as connection, pytest.raises(Exception, match="id does not belong"):
        audit(DatabaseSource(connection), [other])
    with log.connect() as connection:
        findings = audit(DatabaseSource(connection), []).findings
    assert findings[0] == Finding(
        table="checkpoint", index=600, problem="no known key of the log signed this note"
    )


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


def write_log(directory: Path, leaves: Sequence[bytes], signer: Signer) -> DirectorySource:
    """Write a log of any bytes as files of tlog-tiles, signed."""
    hashes = [leaf_hash(leaf) for leaf in leaves]
    tree, nodes = CompactRange().extended_with_nodes(hashes, every=8)
    rows = {0: hashes, 1: [node for level, node in nodes if level == 1]}
    files = {}
    for level, row in rows.items():
        for number in range((tile_count(level, tree.size) + WIDTH - 1) // WIDTH):
            part = row[number * WIDTH : (number + 1) * WIDTH]
            files[tile_path(level, number, len(part))] = b"".join(part)
    for number in range((tree.size + WIDTH - 1) // WIDTH):
        part = leaves[number * WIDTH : (number + 1) * WIDTH]
        files[entries_path(number, len(part))] = bundle(part)
    head = Checkpoint(origin=ORIGIN, size=tree.size, root=tree.root)
    files["checkpoint"] = sign_note(head, signer).encode()
    for name, data in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(data)
    return DirectorySource(directory)


RULES_BROKEN = {
    "time falls": (1, [{}, {"at": 9}], "time falls"),
    "another log": (0, [{"log": "example.com/other"}], "another log"),
    "id repeated": (1, [{}, {"id": 0}], "id is that of an earlier leaf"),
    "reference forward": (0, [{"t": "suspend", "ref": 0}], "not before it"),
    "rule not published": (0, [{"t": "convert", "rule": UNIT}], "no earlier leaf published"),
    "rule published later": (
        0,
        [
            {"t": "convert", "rule": UNIT},
            {"t": "rule", "object": UNIT, "acct": None, "stmt": None},
        ],
        "no earlier leaf published",
    ),
    "spent twice": (
        1,
        [
            {"t": "correct", "ref": 0, "spend": (UNIT,)},
            {"t": "correct", "ref": 0, "spend": (UNIT,)},
        ],
        "which is live",
    ),
    "released twice": (
        2,
        [
            {"t": "correct", "ref": 0, "spend": (UNIT,)},
            {"t": "reverse", "ref": 0, "release": (UNIT,)},
            {"t": "reverse", "ref": 0, "release": (UNIT,)},
        ],
        "which is not live",
    ),
}


@pytest.mark.parametrize(("index", "changes", "problem"), RULES_BROKEN.values(), ids=RULES_BROKEN)
def test_a_signed_log_that_breaks_a_rule_is_named(
    index: int,
    changes: list[dict[str, object]],
    problem: str,
    tmp_path: Path,
    draft: Draft,
    signer: Signer,
    keys: list[str],
) -> None:
    """A log's own signature does not make its contents right."""
    leaves = [encode_draft(draft(1000), log=ORIGIN, at=10)]
    for number, change in enumerate(changes):
        facts = dict(change)
        at, log = facts.pop("at", 10), facts.pop("log", ORIGIN)
        number = 1000 if facts.pop("id", None) == 0 else number  # noqa: PLW2901 - the id is made from it.
        leaves.append(encode_draft(draft(number, **facts), log=log, at=at))
    if problem == "not before it":
        leaves[1] = encode_draft(draft(0, t="suspend", ref=1), log=ORIGIN, at=10)
    report = audit(write_log(tmp_path, leaves, signer), keys)
    assert report.findings[0].index == index + 1
    assert (report.findings[0].table, problem in report.findings[0].problem) == ("leaf", True)


def test_bytes_that_are_no_leaf_are_named(tmp_path: Path, signer: Signer, keys: list[str]) -> None:
    """A public log holds leaves of the schema only."""
    report = audit(write_log(tmp_path, [b"{}"] * 300, signer), keys)
    assert report.differing == 300
    assert (report.findings[299].table, report.findings[299].index) == ("leaf", 299)


def test_a_full_tile_serves_for_a_partial_one_that_is_gone(
    tmp_path: Path, draft: Draft, signer: Signer, keys: list[str]
) -> None:
    """tlog-tiles allows partial tiles to go once the full one is there."""
    leaves = [encode_draft(draft(number), log=ORIGIN, at=10) for number in range(256)]
    write_log(tmp_path, leaves, signer)
    (tmp_path / "tile" / "1").rename(tmp_path / "kept")
    source = write_log(tmp_path, leaves[:200], signer)
    for partial in tmp_path.rglob("*.p"):
        partial.rename(tmp_path / f"gone-{len(list(tmp_path.iterdir()))}")
    assert audit(source, keys).is_sound
