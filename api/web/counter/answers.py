"""Answer for a learner without a phone what was sent back to her 补正: by a form on paper."""

from dataclasses import replace
from functools import partial

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1 import own_filings, own_matters
from api.v1.account_access import served_key
from api.web.citizen.filings import read_words
from api.web.citizen.matters import read_answer_form
from api.web.counter.handed_in import keep_scan, kept_pieces, read_with_day, received_today
from api.web.counter.person import ACCOUNT
from api.web.counter.sent_back import SentBack, find_sent_back
from api.web.forms import Form, PostedForm
from api.web.names import institution_names
from api.web.page import Page
from api.web.staff.pages import CounterPage
from creditbank.errors import Refusal
from creditbank.filings.answer import ActOnFiling
from creditbank.matters.answer import AnswerMatter

router = APIRouter(include_in_schema=False)

ANSWER = f"{ACCOUNT}/answers/{{returned_id}}"


@router.get(ANSWER)
def ask_answer(page: CounterPage, account_id: str, returned_id: str) -> Response:
    """Show what is missing, and ask for it; what was answered meanwhile has its slip."""
    one = find_sent_back(page, account_id, returned_id)
    if not one.waits:
        return page.go(one.slip)
    return _form(page, account_id, one, received_today(page))


@router.post(ANSWER)
async def answer(
    page: CounterPage, account_id: str, returned_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Answer it for her; its clock goes on from the day of receipt."""
    attempt = form.attempt(page.request)  # By what was posted: a second click brings it anew.
    one = await run_in_threadpool(find_sent_back, page, account_id, returned_id)
    try:
        if one.takes_scans:
            form = await keep_scan(page, account_id, form)
        asked = partial(_command, page, account_id, one)
        command, day = await run_in_threadpool(read_with_day, form, asked)
        command = replace(command, received_on=day)
        if isinstance(command, ActOnFiling):
            await attempt.act(command, actor=page.actor, bank=bank, response=Response())
        else:
            await attempt.act(command, actor=page.actor, bank=bank, response=Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_form, page, account_id, one, refused, 422)
    return page.go(one.slip, "answered-at-counter")


def _command(page: Page, account_id: str, one: SentBack, form: Form) -> ActOnFiling | AnswerMatter:
    """Make the command, but for the day of receipt; raises `InvalidInput`, "not-found"."""
    key, by = served_key(account_id, page.actor, page.bank), page.actor.person
    if one.kind == "filing":
        text = read_words(form).text
        return own_filings.answer_command(one.id, text, key, by, page.bank)
    return own_matters.answer_command(one.id, read_answer_form(form), key, by, page.bank)


def _form(page: Page, account_id: str, one: SentBack, form: Form, status: int = 200) -> Response:
    return page.show(
        "counter/answer.html",
        status=status,
        form=form,
        account_id=account_id,
        one=one,
        institutions=institution_names(page.bank, {one.institution} if one.institution else set()),
        pieces=kept_pieces(page, account_id) if one.takes_scans else [],
    )
