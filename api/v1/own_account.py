"""What a citizen sees of her own account: its number, every outcome, and what they add up to."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import Connection

from api.dependencies import CurrentBank, Delegable
from api.response import Response
from api.v1.account_access import delegable_key, delegable_keys
from creditbank.applications.balances import NO_BALANCE, AppliedBalance, applied_balances
from creditbank.conversion.amounts import ClassHours, Credits, StudyTime, print_scaled
from creditbank.credits.balances import recognised_by_enrolment, recognised_total
from creditbank.keystore.account_key import AccountKey
from creditbank.keystore.statements import fields_of, open_statement
from creditbank.learners.queries import find_accounts
from creditbank.outcomes.catalogue_view import class_hours_of_year, own_outcomes
from creditbank.outcomes.totals import totals_by_class

router = APIRouter(prefix="/api/v1/accounts/{account_id}", tags=["accounts"])


class OwnAccountView(Response):
    """One's own account."""

    id: str
    account_number: str
    state: str
    identity_level: int = Field(description="0 declared, 1 contact checked, 2 document seen.")
    name: str | None
    entry_index: int = Field(description="Where its opening stands on the ledger.")


class ClassTotal(Response):
    """What the standing outcomes of one class add up to; amounts are decimal strings."""

    outcome_class: str
    outcomes: int
    credits: str
    class_hours: str
    hours: str


class EnrolmentBalance(Response):
    """The balances of one enrolment 学籍; amounts are decimal strings."""

    enrolment: str
    recognised: str
    applied: str
    entered: str


class TotalsView(Response):
    """Recorded amounts by class; what rules recognised, and what of it counts in enrolments."""

    recorded: list[ClassTotal]
    recognised: str
    applied: str = Field(description="Applied 计入 to enrolments, entered by their schools or not.")
    entered: str = Field(description="The part of it that the schools have entered 已入册.")
    enrolments: list[EnrolmentBalance]


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


@router.get("/credits")
def read_totals(account_id: str, actor: Delegable, bank: CurrentBank) -> TotalsView:
    """Read what one's standing outcomes add up to, and what is recognised of them."""
    keys = delegable_keys(account_id, actor, bank)
    with bank.readers.snapshot() as connection:
        recorded = recorded_totals(connection, keys)
        recognised = recognised_total(connection, *keys)
        by_enrolment = recognised_by_enrolment(connection, keys)
        applied = applied_balances(connection, keys)
    in_all = sum(applied.values(), NO_BALANCE)
    return TotalsView(
        recognised=str(recognised),
        applied=str(in_all.applied),
        entered=str(in_all.entered),
        enrolments=list(_balances(by_enrolment, applied)),
        recorded=recorded,
    )


def recorded_totals(connection: Connection, keys: Mapping[str, AccountKey]) -> list[ClassTotal]:
    """Add up the standing outcomes of a person by their classes, as `totals_by_class` does."""
    return [
        ClassTotal(
            outcome_class=one.outcome_class,
            outcomes=one.outcomes,
            credits=str(Credits(milli=one.credits)),
            class_hours=str(ClassHours(milli=one.class_hours)),
            hours=str(StudyTime(minutes=one.minutes)),
        )
        for one in totals_by_class(connection, keys)
    ]


def _balances(
    recognised: Mapping[str, Credits], applied: Mapping[str, AppliedBalance]
) -> Iterator[EnrolmentBalance]:
    for one in sorted({*recognised, *applied}):
        balance = applied.get(one, NO_BALANCE)
        yield EnrolmentBalance(
            enrolment=one,
            recognised=str(recognised.get(one, Credits(milli=0))),
            applied=str(balance.applied),
            entered=str(balance.entered),
        )


@router.get("/class-hours")
def read_class_hours(
    account_id: str,
    actor: Delegable,
    bank: CurrentBank,
    year: Annotated[int, Query(ge=1900, le=2999, description="The calendar year of the award.")],
) -> ClassHoursView:
    """Read one's own class hours 学时 of a year, by class and by the definitions' category."""
    keys = delegable_keys(account_id, actor, bank)
    with bank.readers.reading() as connection:
        totals = class_hours_of_year(own_outcomes(connection, keys), year)
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
