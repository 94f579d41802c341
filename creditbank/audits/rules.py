"""Published rules against the public documents that their leaves name."""

from collections.abc import Iterator

from sqlalchemy import Connection

from creditbank.audits.entries import Entry, Pairs
from creditbank.errors import InvalidInput
from creditbank.rules.queries import StoredRule, rule_entries, rules_by_hash
from ledger.findings import Findings


class RuleCheck:
    """Checks every published rule; what it says is its document, which the log names."""

    table = "rule"
    kinds = ("rule",)

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and hash of every published rule."""
        return rule_entries(self._connection)

    def check(self, pairs: Pairs) -> None:
        """Compare each rule with its leaf and its document."""
        stored = rules_by_hash(self._connection, pairs.keys())
        for sha256, entry in pairs.items():
            for problem in _problems(stored[sha256], entry):
                self._findings.add(self.table, entry.index, problem)


def _problems(stored: StoredRule, entry: Entry) -> Iterator[str]:
    if (entry.facts.object or b"").decode() != stored.sha256:
        yield "sha256 is not that of the document that its leaf names"
    if entry.issuer != stored.institution_id:
        yield "institution_id is not the leaf's issuer"
    if stored.published_by is None or stored.published_by == stored.drafted_by:
        yield "published_by is not a second one beside drafted_by"
    try:
        document = stored.document
    except InvalidInput:
        yield "content is no rule"
        return
    if document.sha256 != stored.sha256:
        yield "content is not the document that its leaf names"
    if (document.rule.id, document.rule.version) != (stored.id, stored.version):
        yield "id and version are not those of its document"
