"""Experts certify definitions 认证: they vote or recuse themselves, and the votes decide."""

import asyncio
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field

from api.dependencies import CatalogueCertifier, CurrentBank
from api.response import Response
from api.v1 import catalogue_examples
from api.v1.definitions import CertificationView, certification_view
from api.v1.fields import Request, ShortText, Text
from creditbank.access.actor import Actor
from creditbank.catalogue.certification import Vote
from creditbank.catalogue.decide_certification import (
    CastVote,
    DecideCertification,
    WithdrawCertification,
)
from creditbank.errors import FieldProblem, InvalidInput

router = APIRouter(prefix="/api/v1/certifications/{certification_id}", tags=["catalogue"])

MinutesText = Annotated[Text, Field(max_length=20_000)]


class VoteRequest(Request):
    """One expert's vote: for, against, or recused 回避, which counts as none."""

    vote: ShortText = Field(description="`for`, `against` or `recused`.")


class VoteView(Response):
    """The vote that was counted."""

    vote: Vote


class CertificationDecisionRequest(Request):
    """The minutes 会议纪要 of the meeting that voted; they are not made public."""

    minutes: MinutesText = Field(description="The minutes, as plain text.")


class CertificationWithdrawalRequest(Request):
    """From which day on, and why, a definition is no longer certified."""

    from_day: date = Field(strict=False, description="The first day without it, YYYY-MM-DD.")
    reason: ShortText = Field(description="Why; the public document has a salted hash of it.")


@router.post("/votes", status_code=201)
async def cast_vote(
    certification_id: str,
    body: Annotated[VoteRequest, Body(openapi_examples=catalogue_examples.VOTE)],
    actor: CatalogueCertifier,
    bank: CurrentBank,
) -> VoteView:
    """Vote on a definition that was submitted to one's own institution; once a person."""
    command = CastVote(
        institution_id=actor.institution,
        certification_id=certification_id,
        by=actor.person,
        vote=_vote(body.vote),
    )
    written = await asyncio.wrap_future(bank.writer.submit(command))
    return VoteView(vote=Vote(written.answer.vote))


@router.post("/decision")
async def decide_certification(
    certification_id: str,
    body: Annotated[
        CertificationDecisionRequest, Body(openapi_examples=catalogue_examples.MINUTES)
    ],
    actor: CatalogueCertifier,
    bank: CurrentBank,
) -> CertificationView:
    """Count the votes: the definition is certified, publicly on the ledger, or a draft again."""
    command = decision_command(certification_id, body, actor)
    written = await asyncio.wrap_future(bank.writer.submit(command))
    return certification_view(written.answer)


@router.post("/withdrawal")
async def withdraw_certification(
    certification_id: str,
    body: Annotated[
        CertificationWithdrawalRequest, Body(openapi_examples=catalogue_examples.WITHDRAWAL)
    ],
    actor: CatalogueCertifier,
    bank: CurrentBank,
) -> CertificationView:
    """End a certification from a day on; results awarded before keep it."""
    command = withdrawal_command(certification_id, body, actor)
    written = await asyncio.wrap_future(bank.writer.submit(command))
    return certification_view(written.answer)


def decision_command(
    certification_id: str, body: CertificationDecisionRequest, actor: Actor
) -> DecideCertification:
    """Make the command by which a person has the votes counted."""
    return DecideCertification(
        institution_id=actor.institution,
        certification_id=certification_id,
        by=actor.person,
        minutes=body.minutes,
    )


def withdrawal_command(
    certification_id: str, body: CertificationWithdrawalRequest, actor: Actor
) -> WithdrawCertification:
    """Make the command by which a person ends a certification."""
    return WithdrawCertification(
        institution_id=actor.institution,
        certification_id=certification_id,
        by=actor.person,
        from_day=body.from_day,
        reason=body.reason,
    )


def _vote(text: str) -> Vote:
    known = tuple(vote.value for vote in Vote)
    if text not in known:
        facts = {"known": known}
        raise InvalidInput([FieldProblem(field="vote", code="kind-unknown", facts=facts)])
    return Vote(text)
