"""A learner changes her own password; staff see to theirs at the command line."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import Citizen, CurrentBank, LimitedGuesses
from api.v1 import account_examples
from api.v1.account_access import own_key
from api.v1.fields import Password, Request
from creditbank.access.actor import Actor
from creditbank.access.logins import require_password
from creditbank.access.passwords import hash_password
from creditbank.bank import Bank
from creditbank.learners.change_password import ChangePassword

router = APIRouter(prefix="/api/v1/accounts/{account_id}", tags=["accounts"])


class PasswordChange(Request):
    """The password that she has, and the one that she chooses."""

    old_password: Password = Field(description="The password until now.")
    password: Password = Field(description="The password that the learner chooses.")


@router.put("/password", status_code=204, dependencies=[LimitedGuesses])
async def change_password(
    account_id: str,
    body: Annotated[PasswordChange, Body(openapi_examples=account_examples.PASSWORD_CHANGE)],
    actor: Citizen,
    bank: CurrentBank,
) -> None:
    """Change one's password; every token and session ends, this one too."""
    command = await run_in_threadpool(password_command, account_id, body, actor, bank)
    await asyncio.wrap_future(bank.writer.submit(command))


def password_command(
    account_id: str,
    body: PasswordChange,
    actor: Actor,
    bank: Bank,
    keeps_session: str | None = None,
) -> ChangePassword:
    """Make the command; raises `Refusal("sign-in-refused")`, and `InvalidInput`."""
    key = own_key(account_id, actor, bank)
    with bank.readers.reading() as connection:
        require_password(connection, actor.id, body.old_password)
    return ChangePassword(
        key=key,
        login_id=actor.id,
        password_hash=hash_password(body.password, bank.entropy),
        keeps_session=keeps_session,
    )
