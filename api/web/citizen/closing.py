"""An account at rest: limited to storage, or closed; and how it is used again."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.closures import (
    OwnStateView,
    close_account,
    lift_limit,
    limit_account,
    reopen_account,
)
from api.v1.own_account import read_account
from api.web.forms import Form, PostedForm
from api.web.page import CitizenPage, Page
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.errors import FieldProblem, InvalidInput, Refusal

router = APIRouter(include_in_schema=False)

LIMIT, CLOSE = "/me/limit", "/me/close"
PAGES = {LIMIT: "own/limit.html", CLOSE: "own/close.html"}
DONE = {LIMIT: "limited", CLOSE: "closed"}
Act = Callable[[str, Actor, Bank], Awaitable[OwnStateView]]


@router.get(LIMIT)
def ask_limit(page: CitizenPage) -> Response:
    """Say what it is to limit an account, or how long it has been so."""
    return _asked(page, LIMIT, page.form())


@router.post(LIMIT)
async def limit(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Limit it to storage."""
    return await _act(page, form, bank, (LIMIT, limit_account, "account-limited"))


@router.post(f"{LIMIT}/end")
async def use_again(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Let it be used again."""
    del form  # Asked for, so that no other site does it.
    if await run_in_threadpool(_state, page) == "limited":
        await lift_limit("me", page.actor, bank)
    return page.go(LIMIT, "limit-lifted")


@router.get(CLOSE)
def ask_closing(page: CitizenPage) -> Response:
    """Say what it is to close an account, and how it is opened again."""
    return _asked(page, CLOSE, page.form())


@router.post(CLOSE)
async def close(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Close it."""
    return await _act(page, form, bank, (CLOSE, close_account, "account-closed"))


@router.post(f"{CLOSE}/end")
async def reopen(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Open it again."""
    del form  # Asked for, so that no other site does it.
    if await run_in_threadpool(_state, page) == "closed":
        await reopen_account("me", page.actor, bank)
    return page.go(CLOSE, "account-reopened")


async def _act(page: Page, form: Form, bank: Bank, what: tuple[str, Act, str]) -> Response:
    path, act, notice = what
    try:
        if not form.has("understood", "yes"):
            raise InvalidInput([FieldProblem(field="understood", code="field-missing")])
        if await run_in_threadpool(_state, page) != DONE[path]:  # A second click leads on.
            await act("me", page.actor, bank)
    except Refusal as refusal:
        refused = page.refused(form, refusal, "understood")
        return await run_in_threadpool(_asked, page, path, refused, 422)
    return page.go(path, notice)


def _asked(page: Page, path: str, form: Form, status: int = 200) -> Response:
    return page.show(PAGES[path], status=status, form=form, state=_state(page))


def _state(page: Page) -> str:
    return read_account("me", page.actor, page.bank).state
