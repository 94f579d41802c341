"""What becomes of an institution from a day on: stated, checked against what hangs on it, done."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.institution_changes import (
    ChangeRequest,
    DependantsView,
    InstitutionView,
    change_institution,
    preview_institution_change,
    read_institution,
    region_warnings,
)
from api.web.forms import Form, PostedForm
from api.web.names import institution_names
from api.web.page import Page
from api.web.staff.institutions import branches, is_covered
from api.web.staff.pages import RegistrarPage
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.institutions.history import Act

router = APIRouter(include_in_schema=False)

CHANGE = "/desk/institutions/{institution_id}/changes/{act}"
FIELDS: Mapping[Act, tuple[str, ...]] = {
    Act.RENAMED: ("name", "name_en"),
    Act.MOVED: ("parent",),
    Act.RELOCATED: ("region",),
    Act.CODED: ("uscc",),
    Act.MERGED: ("successors",),
    Act.SPLIT: ("successors",),
    Act.SUSPENDED: ("reason", "ask"),
}
"""What is asked beside the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to become of which institution."""

    act: Act
    one: InstitutionView

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of its form, the day first."""
        return ("since", *FIELDS.get(self.act, ()))


@router.get(CHANGE)
def ask_change(page: RegistrarPage, institution_id: str, act: str) -> Response:
    """Ask for the day and what holds from then on; what holds now stands there already."""
    asked = _asked(page, institution_id, act)
    today = civil_day(page.bank.clock()).isoformat()
    now = {name: getattr(asked.one, name, None) for name in asked.fields if name != "successors"}
    stated = {name: text for name, text in now.items() if isinstance(text, str)}
    return _ask(page, asked, page.form(**{**stated, "since": today}))


@router.post(CHANGE)
async def change(
    page: RegistrarPage, institution_id: str, act: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Show what hangs on it; once that was seen, register the change."""
    asked = await run_in_threadpool(_asked, page, institution_id, act)
    if form.typed("confirmed") == "change":
        return await run_in_threadpool(_ask, page, asked, form)
    try:
        body = await run_in_threadpool(_stated, page, asked, form)
        if form.typed("confirmed") != "yes":
            found = await run_in_threadpool(
                preview_institution_change, institution_id, body, page.actor, bank
            )
            return await run_in_threadpool(_check, page, asked, form, body, found)
        attempt = form.attempt(page.request)
        await change_institution(institution_id, body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        about = "parent" if refusal.code == "institution-circle" else "since"
        refused = page.refused(form, refusal, about)
        return await run_in_threadpool(_ask, page, asked, refused, 422)
    return page.go(f"/desk/institutions/{institution_id}", "institution-changed")


def _asked(page: Page, institution_id: str, act: str) -> Asked:
    """Give what is asked about an institution of one's subtree; raises `Refusal("not-found")`."""
    if act not in {one.value for one in Act} or not is_covered(page, institution_id):
        raise Refusal("not-found")
    return Asked(act=Act(act), one=read_institution(institution_id, page.bank))


def _stated(page: Page, asked: Asked, form: Form) -> ChangeRequest:
    stated: dict[str, object] = {name: form.text(name) for name in asked.fields}
    stated.pop("successors", None)
    return form.read(
        ChangeRequest, act=asked.act.value, successors=_successors(page, form), **stated
    )


def _successors(page: Page, form: Form) -> list[str]:
    """Give the ids of those that go on, each stated by its id or its name, one a line."""
    lines = [line.strip() for text in form.texts("successors") for line in text.splitlines()]
    stated = [line for line in lines if line]
    if not stated:
        return []
    by_name = {one.institution.name: one.institution.id for one in branches(page)}
    return [by_name.get(line, line) for line in stated]


def _ask(page: Page, asked: Asked, form: Form, status: int = 200) -> Response:
    return page.show(
        "staff/institution_change.html",
        status=status,
        act=asked.act.value,
        one=asked.one,
        fields=asked.fields,
        branches=[row for row in branches(page) if row.institution.id != asked.one.id],
        form=form,
    )


def _check(
    page: Page, asked: Asked, form: Form, body: ChangeRequest, found: DependantsView
) -> Response:
    named = {body.parent or "", asked.one.parent or "", *body.successors}
    return page.show(
        "staff/institution_check.html",
        act=asked.act.value,
        one=asked.one,
        stated=body,
        found=found,
        names=institution_names(page.bank, named),
        warnings=list(region_warnings(body.region)),
        kept=asked.fields,
        form=form,
    )
