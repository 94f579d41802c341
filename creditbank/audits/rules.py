"""Published versions of rules against the documents and simulations that their leaves name."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256 as sha256_of

from sqlalchemy import Connection

from creditbank.access.actor import LOGIN_PREFIX
from creditbank.access.staff import find_staff
from creditbank.audits.entries import Entry, Pairs
from creditbank.conversion.rule_file import RuleDocument
from creditbank.errors import InvalidInput
from creditbank.rules.courses import course_rows, stored_courses
from creditbank.rules.publish import DOCUMENT_TYPE
from creditbank.rules.queries import StoredRule, published_rules, rule_entries
from creditbank.rules.simulations import KeptSimulation, simulations_of
from ledger.findings import Findings
from ledger.objects import find_object

_Versions = Mapping[tuple[str, str], StoredRule]
"""Published versions by id and version."""

_Courses = Sequence[Mapping[str, object]]
"""The rows of the courses of one version."""


_PERSONS = frozenset({"drafted_by", "published_by"})


class RuleCheck:
    """Checks every column of every published version; a draft has no leaf and says nothing."""

    table = "rule"
    kinds = ("rule",)

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and hash of every published version."""
        return rule_entries(self._connection)

    def check(self, pairs: Pairs) -> None:
        """Compare each version with its leaf, its document and the version it supersedes."""
        published = published_rules(self._connection)
        stored = {one.sha256: one for one in published}
        versions = {(one.id, one.version): one for one in published}
        ids = {stored[sha256].id for sha256 in pairs}
        courses = stored_courses(self._connection, ids)
        simulations = simulations_of(self._connection, ids)
        for sha256, entry in pairs.items():
            rule = stored[sha256]
            place = rule.id, rule.version
            for problem in self._problems(entry, rule, versions, courses[place]):
                self._findings.add(self.table, entry.index, problem)
            for problem in _wrong_simulation(entry, rule, simulations.get(place, ())):
                self._findings.add("rule_simulation", entry.index, problem)

    def _problems(
        self, entry: Entry, rule: StoredRule, versions: _Versions, courses: _Courses
    ) -> Iterator[str]:
        digest = (entry.facts.object or b"").decode()
        if rule.institution_id != entry.issuer:
            yield "institution_id is not the leaf's issuer"
        if rule.sha256 != digest:
            yield "sha256 is not that of the document that its leaf names"
        if rule.published_by == rule.drafted_by:
            yield "published_by is not a second one beside drafted_by"
        found = find_object(self._connection, bytes.fromhex(digest))
        if found is None:
            return  # The audit of the log names documents that are missing.
        if found != (DOCUMENT_TYPE, rule.content):
            yield "content is not the document that its leaf names"
        try:
            document = RuleDocument.parse(found[1])
        except InvalidInput:
            yield "the document that its leaf names is no rule"
            return
        yield from self._wrong_columns(rule, document)
        yield from _wrong_reference(entry, document, versions)
        if course_rows(document.rule) != courses:
            yield "its courses are not those that its document takes and gives"

    def _wrong_columns(self, rule: StoredRule, document: RuleDocument) -> Iterator[str]:
        """Who acted under a login is known by that; at the command line, by the document."""
        said = {
            "id": document.rule.id,
            "version": document.rule.version,
            "drafted_by": document.rule.author,
            "published_by": document.rule.approver,
        }
        for column, value in said.items():
            stored = str(getattr(rule, column))
            if column in _PERSONS and stored.startswith(LOGIN_PREFIX):
                if not find_staff(self._connection, [stored]):
                    yield f"{column} is no member of staff"
            elif stored != value:
                yield f"{column} is not what its document says"


def _wrong_reference(entry: Entry, document: RuleDocument, versions: _Versions) -> Iterator[str]:
    rule = document.rule
    superseded = versions.get((rule.id, rule.supersedes or ""))
    refers_to = None if entry.facts.ref is None else int(entry.facts.ref)
    if (None if superseded is None else superseded.entry_index) != refers_to:
        yield "its leaf does not refer to the version that it supersedes"


def _wrong_simulation(
    entry: Entry, rule: StoredRule, kept: Sequence[KeptSimulation]
) -> Iterator[str]:
    """Compare the simulation that a leaf names; others were of a draft, and say nothing."""
    named = entry.facts.stmt
    if named is None:
        return
    found = next((one for one in kept if one.digest.hex().encode() == named), None)
    if found is None:
        yield "there is no simulation that its leaf names"
    elif sha256_of(found.content).digest() != found.digest:
        yield "its content is not what its leaf names"
    elif found.sha256 != rule.sha256:
        yield "it is a simulation of other bytes than were published"
