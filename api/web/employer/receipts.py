"""A receipt to print: what was answered, signed by the bank with its day and state of the log."""

from base64 import urlsafe_b64decode
from hashlib import sha256
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.dependencies import Public
from api.verification_receipts import receipted
from api.verification_view import report_view
from api.web.employer.answers import Asked, show_answer
from api.web.employer.verify import LIMITED, verified
from api.web.forms import Form, PostedForm
from api.web.page import CurrentPage, Page

router = APIRouter(include_in_schema=False, dependencies=[Public])

_RECEIPT = "employer/receipt.html"


@router.get("/verify/receipt")
def ask_again() -> Response:
    """Lead whoever comes back to what is to be verified: a receipt has no address."""
    return RedirectResponse("/verify", 303)


@router.post("/verify/receipt", dependencies=LIMITED)
async def give_receipt(page: CurrentPage, form: PostedForm) -> Response:
    """Verify once more, and sign what is answered now."""
    return await run_in_threadpool(_receipt, page, form)


def _receipt(page: Page, form: Form) -> Response:
    asked = Asked(code=form.typed("code"), action="/verify/receipt", now=page.bank.clock())
    form, report = verified(page, form, asked)
    presented = asked.code.encode()
    receipt = receipted(report_view(report), presented, asked.now, page.bank).receipt
    return show_answer(
        page,
        asked,
        report,
        form,
        _RECEIPT,
        receipt=receipt,
        signed=_signed(receipt),
        presented_sha256=sha256(presented).hexdigest(),
    )


def _signed(receipt: str) -> dict[str, Any]:
    """Give what a receipt states, as it was signed."""
    payload = receipt.split(".")[1]
    claims: dict[str, Any] = orjson.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims
