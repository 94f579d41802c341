"""Answer for a learner without a phone what was sent back to her 补正: with a scan, on paper."""

from dataclasses import replace
from functools import partial

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import keys_by_account, served_key
from api.v1.matter_views import MatterView, matter_views
from api.v1.own_matters import answer_command
from api.web.citizen.matters import read_answer_form
from api.web.counter.handed_in import keep_scan, kept_pieces, read_with_day, received_today
from api.web.counter.person import ACCOUNT, required_visit
from api.web.forms import Form, PostedForm
from api.web.names import institution_names
from api.web.page import Page
from api.web.staff.named import rule_titles
from api.web.staff.pages import CounterPage
from creditbank.errors import Refusal
from creditbank.matters.answer import AnswerMatter
from creditbank.matters.matter import MatterState
from creditbank.matters.queries import find_matters

router = APIRouter(include_in_schema=False)

ANSWER = f"{ACCOUNT}/answers/{{matter_id}}"


@router.get(ANSWER)
def ask_answer(page: CounterPage, account_id: str, matter_id: str) -> Response:
    """Show what is missing, and ask for it; what was answered meanwhile has its slip."""
    if _matter(page, account_id, matter_id).state != MatterState.RETURNED:
        return page.go(_slip(account_id, matter_id))
    return _form(page, account_id, matter_id, received_today(page))


@router.post(ANSWER)
async def answer(
    page: CounterPage, account_id: str, matter_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Answer it for her; its clock goes on from the day of receipt."""
    attempt = form.attempt(page.request)  # By what was posted: a second click brings it anew.
    await run_in_threadpool(required_visit, page, account_id)
    try:
        form = await keep_scan(page, account_id, form)
        asked = partial(_command, page, account_id, matter_id)
        command, day = await run_in_threadpool(read_with_day, form, asked)
        command = replace(command, received_on=day)
        await attempt.act(command, actor=page.actor, bank=bank, response=Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_form, page, account_id, matter_id, refused, 422)
    return page.go(_slip(account_id, matter_id), "answered-at-counter")


def _command(page: Page, account_id: str, matter_id: str, form: Form) -> AnswerMatter:
    """Make the command, but for the day of receipt; raises `InvalidInput`, "not-found"."""
    key = served_key(account_id, page.actor, page.bank)
    return answer_command(matter_id, read_answer_form(form), key, page.actor.person, page.bank)


def _slip(account_id: str, matter_id: str) -> str:
    return f"/desk/counter/accounts/{account_id}/matter-slips/{matter_id}"


def _matter(page: Page, account_id: str, matter_id: str) -> MatterView:
    """Give a matter of hers; raises `Refusal("not-found")`, "visit-not-begun"."""
    required_visit(page, account_id)
    keys = keys_by_account(served_key(account_id, page.actor, page.bank), page.bank)
    with page.bank.readers.reading() as connection:
        matter = find_matters(connection, [matter_id]).get(matter_id)
    if matter is None or matter.account_id not in keys:
        raise Refusal("not-found")
    return matter_views([matter], keys, page.bank)[0]


def _form(page: Page, account_id: str, matter_id: str, form: Form, status: int = 200) -> Response:
    one = _matter(page, account_id, matter_id)
    returned = next((step for step in reversed(one.steps) if step.kind == "returned"), None)
    return page.show(
        "counter/answer.html",
        status=status,
        form=form,
        account_id=account_id,
        one=one,
        returned=returned,
        rules=rule_titles(page.bank, {one.content["rule"]} if one.conversion else set()),
        institutions=institution_names(page.bank, {one.institution} if one.institution else set()),
        pieces=kept_pieces(page, account_id),
    )
