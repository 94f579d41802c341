"""Move the bank to another origin: a leaf binds the keys of its old name to those of its new one.

Nothing that was signed changes, nor does the log: its name is no address. What was signed under the
name before is answered at the origin before, as long as that leads here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Self

import rfc8785
from sqlalchemy import Connection

from certificates.data_integrity import JCS, secure
from certificates.did import method_id
from certificates.did_web import DID_WEB, web_did
from certificates.keys import KeyRing, Purpose, SigningKey
from creditbank.credentials.published_keys import did_document_of
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.installation.former_names import (
    FormerName,
    former_names,
    renaming,
    require_not_moved,
)
from creditbank.installation.found import ORIGIN_TYPE, Installation
from creditbank.passes.status_bits import LISTS
from creditbank.writer.command import Decision, Moment, PublicObject
from ledger.leaf import LeafDraft, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The names before, and how many status lists of each family there are."""

    formers: tuple[FormerName, ...]
    lists: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveBank:
    """Ask that the bank be called `issuer_did` from now on and stand at `origin`.

    `installation` are its names as this process knows them, `ring` its keys with the new one,
    `former_key` what signed credentials until now.
    """

    installation: Installation
    former_origin: str
    issuer_did: str
    origin: str
    ring: KeyRing = field(repr=False)
    former_key: SigningKey = field(repr=False)

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the names before and count the lists."""
        del commands
        lists = {name: source.newest(connection) for name, source in LISTS.items()}
        return State(formers=former_names(connection), lists=lists)

    def decide(self, state: State, moment: Moment) -> Decision[State, FormerName]:
        """Move it; the answer is the name that it had.

        Raises `Refusal("issuer-moved")` where another process moved it meanwhile.
        """
        require_not_moved(state.formers, self.installation.formers)
        former = FormerName(
            issuer_did=self.installation.issuer_did,
            origin=self.former_origin,
            lists=dict(state.lists),
            entry_index=moment.next_index,
        )
        document = rfc8785.dumps(self._bound(former, moment))
        leaf = LeafDraft(
            t="origin",
            id=new_id(moment.now, moment.entropy),
            iss=self.installation.institution_id,
            object=sha256(document).digest(),
        )
        rows, renamed = renaming(former, self.issuer_did)
        return Decision(
            answer=former,
            state=State(formers=(*state.formers, former), lists=state.lists),
            rows=rows,
            changes=[renamed],
            leaves=[leaf],
            objects=[PublicObject(media_type=ORIGIN_TYPE, content=document)],
        )

    def _bound(self, former: FormerName, moment: Moment) -> dict[str, Any]:
        """Give what the leaf names, with a proof by the key of either name (`eddsa-jcs-2022`)."""
        named = Installation(
            ledger_origin=moment.log,
            issuer_did=self.issuer_did,
            institution_id=self.installation.institution_id,
            formers=(*self.installation.formers, former),
        )
        document: dict[str, Any] = {
            **stated(former, log=moment.log, issuer_did=self.issuer_did),
            "at": self.origin,
            "did_documents": [
                did_document_of(named, self.ring, one) for one in (former.issuer_did, None)
            ],
        }
        signers = (
            (former.issuer_did, self.former_key),
            (self.issuer_did, self.ring.current(Purpose.CREDENTIAL)),
        )
        for did, key in signers:
            method = method_id(did, key.verification_key)
            document = secure(document, key, method=method, created=moment.now, cryptosuite=JCS)
        return document


def stated(former: FormerName, *, log: str, issuer_did: str) -> dict[str, object]:
    """Give what a move's leaf says of the names before and after."""
    before = {
        "issuer": former.issuer_did,
        "origin": former.origin,
        "lists": dict(former.lists),
    }
    return {"origin": log, "issuer": issuer_did, "formerly": before}


def require_move(
    installation: Installation, *, former_origin: str, origin: str, served: Sequence[str]
) -> None:
    """Refuse a move to where the bank is, from where it was not, or that leaves visitors lost.

    `served` are the former origins that still lead here. Raises `InvalidInput`.
    """
    problems = []
    if former_origin == origin:
        problems.append(FieldProblem(field="origin", code="origin-unmoved"))
    is_web = installation.issuer_did.startswith(DID_WEB)
    if is_web and web_did(former_origin) != installation.issuer_did:
        facts = {"issuer": installation.issuer_did}
        problems.append(FieldProblem(field="from", code="origin-not-left", facts=facts))
    if former_origin not in served:
        problems.append(FieldProblem(field="former_origins", code="origin-unserved"))
    if problems:
        raise InvalidInput(problems)
