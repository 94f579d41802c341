"""What became of credits: her programmes, what is decided and under way, one decision explained."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import keys_by_account, own_key
from api.v1.conversion_reviews import AnswerRequest, ReviewView, answer_review, list_own_reviews
from api.v1.conversions import ConversionView, read_conversion
from api.v1.enrolments import EnrolmentView, list_own_enrolments
from api.v1.own_account import read_totals
from api.v1.own_filings import list_own_filings
from api.web.citizen.appeals import recourse_of
from api.web.citizen.offers import offers_that_fit
from api.web.citizen.outcomes import every_outcome
from api.web.citizen.rule_names import name_rules
from api.web.citizen.stated_names import titles_of
from api.web.forms import Form, PostedForm
from api.web.names import Named, institution_names
from api.web.page import CitizenPage, Page
from creditbank.conversion.amounts import Credits
from creditbank.credits.queries import conversion_entries, find_conversions
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A conversion in a list."""

    id: str
    rule: str
    credits: str
    status: str
    filed_month: str


@router.get("/me/conversions")
def show_conversions(page: CitizenPage, bank: CurrentBank) -> Response:
    """Show her programmes, what is under way, and what was decided."""
    enrolments = list_own_enrolments("me", page.actor, bank).enrolments
    filings = list_own_filings(page.actor, bank, page.problems, page.language).filings
    made, offered = _converted(page), offers_that_fit(page, enrolments)
    rules = {one.rule for one in filings} | {one.rule for one in made}
    return page.show(
        "credit/conversions.html",
        enrolments=enrolments,
        schools=_schools(page, enrolments),
        totals=read_totals("me", page.actor, bank),
        filings=filings,
        made=made,
        offered=offered,
        names=name_rules(bank, rules | {one.offer.rule for one in offered}),
    )


@router.get("/me/conversions/{conversion_id}")
def show_conversion(page: CitizenPage, conversion_id: str) -> Response:
    """Explain one decision with its arithmetic."""
    return _show(page, conversion_id, page.form())


@router.post("/me/conversions/{conversion_id}/answer")
async def answer_correction(
    page: CitizenPage, conversion_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Take what she says before a person decides after a correction."""
    try:
        body = form.read(AnswerRequest, text=form.text("text"))
        attempt = form.attempt(page.request)
        await answer_review("me", conversion_id, body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_show, page, conversion_id, refused, 422)
    return page.go(f"/me/conversions/{conversion_id}", "answer-kept")


def _show(page: Page, conversion_id: str, form: Form, status: int = 200) -> Response:
    one = read_conversion(conversion_id, page.actor, page.bank, page.problems, page.language)
    return page.show(
        "credit/conversion.html",
        status=status,
        form=form,
        one=one,
        review=_review(page, one),
        recourse=recourse_of(page, one.id, one.status),
        names=name_rules(page.bank, {one.rule}),
        titles=titles_of(every_outcome(page)),
    )


def _review(page: Page, one: ConversionView) -> ReviewView | None:
    reviews = list_own_reviews("me", page.actor, page.bank).reviews
    return next((each for each in reviews if each.conversion == one.id), None)


def _schools(page: Page, enrolments: list[EnrolmentView]) -> dict[str, Named]:
    return institution_names(page.bank, {one.programme.institution for one in enrolments})


def _converted(page: Page) -> list[Converted]:
    """Give her conversions, the newest first."""
    keys = keys_by_account(own_key("me", page.actor, page.bank), page.bank)
    with page.bank.readers.reading() as connection:
        entries = sorted(one for key in keys for one in conversion_entries(connection, key))
        stored = find_conversions(connection, [id_ for _, id_ in entries])
    return [
        Converted(
            id=id_,
            rule=stored[id_].rule_id,
            credits=str(Credits(milli=stored[id_].credits)),
            status=stored[id_].status,
            filed_month=stored[id_].filed_month,
        )
        for _, id_ in reversed(entries)
    ]
