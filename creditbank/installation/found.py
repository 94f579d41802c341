"""Found the installation: the log's first leaves, the bank as institution, and the names."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

import rfc8785
from sqlalchemy import Connection, select
from sqlmodel import col

from creditbank.errors import Refusal
from creditbank.installation.former_names import FormerName, former_names
from creditbank.installation.tables import InstallationRow
from creditbank.institutions.history import InstitutionKind
from creditbank.institutions.register import RegisterInstitution
from creditbank.writer.command import Decision, Moment, PublicObject
from ledger.leaf import LeafDraft, new_id

ORIGIN_TYPE = "application/vnd.creditbank.origin+json"
KEY_TYPE = "text/plain; charset=utf-8"
BANK_NAME, BANK_NAME_EN = "学分银行", "Credit Bank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The names of this installation; the log's never changes, the issuer's when the bank moves."""

    ledger_origin: str
    issuer_did: str
    institution_id: str
    formers: tuple[FormerName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundInstallation:
    """Ask that this empty database become a bank; the log begins with who it is and its key."""

    issuer_did: str
    verifier_key: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> Installation | None:
        """Load what is founded already."""
        del commands
        return find_installation(connection)

    def decide(
        self, state: Installation | None, moment: Moment
    ) -> Decision[Installation | None, Installation]:
        """Found it; raises `Refusal("installation-exists")`."""
        if state is not None:
            raise Refusal("installation-exists")
        registration = RegisterInstitution(
            kind=InstitutionKind.BANK, name=BANK_NAME, name_en=BANK_NAME_EN
        ).decide({}, moment)
        bank = registration.answer
        founded = Installation(
            ledger_origin=moment.log, issuer_did=self.issuer_did, institution_id=bank.id
        )
        origin = rfc8785.dumps({"origin": moment.log, "issuer": self.issuer_did})
        key = f"{self.verifier_key}\n".encode()
        row = {
            "id": 1,
            "ledger_origin": founded.ledger_origin,
            "issuer_did": founded.issuer_did,
            "institution_id": bank.id,
        }
        return Decision(
            answer=founded,
            state=founded,
            rows={**registration.rows, InstallationRow: [row]},
            leaves=[
                *registration.leaves,
                _public_leaf("origin", bank.id, origin, moment),
                _public_leaf("key", bank.id, key, moment),
            ],
            objects=[
                *registration.objects,
                PublicObject(media_type=ORIGIN_TYPE, content=origin),
                PublicObject(media_type=KEY_TYPE, content=key),
            ],
        )


def find_installation(connection: Connection) -> Installation | None:
    """Give the names of this installation, or None before `init`."""
    row = connection.execute(
        select(
            col(InstallationRow.ledger_origin),
            col(InstallationRow.issuer_did),
            col(InstallationRow.institution_id),
        )
    ).one_or_none()
    if row is None:
        return None
    return Installation(
        ledger_origin=row.ledger_origin,
        issuer_did=row.issuer_did,
        institution_id=row.institution_id,
        formers=former_names(connection),
    )


def _public_leaf(kind: str, issuer: str, document: bytes, moment: Moment) -> LeafDraft:
    return LeafDraft(
        t=kind,
        id=new_id(moment.now, moment.entropy),
        iss=issuer,
        object=sha256(document).digest(),
    )
