"""What must hold of each leaf and of their order, whoever made them."""

from binascii import unhexlify

from ledger.findings import Findings
from ledger.grammar import LeafFacts, facts_of, fault_in

_QUOTE_COMMA_QUOTE = b'","'


class LeafAudit:
    """Checks leaves in order; keeps what later leaves may not repeat or must refer to."""

    def __init__(self, origin: str, findings: Findings) -> None:
        self.live: dict[bytes, int] = {}
        """The nullifiers that are spent and not released, with the index of the spending leaf."""
        self.documents: dict[bytes, int] = {}
        """The SHA-256 of each public document, with the index of the first leaf that names it."""
        self.last_at = 0
        self._origin = origin.encode()
        self._findings = findings
        self._ids: set[bytes] = set()
        self._rules: set[bytes] = set()

    def check(self, index: int, leaf: bytes) -> None:
        """Check the next leaf."""
        facts = facts_of(leaf)
        if facts is None:
            self._findings.add("leaf", index, fault_in(leaf))
            return
        at = int(facts.at)
        if at < self.last_at:
            self._findings.add("leaf", index, "its time falls behind that of an earlier leaf")
        self.last_at = max(at, self.last_at)
        if facts.log != self._origin:
            self._findings.add("leaf", index, "it was made for another log")
        leaf_id = unhexlify(facts.id)
        if leaf_id in self._ids:
            self._findings.add("leaf", index, "its id is that of an earlier leaf")
        self._ids.add(leaf_id)
        if facts.ref is not None and int(facts.ref) >= index:
            self._findings.add("leaf", index, "it refers to a leaf that is not before it")
        if facts.object is not None or facts.rule is not None:
            self._check_documents(index, facts)
        if facts.spend is not None or facts.release is not None:
            self._check_spends(index, facts)

    def _check_documents(self, index: int, facts: LeafFacts) -> None:
        if facts.rule is not None and facts.rule not in self._rules:
            self._findings.add("leaf", index, "no earlier leaf published its rule")
        if facts.object is not None:
            self.documents.setdefault(unhexlify(facts.object), index)
            if facts.t == b"rule":
                self._rules.add(facts.object)

    def _check_spends(self, index: int, facts: LeafFacts) -> None:
        for value in _hashes(facts.release):
            if self.live.pop(value, None) is None:
                self._findings.add("leaf", index, f"it releases {value.hex()}, which is not live")
        for value in _hashes(facts.spend):
            if value in self.live:
                self._findings.add("leaf", index, f"it spends {value.hex()}, which is live")
            self.live[value] = index


def _hashes(written: bytes | None) -> list[bytes]:
    """Read `"hex","hex"` as the grammar gives it."""
    if written is None:
        return []
    return [unhexlify(one) for one in written.strip(b'"').split(_QUOTE_COMMA_QUOTE)]
