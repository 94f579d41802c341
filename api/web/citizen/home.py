"""A learner's home: what she has, newest first, and what she waits for; her account card."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from api.v1.own_account import ClassTotal, read_account, recorded_totals
from api.web.citizen.counters import counters
from api.web.citizen.outcomes import own_keys, timeline
from api.web.citizen.pending import pending
from api.web.page import CitizenPage
from api.web.page_numbers import PageNumber
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.queries import find_accounts

router = APIRouter(include_in_schema=False)


@router.get("/me")
def show_home(page: CitizenPage, at: PageNumber = "1") -> Response:
    """Show three counters, what is pending, and the timeline."""
    with page.bank.readers.one_look():
        keys = own_keys(page)
        state, totals = _account(page, keys)
        waiting, shown = pending(page, keys), timeline(page, keys, at)
    return page.show(
        "citizen/home.html",
        state=state,
        counters=counters(totals),
        pending=waiting,
        timeline=shown,
    )


def _account(page: CitizenPage, keys: Mapping[str, AccountKey]) -> tuple[str, list[ClassTotal]]:
    account_id = page.actor.account
    with page.bank.readers.reading() as connection:
        state = find_accounts(connection, [account_id])[account_id].state
        return state, recorded_totals(connection, keys)


@router.get("/me/card")
def show_card(page: CitizenPage) -> Response:
    """Show the account's number, to be printed or written down."""
    return page.show("citizen/card.html", account=read_account("me", page.actor, page.bank))
