"""The issuers that an employer trusts: a list of its own, replaced as a whole.

A credential's signature is good or not for everybody; whether its issuer is known is for each
employer to say. The list is a choice and claims nothing, so it has no leaf.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Connection, delete, select
from sqlmodel import col

from certificates.did import DID_KEY, key_of_did
from certificates.did_web import document_url
from certificates.errors import DocumentRefused
from creditbank.credentials.tables import TrustedIssuerRow
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.writer.command import Decision, Moment

ISSUERS_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedIssuer:
    """An issuer by its DID, and what the institution calls it."""

    did: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTrustedIssuers:
    """Ask that an institution trust exactly these issuers from now on."""

    institution_id: str
    issuers: Sequence[TrustedIssuer]
    by: str

    @classmethod
    def load(cls, connection: Connection, commands: Sequence[Self]) -> None:
        """Load nothing: the institution is the actor's own."""

    def decide(self, state: None, moment: Moment) -> Decision[Any, None]:
        """Replace the list; raises `InvalidInput` for what is no DID that is verified here."""
        problems = list(_problems(self.issuers))
        if problems:
            raise InvalidInput(problems)
        rows = [
            {
                "institution_id": self.institution_id,
                "did": one.did,
                "name": one.name,
                "trusted_with": self.by,
                "trusted_at": int(moment.now.timestamp()),
            }
            for one in self.issuers
        ]
        earlier = delete(TrustedIssuerRow).where(
            col(TrustedIssuerRow.institution_id) == self.institution_id
        )
        return Decision(answer=None, state=state, changes=[earlier], rows={TrustedIssuerRow: rows})


def trusted_issuers(connection: Connection, institution_id: str) -> list[TrustedIssuer]:
    """Give the issuers that an institution trusts, by DID."""
    wanted = (
        select(col(TrustedIssuerRow.did), col(TrustedIssuerRow.name))
        .where(col(TrustedIssuerRow.institution_id) == institution_id)
        .order_by(col(TrustedIssuerRow.did))
    )
    return [TrustedIssuer(did=row.did, name=row.name) for row in connection.execute(wanted)]


def trusted_dids(connection: Connection, institution_id: str | None) -> frozenset[str]:
    """Give the DIDs of these issuers; nobody's list is empty."""
    if institution_id is None:
        return frozenset()
    return frozenset(one.did for one in trusted_issuers(connection, institution_id))


def _problems(issuers: Sequence[TrustedIssuer]) -> Iterator[FieldProblem]:
    seen: set[str] = set()
    for place, one in enumerate(issuers):
        if not _is_verified_here(one.did):
            yield FieldProblem(field=f"issuers.{place}.did", code="did-unsupported")
        elif one.did in seen:
            yield FieldProblem(field=f"issuers.{place}.did", code="did-repeated")
        seen.add(one.did)


def _is_verified_here(did: str) -> bool:
    if did.startswith(DID_KEY):
        return key_of_did(did) is not None
    try:
        document_url(did)
    except DocumentRefused:
        return False
    return True
