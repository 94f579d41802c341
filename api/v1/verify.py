"""Verify a learning pass: one verdict, named checks, and the signed content with its evidence."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends
from pydantic import Field

from api.dependencies import CurrentBank, Limited, Public
from api.throttling import VERIFYING
from api.v1 import examples
from api.v1.fields import Request
from api.verification_view import ReportView, report_view

router = APIRouter(prefix="/api/v1", tags=["verification"])

DOCUMENT_LENGTH_MAX = 10 << 20


class VerifyRequest(Request):
    """What was scanned or typed: a link, a pass code, or an offline pass's text (`LP1:…`)."""

    document: Annotated[str, Field(min_length=1, max_length=DOCUMENT_LENGTH_MAX)] = Field(
        examples=["https://bank.example/V/ABCDEFGHJKLMNPQRSTUVWXYZ23"],
        description="The link, the pass code, or the text of an offline pass.",
    )


@router.post("/verify", dependencies=[Public, Depends(Limited(VERIFYING))])
def verify(
    body: Annotated[VerifyRequest, Body(openapi_examples=examples.VERIFICATION)], bank: CurrentBank
) -> ReportView:
    """Verify whatever a holder showed. No account is needed, and bad input is a verdict too."""
    return report_view(bank.verifier.verify(body.document, bank.clock()))
