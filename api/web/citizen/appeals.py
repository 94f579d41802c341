"""A learner appeals 申诉 against what a rule decided on credit alone: a person looks at it."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import keys_by_account, own_key
from api.v1.appeals import appeal
from api.v1.conversions import read_conversion
from api.v1.matter_views import MatterView, matter_views
from api.web.citizen.matters import read_appeal_form
from api.web.citizen.photos import keep_photo
from api.web.citizen.rule_names import name_rules
from api.web.forms import Form, PostedForm
from api.web.names import Named, institution_names
from api.web.page import CitizenPage, Page
from creditbank.credits.queries import find_conversions
from creditbank.credits.status import HOLDING
from creditbank.errors import Refusal
from creditbank.filings.queries import filings_of_conversions
from creditbank.matters.queries import matters_about

router = APIRouter(include_in_schema=False)

APPEAL = "/me/conversions/{conversion_id}/appeal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recourse:
    """What she can do or did about a decision on credit.

    `filing` is the request by which persons decided it, `appeal` her newest appeal, `holder` who
    has that.
    """

    is_open: bool
    filing: str | None
    appeal: MatterView | None
    holder: Named | None


def recourse_of(page: Page, conversion_id: str, status: str) -> Recourse:
    """Give what she can do about one of her conversions."""
    keys = keys_by_account(own_key("me", page.actor, page.bank), page.bank)
    with page.bank.readers.reading() as connection:
        filing = filings_of_conversions(connection, [conversion_id]).get(conversion_id)
        about = matters_about(connection, conversions=[conversion_id])
    appeals = matter_views(about, keys, page.bank)
    newest = appeals[-1] if appeals else None
    named = {newest.institution} if newest is not None and newest.institution else set()
    return Recourse(
        is_open=filing is None and newest is None and status in HOLDING,
        filing=None if filing is None else filing.id,
        appeal=newest,
        holder=next(iter(institution_names(page.bank, named).values()), None),
    )


@router.get(APPEAL)
def ask_appeal(page: CitizenPage, conversion_id: str) -> Response:
    """Ask why the decision should be another one; one that is under way has its matter."""
    return _form(page, conversion_id, page.form())


@router.post(APPEAL)
async def appeal_conversion(
    page: CitizenPage, conversion_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Ask that a person look at it."""
    attempt = form.attempt(page.request)  # By what was posted: a second click brings it anew.
    try:
        form = await keep_photo(page, form)
        body = read_appeal_form(form)
        filed = await appeal(conversion_id, body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_form, page, conversion_id, refused, 422)
    return page.go(f"/me/matters/{filed.id}", "appeal-filed")


def _form(page: Page, conversion_id: str, form: Form, status: int = 200) -> Response:
    one = read_conversion(conversion_id, page.actor, page.bank, page.problems, page.language)
    recourse = recourse_of(page, conversion_id, one.status)
    if recourse.appeal is not None:
        return page.go(f"/me/matters/{recourse.appeal.id}")
    if not recourse.is_open:
        return page.go(f"/me/conversions/{conversion_id}")
    with page.bank.readers.reading() as connection:
        decided_by = find_conversions(connection, [conversion_id])[conversion_id].institution_id
    return page.show(
        "credit/appeal.html",
        status=status,
        form=form,
        one=one,
        names=name_rules(page.bank, {one.rule}),
        institution=institution_names(page.bank, {decided_by}).get(decided_by),
    )
