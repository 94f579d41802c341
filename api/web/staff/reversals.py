"""One conversion as staff see it, and its reversal 撤销认定: what it takes back is seen before."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.conversion_reversals import (
    ReversalPreviewView,
    ReversalRequest,
    preview_conversion_reversal,
    reverse_conversion,
)
from api.web.forms import Form, PostedForm
from api.web.names import institution_names
from api.web.page import Page
from api.web.staff.named import rule_titles
from api.web.staff.pages import MattersPage
from creditbank.credits.status import HOLDING
from creditbank.errors import FieldProblem, InvalidInput, Refusal

router = APIRouter(include_in_schema=False)

FIND = "/desk/conversions"
ONE = f"{FIND}/{{conversion_id}}"
FIELDS = ("cause", "text")


@router.get(FIND)
def find_conversion(page: MattersPage, find: str = "") -> Response:
    """Ask for the id of a conversion, and lead to it."""
    wanted, form, status = find.strip(), page.form(find=find), 200
    if wanted:
        try:
            found = preview_conversion_reversal(wanted, page.actor, page.bank)
        except Refusal:
            unknown = InvalidInput([FieldProblem(field="find", code="conversion-not-found")])
            form, status = page.refused(form, unknown), 422
        else:
            return page.go(f"{FIND}/{found.conversion}")
    return page.show("staff/conversions.html", status=status, form=form)


@router.get(ONE)
def show_conversion(page: MattersPage, conversion_id: str) -> Response:
    """Show a conversion with what hangs on it, and ask why it shall be reversed."""
    one = preview_conversion_reversal(conversion_id, page.actor, page.bank)
    return _show(page, "staff/conversion.html", one, page.form(cause="error"))


@router.post(f"{ONE}/reversal")
async def reverse(
    page: MattersPage, conversion_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Show once more what it takes back; once that was seen, take it back."""
    one = await run_in_threadpool(preview_conversion_reversal, conversion_id, page.actor, bank)
    ask, check = "staff/conversion.html", "staff/conversion_check.html"
    if form.typed("confirmed") == "change":
        return await run_in_threadpool(_show, page, ask, one, form)
    try:
        form.require(*FIELDS)
        body = form.read(ReversalRequest, **{name: form.text(name) for name in FIELDS})
        if form.typed("confirmed") != "yes":
            return await run_in_threadpool(_show, page, check, one, form)
        attempt = form.attempt(page.request)
        await reverse_conversion(conversion_id, body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "text")
        return await run_in_threadpool(_show, page, ask, one, refused, 422)
    return page.go(f"{FIND}/{conversion_id}", "conversion-reversed")


def _show(
    page: Page, template: str, one: ReversalPreviewView, form: Form, status: int = 200
) -> Response:
    schools = {share.institution for share in one.applied}
    return page.show(
        template,
        status=status,
        one=one,
        stands=one.status in HOLDING,
        rules=rule_titles(page.bank, {one.rule}),
        institutions=institution_names(page.bank, {one.institution, *schools}),
        kept=FIELDS,
        form=form,
    )
