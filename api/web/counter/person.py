"""Whom one serves: her number alone, until she lets one look for the day; then what she has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from api.dependencies import CurrentBank
from api.v1.account_access import keys_by_account, served_key
from api.v1.delegations import DelegationRequest, give_delegation_at_counter
from api.v1.filing_views import FilingView
from api.v1.matter_views import MatterView, matter_views
from api.v1.own_account import OwnAccountView, read_account
from api.v1.own_outcomes import PAGE_OUTCOMES_MAX, OutcomesPage, read_outcomes
from api.web.forms import PostedForm
from api.web.page import Page
from api.web.staff.named import rule_titles
from api.web.staff.pages import CounterPage
from creditbank.conversion.days import civil_day
from creditbank.errors import Refusal
from creditbank.filings.queries import StoredFiling, filings_of_accounts
from creditbank.filings.show import looks_at, show_filings
from creditbank.keystore.account_key import AccountKey
from creditbank.learners.delegations import DelegationKind
from creditbank.learners.queries import find_accounts
from creditbank.learners.recoveries import LIVE, Recovery, recoveries_of
from creditbank.matters.matter import MatterKind
from creditbank.matters.queries import matters_of_accounts

router = APIRouter(include_in_schema=False)

ACCOUNT = "/desk/counter/accounts/{account_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a learner lets one see for the day."""

    account: OwnAccountView
    kept: OutcomesPage


@router.get(ACCOUNT)
def show_person(page: CounterPage, account_id: str, bank: CurrentBank) -> Response:
    """Show what can be done for her, and what she has where she lets one look."""
    key = served_key(account_id, page.actor, bank)
    visit, filings = visit_of(page, account_id), _filings(page, key)
    return page.show(
        "counter/person.html",
        account_id=account_id,
        number=key.number,
        is_unclaimed=is_unclaimed(page, account_id),
        visit=visit,
        filings=filings if visit is not None else [],
        matters=_matters(page, key) if visit is not None else [],
        rules=rule_titles(bank, {one.rule for one in filings}),
        recoveries=live_recoveries(page, key),
        form=page.form(),
    )


@router.post(f"{ACCOUNT}/visit")
async def begin_visit(
    page: CounterPage, account_id: str, form: PostedForm, bank: CurrentBank
) -> Response:
    """Begin a visit: she stands there and lets one look until the day is over; she is told."""
    body = DelegationRequest(kind=DelegationKind.COUNTER.value)
    await give_delegation_at_counter(
        account_id, body, page.actor, bank, form.attempt(page.request), Response()
    )
    return page.go(f"/desk/counter/accounts/{account_id}", "visit-begun")


def visit_of(page: Page, account_id: str) -> Visit | None:
    """Give what may be seen today, None where no visit was begun; each look is recorded."""
    bank, actor = page.bank, page.actor
    try:
        account = read_account(account_id, actor, bank)
        kept = read_outcomes(
            account_id, actor, bank, page.request, Response(), -1, PAGE_OUTCOMES_MAX
        )
    except Refusal as refusal:
        if refusal.code != "not-found":
            raise
        return None
    return Visit(account=account, kept=kept)


def required_visit(page: Page, account_id: str) -> Visit:
    """Give what may be seen today; raises `Refusal("visit-not-begun")`, "not-found"."""
    served_key(account_id, page.actor, page.bank)
    visit = visit_of(page, account_id)
    if visit is None:
        raise Refusal("visit-not-begun")
    return visit


def is_unclaimed(page: Page, account_id: str) -> bool:
    """Say whether nobody has taken the account over yet."""
    with page.bank.readers.reading() as connection:
        return find_accounts(connection, [account_id])[account_id].is_unclaimed


def live_recoveries(page: Page, key: AccountKey) -> list[Recovery]:
    """Give the recoveries of an account that may still lead to a new password."""
    now = page.bank.clock().timestamp()
    with page.bank.readers.reading() as connection:
        found = recoveries_of(connection, [key.account_id]).get(key.account_id, [])
    return [one for one in found if one.state in LIVE and one.expires_at > now]


def filing_views(
    page: Page, stored: Sequence[StoredFiling], keys: Mapping[str, AccountKey]
) -> list[FilingView]:
    """Give filings as their learner sees them."""
    bank, today = page.bank, civil_day(page.bank.clock())
    with bank.readers.reading() as connection:
        looks = looks_at(stored, keys, bank.keystore.secrets)
        shown = show_filings(connection, looks, today, bank.working_days)
    return [FilingView.of(one, today, page.problems, page.language) for one in shown]


def _filings(page: Page, key: AccountKey) -> list[FilingView]:
    keys = keys_by_account(key, page.bank)
    with page.bank.readers.reading() as connection:
        stored = filings_of_accounts(connection, keys)
    return filing_views(page, stored, keys)


def _matters(page: Page, key: AccountKey) -> list[MatterView]:
    """Give what she asks of institutions; what she keeps herself stands with her record."""
    keys = keys_by_account(key, page.bank)
    with page.bank.readers.reading() as connection:
        stored = matters_of_accounts(connection, keys)
    asked = [one for one in stored if one.kind != MatterKind.DEPOSIT]
    return matter_views(asked, keys, page.bank)
