"""What one's outcomes can become in one's enrolment: what counts today, and the best to ask for."""

from collections.abc import Iterable, Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api.dependencies import Citizen, CurrentBank
from api.response import Response
from api.v1.account_keys import account_key
from creditbank.conversion.days import civil_day
from creditbank.conversion.plan import CountedCredit, total_of
from creditbank.credits.proposals import propose_conversions
from creditbank.planning.question import Proposal, Step

router = APIRouter(prefix="/api/v1/proposals", tags=["conversions"])


class PlacedView(Response):
    """Credit in a slot or category of the plan."""

    target: str
    category: str | None
    credits: str


class AppliedView(Response):
    """What counts in the plan: the credit of each place, the sum, and what bounded it."""

    credits: str
    places: list[PlacedView]
    codes: list[str] = Field(description="The code of each test that failed.")

    @classmethod
    def of(cls, applied: Sequence[CountedCredit], codes: Sequence[str]) -> "AppliedView":
        """Show what is applied, and what bounded it."""
        places = [
            PlacedView(target=one.target, category=one.category, credits=str(one.credits))
            for one in applied
        ]
        return cls(credits=str(total_of(applied)), places=places, codes=list(codes))


class StepView(Response):
    """One conversion to ask for, with the body of the request."""

    rule: str
    rule_version: str
    rule_sha256: str
    outcomes: list[str]
    targets: list[str]
    enrolment: str


class ProposalView(Response):
    """Conversions to ask for in this order, and what they give beside what counts already."""

    recognised: str
    applied: AppliedView
    is_proved: bool = Field(description="No other choice of conversions applies more.")
    steps: list[StepView]


class ProposalsView(Response):
    """What counts today in an enrolment, and what could, the best first; nothing is written."""

    programme: str
    plan_version: str
    today: AppliedView
    proposals: list[ProposalView]


@router.get("")
def propose_for_enrolment(
    enrolment: Annotated[str, Query(max_length=64, description="Id of one's own enrolment.")],
    actor: Citizen,
    bank: CurrentBank,
) -> ProposalsView:
    """Propose the conversions that apply the most credit, proved to be the most, and others.

    Each step is asked for by `POST /api/v1/conversions`, in the order given.
    """
    key = account_key(actor.account, bank)
    with bank.readers.reading() as connection:
        proposed = propose_conversions(
            connection, key, bank.keystore.secrets, enrolment, civil_day(bank.clock())
        )
    programme = proposed.enrolled.programme
    return ProposalsView(
        programme=programme.code,
        plan_version=programme.version,
        today=AppliedView.of(proposed.today, proposed.waits),
        proposals=list(_views(proposed.proposals, enrolment)),
    )


def _views(proposals: Iterable[Proposal], enrolment: str) -> Iterable[ProposalView]:
    for one in proposals:
        yield ProposalView(
            recognised=str(one.recognised),
            applied=AppliedView.of(one.application.applied, one.application.codes),
            is_proved=one.is_proved,
            steps=[_step(step, enrolment) for step in one.steps],
        )


def _step(step: Step, enrolment: str) -> StepView:
    rule = step.document.rule
    return StepView(
        rule=rule.id,
        rule_version=rule.version,
        rule_sha256=step.document.sha256,
        outcomes=list(step.outcomes),
        targets=list(step.targets),
        enrolment=enrolment,
    )
