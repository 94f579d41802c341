"""The public audit: everything that a log's tiles, entries and signed checkpoint must satisfy.

It reads a log once from its first leaf, holds no more than a tile of each level, and beside that
only what leaves may not repeat: ids, live nullifiers, published rules.
"""

from collections.abc import Collection, Iterator

from ledger.checkpoint import Checkpoint, parse_note, parse_verifier_key, verify_note
from ledger.errors import LedgerError, NoteRefused, NotInLog
from ledger.findings import AuditReport, Findings
from ledger.leaf_audit import LeafAudit
from ledger.merkle import EMPTY_ROOT, HASH_BYTES, leaf_hash
from ledger.sources import Source
from ledger.tiles import WIDTH, unbundle
from ledger.tree_audit import ClaimedRoot, TreeAudit


def audit(source: Source, verifier_keys: Collection[str]) -> AuditReport:
    """Audit a log up to its newest published checkpoint; names the first lie by table and index.

    Trouble in reading the source is raised as it is: it is no lie. Nor is a malformed verifier key:
    it raises `NoteRefused`.
    """
    require_verifier_keys(verifier_keys)
    findings = Findings()
    claimed = _read_checkpoint(source, verifier_keys, findings)
    if claimed is None:
        return report(0, EMPTY_ROOT, 0, findings)
    reading = LogReading(source, claimed.origin, findings)
    root = ClaimedRoot(table="checkpoint", size=claimed.size, root=claimed.root)
    reading.read_to(claimed.size, iter([root]))
    return report(claimed.size, claimed.root, reading.size, findings)


def require_verifier_keys(verifier_keys: Collection[str]) -> None:
    """Refuse keys that are none, so that the reader's slip is not laid to the log."""
    for key in verifier_keys:
        parse_verifier_key(key)


def report(size: int, root: bytes, leaves: int, findings: Findings) -> AuditReport:
    """Sum an audit up."""
    return AuditReport(
        size=size,
        root=root,
        leaves=leaves,
        differing=findings.differing,
        findings=findings.in_order(),
    )


class LogReading:
    """One pass over a log; `leaves` and the tree are what it has read so far."""

    def __init__(self, source: Source, origin: str, findings: Findings) -> None:
        self.leaves = LeafAudit(origin, findings)
        self.tree = TreeAudit(source, findings)
        self._source = source
        self._findings = findings

    @property
    def size(self) -> int:
        """How many leaves were read."""
        return self.tree.tree.size

    def read_to(self, size: int, claims: Iterator[ClaimedRoot]) -> None:
        """Check every leaf and tile below `size`, and each claimed root, which come by size."""
        claim = self._compare(next(claims, None), claims)
        for start in range(0, size, WIDTH):
            width = min(WIDTH, size - start)
            read = self._read_tile(start, width)
            if read is None:
                return
            hashes, stored = read
            done = 0
            while done < width:
                stop = width if claim is None else min(width, claim.size - start)
                self.tree.extend(hashes[done:stop], stored[done:stop])
                claim, done = self._compare(claim, claims), stop
            self.tree.compare_full_tiles()
        self.tree.finish()
        self._require_covered(claim)

    def _compare(
        self, claim: ClaimedRoot | None, claims: Iterator[ClaimedRoot]
    ) -> ClaimedRoot | None:
        """Compare the claims for the size that was reached; gives the next one."""
        while claim is not None and claim.size <= self.size:
            if claim.size == self.size:
                self.tree.compare(claim)
            claim = next(claims, None)
        return claim

    def _require_covered(self, beyond: ClaimedRoot | None) -> None:
        if beyond is None:
            return
        problem = f"it is not there, though a {beyond.table} of {beyond.size} leaves covers it"
        table, index = ("head", beyond.size) if beyond.table == "head" else ("leaf", self.size)
        self._findings.add(table, index, problem, position=self.size)

    def _read_tile(self, start: int, width: int) -> tuple[list[bytes], list[bytes]] | None:
        """Give the hashes of the leaves of one level-0 tile, and what the tile holds."""
        number = start // WIDTH
        try:
            leaves = unbundle(self._source.entries(number, width))
        except LedgerError:
            leaves = []
        for index, leaf in enumerate(leaves, start):
            self.leaves.check(index, leaf)
        try:
            tile = self._source.tile(0, number, width)
        except NotInLog:
            tile = b""
        hashes = list(map(leaf_hash, leaves))
        # What is missing differs from every hash, so that it is named by its index.
        stored = [tile[at : at + HASH_BYTES] for at in range(0, width * HASH_BYTES, HASH_BYTES)]
        if len(hashes) == width:
            return hashes, stored
        pairs = zip(hashes, stored, strict=False)
        same = next((at for at, (mine, theirs) in enumerate(pairs) if mine != theirs), len(hashes))
        self._findings.add("leaf", start + same, "it is not there")
        return None


def _read_checkpoint(
    source: Source, verifier_keys: Collection[str], findings: Findings
) -> Checkpoint | None:
    try:
        note = source.checkpoint()
        claimed = parse_note(note)
    except LedgerError as error:
        findings.add("checkpoint", 0, str(error))
        return None
    try:
        return verify_note(note, verifier_keys)
    except NoteRefused as error:
        findings.add("checkpoint", claimed.size, str(error))
        return claimed
