"""An outcome is corrected: stated anew whole, looked at beside what stands, and only then done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank, CurrentWorker
from api.v1.outcome_changes import CorrectionRequest, correct_outcome, correction_command
from api.v1.outcomes import read_outcome
from api.v1.stated_views import Stated
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.provider.outcome import OUTCOME
from api.web.provider.who import WriterPage
from api.web.rehearsed import rehearse
from creditbank.conversion.amounts import StudyTime
from creditbank.errors import Refusal

router = APIRouter(include_in_schema=False)

ASKED: Final = (
    "course", "term", "result", "grade", "grade_scale", "credits", "class_hours", "hours",
    "awarded_on",
)  # fmt: skip
CERTIFICATE: Final = {
    "certificate_series": "series",
    "certificate_number": "number",
    "certificate_level": "level",
    "valid_from": "valid_from",
    "valid_until": "valid_until",
}
"""What is stated of a certificate, and what a request calls it."""
_KEPT = (
    "course_version", "offering", "attempt", "attempt_kind", "received_on", "minutes_attended",
    "assurance", "attestation", "awarded_by",
)  # fmt: skip
"""What stays as it was stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field that is corrected: what stands, and what shall stand."""

    field: str
    old: str
    new: str


@router.get(OUTCOME + "/correction")
def ask_correction(page: WriterPage, outcome_id: str, bank: CurrentBank) -> Response:
    """Show the result as it stands, to be mended."""
    stated = read_outcome(outcome_id, page.actor, bank).stated
    return _ask(page, outcome_id, page.form(**as_typed(stated)))


@router.post(OUTCOME + "/correction")
async def correct(
    page: WriterPage,
    outcome_id: str,
    form: PostedForm,
    bank: CurrentBank,
    worker: CurrentWorker,
) -> Response:
    """Show what would change; once that was confirmed, let the mended result stand instead."""
    if form.typed("step") == "back":
        return await run_in_threadpool(_ask, page, outcome_id, form)
    try:
        stated = (await run_in_threadpool(read_outcome, outcome_id, page.actor, bank)).stated
        body = form.read(CorrectionRequest, **restated(stated, form), reason=form.text("reason"))
        if form.typed("step") != "do":
            command = await run_in_threadpool(
                correction_command, outcome_id, body, page.actor, bank
            )
            await run_in_threadpool(rehearse, command, bank)
            return await run_in_threadpool(_confirm, page, outcome_id, form, changes(stated, form))
        attempt = form.attempt(page.request)
        made = await correct_outcome(
            outcome_id, body, page.actor, bank, worker, attempt, Response()
        )
    except Refusal as refusal:
        refused = page.refused(form, refusal, "reason")
        return await run_in_threadpool(_ask, page, outcome_id, refused, 422)
    return page.go(OUTCOME.format(outcome_id=made.id), "outcome-corrected")


def as_typed(stated: Stated) -> dict[str, str]:
    """Give what the form shows of a statement."""
    typed = {name: str(stated[name]) for name in (*ASKED, *CERTIFICATE) if name in stated}
    if "minutes" in stated:
        typed["hours"] = str(StudyTime(minutes=int(str(stated["minutes"]))))
    return typed


def restated(stated: Stated, form: Form) -> dict[str, Any]:
    """State a result anew: what the form asks as it was typed, all else as it stands."""
    body: dict[str, Any] = {name: stated[name] for name in _KEPT if name in stated}
    if form.text("course") != stated["course"]:
        body.pop("course_version", None)  # The version was one of the other course.
    body |= {name: form.text(name) for name in ASKED}
    if "certificate_number" in stated:
        body["certificate"] = _certificate(stated, form)
    return body


def changes(stated: Stated, form: Form) -> list[Change]:
    """Give what a form says otherwise than a statement."""
    was: Mapping[str, str] = as_typed(stated)
    pairs = ((name, was.get(name, ""), form.text(name) or "") for name in (*ASKED, *CERTIFICATE))
    return [Change(field=name, old=old, new=new) for name, old, new in pairs if old != new]


def _certificate(stated: Stated, form: Form) -> dict[str, Any]:
    made = {name: form.text(field) for field, name in CERTIFICATE.items()}
    if "renews_number" in stated:
        made["renews"] = {  # type: ignore[assignment]  # the one part that is not a text
            "series": stated["renews_series"],
            "number": stated["renews_number"],
        }
    return {name: value for name, value in made.items() if value is not None}


def _ask(page: Page, outcome_id: str, form: Form, status: int = 200) -> Response:
    one = read_outcome(outcome_id, page.actor, page.bank)
    return page.show(
        "provider/correction.html", status=status, form=form, one=one, certificate=[*CERTIFICATE]
    )


def _confirm(page: Page, outcome_id: str, form: Form, changed: list[Change]) -> Response:
    one = read_outcome(outcome_id, page.actor, page.bank)
    return page.show(
        "provider/correction_check.html",
        form=form,
        one=one,
        changes=changed,
        typed=[*ASKED, *CERTIFICATE, "reason"],
    )
