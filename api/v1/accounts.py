"""Open individual learning accounts for learners whom a provider knows by its own numbers."""

import asyncio

from fastapi import APIRouter
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import AccountsOpener, CurrentBank
from api.v1.fields import Request, Response, ShortText
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.errors import InvalidInput
from creditbank.learners.find import learner_tag
from creditbank.learners.open import Newcomer, OpenAccounts
from creditbank.outcomes.texts import text_problem

router = APIRouter(tags=["accounts"])


class AccountRequest(Request):
    """A learner without an account."""

    learner_number: ShortText = Field(min_length=1, examples=["20230001"])
    name: ShortText | None = Field(default=None, examples=None)


class AccountView(Response):
    """An account: its opaque id, and the number that its learner keeps for life."""

    id: str
    account_number: str
    existed: bool = Field(description="It was opened before; nothing was changed.")


@router.post("/accounts", status_code=201, responses={200: {"model": AccountView}})
async def open_account(
    body: AccountRequest, actor: AccountsOpener, bank: CurrentBank, response: HTTPResponse
) -> AccountView:
    """Open an unclaimed account; the same learner number again answers 200 with it."""
    command = await run_in_threadpool(_command, body, actor, bank)
    written = await asyncio.wrap_future(bank.writer.submit(command))
    opened = written.answer[0]
    if not opened.is_new:
        response.status_code = 200
    return AccountView(
        id=opened.account_id, account_number=opened.number, existed=not opened.is_new
    )


def _command(body: AccountRequest, actor: Actor, bank: Bank) -> OpenAccounts:
    texts = {"learner": body.learner_number, "learner_name": body.name}
    problems = [text_problem(name, text) for name, text in texts.items() if text is not None]
    found = [problem for problem in problems if problem is not None]
    if found:
        raise InvalidInput(found)
    number = body.learner_number
    secrets = bank.keystore.secrets
    tag = learner_tag(secrets, actor.institution, "learner_number", number)
    key = bank.keystore.find_or_make([tag])[tag]
    newcomer = Newcomer(key=key, learner_number=number, name=body.name)
    return OpenAccounts(opened_by=actor.institution, newcomers=[newcomer])
