"""The issuers of credentials that an employer trusts."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends
from pydantic import Field

from api.dependencies import Allowed, CurrentBank
from api.response import Response
from api.v1 import credential_examples as examples
from api.v1.fields import Request, ShortText, Text
from certificates.did_web import DID_LENGTH_MAX
from creditbank.access.actor import Actor, Scope
from creditbank.bank import Bank
from creditbank.credentials.trusted_issuers import (
    ISSUERS_MAX,
    SetTrustedIssuers,
    TrustedIssuer,
    trusted_issuers,
)

router = APIRouter(prefix="/api/v1", tags=["verification"])

Truster = Annotated[Actor, Depends(Allowed(Scope.ISSUERS_TRUST))]


class IssuerRequest(Request):
    """One issuer that is trusted."""

    did: Annotated[Text, Field(max_length=DID_LENGTH_MAX)] = Field(
        examples=["did:web:issuer.example"],
        description="Its DID as its credentials name it: did:web, or did:key of Ed25519.",
    )
    name: ShortText | None = Field(default=None, description="What you call it; shown to you.")


class TrustedIssuersRequest(Request):
    """Every issuer that is trusted from now on; whoever is not named is trusted no longer."""

    issuers: Annotated[list[IssuerRequest], Field(max_length=ISSUERS_MAX)] = Field(
        description="The whole list; an empty one trusts nobody."
    )


class IssuerView(Response):
    """One issuer that is trusted."""

    did: str
    name: str | None


class TrustedIssuersView(Response):
    """The issuers that an institution trusts."""

    issuers: list[IssuerView]


@router.get("/trusted-issuers")
def read_trusted_issuers(actor: Truster, bank: CurrentBank) -> TrustedIssuersView:
    """List the issuers whose credentials your own verifications call known."""
    return trusted_view(bank, actor.institution)


@router.put("/trusted-issuers")
def set_trusted_issuers(
    body: Annotated[TrustedIssuersRequest, Body(openapi_examples=examples.TRUSTED_ISSUERS)],
    actor: Truster,
    bank: CurrentBank,
) -> TrustedIssuersView:
    """Replace the list: `POST /api/v1/verify` with your key goes by it at once."""
    issuers = [TrustedIssuer(did=one.did, name=one.name) for one in body.issuers]
    bank.writer.write(
        SetTrustedIssuers(institution_id=actor.institution, issuers=issuers, by=actor.id)
    )
    return trusted_view(bank, actor.institution)


def trusted_view(bank: Bank, institution_id: str) -> TrustedIssuersView:
    """Give an institution's list as the door answers it."""
    with bank.readers.reading() as connection:
        found = trusted_issuers(connection, institution_id)
    return TrustedIssuersView(issuers=[IssuerView(did=one.did, name=one.name) for one in found])
