"""Decide about many outcomes at once 批量处置: whom it concerns, why, and then it is taken."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank, CurrentWorker
from api.v1.outcome_measures import (
    ChoiceRequest,
    MeasureRequest,
    measure_view,
    preview_outcome_measure,
    take_measure,
)
from api.web.forms import Form, PostedForm
from api.web.staff.pages import ReaderPage, WriterPage
from creditbank.errors import FieldProblem, InvalidInput, Refusal

router = APIRouter(include_in_schema=False)

CRITERIA = ("batch", "offering", "definition", "posted_with", "since", "until", "measure")
FIELDS = ("act", "outcomes", *CRITERIA)


@router.get("/desk/measures")
def ask_measure(page: WriterPage) -> Response:
    """Ask what is to be done and to which outcomes."""
    return page.show("staff/measure_new.html", form=page.form(act="suspended"))


@router.post("/desk/measures")
async def take(
    page: WriterPage, form: PostedForm, bank: CurrentBank, worker: CurrentWorker
) -> Response:
    """Show whom it concerns; once that was seen and a reason is given, take it."""
    if form.typed("confirmed") == "change":
        return page.show("staff/measure_new.html", form=form)
    try:
        choice = form.read(ChoiceRequest, **_criteria(form))
        preview = await run_in_threadpool(preview_outcome_measure, choice, page.actor, bank)
    except Refusal as refusal:
        refused = page.refused(form, _named(refusal), "outcomes")
        return page.show("staff/measure_new.html", status=422, form=refused)
    if form.typed("confirmed") != "yes":
        return page.show("staff/measure_check.html", form=form, preview=preview, kept=FIELDS)
    try:
        body = form.read(MeasureRequest, **_criteria(form), reason=_reason(form))
        attempt = form.attempt(page.request)
        taken = await take_measure(body, page.actor, bank, worker, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "reason")
        return page.show(
            "staff/measure_check.html", status=422, form=refused, preview=preview, kept=FIELDS
        )
    if taken.id is None:
        return page.go("/desk/measures", "measure-empty")
    return page.go(f"/desk/measures/{taken.id}", "measure-taken")


@router.get("/desk/measures/{measure_id}")
def show_measure(page: ReaderPage, measure_id: str, bank: CurrentBank) -> Response:
    """Show how far a measure is."""
    return page.show("staff/measure.html", one=measure_view(measure_id, page.actor, bank))


def _criteria(form: Form) -> dict[str, object]:
    """Give what was chosen; ids of outcomes stand one a line, or with spaces between."""
    stated: dict[str, object] = {name: form.text(name) for name in ("act", *CRITERIA)}
    named = form.typed("outcomes").split()
    return {**stated, "outcomes": named or None}


def _named(refusal: Refusal) -> Refusal:
    """Say of the earlier measure that there is none; no other criterion must name something."""
    if refusal.code != "not-found":
        return refusal
    return InvalidInput([FieldProblem(field="measure", code="measure-unknown")])


def _reason(form: Form) -> str:
    text = form.text("reason")
    if text is None:
        raise InvalidInput([FieldProblem(field="reason", code="field-missing")])
    return text
