"""Have the bank sign what it answered to a verifier, with the day and the state of the log."""

import hashlib
from base64 import b64encode
from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from api.verification_view import ReportView
from certificates.did import method_id
from certificates.keys import Purpose
from certificates.verification_receipt import write_receipt
from creditbank.bank import Bank
from ledger.read import read_head

WantsReceipt = Annotated[
    bool,
    Query(alias="receipt", description="Sign the answer and its day, as `receipt` in it."),
]


class ReceiptedView(ReportView):
    """The report, and the receipt that was asked for."""

    receipt: str = Field(description="This answer and its day as a token of ES256 (JWS).")


def receipted(view: ReportView, presented: bytes, now: datetime, bank: Bank) -> ReceiptedView:
    """Sign what was answered about these bytes; what they hold is not in the receipt."""
    return ReceiptedView(**dict(view), receipt=_receipt(view, presented, now, bank))


def _receipt(view: ReportView, presented: bytes, now: datetime, bank: Bank) -> str:
    with bank.readers.reading() as connection:
        head = read_head(connection)
    stated = view.model_dump(mode="json", include={"verdict", "reason", "status_as_of", "checks"})
    claims = {
        "presented_sha256": hashlib.sha256(presented).hexdigest(),
        **stated,
        "verified_at": now.isoformat(),
        "log": {
            "origin": bank.signer.name,
            "size": head.size,
            "root": b64encode(head.root).decode(),
        },
    }
    key, issuer = bank.ring.current(Purpose.VERIFICATION), bank.installation.issuer_did
    method = method_id(issuer, key.verification_key)
    return write_receipt(claims, key, issuer=issuer, method=method, now=now)
