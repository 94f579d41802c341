"""Register an institution: a row, and a public leaf with its document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Self

import rfc8785
from sqlalchemy import Connection

from creditbank.errors import FieldProblem, InvalidInput
from creditbank.institutions.queries import Institution, find_institutions
from creditbank.institutions.tables import InstitutionRow
from creditbank.institutions.uscc import is_uscc
from creditbank.writer.command import Decision, Moment, PublicObject
from ledger.leaf import LeafDraft, new_id

NAME_LENGTH_MAX = 200
DOCUMENT_TYPE = "application/vnd.creditbank.institution+json"

State = Mapping[str, Institution]


class InstitutionKind(StrEnum):
    """What an institution is to the bank."""

    PROVIDER = "provider"
    EMPLOYER = "employer"
    BANK = "bank"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterInstitution:
    """Ask that an institution be registered below `parent_id` (or at the top)."""

    kind: InstitutionKind
    name: str
    name_en: str | None = None
    uscc: str | None = None
    parent_id: str | None = None

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> State:
        """Load the parents that these commands name."""
        named = {command.parent_id for command in commands if command.parent_id is not None}
        return find_institutions(connection, named)

    def decide(self, state: State, moment: Moment) -> Decision[State, Institution]:
        """Give the institution an opaque id and publish its document."""
        _require_well_formed(self, state)
        leaf_id = new_id(moment.now, moment.entropy)
        registered = Institution(
            id=f"inst-{leaf_id.hex()[12:]}",
            kind=self.kind.value,
            name=self.name,
            name_en=self.name_en,
            uscc=self.uscc,
            parent_id=self.parent_id,
            entry_index=moment.next_index,
        )
        document = document_of(registered)
        leaf = LeafDraft(
            t="institution", id=leaf_id, iss=registered.id, object=sha256(document).digest()
        )
        return Decision(
            answer=registered,
            state={**state, registered.id: registered},
            rows={InstitutionRow: [row_of(registered)]},
            leaves=[leaf],
            objects=[PublicObject(media_type=DOCUMENT_TYPE, content=document)],
        )


def document_of(institution: Institution) -> bytes:
    """Give the public document of an institution (JCS, RFC 8785); absent facts are left out."""
    facts = {
        "id": institution.id,
        "kind": institution.kind,
        "name": institution.name,
        "name_en": institution.name_en,
        "uscc": institution.uscc,
        "parent": institution.parent_id,
    }
    return rfc8785.dumps({name: fact for name, fact in facts.items() if fact is not None})


def row_of(institution: Institution) -> dict[str, object]:
    """Give the stored form of an institution."""
    return {name: getattr(institution, name) for name in Institution.__slots__}


def _require_well_formed(command: RegisterInstitution, state: State) -> None:
    problems = []
    for field, text in (("name", command.name), ("name_en", command.name_en)):
        if text is not None and not text.strip():
            problems.append(FieldProblem(field=field, code="field-missing"))
        if text is not None and len(text) > NAME_LENGTH_MAX:
            facts = {"length_max": NAME_LENGTH_MAX}
            problems.append(FieldProblem(field=field, code="text-too-long", facts=facts))
    if command.uscc is not None and not is_uscc(command.uscc):
        problems.append(FieldProblem(field="uscc", code="uscc-wrong"))
    if command.parent_id is not None and command.parent_id not in state:
        problems.append(FieldProblem(field="parent", code="institution-unknown"))
    if problems:
        raise InvalidInput(problems)
