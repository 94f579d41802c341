"""Open individual learning accounts: a citizen her own, an institution those of its learners."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt, NamedAttempt
from api.dependencies import AccountsOpener, CurrentBank, OptionalOpener, Public
from api.response import Response
from api.v1 import account_examples
from api.v1.account_keys import account_key
from api.v1.fields import Password, Request, ShortText
from creditbank.access.actor import Actor
from creditbank.access.passwords import hash_password, require_length
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.learners.claim_codes import IssueClaimCodes
from creditbank.learners.newcomers import Reception, StatedLearner, require_sound
from creditbank.learners.open import Newcomer, OpenAccounts, OpenedAccount, OpenOwnAccount
from creditbank.outcomes.texts import text_problem
from creditbank.writer.idempotency import Attempt

router = APIRouter(prefix="/api/v1", tags=["accounts"])


class AccountRequest(Request):
    """A learner of an institution that is signed in, or the citizen herself without any key.

    An institution states `learner_number`; a citizen states `password`. Everything else is
    optional; name and year of birth are what the account is claimed by later.
    """

    learner_number: ShortText | None = Field(
        default=None, examples=["20230001"], description="The institution's own learner number."
    )
    name: ShortText | None = Field(default=None, description="The name as printed.")
    birth_year: int | None = Field(
        default=None, examples=[1958], description="The year of birth, four digits."
    )
    identity_number: ShortText | None = Field(
        default=None, description="18 symbols (GB 11643); institutions only, never required."
    )
    password: Password | None = Field(
        default=None, description="The password that the citizen chooses; institutions state none."
    )


class OwnAccountRequest(AccountRequest):
    """The citizen herself at a page, where all that is wrong is said at once."""

    password: Password | None = Field(description="The password that she chooses.")


class AccountView(Response):
    """An account: its opaque id, and the number that its learner keeps for life."""

    id: str
    account_number: str
    existed: bool = Field(description="It was opened before; nothing was changed.")
    claim_code: str | None = Field(
        default=None, description="Shown this once: hand it to the learner on paper."
    )


class ClaimCodeView(Response):
    """A new claim code, shown this once; earlier ones of the account have ended."""

    id: str
    claim_code: str


@router.post(
    "/accounts",
    status_code=201,
    responses={200: {"model": AccountView}},
    dependencies=[Public],
)
async def open_account(
    body: Annotated[AccountRequest, Body(openapi_examples=account_examples.ACCOUNT)],
    actor: OptionalOpener,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> AccountView:
    """Open an account; the same learner number again answers 200 with the account there is."""
    if actor is None:
        return await open_own(body, bank)
    newcomer = await run_in_threadpool(_received, body, actor, bank)
    command = OpenAccounts(opened_by=actor.institution, newcomers=[newcomer])
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    opened = replace(written.answer[0], number=newcomer.key.number)
    if not opened.is_new:
        response.status_code = 200
        return _view(opened, None)
    return _view(opened, await _claim_code(opened.account_id, actor, bank, attempt.part("claim")))


@router.post("/accounts/{account_id}/claim-codes", status_code=201)
async def issue_claim_code(
    account_id: str, actor: AccountsOpener, bank: CurrentBank, attempt: CurrentAttempt
) -> ClaimCodeView:
    """Issue a new claim code for an unclaimed account that this institution opened."""
    code = await _claim_code(account_id, actor, bank, attempt)
    if code is None:
        raise Refusal("account-not-claimable")
    return ClaimCodeView(id=account_id, claim_code=code)


async def open_own(body: AccountRequest, bank: Bank, attempt: Attempt | None = None) -> AccountView:
    """Open a citizen's own account; a repeated attempt is answered with the account there is."""
    command = await run_in_threadpool(_own_command, body, bank)
    written = await asyncio.wrap_future(bank.writer.submit_once(command, attempt))
    if written.is_repetition:
        return await run_in_threadpool(_opened_before, written.answer.account_id, command, bank)
    return _view(written.answer, None)


def _opened_before(account_id: str, command: OpenOwnAccount, bank: Bank) -> AccountView:
    """Give the account of the first attempt, and let the key go that the second one drew."""
    bank.keystore.destroy([command.newcomer.key.account_id])
    key = account_key(account_id, bank)
    return AccountView(id=account_id, account_number=key.number, existed=True)


async def _claim_code(
    account_id: str, actor: Actor, bank: Bank, attempt: NamedAttempt
) -> str | None:
    keys = await run_in_threadpool(bank.keystore.get, [account_id])
    if not keys:
        raise Refusal("not-found")
    command = IssueClaimCodes(
        institution_id=actor.institution,
        keys=keys,
        secrets=bank.keystore.secrets,
        secret=attempt.secret(actor, bank),
    )
    written = await attempt.act(command, actor=actor, bank=bank, response=HTTPResponse())
    return command.code if account_id in written.answer else None


def _received(body: AccountRequest, actor: Actor, bank: Bank) -> Newcomer:
    _require_fields(body, "learner_number", forbidden=("password",))
    stated = StatedLearner(
        learner_number=body.learner_number,
        name=body.name,
        birth_year=body.birth_year,
        identity_number=body.identity_number,
    )
    reception = Reception(
        institution_id=actor.institution, readers=bank.readers, keystore=bank.keystore
    )
    return reception.receive(stated, bank.clock())


def _own_command(body: AccountRequest, bank: Bank) -> OpenOwnAccount:
    _require_own(body, bank)
    password_hash = hash_password(body.password or "", bank.entropy)
    key = bank.keystore.make_account([])
    return OpenOwnAccount(
        newcomer=Newcomer(key=key, name=body.name, birth_year=body.birth_year),
        bank_id=bank.installation.institution_id,
        password_hash=password_hash,
    )


def _require_own(body: AccountRequest, bank: Bank) -> None:
    """Raise `InvalidInput` with all that is wrong with what a citizen states, not the first."""
    stated = StatedLearner(name=body.name, birth_year=body.birth_year)
    forbidden = ("learner_number", "identity_number")
    wrong = [
        *_wrong(lambda: _require_fields(body, "password", forbidden=forbidden)),
        *_wrong(lambda: require_sound(stated, bank.clock())),
        *_wrong(lambda: None if not body.password else require_length(body.password)),
    ]
    if wrong:
        raise InvalidInput(list({one.field: one for one in reversed(wrong)}.values())[::-1])


def _wrong(check: Callable[[], None]) -> Sequence[FieldProblem]:
    try:
        check()
    except InvalidInput as refusal:
        return refusal.problems
    return ()


def _require_fields(body: AccountRequest, required: str, forbidden: tuple[str, ...]) -> None:
    problems = [
        FieldProblem(field=name, code="field-unknown")
        for name in forbidden
        if getattr(body, name) is not None
    ]
    if not getattr(body, required):
        problems.append(FieldProblem(field=required, code="field-missing"))
    texts = {
        "learner_number": ("learner", body.learner_number),
        "name": ("learner_name", body.name),
    }
    for field, (known_as, text) in texts.items():
        problem = None if text is None else text_problem(known_as, text)
        if problem is not None:
            problems.append(FieldProblem(field=field, code=problem.code, facts=problem.facts))
    if problems:
        raise InvalidInput(problems)


def _view(opened: OpenedAccount, claim_code: str | None) -> AccountView:
    return AccountView(
        id=opened.account_id,
        account_number=opened.number,
        existed=not opened.is_new,
        claim_code=claim_code,
    )
