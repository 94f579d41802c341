"""Standing grants to employers: given, listed with each look, ended."""

from datetime import datetime, timedelta

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.own_grants import (
    GrantRequest,
    GrantView,
    end_grant,
    give_grant,
    read_grant,
    read_grants,
    read_looks,
)
from api.v1.standing_views import OwnOutcome
from api.web.citizen.institution_choice import choices, chosen
from api.web.citizen.outcomes import every_outcome
from api.web.forms import Form, PostedForm
from api.web.page import CitizenPage, Page
from creditbank.errors import FieldProblem, InvalidInput, Refusal
from creditbank.grants.state import GrantState
from creditbank.institutions.history import InstitutionKind

router = APIRouter(include_in_schema=False)

EMPLOYER = InstitutionKind.EMPLOYER
DAYS = {"180": 180, "365": 365, "1095": 1095}
SHOWN = {
    "awarded_on": ("awarded_on",),
    "grade": ("grade", "grade_scale"),
    "credits": ("credits",),
    "hours": ("class_hours", "minutes"),
}
"""What is chosen together; names in English always go along."""
IN_ENGLISH = ("title_en", "provider_en")
LOOKS_SHOWN = 50


@router.get("/me/grants")
def show_grants(page: CitizenPage, bank: CurrentBank) -> Response:
    """List whom she lets look, those that stand first."""
    grants = read_grants("me", page.actor, bank).grants
    ordered = sorted(grants, key=lambda one: one.state != GrantState.LIVE)
    return page.show("grants/grants.html", grants=ordered)


@router.get("/me/grants/new")
def ask_grant(page: CitizenPage, institution: str = "", q: str = "") -> Response:
    """Ask which employer, then what it may look at and how long."""
    blank = page.form(employer=institution, days="180", shown=list(SHOWN))
    return _form(page, blank, q)


@router.post("/me/grants/new")
async def make_grant(page: CitizenPage, form: PostedForm, bank: CurrentBank) -> Response:
    """Give it, and show it."""
    try:
        body = _read(form, bank.clock())
        attempt = form.attempt(page.request)
        made = await give_grant("me", body, page.actor, bank, attempt, Response())
    except Refusal as refusal:
        refused = page.refused(form, refusal, "outcomes")
        return await run_in_threadpool(_form, page, refused, "", 422)
    return page.go(f"/me/grants/{made.id}", "grant-given")


@router.get("/me/grants/{grant_id}")
def show_grant(page: CitizenPage, grant_id: str, bank: CurrentBank) -> Response:
    """Show what an employer may look at, and when it looked."""
    one = read_grant("me", grant_id, page.actor, bank)
    return page.show(
        "grants/grant.html",
        one=one,
        outcomes=_shown(page, one),
        looks=read_looks("me", grant_id, page.actor, bank, LOOKS_SHOWN).looks,
        form=page.form(),
    )


@router.post("/me/grants/{grant_id}/end")
async def stop_grant(
    page: CitizenPage, grant_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """End it at once."""
    del form  # Asked for, so that no other site ends a grant.
    await end_grant("me", grant_id, page.actor, bank)
    return page.go(f"/me/grants/{grant_id}", "grant-ended")


def _read(form: Form, now: datetime) -> GrantRequest:
    """Read what was chosen; raises `InvalidInput` with every field that is missing or wrong."""
    outcomes, days = [one for one in form.texts("outcomes") if one], DAYS.get(form.typed("days"))
    stated = {"outcomes": outcomes, "days": days, "purpose": form.text("purpose")}
    missing = [name for name, value in stated.items() if not value]
    if missing:
        raise InvalidInput([FieldProblem(field=name, code="field-missing") for name in missing])
    if not SHOWN.keys() >= set(form.texts("shown")):
        raise InvalidInput([FieldProblem(field="shown", code="choice-unknown")])
    return form.read(
        GrantRequest,
        employer=form.text("employer"),
        outcomes=outcomes,
        expires_at=now + timedelta(days=days or 0),
        purpose=form.text("purpose"),
        shown=[
            *IN_ENGLISH,
            *(field for one in form.texts("shown") for field in SHOWN[one]),
        ],
        show_name=form.has("name", "yes"),
    )


def _form(page: Page, form: Form, sought: str, status: int = 200) -> Response:
    employer = chosen(page, EMPLOYER, form.typed("employer"))
    if employer is None:
        found = choices(page, EMPLOYER, sought)
        return page.show(
            "grants/employer.html", status=status, form=form, sought=sought, found=found
        )
    outcomes = [one for one in every_outcome(page) if one.status == "active"]
    return page.show(
        "grants/new_grant.html", status=status, form=form, employer=employer, outcomes=outcomes
    )


def _shown(page: Page, grant: GrantView) -> list[OwnOutcome]:
    return [one for one in every_outcome(page) if one.entry_index in grant.entry_indexes]
