"""What a learner's credits can become in a programme: the plan that gives most, and others."""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.attempts import NamedAttempt
from api.dependencies import CurrentBank
from api.v1.account_keys import account_key
from api.v1.conversions import ConversionRequest, convert
from api.v1.enrolments import EnrolmentView, list_own_enrolments
from api.v1.missing import MissingView, show_missing
from api.v1.opportunities import OpportunitiesView, find_for_enrolment
from api.v1.proposals import ProposalsView, ProposalView, propose_for_enrolment
from api.web.citizen.outcomes import every_outcome
from api.web.citizen.plan_picture import Bar, bars
from api.web.citizen.rule_names import NamedRules, name_rules
from api.web.citizen.stated_names import titles_of
from api.web.forms import Form, PostedForm
from api.web.page import CitizenPage, Page
from creditbank.conversion.days import civil_day
from creditbank.credits.proposals import ForPersons, for_persons, stand
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)

ALTERNATIVES_SHOWN = 3
OPPORTUNITIES_SHOWN = 5
ASKED = set(ConversionRequest.model_fields)
PLAN = "/me/conversions/plans/{enrolment_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A proposal as it is shown; `name` tells it from every other one.

    `steps` are the conversions to ask for, as they are posted.
    """

    name: str
    proposal: ProposalView
    bars: list[Bar]
    steps: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """How an enrolment stands and what it could come to; `bars` are those of today."""

    enrolment: EnrolmentView
    missing: MissingView
    today: ProposalsView
    plans: list[Planned]
    bars: list[Bar]


@router.get(PLAN)
def show_plan(page: CitizenPage, enrolment_id: str, bank: CurrentBank) -> Response:
    """Show the plan that gives most as a picture, others behind it, and what is missing."""
    enrolment = own_enrolment(page, enrolment_id)
    try:
        prospect = prospect_of(page, enrolment)
        asked = _for_persons(page, enrolment_id)
        chances = find_for_enrolment(
            enrolment_id, page.actor, bank, page.problems, page.language, OPPORTUNITIES_SHOWN
        )
    except Refusal as refusal:
        told = page.problems.told(refusal, page.language)
        return page.show("credit/no_plan.html", enrolment=enrolment, told=told)
    return page.show(
        "credit/plan.html",
        prospect=prospect,
        chances=chances,
        asked=asked,
        names=_named(page, prospect, {*_rules_of(chances), *(one.rule for one in asked)}),
        titles=titles_of(every_outcome(page)),
    )


@router.get(f"{PLAN}/check")
def check_plan(page: CitizenPage, enrolment_id: str, plan: str = "") -> Response:
    """Show once more what would be asked for, before it is."""
    return _check(page, enrolment_id, page.form(plan=plan))


@router.post(f"{PLAN}/check")
async def confirm_plan(
    page: CitizenPage, enrolment_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Ask for each conversion of the plan in its order; a second click asks for nothing more."""
    try:
        made = [
            await convert(
                step,
                page.actor,
                bank,
                nth_attempt(form, page, number),
                page.problems,
                page.language,
                Response(),
            )
            for number, step in enumerate(_steps(form))
        ]
    except Refusal as refusal:
        refused = page.refused(form, refusal)
        return await run_in_threadpool(_check, page, enrolment_id, refused, 422)
    to = f"/me/conversions/{made[0].id}" if len(made) == 1 else "/me/conversions"
    return page.go(to, "plan-confirmed")


def nth_attempt(form: Form, page: Page, number: int) -> NamedAttempt:
    """Name one of several acts that one form asks for."""
    return form.attempt(page.request).part(str(number))


def own_enrolment(page: Page, enrolment_id: str) -> EnrolmentView:
    """Give one of her own enrolments; raises `Refusal("not-found")`."""
    own = list_own_enrolments("me", page.actor, page.bank).enrolments
    found = next((one for one in own if one.id == enrolment_id), None)
    if found is None:
        raise Refusal("not-found")
    return found


def prospect_of(page: Page, enrolment: EnrolmentView) -> Prospect:
    """Give how an enrolment stands; raises what `propose_for_enrolment` raises."""
    missing = show_missing(enrolment.id, page.actor, page.bank)
    today = propose_for_enrolment(enrolment.id, page.actor, page.bank)
    plans = [
        Planned(
            name=_name(one),
            proposal=one,
            bars=bars(missing, one),
            steps=[step.model_dump_json(include=ASKED) for step in one.steps],
        )
        for one in today.proposals[: ALTERNATIVES_SHOWN + 1]
        if one.steps
    ]
    return Prospect(
        enrolment=enrolment, missing=missing, today=today, plans=plans, bars=bars(missing, None)
    )


def _name(proposal: ProposalView) -> str:
    return sha256(proposal.model_dump_json(include={"steps"}).encode()).hexdigest()


def _steps(form: Form) -> list[ConversionRequest]:
    """Read the conversions that were shown; raises `Refusal("body-unreadable")`."""
    try:
        steps = [ConversionRequest.model_validate_json(one) for one in form.texts("step")]
    except ValidationError:
        raise Refusal("body-unreadable") from None
    if not steps:
        raise Refusal("body-unreadable")
    return steps


def _check(page: Page, enrolment_id: str, form: Form, status: int = 200) -> Response:
    prospect = prospect_of(page, own_enrolment(page, enrolment_id))
    wanted = form.text("plan")
    plan = next((one for one in prospect.plans if wanted in {None, one.name}), None)
    return page.show(
        "credit/check.html",
        status=status,
        form=form,
        prospect=prospect,
        plan=plan,
        names=_named(page, prospect),
        titles=titles_of(every_outcome(page)),
    )


def _for_persons(page: Page, enrolment_id: str) -> list[ForPersons]:
    bank, key = page.bank, account_key(page.actor.account, page.bank)
    with bank.readers.reading() as connection:
        standing = stand(
            connection, key, bank.keystore.secrets, enrolment_id, civil_day(bank.clock())
        )
    return for_persons(standing)


def _rules_of(chances: OpportunitiesView) -> set[str]:
    found = {one.rule for one in chances.opportunities}
    found |= {one.rule for one in chances.near_misses}
    return found | {one.rule for one in chances.reviews}


def _named(page: Page, prospect: Prospect, more: Collection[str] = ()) -> NamedRules:
    ids = {step.rule for one in prospect.plans for step in one.proposal.steps}
    return name_rules(page.bank, ids.union(more))
