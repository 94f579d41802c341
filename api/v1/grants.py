"""An employer looks at what citizens granted it, and is told what changed since it looked last."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Response as HTTPResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.attempts import NamedAttempt
from api.dependencies import Allowed, CurrentBank
from api.response import Response
from api.v1.fields import Instant
from api.v1.own_grants import civil
from api.verification_view import ReportView, report_view
from creditbank.access.actor import Actor, Scope
from creditbank.bank import Bank
from creditbank.conversion.days import CIVIL_TIME, civil_day
from creditbank.grants.changes import Change, ChangeKind
from creditbank.grants.look import GrantReader, HeldGrant, Look, OutcomeSince
from creditbank.grants.state import GrantState
from creditbank.outcomes.status import OutcomeStatus
from creditbank.verification.report import Reason

router = APIRouter(prefix="/api/v1/grants", tags=["grants"])

PAGE_GRANTS_MAX = 200
Employer = Annotated[Actor, Depends(Allowed(Scope.GRANTS_READ))]


class HeldGrantView(Response):
    """A standing grant in its employer's list; of one that is over only that it is."""

    id: str
    state: GrantState
    given_at: str
    expires_at: str
    holder: str | None = Field(description="The learner's name, where she shows it.")
    purpose: str | None
    outcomes: int | None = Field(description="How many outcomes it shows.")
    last_looked_at: str | None


class HeldGrantPage(Response):
    """The grants to one employer by their id; `next` leads on where there are more."""

    grants: list[HeldGrantView]
    next: str | None


class ChangeView(Response):
    """One change of an outcome, and the class of its reason where it no longer holds."""

    change: ChangeKind
    on: str = Field(description="The day of the change: YYYY-MM-DD.")
    reason: Reason | None
    superseded_by: int | None = Field(description="The entry of the correction.")
    valid_until: str | None = Field(description="The new last day: YYYY, YYYY-MM or YYYY-MM-DD.")


class OutcomeSinceView(Response):
    """How one outcome stands now, and what befell it since; an empty list says nothing did."""

    entry_index: int
    status: OutcomeStatus
    superseded_by: int | None
    valid_until: str | None = Field(description="The last day of its validity, extensions too.")
    expired: bool
    changes: list[ChangeView]


class GrantLook(Response):
    """What an employer is told of one grant; of one that is over only that it is."""

    id: str
    state: GrantState
    given_at: str
    expires_at: str
    report: ReportView | None = Field(description="As `POST /api/v1/verify` reports on a pass.")
    since: str | None = Field(description="Since when changes are told.")
    changed: bool | None = Field(description="Whether anything changed since then.")
    outcomes: list[OutcomeSinceView]


@router.get("")
def list_grants(
    actor: Employer,
    bank: CurrentBank,
    request: Request,
    response: HTTPResponse,
    after: Annotated[str, Query(max_length=64, description="Grant to go on after.")] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_GRANTS_MAX)] = PAGE_GRANTS_MAX,
) -> HeldGrantPage:
    """List what your institution was granted; no outcome is shown, so it is no look."""
    page, more = held_page(actor.institution, bank, after=after, limit=limit)
    following = None
    if more:
        following = f"{request.url.path}?after={page[-1].id}&limit={limit}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    return HeldGrantPage(grants=page, next=following)


@router.get("/{grant_id}")
def look_at_grant(
    grant_id: str,
    actor: Employer,
    bank: CurrentBank,
    since: Annotated[
        Instant | None,
        Query(description="Tell changes since this time; since your last look unless stated."),
    ] = None,
) -> GrantLook:
    """Look at one grant: the report, how each outcome stands, and what changed.

    Each look is shown to the learner, and the next one tells what changed since.
    """
    return look_view(grant_reader(bank).look(grant_id, actor.institution, bank.clock(), since))


async def look_once(
    grant_id: str, since: datetime | None, actor: Actor, bank: Bank, attempt: NamedAttempt
) -> Look:
    """Look as the route does; a repetition of the attempt is noted as the one look that it is."""
    reader, now = grant_reader(bank), bank.clock()
    found = await run_in_threadpool(reader.see, grant_id, actor.institution, now, since)
    if found.noting is not None:
        await attempt.act(found.noting, actor=actor, bank=bank, response=HTTPResponse())
    return found


def before_look(grant_id: str, actor: Actor, bank: Bank) -> tuple[HeldGrantView, str]:
    """Give one grant as the list does, and since when a look at it would tell changes."""
    held, since = grant_reader(bank).before(grant_id, actor.institution, bank.clock())
    return _held_view(held), _in_civil_time(since)


def held_by_look(
    institution_id: str, bank: Bank, *, skip: int, limit: int
) -> tuple[list[HeldGrantView], int]:
    """Give some of an employer's grants, the longest not looked at first, and how many it has."""
    reader, now = grant_reader(bank), bank.clock()
    held, total = reader.held_by_look(institution_id, now, skip=skip, limit=limit)
    return [_held_view(one) for one in held], total


def every_held(institution_id: str, bank: Bank) -> Iterator[HeldGrantView]:
    """Give all of an employer's grants, by their id."""
    after, more = "", True
    while more:
        page, more = held_page(institution_id, bank, after=after, limit=PAGE_GRANTS_MAX)
        yield from page
        after = page[-1].id if page else after


def grant_reader(bank: Bank) -> GrantReader:
    """Give what answers employers."""
    return GrantReader(readers=bank.readers, writer=bank.writer, shares=bank.shares)


def held_page(
    institution_id: str, bank: Bank, *, after: str, limit: int
) -> tuple[list[HeldGrantView], bool]:
    """Give some of an employer's grants, and whether there are more."""
    held = grant_reader(bank).held(institution_id, bank.clock(), after=after, limit=limit + 1)
    return [_held_view(one) for one in held[:limit]], len(held) > limit


def look_view(look: Look) -> GrantLook:
    """Give a look's JSON form."""
    return GrantLook(
        id=look.stored.id,
        state=look.state,
        given_at=civil(look.stored.given_at),
        expires_at=civil(look.stored.expires_at),
        report=None if look.report is None else report_view(look.report),
        since=None if look.since is None else _in_civil_time(look.since),
        changed=any(one.changes for one in look.outcomes) if look.outcomes else None,
        outcomes=[_outcome_view(one) for one in look.outcomes],
    )


def _in_civil_time(at: datetime) -> str:
    return at.astimezone(CIVIL_TIME).isoformat()


def _held_view(held: HeldGrant) -> HeldGrantView:
    claims = held.claims
    return HeldGrantView(
        id=held.stored.id,
        state=held.state,
        given_at=civil(held.stored.given_at),
        expires_at=civil(held.stored.expires_at),
        holder=claims and claims.holder,
        purpose=claims and claims.purpose,
        outcomes=claims and len(claims.outcomes),
        last_looked_at=None if held.looks is None else civil(held.looks.last_at),
    )


def _outcome_view(one: OutcomeSince) -> OutcomeSinceView:
    history = one.history
    return OutcomeSinceView(
        entry_index=history.entry_index,
        status=history.status,
        superseded_by=history.superseded_by,
        valid_until=None if history.valid_until is None else str(history.valid_until),
        expired=history.is_expired,
        changes=[_change_view(change) for change in one.changes],
    )


def _change_view(change: Change) -> ChangeView:
    # The day alone: a second would lead to a leaf of the log that she did not grant.
    return ChangeView(
        change=change.kind,
        on=civil_day(change.at).isoformat(),
        reason=change.reason,
        superseded_by=change.superseded_by,
        valid_until=change.valid_until,
    )
