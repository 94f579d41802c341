"""The state of an account: staff freeze, unfreeze or record a death; the learner reads why."""

import asyncio
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import AccountsDecider, CurrentBank, Delegable
from api.response import Response
from api.v1 import account_examples
from api.v1.account_access import delegable_key, served_key
from api.v1.fields import Request, ShortText, Text
from creditbank.access.actor import Actor
from creditbank.conversion.days import CIVIL_TIME
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.account_state import StateAct
from creditbank.learners.change_state import ChangeState, find_histories
from creditbank.outcomes.dates import DateError, parse_day
from creditbank.outcomes.texts import reason_problem

router = APIRouter(prefix="/api/v1/accounts/{account_id}/state-changes", tags=["accounts"])

STAFF_ACTS = (StateAct.FREEZE, StateAct.UNFREEZE, StateAct.RECORD_DEATH, StateAct.UNDO_DEATH)


class StateChangeRequest(Request):
    """What to do with an account, and why; `died_on` belongs to `record-death` alone."""

    act: ShortText = Field(
        examples=[one.value for one in STAFF_ACTS], description="What is done with the account."
    )
    reason: Text = Field(max_length=1_000, description="Why; it is kept, and the learner is told.")
    died_on: ShortText | None = Field(
        default=None, examples=["2026-02-13"], description="The day of death, YYYY-MM-DD."
    )


class StateView(Response):
    """The state that an account now has."""

    id: str
    state: str


class StateChangeView(Response):
    """One change of state."""

    act: str
    before: str
    after: str
    changed_at: str
    changed_by: str
    reason: str


class StateChanges(Response):
    """Every change of an account's state, oldest first."""

    changes: list[StateChangeView]


@router.post("", status_code=201)
async def change_state(
    account_id: str,
    body: Annotated[StateChangeRequest, Body(openapi_examples=account_examples.STATE_CHANGE)],
    actor: AccountsDecider,
    bank: CurrentBank,
) -> StateView:
    """Change the state of an account that one's institution serves; its learner is told."""
    if body.act not in STAFF_ACTS:
        facts = {"known": tuple(one.value for one in STAFF_ACTS)}
        raise InvalidInput([FieldProblem(field="act", code="act-unknown", facts=facts)])
    key = await run_in_threadpool(served_key, account_id, actor, bank)
    command = state_command(
        key, StateAct(body.act), actor, reason=body.reason, died_on=body.died_on
    )
    written = await asyncio.wrap_future(bank.writer.submit(command))
    return StateView(id=key.account_id, state=written.answer.value)


@router.get("")
def read_state_changes(account_id: str, actor: Delegable, bank: CurrentBank) -> StateChanges:
    """Read how the state of one's own account changed, and why."""
    key = delegable_key(account_id, actor, bank)
    with bank.readers.reading() as connection:
        history = find_histories(connection, [key.account_id]).get(key.account_id, [])
    return StateChanges(
        changes=[
            StateChangeView(
                act=one.act,
                before=one.before,
                after=one.after,
                changed_at=datetime.fromtimestamp(one.changed_at, UTC)
                .astimezone(CIVIL_TIME)
                .isoformat(),
                changed_by=one.changed_by,
                reason=one.reason(key)["reason"],
            )
            for one in history
        ]
    )


def state_command(
    key: AccountKey, act: StateAct, by: Actor, *, reason: str, died_on: str | None
) -> ChangeState:
    """Make the command of what was stated; raises `InvalidInput`."""
    problems = [] if (problem := reason_problem(reason)) is None else [problem]
    day: date | None = None
    if died_on is not None:
        try:
            day = parse_day(died_on)
        except DateError as error:
            problems.append(FieldProblem(field="died_on", code=error.code))
    if problems:
        raise InvalidInput(problems)
    return ChangeState(key=key, act=act, by=by, reason=reason, died_on=day)
