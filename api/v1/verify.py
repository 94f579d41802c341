"""Verify a pass or a credential: one verdict, named checks, the signed content, its evidence."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends
from pydantic import Field

from api.dependencies import CurrentBank, Limited, OptionalAsker, Public
from api.throttling import VERIFYING
from api.v1 import examples
from api.v1.fields import Request, ShortText
from api.verification_receipts import ReceiptedView, WantsReceipt, receipted
from api.verification_view import ReportView, report_view
from creditbank.credentials.trusted_issuers import trusted_dids
from creditbank.passes.presented import Presented

router = APIRouter(prefix="/api/v1", tags=["verification"])

DOCUMENT_LENGTH_MAX = 10 << 20


class VerifyRequest(Request):
    """What was scanned, typed or received, and what was told of its holder."""

    document: Annotated[str, Field(min_length=1, max_length=DOCUMENT_LENGTH_MAX)] = Field(
        examples=["https://bank.example/V/ABCDEFGHJKLMNPQRSTUVWXYZ23"],
        description="A link, a pass code, an offline pass's text, a credential, or its token.",
    )
    pin: Annotated[str, Field(max_length=8)] | None = Field(
        default=None, description="The PIN that the holder told, where a pass asks for one."
    )
    name: ShortText | None = Field(
        default=None,
        description="The name of who shows it; the answer is match or no match, three tries.",
    )


@router.post("/verify", dependencies=[Public, Depends(Limited(VERIFYING))])
def verify(
    body: Annotated[VerifyRequest, Body(openapi_examples=examples.VERIFICATION)],
    asker: OptionalAsker,
    bank: CurrentBank,
    *,
    wants_receipt: WantsReceipt = False,
) -> ReceiptedView | ReportView:
    """Verify whatever a holder showed. No account is needed, and bad input is a verdict too.

    With an institution's key the issuers that it trusts count as known.
    """
    with bank.readers.reading() as connection:
        trusted = trusted_dids(connection, None if asker is None else asker.institution_id)
    presented = Presented(pin=body.pin, name=body.name, trusted=trusted)
    now = bank.clock()
    view = report_view(bank.verifier.verify(body.document, now, presented))
    return receipted(view, body.document.encode(), now, bank) if wants_receipt else view
