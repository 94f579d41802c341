"""Appeal 申诉 against a decision: a refused filing or matter, or a conversion by a rule alone."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.dependencies import Citizen, CurrentBank
from api.response import Response
from api.v1 import matter_examples as examples
from api.v1.account_access import keys_by_account, own_key
from api.v1.account_keys import account_key
from api.v1.fields import Request, Text
from api.v1.own_matters import EvidenceIds
from creditbank.bank import Bank
from creditbank.credits.queries import find_conversions
from creditbank.errors import Refusal
from creditbank.filings.appeal import AppealFiling
from creditbank.filings.appeal_conversion import AppealConversion
from creditbank.filings.queries import find_filings
from creditbank.keystore.account_key import AccountKey
from creditbank.matters.appeal import AppealMatter
from creditbank.matters.queries import find_matters

router = APIRouter(prefix="/api/v1", tags=["matters"])

Appeals = AppealFiling | AppealConversion | AppealMatter


class AppealRequest(Request):
    """Why something is to be decided again."""

    text: Text = Field(min_length=1, max_length=2_000, description="Why, in words.")
    evidence: EvidenceIds = Field(
        default_factory=list, description="Ids of own evidence, handed in before."
    )


class FiledAppealView(Response):
    """An appeal that is under way."""

    id: str = Field(description="Id of the new filing or matter.")
    kind: Literal["filing", "matter"] = Field(description="Which of both it is.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appealing:
    """Who appeals for whom, by which words, and when it was handed in."""

    own: AccountKey
    by: str
    body: AppealRequest
    received_on: date | None = None


@router.post(
    "/conversions/{decision_id}/appeal",
    status_code=201,
    responses={200: {"model": FiledAppealView}},
)
async def appeal(
    decision_id: str,
    body: Annotated[AppealRequest, Body(openapi_examples=examples.APPEAL)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> FiledAppealView:
    """Appeal against a refused filing, which others decide again, or a conversion by a rule alone.

    Against a filing a new filing is made, against a conversion a matter.
    """
    asked = Appealing(own=account_key(actor.account, bank), by=actor.id, body=body)
    command = await run_in_threadpool(appeal_command, decision_id, asked, bank)
    if isinstance(command, AppealMatter):
        raise Refusal("not-found")
    if isinstance(command, AppealFiling):
        filed = await attempt.act(command, actor=actor, bank=bank, response=response)
    else:
        filed = await attempt.act(command, actor=actor, bank=bank, response=response)
    return FiledAppealView(id=filed.answer, kind=kind_of(command))


@router.post(
    "/accounts/{account_id}/matters/{matter_id}/appeal",
    status_code=201,
    responses={200: {"model": FiledAppealView}},
)
async def appeal_matter(
    account_id: str,
    matter_id: str,
    body: Annotated[AppealRequest, Body(openapi_examples=examples.APPEAL)],
    actor: Citizen,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> FiledAppealView:
    """Appeal against a refused matter: another person than before decides the same again."""
    own = await run_in_threadpool(own_key, account_id, actor, bank)
    asked = Appealing(own=own, by=actor.id, body=body)
    command = await run_in_threadpool(appeal_command, matter_id, asked, bank)
    if not isinstance(command, AppealMatter):
        raise Refusal("not-found")
    filed = await attempt.act(command, actor=actor, bank=bank, response=response)
    return FiledAppealView(id=filed.answer, kind="matter")


def kind_of(command: Appeals) -> Literal["filing", "matter"]:
    """Say what an appeal makes."""
    return "filing" if isinstance(command, AppealFiling) else "matter"


def appeal_command(decision_id: str, asked: Appealing, bank: Bank) -> Appeals:
    """Make the command of an appeal against a filing, matter or conversion of hers.

    Raises `Refusal("not-found")`.
    """
    keys = keys_by_account(asked.own, bank)
    with bank.readers.reading() as connection:
        filing = find_filings(connection, [decision_id]).get(decision_id)
        matter = find_matters(connection, [decision_id]).get(decision_id)
        conversion = find_conversions(connection, [decision_id]).get(decision_id)
    if filing is not None and filing.account_id in keys:
        return AppealFiling(
            filing_id=decision_id,
            key=keys[filing.account_id],
            secrets=bank.keystore.secrets,
            by=asked.by,
            text=asked.body.text,
            evidence=asked.body.evidence,
            accounts=frozenset(keys),
            received_on=asked.received_on,
        )
    if matter is not None:
        return AppealMatter(
            matter_id=decision_id,
            key=asked.own,
            keys=keys,
            by=asked.by,
            text=asked.body.text,
            evidence=asked.body.evidence,
            received_on=asked.received_on,
        )
    if conversion is not None:
        return AppealConversion(
            conversion_id=decision_id,
            key=asked.own,
            keys=keys,
            by=asked.by,
            text=asked.body.text,
            evidence=asked.body.evidence,
            received_on=asked.received_on,
        )
    raise Refusal("not-found")
