"""Claim an account that an institution opened: the code on paper, and a second fact."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import CurrentBank, LimitedGuesses, Public
from api.response import Response
from api.v1 import account_examples
from api.v1.fields import Password, Request, ShortText
from creditbank.access.passwords import hash_password
from creditbank.bank import Bank
from creditbank.errors import Refusal
from creditbank.learners.claim import ClaimAccount, find_claim_codes
from creditbank.learners.claim_codes import claim_tag

router = APIRouter(prefix="/api/v1", tags=["accounts"], dependencies=[Public])


class ClaimRequest(Request):
    """What makes an account its learner's own, and the password that she chooses."""

    code: ShortText = Field(
        examples=["ABCD-EFGH-JKLM-NPQR"],
        description="The claim code on paper; case, spaces and hyphens do not count.",
    )
    name: ShortText = Field(description="The name as printed.")
    birth_year: int = Field(examples=[1958], description="The year of birth, four digits.")
    password: Password = Field(description="The password that the learner chooses.")


class ClaimView(Response):
    """The claimed account; sign in with its number."""

    id: str
    account_number: str


@router.post("/account-claims", status_code=201, dependencies=[LimitedGuesses])
async def claim_account(
    body: Annotated[ClaimRequest, Body(openapi_examples=account_examples.CLAIM)], bank: CurrentBank
) -> ClaimView:
    """Take over an account; after three wrong tries its code is locked, the account is not."""
    command = await run_in_threadpool(_command, body, bank)
    written = await asyncio.wrap_future(bank.writer.submit(command))
    if not written.answer:
        raise Refusal("claim-refused")
    return ClaimView(id=command.key.account_id, account_number=command.key.number)


def _command(body: ClaimRequest, bank: Bank) -> ClaimAccount:
    password_hash = hash_password(body.password, bank.entropy)
    tag = claim_tag(bank.keystore.secrets, body.code)
    with bank.readers.reading() as connection:
        found = find_claim_codes(connection, [tag]).get(tag)
    account_id = "" if found is None else found.account.id
    key = bank.keystore.get([account_id]).get(account_id)
    if key is None:
        raise Refusal("claim-refused")
    return ClaimAccount(
        code_tag=tag,
        key=key,
        name=body.name,
        birth_year=body.birth_year,
        password_hash=password_hash,
    )
