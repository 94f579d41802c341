"""Dispute a record 异议 for a learner without a phone: what is wrong, with a scan, and on paper."""

from dataclasses import replace
from functools import partial

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import served_key
from api.v1.own_matters import dispute_command
from api.v1.standing_views import OwnOutcome
from api.web.citizen.dispute import disputable, read_dispute_form
from api.web.counter.handed_in import keep_scan, kept_pieces, read_with_day, received_today
from api.web.counter.person import ACCOUNT, required_visit
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.staff.pages import CounterPage
from creditbank.errors import Refusal
from creditbank.outcomes.dispute import DisputeOutcome
from creditbank.outcomes.status import OutcomeStatus

router = APIRouter(include_in_schema=False)

DISPUTES = f"{ACCOUNT}/disputes"


@router.get(DISPUTES)
def choose_record(page: CounterPage, account_id: str) -> Response:
    """Ask which record is wrong."""
    records = _records(page, account_id)
    return page.show("counter/disputes.html", account_id=account_id, records=records)


@router.get(f"{DISPUTES}/{{record_id}}")
def ask_dispute(page: CounterPage, account_id: str, record_id: str) -> Response:
    """Ask what is wrong with it, and when the form was received."""
    return _form(page, account_id, record_id, received_today(page))


@router.post(f"{DISPUTES}/{{record_id}}")
async def dispute(
    page: CounterPage, account_id: str, record_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """File it for her; who posted the record answers."""
    attempt = form.attempt(page.request)  # By what was posted: a second click brings it anew.
    await run_in_threadpool(required_visit, page, account_id)
    try:
        form = await keep_scan(page, account_id, form)
        asked = partial(_command, page, account_id, record_id)
        command, day = await run_in_threadpool(read_with_day, form, asked)
        command = replace(command, received_on=day)
        filed = await attempt.act(command, actor=page.actor, bank=bank, response=Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_form, page, account_id, record_id, refused, 422)
    slip = f"/desk/counter/accounts/{account_id}/matter-slips/{filed.answer}"
    return page.go(slip, "filed-at-counter")


def _command(page: Page, account_id: str, record_id: str, form: Form) -> DisputeOutcome:
    """Make the command, but for the day of receipt; raises `InvalidInput`, "not-found"."""
    key = served_key(account_id, page.actor, page.bank)
    body = read_dispute_form(form, record_id)
    return dispute_command(body, key, page.actor.person, page.bank)


def _records(page: Page, account_id: str) -> list[OwnOutcome]:
    """Give her records, newest first; one in whose place another stands cannot be disputed."""
    kept = required_visit(page, account_id).kept.outcomes
    return [one for one in reversed(kept) if one.status != OutcomeStatus.SUPERSEDED]


def _form(page: Page, account_id: str, record_id: str, form: Form, status: int = 200) -> Response:
    records = _records(page, account_id)
    outcome = next((one for one in records if one.id == record_id), None)
    if outcome is None:
        raise Refusal("not-found")
    return page.show(
        "counter/dispute.html",
        status=status,
        form=form,
        account_id=account_id,
        outcome=outcome,
        disputable=disputable(outcome),
        pieces=kept_pieces(page, account_id),
    )
