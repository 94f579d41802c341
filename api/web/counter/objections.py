"""What is published 公示, and an objection 异议 that is taken down for somebody at the counter."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.filing_views import PublicationView
from api.v1.own_filings import WordsRequest, list_publications, objection
from api.web.forms import Form, PostedForm
from api.web.names import institution_names
from api.web.page import Page
from api.web.page_numbers import PageNumber
from api.web.staff.named import part, rule_titles
from api.web.staff.pages import CounterPage
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)


@router.get("/desk/publications")
def show_publications(page: CounterPage, bank: CurrentBank, at: PageNumber = "1") -> Response:
    """List what is published, the first to end first; names are masked."""
    shown = part(list_publications(bank).publications, at)
    return page.show(
        "counter/publications.html",
        part=shown,
        rules=rule_titles(bank, {one.rule for one in shown.rows}),
        institutions=institution_names(bank, {one.institution for one in shown.rows}),
    )


@router.get("/desk/publications/{filing_id}")
def ask_objection(page: CounterPage, filing_id: str) -> Response:
    """Ask what is objected, and who raised it."""
    return _one(page, filing_id, page.form())


@router.post("/desk/publications/{filing_id}")
async def take_down(
    page: CounterPage, filing_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Take the objection down; the publication lasts until it is answered."""
    try:
        body = form.read(WordsRequest, text=form.text("text"))
        by = page.actor.person
        command = await run_in_threadpool(objection, filing_id, body.text, by, bank)
        attempt = form.attempt(page.request)
        await attempt.act(command, actor=page.actor, bank=bank, response=Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_one, page, filing_id, refused, 422)
    return page.go("/desk/publications", "objection-taken")


def _one(page: Page, filing_id: str, form: Form, status: int = 200) -> Response:
    one = _find(page, filing_id)
    rules = rule_titles(page.bank, {one.rule})
    return page.show("counter/objection.html", status=status, one=one, rules=rules, form=form)


def _find(page: Page, filing_id: str) -> PublicationView:
    """Give what is published of a filing; raises `Refusal("not-found")`."""
    for one in list_publications(page.bank).publications:
        if one.id == filing_id:
            return one
    raise Refusal("not-found")
