"""What a citizen sees of her own account: its number, every outcome, and what they add up to."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi import Response as HTTPResponse
from pydantic import Field

from api.dependencies import CurrentBank, Delegable
from api.response import Response
from api.v1.account_access import delegable_key, keys_as_one
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.conversion.amounts import ClassHours, Credits, StudyTime
from creditbank.credits.queries import recognised_total
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.queries import find_accounts
from creditbank.outcomes.merged import same_results
from creditbank.outcomes.queries import outcomes_of_account, totals_by_class

router = APIRouter(prefix="/accounts/{account_id}", tags=["accounts"])

PAGE_OUTCOMES_MAX = 200


class OwnAccountView(Response):
    """One's own account."""

    id: str
    account_number: str
    state: str
    identity_level: int = Field(description="0 declared, 1 contact checked, 2 document seen.")
    name: str | None
    entry_index: int = Field(description="Where its opening stands on the ledger.")


class OwnOutcome(Response):
    """One outcome with everything that was stated of it."""

    id: str
    status: str
    entry_index: int
    same_as: str | None = Field(
        description="Another outcome of hers that is the same result, of which one counts."
    )
    stated: dict[str, str | int]


class OutcomesPage(Response):
    """Outcomes in the order of the ledger; `next` leads on where there are more."""

    outcomes: list[OwnOutcome]
    next: str | None


class ClassTotal(Response):
    """What the standing outcomes of one class add up to; amounts are decimal strings."""

    outcome_class: str
    outcomes: int
    credits: str
    class_hours: str
    hours: str


class TotalsView(Response):
    """Recorded amounts by class, and the credits that published rules have recognised."""

    recorded: list[ClassTotal]
    recognised: str


@router.get("")
def read_account(account_id: str, actor: Delegable, bank: CurrentBank) -> OwnAccountView:
    """Read one's own account, or one that one acts for; `me` stands for its id."""
    key = delegable_key(account_id, actor, bank)
    with bank.readers.reading() as connection:
        account = find_accounts(connection, [key.account_id])[key.account_id]
    statement = open_statement(key, "account", account.id, account.sealed_statement)
    name = fields_of(statement).get("name")
    return OwnAccountView(
        id=account.id,
        account_number=key.number,
        state=account.state,
        identity_level=account.identity_level,
        name=None if name is None else str(name),
        entry_index=account.entry_index,
    )


@router.get("/outcomes")
def read_outcomes(
    account_id: str,
    actor: Delegable,
    bank: CurrentBank,
    request: Request,
    response: HTTPResponse,
    after: Annotated[int, Query(ge=-1, description="Ledger index to go on after.")] = -1,
    limit: Annotated[int, Query(ge=1, le=PAGE_OUTCOMES_MAX)] = PAGE_OUTCOMES_MAX,
) -> OutcomesPage:
    """Read one's own outcomes, page by page (RFC 8288 `Link` with relation `next`)."""
    keys = _keys(account_id, actor, bank)
    with bank.readers.reading() as connection:
        stored = outcomes_of_account(connection, *keys, after=after, limit=limit + 1)
        page = stored[:limit]
        same = same_results(connection, [one.id for one in page])
    following = None
    if len(stored) > limit:
        following = f"{request.url.path}?after={page[-1].entry_index}&limit={limit}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    outcomes = [
        OwnOutcome(
            id=one.id,
            status=one.status,
            entry_index=one.entry_index,
            same_as=same.get(one.id),
            stated={
                name: value
                for name, value in fields_of(
                    open_statement(keys[one.account_id], "outcome", one.id, one.sealed_statement)
                ).items()
                if isinstance(value, str | int)
            },
        )
        for one in page
    ]
    return OutcomesPage(outcomes=outcomes, next=following)


@router.get("/credits")
def read_totals(account_id: str, actor: Delegable, bank: CurrentBank) -> TotalsView:
    """Read what one's standing outcomes add up to, and what is recognised of them."""
    keys = _keys(account_id, actor, bank)
    with bank.readers.reading() as connection:
        totals = totals_by_class(connection, *keys)
        recognised = recognised_total(connection, *keys)
    return TotalsView(
        recognised=str(recognised),
        recorded=[
            ClassTotal(
                outcome_class=one.outcome_class,
                outcomes=one.outcomes,
                credits=str(Credits(milli=one.credits)),
                class_hours=str(ClassHours(milli=one.class_hours)),
                hours=str(StudyTime(minutes=one.minutes)),
            )
            for one in totals
        ],
    )


def _keys(account_id: str, actor: Actor, bank: Bank) -> dict[str, AccountKey]:
    """Give the keys of all accounts of one person that were merged, by account."""
    key = delegable_key(account_id, actor, bank)
    return {one.account_id: one for one in keys_as_one(key, bank)}
