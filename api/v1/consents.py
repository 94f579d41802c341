"""Consent item by item: the texts, what stands and by whom, and how it is withdrawn."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import CurrentBank, Delegable, Public
from api.response import Response
from api.v1 import account_examples
from api.v1.account_access import delegable_key
from api.v1.fields import Request, ShortText
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import open_fields
from creditbank.learners.consent import (
    GiveConsent,
    StoredConsent,
    WithdrawConsent,
    consents_of,
    standing_consents,
)
from creditbank.learners.consent_texts import consent_texts
from creditbank.learners.delegations import DelegatedAct

router = APIRouter(prefix="/api/v1", tags=["accounts"])


class ConsentTextView(Response):
    """A text as it stands now, in both languages; the ledger serves it under its hash for ever."""

    purpose: str
    version: str
    text_sha256: str
    zh: str
    en: str


class ConsentTexts(Response):
    """Every item that can be consented to; none is needed for an account."""

    texts: list[ConsentTextView]


class ConsentRequest(Request):
    """One item, and the text that was shown."""

    purpose: ShortText = Field(description="What is consented to: a `purpose` of the texts.")
    text_sha256: ShortText = Field(description="SHA-256 of the text that was shown, hexadecimal.")


class ConsentView(Response):
    """One consent, or its withdrawal."""

    id: str
    purpose: str
    act: str
    text_sha256: str
    given_as: str = Field(description="`holder`, or `guardian`.")
    given_by: str
    given_at: str
    entry_index: int = Field(description="Where it stands on the ledger.")
    withdraws: str | None


class ConsentList(Response):
    """What stands now, and everything that was given and withdrawn in the order of the ledger."""

    standing: list[ConsentView]
    history: list[ConsentView]


@router.get("/consent-texts", dependencies=[Public])
def read_consent_texts() -> ConsentTexts:
    """List what can be consented to."""
    return ConsentTexts(
        texts=[
            ConsentTextView(
                purpose=one.purpose,
                version=one.version,
                text_sha256=one.sha256,
                zh=one.zh,
                en=one.en,
            )
            for one in consent_texts().values()
        ]
    )


@router.post("/accounts/{account_id}/consents", status_code=201)
async def give_consent(
    account_id: str,
    body: Annotated[ConsentRequest, Body(openapi_examples=account_examples.CONSENT)],
    actor: Delegable,
    bank: CurrentBank,
) -> ConsentView:
    """Consent to one item; for a learner under 14 her guardian does."""
    key = await run_in_threadpool(delegable_key, account_id, actor, bank, DelegatedAct.CONSENT)
    command = GiveConsent(
        key=key,
        issuer=bank.installation.institution_id,
        by=actor,
        purpose=body.purpose,
        text_sha256=body.text_sha256,
    )
    written = await asyncio.wrap_future(bank.writer.submit(command))
    return _view(written.answer, key)


@router.post("/accounts/{account_id}/consents/{consent_id}/withdrawal", status_code=201)
async def withdraw_consent(
    account_id: str, consent_id: str, actor: Delegable, bank: CurrentBank
) -> ConsentView:
    """Withdraw a consent; withdrawing it again changes nothing."""
    key = await run_in_threadpool(delegable_key, account_id, actor, bank, DelegatedAct.CONSENT)
    command = WithdrawConsent(
        key=key, issuer=bank.installation.institution_id, by=actor, consent_id=consent_id
    )
    written = await asyncio.wrap_future(bank.writer.submit(command))
    return _view(written.answer, key)


@router.get("/accounts/{account_id}/consents")
def read_consents(account_id: str, actor: Delegable, bank: CurrentBank) -> ConsentList:
    """List what stands, since when and by whom, and what came before."""
    key = delegable_key(account_id, actor, bank)
    history = _history(key, bank)
    return ConsentList(
        standing=[_view(one, key) for one in standing_consents(history).values()],
        history=[_view(one, key) for one in history],
    )


def _history(key: AccountKey, bank: Bank) -> list[StoredConsent]:
    with bank.readers.reading() as connection:
        return consents_of(connection, [key.account_id]).get(key.account_id, [])


def _view(one: StoredConsent, key: AccountKey) -> ConsentView:
    stated = open_fields(key, "consent", one.id, one.sealed_statement)
    given_at = datetime.fromtimestamp(one.given_at, UTC).astimezone(CIVIL_TIME)
    return ConsentView(
        id=one.id,
        purpose=one.purpose,
        act=one.act,
        text_sha256=one.text_sha256,
        given_as=str(stated["given_as"]),
        given_by=one.given_by,
        given_at=given_at.isoformat(),
        entry_index=one.entry_index,
        withdraws=one.withdraws_id,
    )
