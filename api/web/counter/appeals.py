"""Appeal 申诉 for a learner without a phone: against which decision, why, and when handed in."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import served_key
from api.v1.appeals import Appealing, appeal_command
from api.web.citizen.matters import read_appeal_form
from api.web.counter.decided import Decided, decided_for
from api.web.counter.handed_in import keep_scan, kept_pieces, read_with_day, received_today
from api.web.counter.person import ACCOUNT, required_visit
from api.web.forms import Form, PostedForm
from api.web.names import Named, institution_names
from api.web.page import Page
from api.web.staff.pages import CounterPage
from creditbank.errors import Refusal
from creditbank.filings.appeal import AppealFiling

router = APIRouter(include_in_schema=False)

APPEALS = f"{ACCOUNT}/appeals"


@router.get(APPEALS)
def choose_decision(page: CounterPage, account_id: str) -> Response:
    """Ask against which decision."""
    decided = _decided(page, account_id)
    return page.show(
        "counter/appeals.html",
        account_id=account_id,
        decided=decided,
        institutions=_institutions(page, decided),
    )


@router.get(f"{APPEALS}/{{decision_id}}")
def ask_appeal(page: CounterPage, account_id: str, decision_id: str) -> Response:
    """Ask why it should be decided otherwise, and when the form was received."""
    return _form(page, account_id, decision_id, received_today(page))


@router.post(f"{APPEALS}/{{decision_id}}")
async def appeal(
    page: CounterPage, account_id: str, decision_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """File the appeal for her; other persons than before decide, and not who took it down."""
    attempt = form.attempt(page.request)  # By what was posted: a second click brings it anew.
    await run_in_threadpool(required_visit, page, account_id)
    try:
        form = await keep_scan(page, account_id, form)
        body, received_on = read_with_day(form, read_appeal_form)
        key = await run_in_threadpool(served_key, account_id, page.actor, bank)
        asked = Appealing(own=key, by=page.actor.person, body=body, received_on=received_on)
        command = await run_in_threadpool(appeal_command, decision_id, asked, bank)
        if isinstance(command, AppealFiling):
            filed = await attempt.act(command, actor=page.actor, bank=bank, response=Response())
        else:
            filed = await attempt.act(command, actor=page.actor, bank=bank, response=Response())
    except Refusal as refusal:
        about = "received_on" if refusal.code == "appeal-too-late" else "text"
        refused = page.refused(form, refusal, about)
        return await run_in_threadpool(_form, page, account_id, decision_id, refused, 422)
    slips = "slips" if isinstance(command, AppealFiling) else "matter-slips"
    slip = f"/desk/counter/accounts/{account_id}/{slips}/{filed.answer}"
    return page.go(slip, "filed-at-counter")


def _decided(page: Page, account_id: str) -> list[Decided]:
    required_visit(page, account_id)
    return decided_for(page, served_key(account_id, page.actor, page.bank))


def _institutions(page: Page, decided: list[Decided]) -> dict[str, Named]:
    named = {one.institution for one in decided if one.institution is not None}
    return institution_names(page.bank, named)


def _form(page: Page, account_id: str, decision_id: str, form: Form, status: int = 200) -> Response:
    decided = _decided(page, account_id)
    one = next((each for each in decided if each.id == decision_id), None)
    if one is None:
        raise Refusal("not-found")
    return page.show(
        "counter/appeal.html",
        status=status,
        form=form,
        account_id=account_id,
        one=one,
        institutions=_institutions(page, [one]),
        pieces=kept_pieces(page, account_id),
    )
