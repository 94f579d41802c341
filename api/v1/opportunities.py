"""Which outcome that one does not hold yet would complete what one's enrolment lacks."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from api.dependencies import Citizen, CurrentBank, CurrentProblems, Language
from api.opportunity_view import line_view, wanted_view
from api.problems import Problems
from api.response import Response
from api.v1.account_keys import account_key
from api.v1.proposals import PlacedView
from creditbank.conversion.days import civil_day
from creditbank.credits.proposals import opportunities_in, stand_for_opportunities
from creditbank.planning.near_misses import NearMiss
from creditbank.planning.opportunities import MOST, Opportunity, Review

router = APIRouter(prefix="/api/v1/opportunities", tags=["conversions"])

MOST_ASKED = 50


class LineView(Response):
    """One test with its arithmetic, in words."""

    code: str = Field(examples=["grade-too-low"])
    subject: str | None
    facts: dict[str, str]
    text: str


class WantedView(Response):
    """An outcome that is lacking."""

    part: str | None = Field(description="The part of a bundle that it serves.")
    asks: list[dict[str, Any]] = Field(
        description="What it must meet, all of it, in the words of a rule's `sources`.",
        examples=[[{"classes": ["vocational"], "certificate_series": ["电工"]}]],
    )
    least: dict[str, str] = Field(
        description="The least outcome that is enough, awarded today: the credit is told for it.",
        examples=[{"class": "vocational", "certificate_series": "电工", "value": "6"}],
    )


class OpportunityView(Response):
    """New outcomes, and what more would be applied with them."""

    credits: str = Field(examples=["6"], description="Credits applied beside the best proposal.")
    rule: str
    rule_version: str
    new: list[WantedView]
    partners: list[str] = Field(description="Ids of outcomes held that are used with them.")
    fills: list[PlacedView] = Field(description="What the conversion by this rule applies.")
    limits: list[LineView] = Field(description="The caps that keep it from more.")
    is_proved: bool = Field(description="No other use of them by this rule applies more.")


class NearMissView(Response):
    """An outcome held that one test keeps from serving a rule."""

    rule: str
    outcome: str
    targets: list[str]
    needs_a_person: bool = Field(description="It is not known, rather than not met.")
    line: LineView


class ReviewView(Response):
    """What a rule cannot say of itself: a person decides whether it would give credit."""

    rule: str
    targets: list[str]
    lines: list[LineView]


class OpportunitiesView(Response):
    """What could be added to the best proposal for what is held; nothing is written."""

    programme: str
    plan_version: str
    proposed: str = Field(
        examples=["6"], description="Credits that the best proposal applies of what is held."
    )
    is_whole: bool = Field(
        description="False where not all that promised as much could be weighed: there may be more."
    )
    opportunities: list[OpportunityView]
    near_misses: list[NearMissView]
    reviews: list[ReviewView]


@router.get("")
def find_for_enrolment(
    enrolment: Annotated[str, Query(max_length=64, description="Id of one's own enrolment.")],
    actor: Citizen,
    bank: CurrentBank,
    problems: CurrentProblems,
    language: Language,
    most: Annotated[
        int, Query(ge=1, le=MOST_ASKED, description="How many of each are named at most.")
    ] = MOST,
) -> OpportunitiesView:
    """Say which outcome would complete which slot, the most credit first.

    Then the fewest new outcomes, the earliest slot, the lowest rule id. Rules that persons decide
    by are left out, as in proposals.
    """
    key = account_key(actor.account, bank)
    with bank.readers.reading() as connection:
        today, secrets = civil_day(bank.clock()), bank.keystore.secrets
        standing = stand_for_opportunities(connection, key, secrets, enrolment, today)
    found = opportunities_in(standing, most)
    said = _Words(problems, language)
    programme = standing.enrolled.programme
    return OpportunitiesView(
        programme=programme.code,
        plan_version=programme.version,
        proposed=str(found.proposal.application.credits),
        is_whole=found.is_whole,
        opportunities=[said.opportunity(one) for one in found.found],
        near_misses=[said.near_miss(one) for one in found.near_misses],
        reviews=[said.review(one) for one in found.reviews],
    )


class _Words:
    """Shows what was found in the reader's language."""

    def __init__(self, problems: Problems, language: str) -> None:
        self._said = problems, language

    def opportunity(self, one: Opportunity) -> OpportunityView:
        rule = one.step.document.rule
        return OpportunityView(
            credits=str(one.credits),
            rule=rule.id,
            rule_version=rule.version,
            new=[WantedView.model_validate(wanted_view(each)) for each in one.wanted],
            partners=list(one.partners),
            fills=[
                PlacedView(target=each.target, category=each.category, credits=str(each.credits))
                for each in one.fills
            ],
            limits=[LineView.model_validate(line_view(each, *self._said)) for each in one.limits],
            is_proved=one.is_proved,
        )

    def near_miss(self, one: NearMiss) -> NearMissView:
        return NearMissView(
            rule=one.document.rule.id,
            outcome=one.outcome,
            targets=list(one.targets),
            needs_a_person=one.needs_a_person,
            line=LineView.model_validate(line_view(one.line, *self._said)),
        )

    def review(self, one: Review) -> ReviewView:
        lines = [LineView.model_validate(line_view(each, *self._said)) for each in one.lines]
        return ReviewView(rule=one.rule, targets=list(one.targets), lines=lines)
