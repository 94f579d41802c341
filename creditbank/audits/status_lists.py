"""Published status lists against their leaves, their documents, and what is revoked today."""

from collections.abc import Iterator, Mapping

import orjson
from sqlalchemy import Connection

from certificates.data_integrity import proofs_of, verifies
from certificates.errors import DocumentRefused
from certificates.status_list import StatusPurpose, set_places
from creditbank.audits.entries import Entry, Pairs
from creditbank.credentials.publish_list import (
    MEDIA_TYPE,
    ListSource,
    StoredVersion,
    list_versions,
)
from creditbank.verification.compose import Trust
from ledger.findings import Findings
from ledger.objects import find_object


class StatusListCheck:
    """Checks every version of every list; what was revoked stays so in all later ones."""

    table = "status_list"
    kinds = ("status_list",)

    def __init__(
        self,
        connection: Connection,
        findings: Findings,
        trust: Trust,
        sources: Mapping[str, ListSource],
    ) -> None:
        self._connection = connection
        self._findings = findings
        self._trust = trust
        self._sources = sources
        self._versions = {one.id: one for one in list_versions(connection)}
        self._newest: dict[tuple[str, int], StoredVersion] = {}
        self._set: dict[tuple[str, int], frozenset[int]] = {}

    def entries(self) -> Iterator[tuple[int, str]]:
        """Give ledger index and name of every version."""
        for one in self._versions.values():
            yield one.entry_index, one.id

    def check(self, pairs: Pairs) -> None:
        """Compare each version with its leaf, its document and the version before."""
        for name, entry in pairs.items():
            for problem in self._problems(entry, self._versions[name]):
                self._findings.add(self.table, entry.index, problem)

    def finish(self) -> None:
        """Name the lists in which something is revoked that stands."""
        for (family, number), places in self._set.items():
            source = self._sources[family]
            if source.purpose is not StatusPurpose.REVOCATION:
                continue
            if places - (source.set_bits(self._connection, number) or frozenset()):
                index = self._newest[family, number].entry_index
                self._findings.add(self.table, index, "it revokes something that stands")

    def _problems(self, entry: Entry, one: StoredVersion) -> Iterator[str]:
        name = one.family, one.number
        before = self._newest.get(name)
        if one.version != (1 if before is None else before.version + 1):
            yield "version does not follow on the one before"
        if one.published_at != int(entry.facts.at):
            yield "published_at is not the time of its leaf"
        if one.object_sha256.hex().encode() != entry.facts.object:
            yield "object_sha256 is not that of the document that its leaf names"
        refers_to = None if entry.facts.ref is None else int(entry.facts.ref)
        if refers_to != (None if before is None else before.entry_index):
            yield "its leaf does not refer to the version before"
        self._newest[name] = one
        found = find_object(self._connection, bytes.fromhex((entry.facts.object or b"").decode()))
        if found is None:
            return  # The audit of the log names documents that are missing.
        places = self._places(found, one)
        if places is None:
            yield "the document that its leaf names is no list that this bank signed"
            return
        revokes = self._sources[one.family].purpose is StatusPurpose.REVOCATION
        if revokes and self._set.get(name, frozenset()) - places:
            yield "it takes a revocation back"
        self._set[name] = places

    def _places(self, found: tuple[str, bytes], one: StoredVersion) -> frozenset[int] | None:
        """Give the places that are set in a version's document, None where it is none."""
        media_type, content = found
        source = self._sources.get(one.family)
        if source is None or media_type != MEDIA_TYPE:
            return None
        try:
            document = orjson.loads(content)
            (proof,) = proofs_of(document)
            key = self._trust.assertion_key(document["issuer"], proof["verificationMethod"])
            subject = document["credentialSubject"]
            if key is None or not verifies(document, proof, key):
                return None
            if subject["statusPurpose"] != source.purpose:
                return None
            if not document["id"].endswith(f"/status/{one.family}-{one.number}"):
                return None
            return set_places(subject["encodedList"])
        except (DocumentRefused, ValueError, KeyError, TypeError):
            return None
