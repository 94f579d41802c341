"""The VC-API (W3C CCG) as far as conformance suites ask for it; closed unless opened."""

from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import Field

from api.dependencies import CurrentBank, Public
from api.response import Response
from api.v1 import credential_examples
from api.v1.fields import Request
from certificates.data_integrity import RDFC
from certificates.errors import DocumentRefused
from certificates.keys import Purpose
from creditbank.bank import Bank
from creditbank.credentials.conformance import (
    ConformanceIssuer,
    verify_document,
    verify_presentation,
)
from creditbank.errors import Refusal

router = APIRouter(prefix="/vc", tags=["credentials"], dependencies=[Public])

Document = dict[str, Any]


class IssueRequest(Request):
    """A credential to be signed; `options.cryptosuite` chooses how."""

    credential: Document = Field(description="The credential, of the issuer that `/vc` names.")
    options: Document = Field(default={}, description="`cryptosuite`, if it is not the usual one.")


class VerifyCredentialRequest(Request):
    """A signed credential."""

    verifiableCredential: Document = Field(description="The credential with its proof.")  # noqa: N815
    options: Document = Field(default={}, description="Nothing of it is heeded.")


class VerifyPresentationRequest(Request):
    """A presentation with credentials."""

    verifiablePresentation: Document = Field(description="The presentation.")  # noqa: N815
    options: Document = Field(default={}, description="Nothing of it is heeded.")


class VerifiedView(Response):
    """That the document verifies; one that does not is answered with 400."""

    verified: bool


class ConformanceView(Response):
    """Under which name documents are signed here: never the bank's."""

    issuer: str


@router.get("")
def read_issuer(bank: CurrentBank) -> ConformanceView:
    """Name the issuer of this surface."""
    return ConformanceView(issuer=_issuer(bank).did)


@router.post("/credentials/issue", status_code=201)
def issue_credential(
    body: Annotated[IssueRequest, Body(openapi_examples=credential_examples.ISSUE)],
    bank: CurrentBank,
) -> Document:
    """Sign a credential for a suite."""
    cryptosuite = str(body.options.get("cryptosuite", RDFC))
    try:
        return _issuer(bank).issue(body.credential, cryptosuite, bank.clock())
    except DocumentRefused as error:
        raise Refusal("document-refused", reason=str(error)) from error


@router.post("/credentials/verify")
def verify_credential(
    body: Annotated[VerifyCredentialRequest, Body(openapi_examples=credential_examples.VERIFY)],
    bank: CurrentBank,
) -> VerifiedView:
    """Verify a credential for a suite."""
    _require_open(bank)
    try:
        verify_document(body.verifiableCredential)
    except DocumentRefused as error:
        raise Refusal("document-refused", reason=str(error)) from error
    return VerifiedView(verified=True)


@router.post("/presentations/verify")
def verify_presented(
    body: Annotated[
        VerifyPresentationRequest, Body(openapi_examples=credential_examples.PRESENTATION)
    ],
    bank: CurrentBank,
) -> VerifiedView:
    """Verify a presentation for a suite."""
    _require_open(bank)
    try:
        verify_presentation(body.verifiablePresentation)
    except DocumentRefused as error:
        raise Refusal("document-refused", reason=str(error)) from error
    return VerifiedView(verified=True)


def _issuer(bank: Bank) -> ConformanceIssuer:
    _require_open(bank)
    return ConformanceIssuer.of(bank.ring.current(Purpose.CREDENTIAL))


def _require_open(bank: Bank) -> None:
    if not bank.settings.vc_api:
        raise Refusal("door-closed", setting="CREDITBANK_VC_API")
