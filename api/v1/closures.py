"""Three ways to end: close an account, limit it to storage, or have everything erased."""

import asyncio
from functools import cache
from pathlib import Path
from typing import cast

from fastapi import APIRouter
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import Citizen, CurrentBank, Language
from api.response import Response
from api.v1.account_access import own_key
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.closures.close import CloseAccount
from creditbank.closures.request_erasure import (
    CallOffErasure,
    RequestErasure,
    find_erasures,
    impact,
)
from creditbank.closures.retention import held_until, read_retention
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.account_state import StateAct
from creditbank.learners.change_state import ChangeState
from creditbank.plain_yaml import load_plain_yaml

router = APIRouter(prefix="/api/v1/accounts/{account_id}", tags=["accounts"])

OWN_WISH = "本人申请 asked for by the holder"
_WORDS = Path(__file__).parents[1] / "erasure_words.yaml"


class OwnStateView(Response):
    """The state that one's account now has."""

    id: str
    state: str


class HeldView(Response):
    """What must be kept until a day, and why."""

    because: str
    until: str


class ErasureView(Response):
    """What an erasure takes and leaves; `due_day` is set once it was asked for."""

    counts: dict[str, int] = Field(description="What goes, counted by kind.")
    goes: str
    stays: str
    held: list[HeldView]
    due_day: str | None = Field(description="The first day on which it is carried out.")
    until: str | None


@router.post("/closure", status_code=201)
async def close_account(account_id: str, actor: Citizen, bank: CurrentBank) -> OwnStateView:
    """Close one's account: nothing is shown of it until it is opened again, and grants end."""
    key = await run_in_threadpool(own_key, account_id, actor, bank)
    command = CloseAccount(key=key, by=actor, reason=OWN_WISH)
    written = await asyncio.wrap_future(bank.writer.submit(command))
    return OwnStateView(id=key.account_id, state=written.answer.value)


@router.delete("/closure")
async def reopen_account(account_id: str, actor: Citizen, bank: CurrentBank) -> OwnStateView:
    """Open one's closed account again; everything is there."""
    return await _change(account_id, StateAct.REOPEN, actor, bank)


@router.post("/limit", status_code=201)
async def limit_account(account_id: str, actor: Citizen, bank: CurrentBank) -> OwnStateView:
    """Limit one's account to storage: nothing is done with it, and institutions read nothing."""
    return await _change(account_id, StateAct.LIMIT, actor, bank)


@router.delete("/limit")
async def lift_limit(account_id: str, actor: Citizen, bank: CurrentBank) -> OwnStateView:
    """Let one's account be used again."""
    return await _change(account_id, StateAct.LIFT_LIMIT, actor, bank)


@router.get("/erasure")
def read_erasure(
    account_id: str, actor: Citizen, bank: CurrentBank, language: Language
) -> ErasureView:
    """Read what an erasure would take and leave, and what was asked for."""
    return _view(own_key(account_id, actor, bank), bank, language)


@router.post("/erasure", status_code=201)
async def request_erasure(
    account_id: str, actor: Citizen, bank: CurrentBank, language: Language
) -> ErasureView:
    """Ask that everything be erased; until the due day it can be called off."""
    key = await run_in_threadpool(own_key, account_id, actor, bank)
    command = RequestErasure(
        key=key,
        by=actor.id,
        cooling_days=bank.settings.erasure_cooling_days,
        retention=read_retention(bank.settings.retention_file),
    )
    await asyncio.wrap_future(bank.writer.submit(command))
    return await run_in_threadpool(_view, key, bank, language)


@router.delete("/erasure", status_code=204)
async def call_off_erasure(account_id: str, actor: Citizen, bank: CurrentBank) -> None:
    """Call an erasure off; nothing was changed, and nothing is."""
    key = await run_in_threadpool(own_key, account_id, actor, bank)
    await asyncio.wrap_future(bank.writer.submit(CallOffErasure(account_id=key.account_id)))


async def _change(account_id: str, act: StateAct, actor: Actor, bank: Bank) -> OwnStateView:
    key = await run_in_threadpool(own_key, account_id, actor, bank)
    command = ChangeState(key=key, act=act, by=actor, reason=OWN_WISH)
    written = await asyncio.wrap_future(bank.writer.submit(command))
    return OwnStateView(id=key.account_id, state=written.answer.value)


def _view(key: AccountKey, bank: Bank, language: str) -> ErasureView:
    words = erasure_words()
    rules = read_retention(bank.settings.retention_file)
    with bank.readers.reading() as connection:
        rows = impact(connection, key.account_id)
        asked = find_erasures(connection, [key.account_id]).get(key.account_id)
        held = held_until(connection, key.account_id, rules)
    return ErasureView(
        counts={table: len(keys) for table, keys in rows.keys.items() if keys},
        goes=words["goes"][language],
        stays=words["stays"][language],
        held=[
            HeldView(because=getattr(one.because, language), until=one.until.isoformat())
            for one in held
        ],
        due_day=None if asked is None else asked.due_day,
        until=None if asked is None else words["until"][language],
    )


@cache
def erasure_words() -> dict[str, dict[str, str]]:
    """Give what is said of an erasure, by language."""
    return cast("dict[str, dict[str, str]]", load_plain_yaml(_WORDS.read_text("utf-8")))
