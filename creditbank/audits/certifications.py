"""Certified definitions, their votes and withdrawals against the documents of their leaves."""

from collections.abc import Iterator

import orjson
from sqlalchemy import Connection

from creditbank.audits.definitions import readable_definitions
from creditbank.audits.entries import Entry, Pairs
from creditbank.catalogue.certification import Certification, DefinitionState
from creditbank.catalogue.certification_document import (
    DOCUMENT_TYPE,
    certification_document,
    withdrawal_document,
)
from creditbank.catalogue.queries import (
    WITHDRAWN,
    ballots_of,
    certification_entries,
    find_certifications,
)
from ledger.findings import Findings
from ledger.objects import find_object


class CertificationCheck:
    """Checks every column of what is certified; a submission without a leaf says nothing yet."""

    table = "certification"
    kinds = ("definition",)

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection = connection
        self._findings = findings

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and id of the certifications and withdrawals."""
        return certification_entries(self._connection)

    def check(self, pairs: Pairs) -> None:
        """Compare each with its leaf and its document."""
        ids = {name.removesuffix(WITHDRAWN) for name in pairs}
        stored = find_certifications(self._connection, ids)
        documents = self._documents(stored)
        for name, entry in pairs.items():
            one = stored[name.removesuffix(WITHDRAWN)]
            for problem in self._problems(entry, one, documents[name]):
                self._findings.add(self.table, entry.index, problem)

    def _documents(self, stored: dict[str, Certification]) -> dict[str, bytes | None]:
        """Give what the documents must be; none where the definition cannot be read."""
        ballots = ballots_of(self._connection, stored.keys())
        named = {one.definition_id for one in stored.values()}
        definitions = readable_definitions(self._connection, named)
        documents: dict[str, bytes | None] = {}
        for one in stored.values():
            definition = definitions.get(one.definition_id)
            documents[one.id] = (
                None
                if definition is None
                else certification_document(one, definition, ballots.get(one.id, ()))
            )
            documents[one.id + WITHDRAWN] = withdrawal_document(one)
        return documents

    def _problems(self, entry: Entry, one: Certification, document: bytes | None) -> Iterator[str]:
        is_end = entry.index == one.withdrawal_index
        is_withdrawn = one.withdrawal_index is not None
        state = DefinitionState.WITHDRAWN if is_withdrawn else DefinitionState.CERTIFIED
        if one.state != state:
            yield f"its state is {one.state}, and by its leaves it is {state}"
        if one.institution_id != entry.issuer:
            yield "institution_id is not the leaf's issuer"
        refers_to = None if entry.facts.ref is None else int(entry.facts.ref)
        if refers_to != (one.entry_index if is_end else None):
            yield "its leaf does not refer to the certification that it ends"
        found = find_object(self._connection, bytes.fromhex((entry.facts.object or b"").decode()))
        if found is None:
            return  # The audit of the log names documents that are missing.
        if document is None:
            yield "its definition is not there, or is no definition"
        elif found != (DOCUMENT_TYPE, document):
            names = ", ".join(_differing(found[1], document))
            yield f"its columns are not what its document says: {names}"


def _differing(document: bytes, other: bytes) -> list[str]:
    said, expected = orjson.loads(document), orjson.loads(other)
    names = said.keys() | expected.keys()
    return sorted(name for name in names if said.get(name) != expected.get(name)) or ["form"]
