"""Venues where people check in: their rules, and the shifts that staff open there."""

from datetime import datetime, timedelta

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.venue_shifts import ShiftRequest, list_shifts, open_shift
from api.v1.venues import RuleView, VenueView, list_venues, read_venue
from api.web.forms import Form, PostedForm, renamed
from api.web.page import Page
from api.web.provider.who import VenuePage
from creditbank.conversion.days import CIVIL_TIME, civil_day
from creditbank.errors import FieldProblem, InvalidInput, Refusal

router = APIRouter(include_in_schema=False)

VENUES, VENUE = "/desk/venues", "/desk/venues/{venue_id}"


@router.get(VENUES)
def show_venues(page: VenuePage, bank: CurrentBank) -> Response:
    """List the venues of the institution, each with what a visit counts for today."""
    found = list_venues(bank, page.actor.institution).venues
    return page.show("provider/venues.html", venues=[(one, rule_today(one, page)) for one in found])


@router.get(VENUE)
def show_venue(page: VenuePage, venue_id: str) -> Response:
    """Show a venue with its shifts, and ask until when a new one lasts."""
    return _show(page, venue_id, page.form(hours="4"))


@router.post(VENUE + "/shifts")
async def begin_shift(
    page: VenuePage, venue_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Open a shift that begins now."""
    try:
        body = form.read(ShiftRequest, place=form.text("place"), ends_at=_end(form, bank.clock()))
        made = await open_shift(
            venue_id, body, page.actor, bank, form.attempt(page.request), Response()
        )
    except Refusal as refusal:
        refused = page.refused(form, renamed(refusal, {"ends_at": "hours"}), "hours")
        return await run_in_threadpool(_show, page, venue_id, refused, 422)
    return page.go(f"{VENUES}/{venue_id}/shifts/{made.id}", "shift-opened")


def rule_today(venue: VenueView, page: Page) -> RuleView | None:
    """Give the rule that holds today, None where the first one is still to come."""
    today = civil_day(page.bank.clock()).isoformat()
    return next((one for one in reversed(venue.rules) if one.from_day <= today), None)


def _end(form: Form, now: datetime) -> datetime:
    hours = form.number("hours")
    if not isinstance(hours, int):
        code = "field-missing" if hours is None else "type-integer"
        raise InvalidInput([FieldProblem(field="hours", code=code)])
    return now + timedelta(hours=min(hours, 1_000))  # What is too long the command says.


def _show(page: Page, venue_id: str, form: Form, status: int = 200) -> Response:
    bank = page.bank
    venue = read_venue(venue_id, bank)
    now = bank.clock().astimezone(CIVIL_TIME).isoformat()
    return page.show(
        "provider/venue.html",
        status=status,
        form=form,
        venue=venue,
        rule=rule_today(venue, page),
        shifts=list_shifts(venue_id, page.actor, bank).shifts,
        now=now,
    )
