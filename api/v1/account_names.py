"""Former names 曾用名: reported by the learner, confirmed by staff who saw what proves them."""

import asyncio
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import AccountsServer, Citizen, CurrentBank
from api.response import Response
from api.v1 import account_examples
from api.v1.account_access import own_key, served_key
from api.v1.fields import Request, ShortText, Text
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.days import civil_day
from creditbank.errors import FieldProblem, InvalidInput
from creditbank.institutions.queries import get_institution
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.former_names import DecideName, ReportName, reported_names
from creditbank.outcomes.texts import stated_text_problem, text_problem

router = APIRouter(prefix="/api/v1/accounts/{account_id}/reported-names", tags=["accounts"])

Day = Annotated[date, Field(strict=False)]


class NameReport(Request):
    """A name that one had, and from when to when, as far as it is known."""

    name: ShortText = Field(description="As it was printed then.", examples=["示例曾用名"])
    from_: Day | None = Field(default=None, alias="from", description="Its first day, if known.")
    until: Day | None = Field(default=None, description="Its last day, if known.")


class NameDecision(Request):
    """Whether a reported name is the learner's, and what was seen."""

    confirmed: bool = Field(description="False takes the report away again.")
    seen: Text = Field(
        description="What proved it, such as a page of the household register; or why not.",
        examples=["户口簿曾用名栏"],
    )


class ReportedName(Response):
    """A name that waits to be confirmed."""

    id: str
    name: str
    from_: str | None = Field(serialization_alias="from")
    until: str | None


class ReportedNameList(Response):
    """What a learner reported and nobody decided on, oldest first."""

    names: list[ReportedName]


class NameReported(Response):
    """The id of a reported name."""

    id: str


@router.post("", status_code=201)
async def report_name(
    account_id: str,
    body: Annotated[NameReport, Body(openapi_examples=account_examples.FORMER_NAME)],
    actor: Citizen,
    bank: CurrentBank,
) -> NameReported:
    """Report a former name of one's own; results under it are found once staff confirmed it."""
    key = await run_in_threadpool(own_key, account_id, actor, bank)
    _refuse("name", text_problem("learner_name", body.name))
    command = ReportName(
        key=key, name=body.name, by=actor.id, from_day=body.from_, until_day=body.until
    )
    written = await asyncio.wrap_future(bank.writer.submit(command))
    return NameReported(id=written.answer)


@router.get("")
def read_reported_names(
    account_id: str, actor: AccountsServer, bank: CurrentBank
) -> ReportedNameList:
    """List what a learner reported, as staff who serve her."""
    return reported_view(served_key(account_id, actor, bank), bank)


def reported_view(key: AccountKey, bank: Bank) -> ReportedNameList:
    """Give what a learner reported and nobody decided on."""
    with bank.readers.reading() as connection:
        stored = reported_names(connection, key)
    opened = [(one.id, one.open(key)) for one in stored]
    return ReportedNameList(
        names=[
            ReportedName(
                id=name_id,
                name=said["name"],
                from_=said.get("from_day"),
                until=said.get("until_day"),
            )
            for name_id, said in opened
        ]
    )


@router.post("/{name_id}/decision", status_code=204)
async def decide_name(
    account_id: str,
    name_id: str,
    body: Annotated[NameDecision, Body(openapi_examples=account_examples.NAME_DECISION)],
    actor: AccountsServer,
    bank: CurrentBank,
) -> None:
    """Confirm a reported name or take it away; the learner is told which, and why."""
    command = await run_in_threadpool(name_decision, account_id, name_id, body, actor, bank)
    await asyncio.wrap_future(bank.writer.submit(command))


def name_decision(
    account_id: str, name_id: str, body: NameDecision, actor: Actor, bank: Bank
) -> DecideName:
    """Give the decision of staff who serve the learner; raises a `Refusal` for others."""
    key = served_key(account_id, actor, bank)
    _refuse("seen", stated_text_problem("text", body.seen))
    with bank.readers.reading() as connection:
        history = get_institution(connection, actor.institution)
    return DecideName(
        key=key,
        report_id=name_id,
        confirmed=body.confirmed,
        seen=body.seen,
        by=actor.person,
        institution=history.on(civil_day(bank.clock())).name,
    )


def _refuse(field: str, problem: FieldProblem | None) -> None:
    if problem is not None:
        raise InvalidInput([FieldProblem(field=field, code=problem.code, facts=problem.facts)])
