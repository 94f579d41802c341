"""Recover an account at the counter: one of the staff starts, another confirms, she sets anew."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import AccountsServer, Citizen, CurrentBank, LimitedGuesses, Public
from api.response import Response
from api.v1 import account_examples
from api.v1.account_access import own_key, served_key
from api.v1.fields import Password, Request, ShortText
from creditbank.access.passwords import hash_password
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME
from creditbank.errors import InvalidInput, Refusal
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.recover import (
    ConfirmRecovery,
    EndRecovery,
    ResetPassword,
    StartRecovery,
)
from creditbank.learners.recoveries import recoveries_of, recovery_tag
from creditbank.outcomes.texts import stated_text_problem

router = APIRouter(prefix="/api/v1", tags=["accounts"])


class RecoveryRequest(Request):
    """Which document of the learner was seen at the counter; not its number."""

    document: ShortText = Field(
        examples=["居民身份证"], description="The kind of document that was seen, in words."
    )


class ContactToTell(Response):
    """A contact by which staff tell her now, and the notice whose delivery is then recorded."""

    notice: str
    channel: str
    contact: str


class RecoveryStarted(Response):
    """A recovery that another of the staff confirms until `expires_at`."""

    id: str
    expires_at: str
    to_tell: list[ContactToTell]


class RecoveryConfirmed(Response):
    """The code for the learner, shown this once: print it and hand it over."""

    id: str
    code: str
    expires_at: str


class RecoveryView(Response):
    """One recovery of one's own account, and who of the staff did it."""

    id: str
    state: str
    document: str
    started_by: str
    started_at: str
    confirmed_by: str | None
    confirmed_at: str | None
    expires_at: str


class RecoveryList(Response):
    """Every recovery of one's own account, oldest first."""

    recoveries: list[RecoveryView]


class PasswordReset(Request):
    """The code on paper, and the password that she chooses."""

    account_number: ShortText = Field(
        description="The account's number, digits; spaces do not count."
    )
    code: ShortText = Field(description="The code on paper; case, spaces and hyphens do not count.")
    password: Password = Field(description="The password that the learner chooses.")


class PasswordSet(Response):
    """The account; sign in with its number and the new password."""

    id: str
    account_number: str


@router.post("/accounts/{account_id}/recoveries", status_code=201)
async def start_recovery(
    account_id: str,
    body: Annotated[RecoveryRequest, Body(openapi_examples=account_examples.RECOVERY)],
    actor: AccountsServer,
    bank: CurrentBank,
) -> RecoveryStarted:
    """Start to recover an account whose learner showed a document; she is told at once."""
    key = await run_in_threadpool(served_key, account_id, actor, bank)
    command = start_command(key, body.document, actor.person)
    answer = (await asyncio.wrap_future(bank.writer.submit(command))).answer
    return RecoveryStarted(
        id=answer.id,
        expires_at=_civil(answer.expires_at),
        to_tell=[
            ContactToTell(notice=one.notice_id, channel=one.channel, contact=one.contact)
            for one in answer.to_tell
        ],
    )


@router.post("/accounts/{account_id}/recoveries/{recovery_id}/confirmation", status_code=201)
async def confirm_recovery(
    account_id: str,
    recovery_id: str,
    actor: AccountsServer,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> RecoveryConfirmed:
    """Confirm what another of the staff started; the answer has the code to be printed."""
    key = await run_in_threadpool(served_key, account_id, actor, bank)
    command = ConfirmRecovery(
        account_id=key.account_id,
        recovery_id=recovery_id,
        by=actor.person,
        secrets=bank.keystore.secrets,
        secret=attempt.secret(actor, bank),
    )
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    until = _civil(written.answer.expires_at)
    return RecoveryConfirmed(id=recovery_id, code=command.code, expires_at=until)


@router.get("/accounts/{account_id}/recoveries")
def read_recoveries(account_id: str, actor: Citizen, bank: CurrentBank) -> RecoveryList:
    """Read who recovered one's own account, and how far it came."""
    key = own_key(account_id, actor, bank)
    with bank.readers.reading() as connection:
        found = recoveries_of(connection, [key.account_id]).get(key.account_id, [])
    return RecoveryList(
        recoveries=[
            RecoveryView(
                id=one.id,
                state=one.state,
                document=one.document(key),
                started_by=one.started_by,
                started_at=_civil(one.started_at),
                confirmed_by=one.confirmed_by,
                confirmed_at=None if one.confirmed_at is None else _civil(one.confirmed_at),
                expires_at=_civil(one.expires_at),
            )
            for one in found
        ]
    )


@router.delete("/accounts/{account_id}/recoveries/{recovery_id}", status_code=204)
async def end_recovery(
    account_id: str, recovery_id: str, actor: Citizen, bank: CurrentBank
) -> None:
    """End a recovery that one did not want; its code opens nothing any more."""
    key = await run_in_threadpool(own_key, account_id, actor, bank)
    command = EndRecovery(account_id=key.account_id, recovery_id=recovery_id)
    await asyncio.wrap_future(bank.writer.submit(command))


@router.post("/account-recoveries", status_code=201, dependencies=[Public, LimitedGuesses])
async def reset_password(
    body: Annotated[PasswordReset, Body(openapi_examples=account_examples.PASSWORD_RESET)],
    bank: CurrentBank,
) -> PasswordSet:
    """Set a new password by the code on paper; three wrong codes lock it, not the account."""
    command = await run_in_threadpool(_reset_command, body, bank)
    written = await asyncio.wrap_future(bank.writer.submit(command))
    if not written.answer:
        raise Refusal("recovery-refused")
    return PasswordSet(id=command.key.account_id, account_number=command.key.number)


def start_command(key: AccountKey, document: str, by: str) -> StartRecovery:
    """Make the command of what was stated; raises `InvalidInput`."""
    if (problem := stated_text_problem("document", document)) is not None:
        raise InvalidInput([problem])
    return StartRecovery(key=key, document=document, by=by)


def _reset_command(body: PasswordReset, bank: Bank) -> ResetPassword:
    password_hash = hash_password(body.password, bank.entropy)
    key = bank.keystore.find_by_number("".join(body.account_number.split()))
    if key is None:
        raise Refusal("recovery-refused")
    tag = recovery_tag(bank.keystore.secrets, body.code)
    return ResetPassword(key=key, code_tag=tag, password_hash=password_hash)


def _civil(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(CIVIL_TIME).isoformat()
