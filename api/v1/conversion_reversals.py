"""Reverse one conversion that was decided wrongly: see what it takes back, then take it back."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import CurrentAttempt
from api.decision_view import use_view
from api.dependencies import CurrentBank, MattersDecider
from api.response import Response
from api.v1 import examples
from api.v1.account_keys import account_key
from api.v1.conversion_reviews import covered_conversion
from api.v1.fields import Request, Text
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.amounts import Credits
from creditbank.credits.reversal import ReversalCause
from creditbank.credits.reverse_conversion import ReverseConversion
from creditbank.measures.reversal_preview import ReversalPreview, preview_reversal

router = APIRouter(prefix="/api/v1/conversions/{conversion_id}/reversal", tags=["conversions"])


class ReversalRequest(Request):
    """That a conversion was decided wrongly."""

    cause: Literal["appeal", "error", "conflict"] = Field(
        default="appeal",
        description="An appeal was upheld; or the bank itself found an error, no fault of the"
        " learner; or another account of the person used the same before.",
    )
    text: Text = Field(min_length=1, max_length=2_000, description="Why; its learner is told.")


class ReversedView(Response):
    """A conversion that counts no more."""

    conversion: str
    changed: bool = Field(description="False where it was reversed before.")


class UsedView(Response):
    """An outcome that would be free again."""

    outcome: str
    part: str = Field(description="`all`, or hours of which unit: then from and to.")
    start: str | None
    end: str | None
    title: str | None = Field(description="What it is of.")
    title_en: str | None


class AppliedView(Response):
    """Credit that counts in an enrolment and no longer would."""

    application: str
    institution: str
    enrolment: str | None
    credits: str
    state: str = Field(description="`entered` where the school entered it: it is told.")


class ReversalPreviewView(Response):
    """What a reversal would take back; nothing was written."""

    conversion: str
    institution: str
    rule: str
    rule_version: str
    credits: str
    status: str
    filed_month: str
    entry_index: int
    uses: list[UsedView]
    applied: list[AppliedView]
    credentials: list[str] = Field(description="Signed documents of that credit; they end.")
    passes: list[str] = Field(
        description="Passes in use that show the outcomes, which stay as they are."
    )


@router.get("")
def preview_conversion_reversal(
    conversion_id: str, actor: MattersDecider, bank: CurrentBank
) -> ReversalPreviewView:
    """Say what the reversal of a conversion of one's subtree would take back."""
    covered_conversion(conversion_id, actor, bank)
    with bank.readers.reading() as connection:
        found = preview_reversal(connection, conversion_id, int(bank.clock().timestamp()))
    return _view(found)


@router.post("", status_code=201)
async def reverse_conversion(
    conversion_id: str,
    body: Annotated[ReversalRequest, Body(openapi_examples=examples.REVERSAL)],
    actor: MattersDecider,
    bank: CurrentBank,
    attempt: CurrentAttempt,
    response: HTTPResponse,
) -> ReversedView:
    """Reverse a conversion whose decision was wrong; what it used can be filed again."""
    command = await run_in_threadpool(reversal_command, conversion_id, body, actor, bank)
    written = await attempt.act(command, actor=actor, bank=bank, response=response)
    return ReversedView(conversion=conversion_id, changed=written.answer)


def reversal_command(
    conversion_id: str, body: ReversalRequest, actor: Actor, bank: Bank
) -> ReverseConversion:
    """Make the command of a reversal; raises `Refusal("not-found")`."""
    conversion = covered_conversion(conversion_id, actor, bank)
    return ReverseConversion(
        conversion_id=conversion_id,
        key=account_key(conversion.account_id, bank),
        by=actor.person,
        cause=ReversalCause(body.cause),
        reason=body.text,
    )


def _view(found: ReversalPreview) -> ReversalPreviewView:
    conversion = found.standing.conversion
    return ReversalPreviewView(
        conversion=conversion.id,
        institution=conversion.institution_id,
        rule=conversion.rule_id,
        rule_version=conversion.rule_version,
        credits=str(Credits(milli=conversion.credits)),
        status=conversion.status,
        filed_month=conversion.filed_month,
        entry_index=conversion.entry_index,
        uses=_uses(found),
        applied=[
            AppliedView(
                application=one.id,
                institution=one.institution_id,
                enrolment=one.enrolment_id,
                credits=str(Credits(milli=one.credits)),
                state=one.status,
            )
            for one in found.applications
        ],
        credentials=list(found.credentials),
        passes=list(found.passes),
    )


def _uses(found: ReversalPreview) -> list[UsedView]:
    return [
        UsedView(
            outcome=use.part.outcome,
            part=use.part.unit or "all",
            start=stated.get("from"),
            end=stated.get("to"),
            title=None if definition is None else definition.title,
            title_en=None if definition is None else definition.title_en,
        )
        for use in found.standing.uses
        for stated in [use_view(use.part)]
        for definition in [found.definitions.get(use.part.outcome)]
    ]
