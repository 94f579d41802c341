"""An employer's standing grants 长期授权: listed, and looked at, which each citizen is told."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.attempts import NamedAttempt
from api.dependencies import CurrentBank
from api.v1.fields import Instant, Request
from api.v1.grants import HeldGrantView, before_look, every_held, held_by_look, look_once
from api.v1.institution_changes import read_institution, stated_day
from api.web.employer.grant_answers import show_look
from api.web.forms import ATTEMPT, Form, PostedForm, renamed
from api.web.page import Page
from api.web.page_numbers import PageNumber, page_number, pages_of
from api.web.staff.pages import GrantsPage
from creditbank.conversion.days import CIVIL_TIME
from creditbank.errors import InvalidInput
from creditbank.grants.state import GrantState
from creditbank.institutions.history import InstitutionKind
from creditbank.learners.names import fold
from creditbank.passes.looks import AGAIN_SECONDS

router = APIRouter(include_in_schema=False)

HELD = "/desk/grants"
ONE = f"{HELD}/{{grant_id}}"
PAGE_GRANTS = 50


class _Since(Request):
    """Since when changes are told."""

    since: Instant


@router.get(HELD)
def list_held(
    page: GrantsPage,
    bank: CurrentBank,
    sought: Annotated[str, Query(alias="q", max_length=100)] = "",
    at: PageNumber = "1",
) -> Response:
    """List what citizens granted, those first that were looked at longest ago; it is no look."""
    own, wanted = page.actor.institution, page_number(at)
    if sought:
        found = _in_order(_like(every_held(own, bank), sought))
        grants, total = found[_first(wanted) : _first(wanted + 1)], len(found)
    else:
        grants, total = held_by_look(own, bank, skip=_first(wanted), limit=PAGE_GRANTS)
    pages = pages_of(total, PAGE_GRANTS)
    if wanted > pages:
        return list_held(page, bank, sought, str(pages))
    institution = read_institution(own, bank)
    return page.show(
        "employer/grants.html",
        grants=grants,
        at=wanted,
        of=pages,
        sought=sought,
        institution=institution,
        is_employer=institution.kind == InstitutionKind.EMPLOYER,
    )


@router.get(ONE)
def show_before(page: GrantsPage, grant_id: str) -> Response:
    """Show what was granted, and say that a look is told; nothing is looked at yet."""
    return _before(page, grant_id, page.form())


@router.post(ONE)
async def look(page: GrantsPage, grant_id: str, form: PostedForm, bank: CurrentBank) -> Response:
    """Look, and show what is seen; of a grant that ended meanwhile that it did."""
    try:
        since = await run_in_threadpool(_start, page, grant_id, form)
        seen = await look_once(grant_id, since, page.actor, bank, _attempt(page, form))
    except InvalidInput as refusal:
        refused = page.refused(form, renamed(refusal, {"on": "since"}))
        return await run_in_threadpool(_before, page, grant_id, refused, 422)
    if seen.report is None:
        return page.go(f"{HELD}/{grant_id}")
    return await run_in_threadpool(show_look, page, seen, seen.report, form)


def _start(page: Page, grant_id: str, form: Form) -> datetime | None:
    """Give since when changes are told, None for the last look; raises `InvalidInput`.

    Where a look came after the page was shown, it is the one that the page named: an answer that
    was lost is given again, and what a colleague saw meanwhile is told to this one too.
    """
    day, named = form.text("since"), form.text("from")
    if day is not None:
        return datetime.combine(stated_day(day), time.min, CIVIL_TIME)
    _, last = before_look(grant_id, page.actor, page.bank)
    return None if named in {None, last} else form.read(_Since, since=named).since


def _attempt(page: Page, form: Form) -> NamedAttempt:
    """Name this look: sent again within the hour, in another language too, it is the same one."""
    asked = {name: form.texts(name) for name in (ATTEMPT, "from", "since")}
    hour = int(page.bank.clock().timestamp()) // AGAIN_SECONDS
    named = replace(form, values=asked).attempt(page.request)
    return named.part(f"{hour}-{form.text('since') or ''}")


def _before(page: Page, grant_id: str, form: Form, status: int = 200) -> Response:
    one, since = before_look(grant_id, page.actor, page.bank)
    return page.show("employer/grant.html", status=status, one=one, since=since, form=form)


def _first(number: int) -> int:
    """Give how many grants stand before a page."""
    return (number - 1) * PAGE_GRANTS


def _like(grants: Iterable[HeldGrantView], sought: str) -> list[HeldGrantView]:
    wanted = fold(sought)
    return [
        one for one in grants if not wanted or wanted in fold(f"{one.holder} {one.purpose or ''}")
    ]


def _in_order(grants: list[HeldGrantView]) -> list[HeldGrantView]:
    """Give those first that show something, and of them those that nobody looked at for longest."""
    return sorted(
        grants,
        key=lambda one: (one.state != GrantState.LIVE, one.last_looked_at or "", one.expires_at),
    )
