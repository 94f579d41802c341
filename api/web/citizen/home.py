"""A learner's home: what she has, newest first, and what she waits for; her account card."""

from fastapi import APIRouter
from starlette.responses import Response

from api.v1.own_account import read_account, recorded_totals
from api.web.citizen.counters import counters
from api.web.citizen.outcomes import outcomes_to_count, own_keys, timeline
from api.web.citizen.pending import pending
from api.web.page import CitizenPage
from api.web.page_numbers import PageNumber
from creditbank.learners.queries import find_accounts

router = APIRouter(include_in_schema=False)


@router.get("/me")
def show_home(page: CitizenPage, at: PageNumber = "1") -> Response:
    """Show three counters, what is pending, and the timeline."""
    keys = own_keys(page)
    own = outcomes_to_count(page, keys)
    return page.show(
        "citizen/home.html",
        state=_state(page),
        counters=counters(recorded_totals(own)),
        pending=pending(page, keys),
        timeline=timeline(page, own, at),
    )


def _state(page: CitizenPage) -> str:
    account_id = page.actor.account
    with page.bank.readers.reading() as connection:
        return find_accounts(connection, [account_id])[account_id].state


@router.get("/me/card")
def show_card(page: CitizenPage) -> Response:
    """Show the account's number, to be printed or written down."""
    return page.show("citizen/card.html", account=read_account("me", page.actor, page.bank))
