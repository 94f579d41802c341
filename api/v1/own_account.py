"""What a citizen sees of her own account: its number, every outcome, and what they add up to."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi import Response as HTTPResponse
from pydantic import Field
from sqlalchemy import Connection

from api.dependencies import CurrentBank, Delegable
from api.response import Response
from api.v1.account_access import delegable_key, keys_as_one
from creditbank.access.actor import Actor
from creditbank.bank import Bank
from creditbank.catalogue.certification import Standing
from creditbank.conversion.amounts import ClassHours, Credits, StudyTime, print_scaled
from creditbank.credits.queries import recognised_total
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.queries import find_accounts
from creditbank.outcomes.catalogue_view import OwnOutcomes, catalogued, class_hours_of_year
from creditbank.outcomes.merged import same_results
from creditbank.outcomes.queries import StoredOutcome, outcomes_of_account, totals_by_class

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
    certification: Standing = Field(
        description="Whether its definition was certified 已认证 when it was awarded."
    )
    counts: bool = Field(
        description="False for all but one of several outcomes of one definition, and for what"
        " no longer stands."
    )
    class_minutes: str | None = Field(description="Class hours in minutes, by the scheme.")
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


class ClassHourTotal(Response):
    """Class hours of one class and category; amounts are decimal strings."""

    outcome_class: str
    category: str | None
    outcomes: int
    class_hours: str
    class_minutes: str


class ClassHoursView(Response):
    """The class hours of one year."""

    year: int
    totals: list[ClassHourTotal]


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
        own = _own_outcomes(connection, keys)
        stored = [one for one in own.outcomes if one.entry_index > after]
        page = stored[:limit]
    following = None
    if len(stored) > limit:
        following = f"{request.url.path}?after={page[-1].entry_index}&limit={limit}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    outcomes = [_own_outcome(one, own) for one in page]
    return OutcomesPage(outcomes=outcomes, next=following)


@router.get("/credits")
def read_totals(account_id: str, actor: Delegable, bank: CurrentBank) -> TotalsView:
    """Read what one's standing outcomes add up to, and what is recognised of them."""
    keys = _keys(account_id, actor, bank)
    with bank.readers.reading() as connection:
        own = _own_outcomes(connection, keys)
        totals = totals_by_class(connection, keys, own.counted)
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


@router.get("/class-hours")
def read_class_hours(
    account_id: str,
    actor: Delegable,
    bank: CurrentBank,
    year: Annotated[int, Query(ge=1900, le=2999, description="The calendar year of the award.")],
) -> ClassHoursView:
    """Read one's own class hours 学时 of a year, by class and by the definitions' category."""
    keys = _keys(account_id, actor, bank)
    with bank.readers.reading() as connection:
        totals = class_hours_of_year(_own_outcomes(connection, keys), year)
    return ClassHoursView(
        year=year,
        totals=[
            ClassHourTotal(
                outcome_class=one.outcome_class,
                category=one.category,
                outcomes=one.outcomes,
                class_hours=str(ClassHours(milli=one.class_hours)),
                class_minutes=print_scaled(one.class_minutes, 3),
            )
            for one in totals
        ],
    )


def _own_outcomes(connection: Connection, keys: Mapping[str, AccountKey]) -> OwnOutcomes:
    outcomes = outcomes_of_account(connection, *keys)
    # Only what was merged can be the same result twice.
    same = same_results(connection, [one.id for one in outcomes]) if len(keys) > 1 else {}
    return OwnOutcomes(keys, outcomes, catalogued(connection, outcomes), same)


def _own_outcome(one: StoredOutcome, own: OwnOutcomes) -> OwnOutcome:
    stated = own.stated(one)
    return OwnOutcome(
        id=one.id,
        status=one.status,
        entry_index=one.entry_index,
        same_as=own.same.get(one.id),
        certification=own.catalogue.standing(one, stated),
        counts=one.id in own.counted,
        class_minutes=own.catalogue.class_minutes(one),
        stated={name: value for name, value in stated.items() if isinstance(value, str | int)},
    )


def _keys(account_id: str, actor: Actor, bank: Bank) -> dict[str, AccountKey]:
    """Give the keys of all accounts of one person that were merged, by account."""
    key = delegable_key(account_id, actor, bank)
    return {one.account_id: one for one in keys_as_one(key, bank)}
