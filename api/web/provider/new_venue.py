"""Declare a venue 场馆, or another rule of one from a later day on: checked before it is done."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.definitions import DefinitionView, list_definitions
from api.v1.venues import VenueRequest, VenueView, read_venue, venue_command
from api.web.forms import Form, PostedForm
from api.web.page import Page
from api.web.provider.venues import VENUE, VENUES, rule_today
from api.web.provider.who import CataloguePage
from creditbank.bank import Bank
from creditbank.catalogue.definition import Counting, OutcomeClass
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.venues.declare import DeclareVenue
from creditbank.venues.queries import find_venues
from creditbank.venues.rule import Method, venue_id
from creditbank.writer.command import Moment

router = APIRouter(include_in_schema=False)

NEW, RULE = VENUES + "/new", VENUE + "/rules/new"
TEXTS: Final = ("course", "offering", "name", "from_day", "minutes", "class_hours")
NUMBERS: Final = ("visits_a_day", "minutes_between")
DEFAULTS: Final[Mapping[str, str | list[str]]] = {
    "visits_a_day": "1",
    "minutes_between": "60",
    "methods": [Method.LIVE_CODE, Method.CARD, Method.ROSTER],
}


@router.get(NEW)
def ask_venue(page: CataloguePage, bank: CurrentBank) -> Response:
    """Ask where people check in, and what a visit counts for."""
    today = civil_day(bank.clock()).isoformat()
    courses = [one.code for one in _courses(page)]
    only = courses if len(courses) == 1 else []
    return _ask(page, None, page.form(course=only, from_day=today, **DEFAULTS))


@router.post(NEW)
async def declare(page: CataloguePage, form: PostedForm) -> Response:
    """Show what would hold; once that was confirmed, declare it."""
    return await _post(page, None, form)


@router.get(RULE)
def ask_rule(page: CataloguePage, venue_id: str) -> Response:
    """Ask what a visit counts for from a later day on, beginning with what it counts for now."""
    venue = _own(page, venue_id)
    rule = rule_today(venue, page) or venue.rules[-1]
    now = {name: str(getattr(rule, name) or "") for name in ("minutes", "class_hours", *NUMBERS)}
    return _ask(page, venue, page.form(methods=list(rule.methods), **now))


@router.post(RULE)
async def add_rule(page: CataloguePage, venue_id: str, form: PostedForm) -> Response:
    """As above, for a venue that is there."""
    venue = await run_in_threadpool(_own, page, venue_id)
    return await _post(page, venue, form)


async def _post(page: Page, venue: VenueView | None, form: Form) -> Response:
    if form.typed("step") == "back":
        return await run_in_threadpool(_ask, page, venue, form)
    try:
        body = _read(venue, form)
        # Who declares a venue must not change the rule of another one without a word.
        command = replace(venue_command(body, page.actor), only_new=venue is None)
        if form.typed("step") != "do":
            await run_in_threadpool(_rehearse, command, page.bank)
            return page.show("provider/venue_check.html", form=form, venue=venue, body=body)
        made = (await asyncio.wrap_future(page.bank.writer.submit(command))).answer
    except Refusal as refusal:
        refused = page.refused(form, refusal, "course")
        return await run_in_threadpool(_ask, page, venue, refused, 422)
    return page.go(f"{VENUES}/{made.id}", "venue-declared" if venue is None else "rule-added")


def _read(venue: VenueView | None, form: Form) -> VenueRequest:
    """Read what was asked; what a venue is called and which course it is of stays."""
    form.require(
        *(() if venue is not None else ("course", "name")), "from_day", *NUMBERS, "methods"
    )
    stated: dict[str, Any] = {name: form.text(name) for name in TEXTS}
    stated |= {name: form.number(name) for name in ("minutes", *NUMBERS)}
    if venue is not None:
        stated |= {"course": venue.course, "offering": venue.offering, "name": venue.name}
    return form.read(VenueRequest, **stated, methods=form.texts("methods"))


def _rehearse(command: DeclareVenue, bank: Bank) -> None:
    """Find what is wrong before anybody is asked whether it is right; raises `InvalidInput`."""
    moment = Moment(now=bank.clock(), log="rehearsal", next_index=0, entropy=bank.entropy)
    with bank.readers.reading() as connection:
        state = DeclareVenue.load(connection, [command])
    command.decide(state, moment)


def _ask(page: Page, venue: VenueView | None, form: Form, status: int = 200) -> Response:
    return page.show(
        "provider/venue_new.html",
        status=status,
        form=form,
        venue=venue,
        courses=_courses(page),
        there=_there(page, form) if venue is None and form.problems else None,
    )


def _there(page: Page, form: Form) -> str | None:
    """Give the id of the venue that what was typed has already, if it has one."""
    typed = venue_id(page.actor.institution, form.typed("course"), form.text("offering"))
    with page.bank.readers.reading() as connection:
        return typed if find_venues(connection, [typed]) else None


def _courses(page: Page) -> list[DefinitionView]:
    """Give the institution's courses of venues, the newest version of each."""
    every = list_definitions(page.bank, page.actor.institution).definitions
    found = [
        one
        for one in every
        if one.outcome_class == OutcomeClass.VENUE and one.counting == Counting.EACH
    ]
    return list({one.code: one for one in found}.values())


def _own(page: Page, venue_id: str) -> VenueView:
    """Give a venue of one's own institution; raises `Refusal("not-found")`."""
    venue = read_venue(venue_id, page.bank)
    if venue.institution != page.actor.institution:
        raise Refusal("not-found")
    return venue
