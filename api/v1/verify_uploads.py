"""Verify a file as it was received: a picture or a PDF with a code, a badge, a credential."""

from threading import BoundedSemaphore

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import CurrentBank, Limited, Public
from api.throttling import VERIFYING_FILES
from api.verification_receipts import WantsReceipt, receipted
from api.verification_view import ReportView, report_view
from certificates.presented.confined import find_text
from certificates.presented.found import Found
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.verification.report import unreadable

router = APIRouter(prefix="/api/v1", tags=["verification"])

TAKEN = (
    "image/png",
    "image/jpeg",
    "image/svg+xml",
    "application/pdf",
    "application/vc",
    "application/json",
    "application/ld+json",
    "application/jwt",
    "application/vc+jwt",
    "text/plain",
)
_CREDENTIAL_JSON = {
    "schema": {"type": "object"},
    "examples": {
        "credential": {
            "summary": "所收到的凭证原文 A credential as it was received",
            "value": {
                "@context": ["https://www.w3.org/ns/credentials/v2"],
                "type": ["VerifiableCredential", "OpenBadgeCredential"],
            },
        }
    },
}
FILES = {
    "requestBody": {
        "required": True,
        "content": {one: {"schema": {"type": "string", "format": "binary"}} for one in TAKEN}
        | {"application/json": _CREDENTIAL_JSON},
    }
}
WAITING_MAX = 8
"""So many threads at most wait for files to be read; the others go on serving."""
waiting = BoundedSemaphore(WAITING_MAX)


class UploadReportView(ReportView):
    """The report on what a file holds."""

    found: str | None = Field(
        description="What the file holds, to be sent to `/api/v1/verify` with a PIN or a name."
    )
    receipt: str | None = Field(description="The receipt, where one was asked for.")


@router.post(
    "/verify-uploads",
    dependencies=[Public, Depends(Limited(VERIFYING_FILES))],
    openapi_extra=FILES,
)
async def verify_upload(
    request: Request, bank: CurrentBank, *, wants_receipt: WantsReceipt = False
) -> UploadReportView:
    """Verify a file that is the body: PNG, JPEG or PDF with a QR code, a baked badge, a credential.

    A PDF's attached credential comes before what is printed on its first ten pages. What a file is,
    is read from its bytes; bad input of any kind is a verdict too.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in TAKEN:
        raise Refusal("media-type-unsupported", accepted=TAKEN)
    content = await request.body()
    return await run_in_threadpool(_verified, content, bank, wants_receipt=wants_receipt)


def _verified(content: bytes, bank: Bank, *, wants_receipt: bool) -> UploadReportView:
    found, now = find_in(content), bank.clock()
    if found.text is None:
        view = report_view(unreadable(found.problem))
    else:
        view = report_view(bank.verifier.verify(found.text, now))
    receipt = receipted(view, content, now, bank).receipt if wants_receipt else None
    return UploadReportView(**dict(view), found=found.text, receipt=receipt)


def find_in(content: bytes) -> Found:
    """Find the text that a file holds; raises `Refusal("busy")` where too many files wait."""
    if not waiting.acquire(blocking=False):
        raise Refusal("busy", retry_after_seconds=5)
    try:
        return find_text(content)
    finally:
        waiting.release()
