"""A learner's home: what she has, newest first, and what she waits for; her account card."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.v1.own_account import read_account, recorded_totals
from api.web.citizen.counters import counters
from api.web.citizen.outcomes import outcomes_to_count, timeline
from api.web.citizen.pending import pending
from api.web.page import CitizenPage

router = APIRouter(include_in_schema=False)


@router.get("/me")
def show_home(page: CitizenPage, at: Annotated[str, Query(alias="page")] = "1") -> Response:
    """Show three counters, what is pending, and the timeline."""
    own = outcomes_to_count(page)
    return page.show(
        "citizen/home.html",
        account=read_account("me", page.actor, page.bank),
        counters=counters(recorded_totals(own)),
        pending=pending(page),
        timeline=timeline(page, own, int(at) if at.isdecimal() else 1),
    )


@router.get("/me/card")
def show_card(page: CitizenPage) -> Response:
    """Show the account's number, to be printed or written down."""
    return page.show("citizen/card.html", account=read_account("me", page.actor, page.bank))
