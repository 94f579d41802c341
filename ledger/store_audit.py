"""The audit of the ledger's own tables: the public audit, and what only the database shows.

That is every stored checkpoint, the head, the live nullifiers, the id column, the documents, and
tiles that hold more than the tree.
"""

from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256

from sqlalchemy import Connection, LargeBinary, cast, func, select
from sqlmodel import col

from ledger.audit import LogReading, report, require_verifier_keys
from ledger.checkpoint import parse_verifier_key, verify_note
from ledger.errors import LedgerError, NoteRefused
from ledger.findings import AuditReport, Findings
from ledger.merkle import EMPTY_ROOT, HASH_BYTES
from ledger.read import Head, leaf_count, read_checkpoints, read_head
from ledger.sources import DatabaseSource
from ledger.tables import LeafRow, LiveSpendRow, ObjectRow, TileRow
from ledger.tiles import WIDTH, width_at
from ledger.tree_audit import ClaimedRoot

_ROWS_A_READ = 1_000


def audit_store(
    connection: Connection, verifier_keys: Sequence[str], findings: Findings | None = None
) -> AuditReport:
    """Audit the ledger's tables up to the last leaf; names the first lie.

    The keys are the log's own, at least one; each bears the log's origin as its name. Beyond the
    newest checkpoint the head decides where leaves and tiles differ. An audit that goes on from
    here gives its own `findings`. The connection must see one moment of a log that is written to.
    A malformed key raises `NoteRefused`.
    """
    require_verifier_keys(verifier_keys)
    origin = parse_verifier_key(verifier_keys[0]).name
    findings = Findings() if findings is None else findings
    head, stored = _read_head(connection, findings), leaf_count(connection)
    reading = LogReading(DatabaseSource(connection), origin, findings)
    checkpoints = _signed_roots(connection, verifier_keys, origin, findings)
    reading.read_to(stored, _with_head(checkpoints, head))
    if head is not None:
        _check_head(head, stored, reading, findings)
    _check_ids(connection, findings)
    _check_tile_widths(connection, stored, findings)
    _check_live_spends(connection, reading.leaves.live, findings)
    _check_objects(connection, reading.leaves.documents, findings)
    root = EMPTY_ROOT if head is None else head.root
    return report(0 if head is None else head.size, root, reading.size, findings)


def _read_head(connection: Connection, findings: Findings) -> Head | None:
    try:
        return read_head(connection)
    except LedgerError as error:
        findings.add("head", 0, str(error))
        return None


def _signed_roots(
    connection: Connection, verifier_keys: Collection[str], origin: str, findings: Findings
) -> Iterator[ClaimedRoot]:
    """Give what the stored checkpoints claim, by size; those not well signed claim nothing."""
    for stored in read_checkpoints(connection):
        try:
            note = verify_note(stored.note, verifier_keys)
        except NoteRefused as error:
            findings.add("checkpoint", stored.size, str(error))
            continue
        if (note.origin, note.size, note.root) != (origin, stored.size, stored.root):
            findings.add("checkpoint", stored.size, "its columns are not what its note says")
        else:
            yield ClaimedRoot(table="checkpoint", size=note.size, root=note.root)


def _with_head(checkpoints: Iterator[ClaimedRoot], head: Head | None) -> Iterator[ClaimedRoot]:
    """Put the head's claim in its place among the checkpoints, after those of its size."""
    claim = None if head is None else ClaimedRoot(table="head", size=head.size, root=head.root)
    for checkpoint in checkpoints:
        if claim is not None and claim.size < checkpoint.size:
            yield claim
            claim = None
        yield checkpoint
    if claim is not None:
        yield claim


def _check_head(head: Head, stored: int, reading: LogReading, findings: Findings) -> None:
    if head.size < stored:
        findings.add("head", head.size, f"{stored} leaves are stored")
    elif head.size == stored and head.last_at != reading.leaves.last_at:
        findings.add("head", head.size, "its time is not that of the newest leaf")


def _check_ids(connection: Connection, findings: Findings) -> None:
    after = -1
    while rows := connection.execute(
        select(col(LeafRow.idx), col(LeafRow.id), col(LeafRow.data))
        .where(col(LeafRow.idx) > after)
        .order_by(col(LeafRow.idx))
        .limit(_ROWS_A_READ)
    ).all():
        for index, leaf_id, data in rows:
            if b'"id":"%s"' % bytes(leaf_id).hex().encode() not in bytes(data):
                findings.add("leaf", index, "its id column is not its id")
        after = rows[-1].idx


def _check_tile_widths(connection: Connection, size: int, findings: Findings) -> None:
    rows = connection.execute(
        select(
            col(TileRow.level),
            col(TileRow.number),
            func.length(cast(col(TileRow.data), LargeBinary)),
        )
    )
    for level, number, length in rows:
        width = width_at(level, number, size)
        if length > width * HASH_BYTES:
            index = number * WIDTH + width
            findings.add("tile", index, f"level {level} goes beyond the tree", position=size)


def _check_live_spends(connection: Connection, live: dict[bytes, int], findings: Findings) -> None:
    missing, after = dict(live), b""
    while rows := connection.execute(
        select(col(LiveSpendRow.value), col(LiveSpendRow.idx))
        .where(col(LiveSpendRow.value) > after)
        .order_by(col(LiveSpendRow.value))
        .limit(_ROWS_A_READ)
    ).all():
        for row in rows:
            after = bytes(row.value)
            if missing.pop(after, None) != row.idx:
                findings.add("live_spend", row.idx, f"{after.hex()} is not live by that leaf")
    for value, index in missing.items():
        findings.add("live_spend", index, f"{value.hex()} is live and not there")


def _check_objects(connection: Connection, documents: dict[bytes, int], findings: Findings) -> None:
    missing, after = dict(documents), b""
    while rows := connection.execute(
        select(col(ObjectRow.sha256), col(ObjectRow.data))
        .where(col(ObjectRow.sha256) > after)
        .order_by(col(ObjectRow.sha256))
        .limit(_ROWS_A_READ)
    ).all():
        for row in rows:
            after = bytes(row.sha256)
            index = missing.pop(after, -1)
            if sha256(bytes(row.data)).digest() != after:
                findings.add("object", index, f"{after.hex()} is not its SHA-256")
    for digest, index in missing.items():
        findings.add("object", index, f"the document {digest.hex()} is not there")
